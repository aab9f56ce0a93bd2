/* Exercises: a form for each kind, made of ordinary controls, so that keyboard and screen reader have all of it.
 *
 * exercise(item, given, send) → form; send(given) hands over what the club keeps (focusgroups/exercises.py).
 */

import { button, make, say } from "./room-parts.js";

const MAKERS = { ranking, rating, sort, pins, notes };
export const EXERCISES = Object.keys(MAKERS);

export function exercise(item, given, send) {
  const form = make("form", { class: "form exercise", "data-kind": item.kind });
  const collect = MAKERS[item.kind](item, given ?? {}, form);
  form.append(make("button", { class: "button button-primary" }, say(given ? "change_answer" : "send_answer")));
  form.append(make("p", { class: "small muted" }, given ? say("answered") : item.is_masked && !item.is_revealed ? say("masked") : ""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const made = collect();
    if (made) send(made);
  });
  return form;
}

function ranking(item, given, form) {
  let order = given.order ?? item.choices.map((_choice, place) => place);
  const list = make("ol", { class: "ranking" });
  const move = (place, by) => {
    const to = place + by;
    if (to < 0 || to >= order.length) return;
    [order[place], order[to]] = [order[to], order[place]];
    draw();
    // The choice keeps the focus on its way.
    const row = list.children[to];
    (row.querySelector(by < 0 ? ".up" : ".down").disabled ? row.querySelector("button:not(:disabled)") : row.querySelector(by < 0 ? ".up" : ".down"))?.focus();
  };
  const step = (sign, word, kind, text, place, by, isOff) => make("button", { type: "button", class: `button button-small ${kind}`, disabled: isOff, "aria-label": `${say(word)}: ${text}`, onclick: () => move(place, by) }, sign);
  const draw = () => list.replaceChildren(...order.map((choice, place) => {
    const text = item.choices[choice];
    return make("li", {}, make("span", {}, text), make("span", { class: "row" }, step("↑", "move_up", "up", text, place, -1, place === 0), step("↓", "move_down", "down", text, place, 1, place === order.length - 1)));
  }));
  draw();
  form.append(make("p", { class: "small muted" }, say("best_first")), list);
  return () => ({ order });
}

function rating(item, given, form) {
  const steps = Array.from({ length: item.scale_max }, (_none, place) => place + 1);
  const [low, high] = item.choices.length > 1 ? [item.choices[0], item.choices[item.choices.length - 1]] : ["", ""];
  const fieldset = make("fieldset", { class: "scale" }, make("legend", {}, low ? `1 = ${low}, ${item.scale_max} = ${high}` : say("choose_step")),
    make("div", { class: "scale-steps" }, ...steps.map((step) => make("label", { class: "scale-step" },
      make("input", { type: "radio", name: `rate-${item.item}`, value: step, checked: given.rating === step, required: true }), make("span", {}, String(step))))));
  form.append(fieldset);
  return () => {
    const chosen = form.querySelector(":checked");
    return chosen && { rating: Number(chosen.value) };
  };
}

function sort(item, given, form) {
  const selects = item.choices.map((card, place) => {
    const id = `card-${item.item}-${place}`;
    const select = make("select", { id }, make("option", { value: "" }, "–"), ...item.piles.map((pile, number) => make("option", { value: number, selected: given.piles?.[place] === number }, pile)));
    form.append(make("div", { class: "card-row" }, make("label", { for: id }, card), select));
    return select;
  });
  return () => {
    const piles = selects.map((select) => (select.value === "" ? null : Number(select.value)));
    if (piles.some((pile) => pile !== null)) return { piles };
    selects[0].focus();
    return null;
  };
}

function pins(item, given, form) {
  const made = (given.pins ?? []).map((pin) => ({ ...pin }));
  const put = make("button", { type: "button", class: "pin-put", "aria-label": `${say("put_pin")}: ${item.image?.alt ?? ""}` }, make("img", { src: item.image?.url, alt: "" }));
  const board = make("div", { class: "pin-place" }, put);
  const list = make("ol", { class: "pin-list" });
  const draw = () => {
    board.querySelectorAll(".pin").forEach((pin) => pin.remove());
    made.forEach((pin, place) => {
      const mark = make("span", { class: "pin", "aria-hidden": "true" }, String(place + 1));
      mark.style.insetInlineStart = `${pin.x / 10}%`;
      mark.style.insetBlockStart = `${pin.y / 10}%`;
      board.append(mark);
    });
    list.replaceChildren(...made.map((pin, place) => {
      const number = (axis, word) => make("input", { type: "number", min: 0, max: 100, value: Math.round(pin[axis] / 10), "aria-label": `${say(word)} ${place + 1}`, oninput: (event) => { pin[axis] = Math.min(1000, Math.max(0, Number(event.target.value) * 10)); move(place); } });
      const comment = make("input", { maxlength: 300, value: pin.comment ?? "", "aria-label": say("pin_comment", { number: place + 1 }), placeholder: say("comment"), oninput: (event) => { pin.comment = event.target.value; } });
      return make("li", {}, comment, make("span", { class: "row small" }, number("x", "across"), number("y", "down_the_picture"), "%",
        make("button", { type: "button", class: "link-button", "aria-label": say("take_away_pin", { number: place + 1 }), onclick: () => { made.splice(place, 1); draw(); } }, "×")));
    }));
  };
  const move = (place) => {
    const mark = board.querySelectorAll(".pin")[place];
    mark.style.insetInlineStart = `${made[place].x / 10}%`;
    mark.style.insetBlockStart = `${made[place].y / 10}%`;
  };
  put.addEventListener("click", (event) => {
    if (made.length >= 10) return;
    const box = board.getBoundingClientRect();
    // By keyboard a pin comes into the middle, to be moved by its numbers.
    const isPointed = event.detail > 0;
    const part = (value, from, size) => Math.round(Math.min(1, Math.max(0, (value - from) / size)) * 1000);
    made.push({ x: isPointed ? part(event.clientX, box.left, box.width) : 500, y: isPointed ? part(event.clientY, box.top, box.height) : 500, comment: "" });
    draw();
    list.lastElementChild.querySelector("input").focus();
  });
  draw();
  form.append(make("p", { class: "small muted" }, say("pin_help")), board, list);
  return () => {
    if (made.length) return { pins: made };
    put.focus();
    return null;
  };
}

function notes(item, given, form) {
  const id = `notes-${item.item}`;
  const field = make("textarea", { id, rows: 4, required: true, maxlength: 6000 });
  field.value = (given.notes ?? []).filter(Boolean).join("\n");
  form.append(make("div", { class: "field" }, make("label", { for: id }, say("one_a_line")), field));
  return () => {
    const made = field.value.split("\n").map((line) => line.trim().slice(0, 300)).filter(Boolean).slice(0, 20);
    return made.length ? { notes: made } : null;
  };
}

/* What the room sees of an exercise's answers: bars, cards, pins. */
export function outcome(item, answers, deed = null, removing = () => null) {
  const given = answers.map((answer) => answer.given).filter(Boolean);
  const bar = (text, value, max, shown = value) => make("div", { class: "bar-row" }, make("span", {}, text), make("meter", { min: 0, max: Math.max(1, max), value, "aria-label": text }), make("span", { class: "numeric" }, String(shown)));
  if (!given.length && item.kind !== "notes") return [];
  if (item.kind === "rating") {
    return Array.from({ length: item.scale_max }, (_none, place) => bar(String(place + 1), given.filter((each) => each.rating === place + 1).length, given.length));
  }
  if (item.kind === "ranking") {
    const means = item.choices.map((text, choice) => [text, given.reduce((sum, each) => sum + each.order.indexOf(choice) + 1, 0) / given.length]);
    return means.sort((a, b) => a[1] - b[1]).map(([text, mean]) => bar(text, item.choices.length + 1 - mean, item.choices.length, mean.toFixed(1)));
  }
  if (item.kind === "sort") {
    return item.choices.map((card, place) => make("p", { class: "small" }, make("strong", {}, card), " ", item.piles.map((pile, number) => `${pile} ${given.filter((each) => each.piles[place] === number).length}`).join(" · ")));
  }
  if (item.kind === "pins") {
    const board = make("div", { class: "pin-place" }, make("img", { src: item.image?.url, alt: item.image?.alt ?? "" }));
    const comments = make("ol", { class: "pin-list" });
    let number = 0;
    for (const answer of answers) {
      for (const [place, pin] of (answer.given?.pins ?? []).entries()) {
        const mark = make("span", { class: "pin", "aria-hidden": "true" }, String(++number));
        mark.style.insetInlineStart = `${pin.x / 10}%`;
        mark.style.insetBlockStart = `${pin.y / 10}%`;
        board.append(mark);
        const isHidden = answer.hidden_parts?.includes(place);
        comments.append(make("li", {}, make("strong", {}, answer.name), " ", make("span", { class: isHidden ? "muted" : null }, pin.comment || say(isHidden ? "hidden_part" : "no_comment")),
          pin.comment ? removing(answer, pin.comment, place) : null));
      }
    }
    return [board, comments];
  }
  return noteBoard(item, answers, deed, removing);
}

/* A brainstorm: notes in the columns that a moderator makes. With `deed` they are sorted here: by a menu on each note, or dragged. */
function noteBoard(item, answers, deed, removing) {
  const columns = item.columns ?? [];
  const known = new Set(columns.map((each) => each.column));
  const laid = answers.flatMap((answer) => (answer.given?.notes ?? []).map((text, place) => {
    const column = answer.given.columns?.[place] ?? null;
    return { text, place, answer: answer.answer, name: answer.name, column: known.has(column) ? column : null, of: answer };
  }));
  const place = (note, column) => note.column !== column && deed("place", { item: item.item, answer: note.answer, note: note.place, ...(column === null ? {} : { column }) });
  const card = (note) => {
    if (!note.text) return make("li", { class: "note muted" }, make("p", {}, say("hidden_part")), make("p", { class: "small" }, note.name));
    const node = make("li", { class: "note", draggable: deed && columns.length ? "true" : null }, make("p", {}, note.text), make("p", { class: "small muted" }, note.name), removing(note.of, note.text, note.place));
    if (!deed || !columns.length) return node;
    node.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", `${note.answer}:${note.place}`));
    node.append(make("select", { "data-key": `note-${note.answer}-${note.place}`, "aria-label": say("column_for", { note: note.text.slice(0, 60) }), onchange: (event) => place(note, event.target.value === "" ? null : Number(event.target.value)) },
      make("option", { value: "", selected: note.column === null }, say("unsorted")), ...columns.map((each) => make("option", { value: each.column, selected: each.column === note.column }, each.title))));
    return node;
  };
  const lane = (column, title, head) => {
    const notes = laid.filter((note) => note.column === column);
    const node = make("section", { class: "note-lane", "aria-label": title }, head ?? make("h3", { class: "note-lane-title" }, title, " ", make("span", { class: "small muted numeric" }, String(notes.length))), make("ul", {}, ...notes.map(card)));
    if (deed) {
      node.addEventListener("dragover", (event) => event.preventDefault());
      node.addEventListener("drop", (event) => {
        event.preventDefault();
        const dropped = laid.find((note) => `${note.answer}:${note.place}` === event.dataTransfer.getData("text/plain"));
        if (dropped) place(dropped, column);
      });
    }
    return node;
  };
  const head = (each) => deed && make("p", { class: "row note-lane-head" },
    make("input", { value: each.title, maxlength: 60, "data-key": `column-${each.column}`, "aria-label": say("column_name"), onchange: (event) => event.target.value.trim() && deed("column", { item: item.item, column: each.column, title: event.target.value.trim() }) }),
    make("button", { type: "button", class: "button button-quiet button-small", "aria-label": say("take_away_column", { title: each.title }), onclick: () => deed("column", { item: item.item, column: each.column, is_removed: true }) }, "×"));
  const isSorted = columns.length > 0;
  if (!deed && !isSorted && !laid.length) return [];
  const rest = laid.some((note) => note.column === null) || !isSorted;
  const board = make("div", { class: "note-board" }, ...columns.map((each) => lane(each.column, each.title, head(each))), rest ? lane(null, isSorted ? say("unsorted") : say("notes")) : null);
  if (!deed || columns.length >= 8) return [board];
  const id = `new-column-${item.item}`;
  return [board, make("form", { class: "row new-column", onsubmit: (event) => {
    event.preventDefault();
    const field = event.target.querySelector("input");
    if (!field.value.trim()) return;
    deed("column", { item: item.item, title: field.value.trim() });
    field.value = "";
  } }, make("label", { for: id, class: "small" }, say("new_column")), make("input", { id, maxlength: 60, "data-key": "new-column" }), make("button", { class: "button button-small" }, say("add_column")))];
}
