/* A task of a board: pins by tapping on the picture, and a word where something new was written. The page does all else without it. */

const task = document.getElementById("task");
const place = document.getElementById("pin-place");

function drawPins() {
  place.querySelectorAll(".pin").forEach((pin) => pin.remove());
  document.querySelectorAll(".pin-list li").forEach((row, number) => {
    const [x, y] = ["x", "y"].map((name) => row.querySelector(`[name=${name}]`).value);
    if (x === "" || y === "") return;
    const mark = Object.assign(document.createElement("span"), { className: "pin", textContent: String(number + 1) });
    mark.setAttribute("aria-hidden", "true");
    mark.style.insetInlineStart = `${x}%`;
    mark.style.insetBlockStart = `${y}%`;
    place.append(mark);
  });
}

if (place) {
  place.classList.add("is-tapped");
  place.addEventListener("click", (event) => {
    const free = [...document.querySelectorAll(".pin-list li")].find((row) => row.querySelector("[name=x]").value === "");
    if (!free) return;
    const box = place.getBoundingClientRect();
    const part = (value, from, size) => Math.round(Math.min(1, Math.max(0, (value - from) / size)) * 100);
    free.querySelector("[name=x]").value = part(event.clientX, box.left, box.width);
    free.querySelector("[name=y]").value = part(event.clientY, box.top, box.height);
    free.querySelector("[name=comment]").focus();
    drawPins();
  });
  document.querySelector(".pin-list").addEventListener("input", drawPins);
  drawPins();
}

/* Which of the page's lines an event stands in, now that its words are others: [line, what it says now]. */
function* places(stream, { target, kind, body }) {
  if (kind === "message" || kind === "edited") {
    const line = document.querySelector(`[data-place="${stream}-${kind === "edited" ? body.target : target}"]`) ?? (body.post && document.querySelector(`[data-post="${body.post}"]`));
    if (line) yield [line, body];
  }
  for (const said of body.messages ?? []) for (const line of document.querySelectorAll(`[data-post="${said.post}"]`)) yield [line, said];
  for (const given of kind === "answer" ? [body] : body.answers ?? []) for (const line of document.querySelectorAll(`[data-answer="${given.answer}"]`)) yield [line, given];
}

/* The trace that a page loaded anew shows: the words go, and with them whatever was there to change or remove them. */
function rewrite(stream, each) {
  for (const [line, body] of places(stream, each)) {
    const words = line.querySelector(":scope > .message-text");
    if (line.dataset.mine && line.dataset.answer) unsay(words.textContent, body);
    if (!body.is_withdrawn) {
      if (words.classList.contains("muted")) continue;
      words.textContent = body.body;
      for (const control of line.querySelectorAll(":scope > [data-of=words] [data-words]")) if (!holds(body, control.dataset.words)) control.remove();
      continue;
    }
    const trace = task.dataset[body.is_hidden ? (line.dataset.answer ? "hiddenAnswer" : "hidden") : "withdrawn"];
    words.textContent = trace;
    words.classList.add("muted");
    words.removeAttribute("lang");
    for (const gone of line.querySelectorAll(":scope > [data-of=words], :scope > .byline .edited-mark")) {
      // Whoever was there by keyboard goes on where they read.
      if (gone.contains(document.activeElement)) {
        line.tabIndex = -1;
        line.focus();
      }
      gone.remove();
    }
  }
}

/* One's own form does not offer again what is gone, and keeps what one is writing. */
function unsay(before, body) {
  const said = before.split("\n").map((each) => each.replace(/^· /, ""));
  const [field, notes] = [document.getElementById("answer-body"), document.getElementById("notes")];
  if (field?.value.trim() === before.trim()) field.value = "";
  if (notes) notes.value = notes.value.split("\n").filter((each) => !said.includes(each.trim()) || holds(body, each.trim())).join("\n");
  for (const comment of document.querySelectorAll(".pin-list [name=comment]")) if (comment.value && before.includes(comment.value) && !holds(body, comment.value)) comment.value = "";
}

const holds = (body, words) => [...(body.given?.notes ?? []), ...(body.given?.pins ?? []).map((pin) => pin.comment)].includes(words);

/* What was said anew, or another wording of the task itself; of what is gone the page shows the trace already. */
function isNews(frame) {
  const SHOWN = ["message", "edited", "answer", "reveal"];
  const bodies = frame.rewrites ? frame.rewrites.filter((each) => !SHOWN.includes(each.kind)).map((each) => each.body) : [frame];
  return bodies.some((each) => String(each.item) === task.dataset.item);
}

// New words are announced and never pushed under the reader.
const scheme = location.protocol === "https:" ? "wss:" : "ws:";
let pause = 1000;
let epoch = null;

function listen() {
  const socket = new WebSocket(`${scheme}//${location.host}/ws/groups/${task.dataset.group}/?after=${task.dataset.after}`);
  socket.addEventListener("message", (message) => {
    const frame = JSON.parse(message.data);
    if (frame.type === "hello") {
      pause = 1000;
      // The database was set back to a copy: what stands on this page may have changed.
      if (epoch !== null && epoch !== frame.epoch) document.getElementById("news").hidden = false;
      epoch = frame.epoch;
    }
    if (!("stream" in frame)) return;
    // Words that are gone from the record do not wait on a page until it is loaded anew.
    for (const each of frame.rewrites ?? []) rewrite(frame.stream, each);
    if (isNews(frame)) document.getElementById("news").hidden = false;
    if (frame.seq % 10 === 0) socket.send(JSON.stringify({ type: "seen", seq: { [frame.stream]: frame.seq } }));
  });
  const heart = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('{"type":"ping"}'), 20_000);
  socket.addEventListener("close", (event) => {
    clearInterval(heart);
    if (event.code >= 4400 && event.code < 4405) return;
    pause = Math.min(60_000, pause * 2);
    setTimeout(listen, pause * Math.random() + 500);
  });
}

listen();
