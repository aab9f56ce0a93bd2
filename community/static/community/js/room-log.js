/* The talk: every event that people read, in order; what is on its way; the spotlight. */

import { Following } from "./room-following.js";
import { avatar, clock, make, say, twoSteps } from "./room-parts.js";

const REACTIONS = ["👍", "❤️", "😄", "🤔", "👏", "👎"];

/* In place of words that are gone: who took them out. */
const gone = (body) => say(body.is_hidden ? "hidden" : "withdrawn");

export class Log {
  constructor(room) {
    this.room = room;
    this.list = document.getElementById("log");
    this.place = new Following(this.list, document.getElementById("below"));
    this.spotlight = document.getElementById("spotlight");
    this.bySeq = new Map();
    this.pending = new Map();
    this.reactions = new Map();
    this.said = new Map();
    this.edits = new Map();
  }

  add(node) {
    // The streams of a room arrive one beside the other; read together they stand in the order of their moments.
    const at = Date.parse(node.querySelector("time").dateTime);
    let later = null;
    for (let each = this.list.lastElementChild; each && !(Number(each.dataset.at) <= at); each = each.previousElementSibling) later = each;
    node.dataset.at = at;
    this.list.insertBefore(node, later);
    this.place.added();
  }

  caughtUp() {
    this.list.removeAttribute("aria-busy");
    this.place.toEnd();
  }

  message(event) {
    this.pending.get(event.client_id)?.remove();
    this.pending.delete(event.client_id);
    // What is whispered comes to the staff under `staff`; to its ear under `me`.
    const isStaff = event.stream === "staff" && !event.is_private && event.type !== "probe";
    const isPrivate = event.is_private || event.type === "probe";
    const kinds = ["message", isStaff && "is-staff", isPrivate && "is-private", event.role === "moderator" && "is-moderator", event.seat === this.room.you.seat && "is-mine"];
    const item = make("div", { class: kinds.filter(Boolean).join(" "), id: `${event.stream}-${event.seq}` });
    const quoted = event.reply_to ? this.bySeq.get(event.reply_to) : null;
    item.append(
      avatar(event.name, this.room.hue(event.seat)),
      make("div", { class: "message-body" },
        make("p", { class: "byline" },
          make("strong", { class: "byline-name" }, event.name),
          event.role !== "participant" ? make("span", { class: "small" }, say(event.role)) : null,
          isStaff ? make("span", { class: "chip" }, say("back_room")) : null,
          isPrivate ? make("span", { class: "chip" }, this.privacy(event)) : null,
          clock(event.at)),
        quoted ? make("blockquote", { class: "small muted", "data-quoted": quoted.seq }, this.quoted(quoted)) : null,
        make("p", { class: event.is_withdrawn ? "message-text muted" : "message-text" }, event.is_withdrawn ? gone(event) : event.body),
        event.picture ? make("img", { class: "message-picture", src: `${this.room.pictures}${event.picture}/`, alt: event.body, loading: "lazy" }) : null));
    this.said.set(item.id, event);
    const actions = event.stream === "all" && !event.is_withdrawn ? this.actions(event) : make("p", { class: "message-actions" });
    this.offerAside(event, actions);
    this.offerEdit(event, actions);
    this.offerTakingBack(event, actions);
    this.offerHiding(event, actions);
    if (event.stream === "all") {
      this.bySeq.set(event.seq, event);
      item.lastChild.append(make("p", { class: "reactions" }), actions);
    } else if (actions.children.length) item.lastChild.append(actions);
    this.add(item);
    if (event.stream === "all") this.drawReactions(event.seq);
  }

  quoted(event) {
    return `${event.name}: ${event.is_withdrawn ? gone(event) : event.body.slice(0, 120)}`;
  }

  privacy(event) {
    if (event.type !== "probe") return say("private");
    return event.to === this.room.you.seat ? say("to_you") : say("to", { name: event.to_name });
  }

  actions(event) {
    const row = make("p", { class: "message-actions" });
    if (this.room.you.role === "observer") return row;
    const quiet = (text, onclick, label) => make("button", { type: "button", class: "button button-quiet button-small", onclick, "aria-label": label }, text);
    row.append(quiet(say("reply"), () => this.room.reply(event), `${say("reply")}: ${event.name}`));
    const choices = make("details", { class: "react" }, make("summary", { class: "button button-quiet button-small" }, say("react")));
    choices.append(...REACTIONS.map((emoji) => quiet(emoji, () => {
      choices.open = false;
      this.room.react(event.seq, emoji, !this.mine(event.seq, emoji));
    })));
    row.append(choices);
    if (this.room.you.role === "moderator") row.append(quiet(say("spotlight"), () => this.room.deed("spotlight", { target: event.seq })));
    return row;
  }

  /* What was said aside is answered aside: by itself the answer would go to everyone. */
  offerAside(event, row) {
    const { role, seat } = this.room.you;
    const isToMe = role === "participant" && event.type === "probe" && event.to === seat;
    if (!isToMe && !(role === "moderator" && event.is_private && event.role === "participant")) return;
    const control = make("button", { type: "button", class: "button button-quiet button-small", onclick: () => this.room.aside(event) }, say("reply_aside"));
    control.setAttribute("aria-label", `${say("reply_aside")}: ${event.name}`);
    row.append(control);
  }

  /* One's own message, for as long as the room lets it be put right. The server has the last word. */
  offerEdit(event, row) {
    const left = this.editableFor(event);
    if (left <= 0) return;
    const control = make("button", { type: "button", class: "button button-quiet button-small edit", onclick: () => this.room.edit(event), "data-does": "edit" }, say("edit"));
    row.append(control);
    this.label(row, event);
    setTimeout(() => control.remove(), Math.min(left, 2 ** 31 - 1));
  }

  /* What a control is for is told by the words as they stand now. */
  label(place, event) {
    for (const each of place.querySelectorAll("[data-does]")) each.setAttribute("aria-label", `${say(each.dataset.does)}: ${event.body.slice(0, 40)}`);
  }

  /* For as long it may be taken back, however often it was edited: in two steps, for the words are gone then. */
  offerTakingBack(event, row) {
    const left = this.changeableFor(event);
    if (left <= 0) return;
    const control = this.twoSteps(event, row, "take_back", "withdraw");
    setTimeout(() => control.remove(), Math.min(left, 2 ** 31 - 1));
  }

  /* A moderator takes out what somebody else said. */
  offerHiding(event, row) {
    if (this.room.you.role !== "moderator" || event.type !== "message" || event.is_withdrawn || event.seat === this.room.you.seat) return;
    this.twoSteps(event, row, "hide", "hide");
  }

  twoSteps(event, row, word, deed) {
    const control = twoSteps(word, () => this.room.deed(deed, { target: event.seq, stream: event.stream }));
    row.append(control);
    this.label(row, event);
    return control;
  }

  editableFor(event) {
    if (event.is_masked || (event.edits ?? 0) >= (this.room.editing?.max ?? 0)) return 0;
    return this.changeableFor(event);
  }

  changeableFor(event) {
    if (event.type !== "message" || event.is_withdrawn || event.seat !== this.room.you.seat || !this.room.editing?.max) return 0;
    return Date.parse(event.at) + this.room.editing.minutes * 60_000 - Date.now();
  }

  lastOwn() {
    return [...this.said.values()].filter((event) => this.editableFor(event) > 0).sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  }

  /* Other words for what stands here. Nobody is read all of it again: who listens has heard it, and a mark says that it changed. */
  edited(event) {
    const id = `${event.stream}-${event.target}`;
    const [node, said] = [document.getElementById(id), this.said.get(id)];
    if (!node || !said || said.is_withdrawn) return;
    this.edits.set(`${event.stream}-${event.seq}`, id);
    said.body = event.body;
    said.edits = event.edit;
    node.setAttribute("aria-live", "off");
    node.dataset.edit = `${event.stream}-${event.seq}`;
    node.querySelector(".message-text").textContent = event.body;
    this.label(node, said);
    if (!node.querySelector(".edited-mark")) node.querySelector(".byline").append(make("span", { class: "small muted edited-mark" }, say("edited")));
    if (this.editableFor(said) <= 0) node.querySelector(".edit")?.remove();
    if (event.stream === "all" && !this.spotlight.hidden && this.lifted === event.target) this.lift(event.target);
  }

  mine(seq, emoji) {
    return this.reactions.get(seq)?.get(emoji)?.has(this.room.you.seat) ?? false;
  }

  reaction(event) {
    if (!this.reactions.has(event.target)) this.reactions.set(event.target, new Map());
    const of = this.reactions.get(event.target);
    if (!of.has(event.emoji)) of.set(event.emoji, new Set());
    if (event.is_on) of.get(event.emoji).add(event.seat);
    else of.get(event.emoji).delete(event.seat);
    this.drawReactions(event.target);
  }

  drawReactions(seq) {
    const place = document.querySelector(`#all-${seq} .reactions`);
    const of = this.reactions.get(seq);
    if (!place || !of) return;
    place.replaceChildren(...[...of].filter(([, seats]) => seats.size).map(([emoji, seats]) =>
      make("button", { type: "button", class: "chip", "aria-pressed": String(seats.has(this.room.you.seat)), disabled: this.room.you.role === "observer", onclick: () => this.room.react(seq, emoji, !seats.has(this.room.you.seat)) }, `${emoji} ${seats.size}`)));
    this.place.settle();
  }

  note(text, at) {
    this.add(make("div", { class: "log-note" }, make("span", {}, text), " ", clock(at)));
  }

  card(title, text, at, kind = "") {
    this.add(make("div", { class: `posed ${kind}`.trim() }, make("p", { class: "small muted" }, title, " ", clock(at)), make("p", { class: "message-text" }, text)));
  }

  sending(frame) {
    const node = make("div", { class: "message is-mine is-pending" }, make("div", { class: "message-body" },
      make("p", { class: "message-text" }, frame.body), make("p", { class: "small muted" }, say("sending"))));
    this.pending.set(frame.client_id, node);
    this.list.append(node);
    this.place.toEnd();
  }

  notSent(frame) {
    const node = this.pending.get(frame.client_id);
    if (!node) return;
    this.pending.delete(frame.client_id);
    node.classList.add("is-refused");
    node.querySelector(".muted").textContent = say("not_sent", { reason: frame.message });
  }

  /* Words were taken out of what stands here. */
  rewrite(event) {
    for (const { target, body } of event.rewrites ?? []) {
      // What stands here may be a later wording, which has a number of its own.
      const own = `${event.stream}-${target}`;
      const node = document.getElementById(this.edits.get(own) ?? own);
      if (!node || body.body === undefined || (node.dataset.edit ?? own) !== own) continue;
      node.querySelector(".message-text").textContent = body.is_withdrawn ? gone(body) : body.body;
      node.querySelector(".edit")?.remove();
      const said = this.said.get(node.id);
      if (said) {
        said.body = body.body;
        this.label(node, said);
        node.querySelector(".message-picture")?.setAttribute("alt", body.body);
      }
      if (body.is_withdrawn) this.takenBack(node, said, body);
      if (said?.stream === "all") this.quoteAnew(said);
    }
  }

  /* Whoever replied quotes it, and it may be lifted up: what is gone from a message is gone from there, too. */
  quoteAnew(said) {
    if (!this.spotlight.hidden && this.lifted === said.seq) this.lift(said.seq);
    for (const quote of this.list.querySelectorAll(`[data-quoted="${said.seq}"]`)) {
      quote.closest(".message").setAttribute("aria-live", "off");
      quote.textContent = this.quoted(said);
    }
  }

  takenBack(node, said, body) {
    node.setAttribute("aria-live", "off");
    if (said) {
      said.is_withdrawn = true;
      said.is_hidden = body.is_hidden;
      this.room.gone(said);
    }
    // Whoever took it back by keyboard goes on where they write.
    if (node.contains(document.activeElement)) this.room.focus();
    node.querySelector(".message-text").classList.add("muted");
    for (const gone of node.querySelectorAll(".message-actions, .message-picture, .edited-mark")) gone.remove();
  }

  lift(seq) {
    const event = this.bySeq.get(seq);
    this.lifted = seq;
    this.spotlight.hidden = !event;
    if (!event) return;
    const clear = this.room.you.role === "moderator" ? make("button", { type: "button", class: "link-button", onclick: () => this.room.deed("spotlight", { target: null }) }, "×") : null;
    clear?.setAttribute("aria-label", say("spotlight_off"));
    this.spotlight.replaceChildren(make("p", { class: "small muted" }, say("in_spotlight"), " · ", event.name, " ", clear), make("p", {}, event.body));
  }
}
