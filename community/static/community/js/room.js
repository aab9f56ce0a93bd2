/* A focus group's room: wires the socket to the talk, the stage and the people. */

import { Check } from "./room-check.js";
import { Log } from "./room-log.js";
import { button, make, say } from "./room-parts.js";
import { redraw } from "./room-people.js";
import { open } from "./room-socket.js";
import { Stage } from "./room-stage.js";

const element = document.getElementById("room");
const at = (id) => document.getElementById(id);
const MARKS = { planned: "mark-pending", open: "mark-new", paused: "mark-pending", closed: "mark-locked" };

const room = {
  you: { seat: 0, role: element.dataset.role, name: "" },
  status: "planned",
  seats: new Map(),
  spoken: new Map(),
  spokeAt: new Map(),
  readTo: new Map(),
  isNew: true,
  pictures: element.dataset.pictures,
  hue: (seat) => room.seats.get(seat)?.hue ?? 0,
  deed: (type, fields) => socket.deed(type, fields),
  react: (target, emoji, isOn) => socket.deed("react", { target, emoji, is_on: isOn }),
  reply(event) {
    replyTo = event;
    editing = null;
    at("replying").hidden = false;
    at("replying").firstElementChild.textContent = say("replying", { name: event.name });
    at("body").focus();
  },
  edit(event) {
    cancelReply();
    editing = event;
    draft = at("body").value;
    at("replying").hidden = false;
    at("replying").firstElementChild.textContent = say("editing");
    at("to").parentElement.classList.add("is-resting");
    show("talk");
    at("body").value = event.body;
    at("body").focus();
  },
  // Nobody goes on editing what was taken back.
  gone(event) {
    if (editing === event) cancelReply();
  },
  focus: () => at("body").focus(),
  whisper(seat) {
    addressed(String(seat.seat));
  },
  aside(event) {
    addressed(room.you.role === "participant" ? "me" : String(event.seat));
  },
};
const log = new Log(room);
const stage = new Stage(room);
const check = new Check({ send: (frame) => socket.send(frame), tell: () => socket.send({ type: "checked" }) });
const typing = new Map();
let replyTo = null;
let editing = null;
let draft = "";
let isDiverted = false;
let typedAt = 0;

const socket = open({
  group: element.dataset.group,
  member: element.dataset.member,
  onHello: hello,
  onEvent: happen,
  onFrame: unnumbered,
  onState: (state) => {
    at("room-state").textContent = say(state);
    at("room-state").dataset.state = state;
    if (["ended", "removed", "gone"].includes(state)) lock(say(state));
  },
  onRefused: (frame, kept) => {
    if (kept?.type === "next") stage.askedInVain();
    if (["edit", "withdraw"].includes(kept?.type)) word(frame.message);
    else if (kept) log.notSent(frame);
    else word(frame.message);
  },
  onCaughtUp: () => {
    log.caughtUp();
    room.isNew = false;
    for (const frame of socket.pending.values()) if (frame.type === "say" && !log.pending.has(frame.client_id)) log.sending(frame);
  },
});

function hello(frame) {
  if (frame.you.role !== element.dataset.role) return anew();
  room.you = frame.you;
  room.spotlight = frame.room.spotlight;
  room.seats = new Map(frame.room.seats.map((seat) => [seat.seat, seat]));
  room.isLocked = frame.room.is_locked;
  room.editing = { minutes: frame.room.edit_minutes, max: frame.room.edits_max };
  at("picture").hidden = !(frame.room.takes_pictures && room.you.role === "participant");
  setStatus(frame.room.status);
  stage.hello(frame);
  people();
  addressees();
}

function happen(event) {
  ({
    message: () => { heard(event); log.message(event); },
    probe: () => log.message(event),
    edited: () => log.edited(event),
    item: () => { log.card(say(event.kind), event.text, event.at); stage.pose(event); news("stage"); },
    answer: () => { heard(event); stage.answer(event); },
    vote: () => stage.vote(event),
    poll: () => stage.poll(event),
    reveal: () => { log.note(say("revealed"), event.at); stage.reveal(event); },
    reaction: () => log.reaction(event),
    columns: () => stage.columns(event),
    placed: () => stage.placed(event),
    spotlight: () => log.lift(event.target),
    section: () => { stage.section = event; stage.drawGuide(); },
    locked: () => { room.isLocked = event.is_locked; controls(); },
    redacted: () => { log.rewrite(event); stage.rewrite(event); },
    status: () => { log.note(say({ open: "opened", paused: "paused_now", closed: "closed_now" }[event.status]), event.at); setStatus(event.status); },
    seated: () => { log.note(say("seated", { name: event.name }), event.at); seated(event); },
    muted: () => muted(event),
    lead: () => lead(event),
    removed: () => { log.note(say(event.is_own ? "not_coming" : "left_out", { name: event.name }), event.at); if (!room.isNew) room.seats.delete(event.seat); people(); addressees(); },
  })[event.type]?.();
}

function heard(event) {
  const text = event.body.trim();
  const words = (text.match(/[\u3400-\u9fff]/g)?.length ?? 0) / 1.7 + (text.replace(/[\u3400-\u9fff]/g, " ").match(/\S+/g)?.length ?? 0);
  if (event.role === "participant" && event.stream !== "me") room.spokeAt.set(event.seat, Date.parse(event.at));
  if (event.role === "participant" && event.stream !== "me") room.spoken.set(event.seat, (room.spoken.get(event.seat) ?? 0) + words);
  typing.delete(event.seat);
  drawTyping();
  if (event.type === "message" && event.seat !== room.you.seat) news("talk");
  if (!room.isNew && room.you.role === "moderator") people();
}

function seated(event) {
  if (!room.seats.has(event.seat)) room.seats.set(event.seat, { ...event, is_here: false, is_muted: false });
  people();
  addressees();
}

/* Whoever leads no more may watch from behind the glass, which is for its own people to know. */
function lead(event) {
  log.note(say(event.is_leading ? "leads" : "leads_no_more", { name: event.name }), event.at);
  // Whoever has just come in was told who is here now; what comes next is how it came to that.
  if (room.isNew) return;
  if (event.seat === room.you.seat) return anew();
  const role = event.is_leading ? "moderator" : "observer";
  if (!event.is_leading && room.you.role === "participant") room.seats.delete(event.seat);
  else room.seats.set(event.seat, { is_here: true, ...room.seats.get(event.seat), ...event, role });
  people();
  addressees();
}

/* The page is made for a role: with another one it is another page. */
function anew() {
  location.reload();
}

function muted(event) {
  const seat = room.seats.get(event.seat);
  if (seat) seat.is_muted = event.is_muted;
  if (event.seat === room.you.seat) {
    room.you.is_muted = event.is_muted;
    speak();
  }
  people();
}

function unnumbered(frame) {
  if (frame.type === "read") {
    room.readTo.set(frame.seat, frame.seq);
  } else if (frame.type === "typing") {
    typing.set(frame.seat, { name: frame.name, until: Date.now() + 4000 });
    drawTyping();
    setTimeout(drawTyping, 4100);
  } else if (frame.type === "pong") {
    check.pong();
  } else if (frame.type === "checked") {
    if (room.seats.has(frame.seat)) room.seats.get(frame.seat).is_checked = true;
    people();
  } else if (frame.type === "presence") {
    if (frame.here) for (const seat of room.seats.values()) seat.is_here = frame.here.includes(seat.seat);
    else if (room.seats.has(frame.seat)) room.seats.get(frame.seat).is_here = frame.is_here;
    else seated(frame);
    people();
  }
}

function drawTyping() {
  for (const [seat, each] of typing) if (each.until < Date.now()) typing.delete(seat);
  const names = [...typing.values()].map((each) => each.name);
  at("typing").textContent = names.length > 2 ? say("typing_many") : names.map((name) => say("typing", { name })).join(" ");
}

// The room's status, and who may speak.
function setStatus(status) {
  room.status = status;
  at("room-status").textContent = say(status);
  at("room-status").className = `mark ${MARKS[status]}`;
  controls();
  speak();
  stage.drawGuide();
  if (!stage.item) stage.draw();
  waitingRoom();
}

function waitingRoom() {
  if (room.you.role !== "participant" || room.status !== "planned") check.end();
  else if (!check.place) {
    const place = make("section", { class: "card stack waiting-room" });
    at("stage").before(place);
    check.begin(place);
    show("stage");
  }
}

function controls() {
  at("room-door")?.toggleAttribute("hidden", !room.isLocked || room.status === "closed");
  if (room.you.role !== "moderator") return;
  const row = at("room-controls");
  row.hidden = false;
  const open = button(say(room.status === "paused" ? "reopen_room" : "open_room"), () => room.deed("open"), "button-primary");
  const pause = button(say("pause_room"), () => room.deed("pause"));
  const close = button(say("close_room"), () => confirm(say("sure_close")) && room.deed("close"), "button-danger");
  const door = button(say(room.isLocked ? "unlock" : "lock"), () => room.deed("lock", { is_locked: !room.isLocked }));
  row.replaceChildren(...{ planned: [open, door], open: [door, pause, close], paused: [door, open, close], closed: [] }[room.status]);
}

function speak() {
  const isParticipant = room.you.role === "participant";
  if (room.status === "closed") lock(say("over"));
  else if (isParticipant && room.status === "planned") word(say("waiting"));
  else if (isParticipant && room.status === "paused") word(say("pause"));
  else if (isParticipant && room.you.is_muted) word(say("muted"));
  else word("");
  whom();
}

/* To the moderators one may write at any time, to everyone while the room is open. */
function whom() {
  const toAll = at("to").querySelector("[value=all]");
  if (room.you.role !== "participant" || !toAll) return tint();
  toAll.disabled = room.status !== "open" || Boolean(room.you.is_muted);
  if (toAll.disabled && at("to").value !== "me") {
    at("to").value = "me";
    isDiverted = true;
  } else if (!toAll.disabled && isDiverted) {
    at("to").value = "all";
    isDiverted = false;
  }
  tint();
}

/* To somebody alone the field is in the colour of what is said aside, so that nothing goes to the wrong ears. */
function tint() {
  if (room.you.role !== "observer") at("say").dataset.to = ["all", "staff"].includes(at("to").value) ? at("to").value : "aside";
}

function addressed(to) {
  cancelReply();
  at("to").value = to;
  isDiverted = false;
  tint();
  show("talk");
  at("body").focus();
}

at("to").addEventListener("change", tint);

function word(text) {
  at("room-word").hidden = !text;
  at("room-word").textContent = text;
}

function lock(text) {
  word(text);
  const gone = room.status === "closed" ? "" : ", .room-controls button, #stage button, #lead button, #guide button, #people button, .message-actions button";
  for (const control of element.querySelectorAll(`#say textarea, #say button, #say select, #say input${gone}`)) control.disabled = true;
  if (room.status === "closed") at("room-word").append(" ", make("a", { href: element.dataset.transcript }, say("transcript")));
}

// The people.
function people() {
  redraw(room, at("people"));
}

// Speaking.
function addressees() {
  const options = {
    participant: [["all", say("everyone")], ["me", say("moderators_only")]],
    moderator: [["all", say("everyone")], ["staff", say("back_room")],
      ...[...room.seats.values()].filter((seat) => seat.role === "participant").map((seat) => [String(seat.seat), say("whisper_to", { name: seat.name })])],
    observer: [["staff", say("back_room")]],
  }[room.you.role];
  const chosen = at("to").value;
  at("to").replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) at("to").value = chosen;
  at("to").parentElement.hidden = options.length < 2;
  whom();
}

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = at("body").value.trim();
  if (!body) return;
  if (editing) {
    if (body !== editing.body) room.deed("edit", { target: editing.seq, stream: editing.stream, body });
    cancelReply();
    return;
  }
  const to = at("to").value || (room.you.role === "observer" ? "staff" : "all");
  const isWhisper = /^\d+$/.test(to);
  const fields = isWhisper ? { seat: Number(to), body } : { body, to, ...(replyTo && to === "all" ? { reply_to: replyTo.seq } : {}) };
  const id = room.deed(isWhisper ? "probe" : "say", fields);
  if (!isWhisper) log.sending({ client_id: id, body });
  at("body").value = "";
  cancelReply();
});

function cancelReply() {
  if (editing) at("body").value = draft;
  editing = null;
  replyTo = null;
  at("to").parentElement.classList.remove("is-resting");
  at("replying").hidden = true;
}

at("replying").querySelector("button").addEventListener("click", cancelReply);
at("body").addEventListener("keydown", (event) => {
  // Enter sends, but not the Enter that ends a Chinese input method's word.
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing) {
    event.preventDefault();
    at("say").requestSubmit();
  } else if (event.key === "Escape" && !at("replying").hidden) {
    cancelReply();
  } else if (event.key === "ArrowUp" && !at("body").value && !event.isComposing) {
    // What was said last, to be put right.
    const last = log.lastOwn();
    if (last) {
      event.preventDefault();
      room.edit(last);
    }
  }
});
at("body").addEventListener("input", () => {
  if (Date.now() - typedAt < 2500) return;
  typedAt = Date.now();
  socket.send({ type: "typing" });
});

// A picture goes up by itself; what is said of it goes with the message that carries it.
at("picture").querySelector("input").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const form = new FormData();
  form.append("picture", file);
  const answer = await fetch(element.dataset.pictures, { method: "POST", body: form, headers: { "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "" } });
  const made = await answer.json().catch(() => ({}));
  if (!answer.ok) return word(made.message ?? say("not_sent", { reason: answer.status }));
  const body = at("body").value.trim() || say("a_picture");
  log.sending({ client_id: room.deed("say", { body, to: "all", picture: made.picture }), body });
  at("body").value = "";
});

// The moderator's one key: Ctrl (or ⌘) and Enter asks what is next.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && room.you.role === "moderator") {
    event.preventDefault();
    room.deed("next", stage.coming());
  }
});
// Who is quiet changes with the clock.
setInterval(() => room.you.role === "moderator" && !at("people").contains(document.activeElement) && people(), 30_000);

// One area at a time on a phone.
function show(area) {
  element.dataset.area = area;
  for (const tab of element.querySelectorAll("[data-shows]")) tab.setAttribute("aria-pressed", String(tab.dataset.shows === area));
  const count = element.querySelector(`[data-news="${area}"]`);
  if (count) {
    count.hidden = true;
    count.textContent = "";
  }
}

function news(area) {
  const count = element.querySelector(`[data-news="${area}"]`);
  if (room.isNew || !count || element.dataset.area === area) return;
  count.hidden = false;
  count.textContent = String(Number(count.textContent || 0) + 1);
}

for (const tab of element.querySelectorAll("[data-shows]")) tab.addEventListener("click", () => show(tab.dataset.shows));
