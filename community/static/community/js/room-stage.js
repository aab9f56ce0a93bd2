/* The stage: what is before the room, what was answered to it, and the moderator's guide. */

import { EXERCISES, exercise, outcome } from "./room-exercises.js";
import { button, make, say, twoSteps } from "./room-parts.js";

const LONG_OVER = 3600; // seconds after which a clock that still counts says nothing any more

export class Stage {
  constructor(room) {
    this.room = room;
    this.place = document.getElementById("stage");
    this.guidePlace = document.getElementById("guide");
    this.leadPlace = document.getElementById("lead");
    this.item = null;
    this.answers = new Map();
    this.polls = new Map();
    this.mine = new Map();
    this.guide = [];
  }

  hello(frame) {
    this.guide = frame.room.guide ?? [];
    this.section = frame.room.section;
    if (frame.room.item) this.item = frame.room.item;
    for (const id of frame.you.answered) if (!this.mine.has(id)) this.mine.set(id, null);
    this.draw();
    this.drawGuide();
  }

  pose(event) {
    this.item = event;
    const line = this.guide.find((each) => each.item === event.item);
    if (line) line.is_posed = true;
    else if (this.room.you.role !== "participant") this.guide.push({ ...event, is_posed: true });
    this.draw();
    this.drawGuide();
  }

  answer(event) {
    if (!this.answers.has(event.item)) this.answers.set(event.item, new Map());
    this.answers.get(event.item).set(event.answer, event);
    if (event.seat === this.room.you.seat) {
      this.mine.set(event.item, event.given ?? event.body);
      if (this.item?.item === event.item) this.draw();
    }
    if (this.item?.item === event.item) this.drawResults();
  }

  vote(event) {
    if (event.seat === this.room.you.seat) {
      this.mine.set(event.item, event.choices);
      if (this.item?.item === event.item) this.draw();
    }
  }

  poll(event) {
    this.polls.set(event.item, event);
    if (this.item?.item === event.item) this.drawResults();
  }

  columns(event) {
    if (this.item?.item !== event.item) return;
    this.item.columns = event.columns;
    this.drawResults();
  }

  placed(event) {
    const answer = this.answers.get(event.item)?.get(event.answer);
    if (answer?.given) answer.given = { ...answer.given, columns: event.columns };
    if (this.item?.item === event.item) this.drawResults();
  }

  reveal(event) {
    for (const answer of event.answers ?? []) this.answer({ ...answer, stream: event.stream, seq: event.seq });
    if (event.counts) this.poll(event);
    if (this.item?.item === event.item) {
      this.item.is_revealed = true;
      this.draw();
    }
  }

  /* Words were taken out of an answer: of its wordings the one that stands here. */
  rewrite(event) {
    for (const { target, kind, body } of event.rewrites ?? []) {
      for (const given of kind === "answer" ? [body] : body.answers ?? []) {
        const shown = this.answers.get(given.item)?.get(given.answer);
        if (shown?.stream !== event.stream || shown.seq !== target) continue;
        this.answers.get(given.item).set(given.answer, { ...shown, ...given });
        if (given.seat === this.room.you.seat) this.unsay(shown, given);
        if (this.item?.item === given.item) this.drawResults();
      }
    }
  }

  /* One's own form does not offer again what is gone, and keeps what one is writing. */
  unsay(shown, given) {
    this.mine.set(given.item, given.given ?? given.body);
    if (this.item?.item !== given.item) return;
    const field = this.place.querySelector("form textarea");
    const left = new Set(given.given?.notes ?? []);
    if (!field) this.draw();
    else if (!given.given) field.value = field.value.trim() === shown.body.trim() ? "" : field.value;
    else field.value = field.value.split("\n").filter((line) => left.has(line.trim()) || !shown.given.notes.includes(line.trim())).join("\n");
    const hint = this.place.querySelector("form > .muted");
    if (hint && given.is_hidden) hint.textContent = say("hidden_answer");
  }

  draw() {
    const item = this.item;
    if (!item) {
      // Before it begins the check of the connection says what there is to do.
      this.place.replaceChildren(...(this.room.you.role === "participant" && this.room.status === "planned" ? [] : [make("p", { class: "muted" }, say("no_task"))]));
      return;
    }
    const draft = this.place.querySelector("textarea")?.value ?? "";
    const isSame = this.place.dataset.item === String(item.item);
    this.place.dataset.item = item.item;
    const card = make("div", { class: "card stage-card", "data-kind": item.kind }, make("p", { class: "small muted" }, say(item.kind)), make("p", { class: "stage-text" }, item.text));
    if (item.image) card.append(make("img", { src: item.image.url, alt: item.image.alt, width: item.image.width, height: item.image.height, loading: "lazy" }));
    if (item.link) card.append(make("p", {}, make("a", { href: item.link, target: "_blank", rel: "noopener" }, say("open_link"))));
    if (item.due_at) card.append(make("p", { class: "small muted" }, say("due", { when: new Date(item.due_at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }) })));
    if (this.room.you.role === "participant") card.append(this.task(item, isSame ? draft : ""));
    else if (item.is_masked && !item.is_revealed && this.room.you.role === "moderator") card.append(button(say("reveal"), () => this.room.deed("reveal", { item: item.item })));
    // A board that is being sorted would be read out whole with every note that moves.
    this.results = make("div", { class: "stack", "aria-live": item.kind === "notes" ? "off" : "polite" });
    this.place.replaceChildren(card, this.results);
    this.drawResults();
  }

  task(item, draft) {
    if (item.kind === "poll") return this.ballot(item);
    if (EXERCISES.includes(item.kind)) return exercise(item, this.mine.get(item.item), (given) => this.room.deed("answer", { item: item.item, given }));
    return this.sheet(item, draft);
  }

  sheet(item, draft) {
    const given = this.mine.get(item.item);
    const id = `answer-${item.item}`;
    const field = make("textarea", { id, rows: 3, maxlength: 4000, required: true });
    field.value = draft || given || "";
    const isGiven = this.mine.has(item.item);
    const form = make("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      if (field.value.trim()) this.room.deed("answer", { item: item.item, body: field.value });
    } }, make("div", { class: "field" }, make("label", { for: id }, say("answer")), field),
      make("button", { class: "button button-primary" }, say(isGiven ? "change_answer" : "send_answer")));
    const own = [...(this.answers.get(item.item)?.values() ?? [])].find((each) => each.seat === this.room.you.seat);
    form.append(make("p", { class: "small muted" }, own?.is_hidden ? say("hidden_answer") : isGiven ? say("answered") : item.is_masked && !item.is_revealed ? say("masked") : ""));
    return form;
  }

  ballot(item) {
    const given = this.mine.get(item.item) ?? [];
    const kind = item.max_choices > 1 ? "checkbox" : "radio";
    const choices = item.choices.map((text, place) => make("label", { class: "choice" },
      make("input", { type: kind, name: `vote-${item.item}`, value: place, checked: given.includes(place) }), make("span", {}, text)));
    const legend = make("legend", {}, item.max_choices > 1 ? say("choose_up_to", { count: item.max_choices }) : say("vote"));
    return make("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      const chosen = [...event.target.querySelectorAll(":checked")].map((input) => Number(input.value));
      if (chosen.length) this.room.deed("vote", { item: item.item, choices: chosen });
    } }, make("fieldset", {}, legend, ...choices), make("button", { class: "button button-primary" }, say(this.mine.has(item.item) ? "change_vote" : "vote")));
  }

  drawResults() {
    if (!this.results || !this.item) return;
    const counts = this.polls.get(this.item.item);
    const answers = [...(this.answers.get(this.item.item)?.values() ?? [])];
    const parts = [];
    if (counts && this.item.kind === "poll") {
      parts.push(make("p", { class: "small muted" }, say("voters", { count: counts.voters })));
      this.item.choices.forEach((text, place) => parts.push(make("div", { class: "bar-row" }, make("span", {}, text),
        make("meter", { min: 0, max: Math.max(1, counts.voters), value: counts.counts[place], "aria-label": text }), make("span", { class: "numeric" }, String(counts.counts[place])))));
    }
    if (answers.length || this.item.kind === "notes") {
      parts.push(make("p", { class: "small muted" }, say("answers", { count: answers.length })));
      if (EXERCISES.includes(this.item.kind)) parts.push(...outcome(this.item, answers, this.sorting(), this.removing));
      else parts.push(make("ul", { class: "stage-answers" }, ...answers.map((each) => make("li", {}, make("strong", {}, each.name), " ",
        make("span", { class: each.is_hidden ? "muted" : null }, each.is_hidden ? say("hidden_answer") : each.body), each.is_hidden ? null : this.removing(each, each.body)))));
    }
    const held = this.results.contains(document.activeElement) ? document.activeElement : null;
    const open = [...this.results.querySelectorAll("[data-open][open]")].map((each) => each.dataset.open);
    this.results.replaceChildren(...parts);
    for (const key of open) this.results.querySelector(`[data-open="${key}"]`)?.setAttribute("open", "");
    this.giveBack(held);
  }

  /* Whoever was at a control of what was drawn anew is there again, with what they were typing. */
  giveBack(held) {
    const again = held?.dataset.key && this.results.querySelector(`[data-key="${held.dataset.key}"]`);
    if (held && !again) {
      // What they were at is gone.
      this.results.tabIndex = -1;
      this.results.focus();
    }
    if (!again) return;
    if (again.matches("input") && held.value !== held.defaultValue) again.value = held.value;
    again.focus();
  }

  /* A moderator takes out an answer in words, or a note or comment by its place. */
  removing = (answer, words, place = null) => {
    if (this.room.you.role !== "moderator") return null;
    const part = place === null ? {} : { words };
    return twoSteps("hide", () => this.room.deed("hide_answer", { answer: answer.answer, ...part }), { key: `remove-${answer.answer}-${place ?? ""}`, label: `${answer.name}, ${words.slice(0, 40)}` });
  };

  /* Only a moderator sorts a board, and only what everybody may see. */
  sorting() {
    const isShown = !this.item.is_masked || this.item.is_revealed;
    return this.room.you.role === "moderator" && this.room.status !== "closed" && isShown ? this.room.deed : null;
  }

  /* What the guide has next, as this page knows it: of two moderators who press at once, one asks it. Pressed again, the one after it. */
  coming() {
    const next = this.guide.find((line) => !line.is_posed && !line.is_asked && !["section", "probe"].includes(line.kind));
    if (next) next.is_asked = true;
    return next ? { item: next.item } : {};
  }

  askedInVain() {
    this.guide.forEach((line) => { line.is_asked = false; });
  }

  drawGuide() {
    if (this.room.you.role === "participant") return;
    const isLeading = this.room.you.role === "moderator" && this.room.status !== "closed";
    const next = this.guide.find((line) => !line.is_posed && !["section", "probe"].includes(line.kind));
    const parts = [];
    if (this.section) parts.push(this.clock(isLeading));
    if (isLeading && next) parts.push(make("div", { class: "next" }, button(say("next"), () => this.room.deed("next", this.coming()), "button-primary button-large"), make("p", { class: "small" }, next.text)));
    else if (isLeading && this.guide.length) parts.push(make("p", { class: "muted small" }, say("guide_done")));
    // Whoever asks by keyboard asks on.
    const focused = this.leadPlace.contains(document.activeElement) && (document.activeElement.closest(".next") ? ".next" : ".section-clock");
    this.leadPlace.replaceChildren(...parts);
    if (focused) this.leadPlace.querySelector(`${focused} button`)?.focus();
    this.guidePlace.replaceChildren(make("ol", { class: "guide" }, ...this.guide.map((line) => this.line(line, isLeading))));
  }

  /* How much of the section's time is left. */
  clock(isLeading) {
    const left = make("strong", { class: "numeric" });
    const tick = () => {
      if (!this.section.minutes) return;
      const seconds = Math.round(this.section.minutes * 60 - (Date.now() - Date.parse(this.section.began_at)) / 1000);
      if (seconds < -LONG_OVER) left.textContent = say("time_up");
      else left.textContent = say(seconds < 0 ? "time_over" : "time_left", { time: `${Math.floor(Math.abs(seconds) / 60)}:${String(Math.abs(seconds) % 60).padStart(2, "0")}` });
      left.classList.toggle("is-over", seconds < 0);
    };
    clearInterval(this.ticking);
    tick();
    this.ticking = setInterval(tick, 1000);
    const place = make("div", { class: "section-clock" }, make("p", { class: "small muted" }, this.section.text), left);
    if (isLeading) place.append(button(say("extend", { count: 5 }), () => this.room.deed("extend", { minutes: 5 }), "button-small"));
    return place;
  }

  line(line, isLeading) {
    const minutes = line.minutes ? ` · ${say("minutes", { count: line.minutes })}` : "";
    const isCurrent = this.item?.item === line.item;
    const node = make("li", { class: `guide-line guide-${line.kind}${line.is_posed ? " is-posed" : ""}`, "aria-current": isCurrent ? "step" : null },
      make("p", { class: "small muted" }, `${say(line.kind)}${minutes}${line.is_posed ? ` · ${say("asked")}` : ""}`), make("p", {}, line.text));
    if (line.note) node.append(make("p", { class: "guide-note small" }, line.note));
    if (isLeading && line.kind !== "section") {
      const ask = button(say("ask"), () => this.room.deed("pose", { item: line.item }), "button-small");
      ask.setAttribute("aria-label", `${say("ask")}: ${line.text}`);
      node.append(ask);
    }
    return node;
  }
}
