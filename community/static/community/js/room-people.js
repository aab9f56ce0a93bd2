/* Who is in the room, and what a moderator does to each of them. */

import { avatar, button, make, say } from "./room-parts.js";

/* Anybody's words, receipts and comings draw the list anew: whoever stands on one of its buttons stays there. */
export function redraw(room, place) {
  const held = document.activeElement, row = place.contains(held) ? held.closest("[data-seat]") : null;
  const nth = row ? [...row.querySelectorAll("button")].indexOf(held) : -1;
  place.replaceChildren(...rows(room));
  if (nth >= 0) place.querySelectorAll(`[data-seat="${row.dataset.seat}"] button`)[nth]?.focus({ preventScroll: true });
}

function rows(room) {
  const total = [...room.spoken.values()].reduce((sum, each) => sum + each, 0);
  const order = { moderator: 0, participant: 1, observer: 2 };
  const seats = [...room.seats.values()].sort((a, b) => order[a.role] - order[b.role] || a.name.localeCompare(b.name));
  return seats.map((seat) => person(room, seat, total));
}

function person(room, seat, total) {
  const isHere = seat.is_here || seat.seat === room.you.seat;
  const node = make("li", { class: `seat seat-${seat.role}${isHere ? " is-here" : ""}`, "data-seat": seat.seat }, avatar(seat.name, seat.hue),
    make("div", {}, make("p", {}, make("strong", {}, seat.name), seat.seat === room.you.seat ? ` (${say("you")})` : ""),
      make("p", { class: "small muted" }, [seat.role !== "participant" && say(seat.role), say(isHere ? "here" : "away"), seat.is_muted && say("is_muted"), room.status === "planned" && seat.is_checked && say("ready"), seat.role === "participant" && seat.member_name].filter(Boolean).join(" · "))));
  if (room.you.role === "moderator" && seat.role === "participant") node.lastChild.append(...hosting(room, seat, total));
  if (room.you.role === "moderator" && seat.role !== "participant" && seat.seat !== room.you.seat) node.lastChild.append(leading(room, seat));
  return node;
}

/* Another moderator, or somebody behind the glass, who may lead. */
function leading(room, seat) {
  const hand = (word, fields) => quiet(seat, word, () => confirm(say(`sure_${word}`, { name: seat.name })) && room.deed("hand_over", { seat: seat.seat, ...fields }));
  return make("p", { class: "row" }, seat.role === "observer" ? hand("share_lead", { is_staying: true }) : null, hand("hand_over", {}), showOut(room, seat));
}

function showOut(room, seat) {
  return quiet(seat, "remove", () => confirm(say("sure_remove", { name: seat.name })) && room.deed("remove", { seat: seat.seat }));
}

function quiet(seat, word, onclick) {
  const control = button(say(word), onclick, "button-quiet button-small");
  control.setAttribute("aria-label", `${say(word)}: ${seat.name}`);
  return control;
}

function hosting(room, seat, total) {
  const percent = total ? Math.round(((room.spoken.get(seat.seat) ?? 0) / total) * 100) : 0;
  const share = say("share", { percent });
  const whisper = quiet(seat, "whisper", () => room.whisper(seat));
  whisper.setAttribute("aria-label", say("whisper_to", { name: seat.name }));
  const spokeAt = room.spokeAt.get(seat.seat);
  const silence = spokeAt ? say("silent_for", { minutes: Math.max(0, Math.round((Date.now() - spokeAt) / 60_000)) }) : say("silent");
  const isQuiet = room.status === "open" && (!spokeAt || Date.now() - spokeAt > 180_000);
  const read = room.readTo.get(seat.seat);
  return [
    make("p", { class: `small muted${isQuiet ? " is-quiet" : ""}` }, silence, read ? ` · ${say("read_to", { number: read })}` : ""),
    make("p", { class: "small share" }, make("meter", { min: 0, max: 100, value: percent, "aria-label": share }), make("span", {}, share)),
    make("p", { class: "row" }, whisper,
      quiet(seat, seat.is_muted ? "unmute" : "mute", () => room.deed("mute", { seat: seat.seat, is_muted: !seat.is_muted })),
      showOut(room, seat)),
  ];
}
