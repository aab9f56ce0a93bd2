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
    for (const { target, body } of frame.rewrites ?? []) {
      const words = body.is_withdrawn && document.querySelector(`[data-place="${frame.stream}-${target}"] > .message-text`);
      if (words) words.textContent = "…";
    }
    // What was taken back, or had words taken out of it, says in what stands there now which task it is under.
    if ([frame, ...(frame.rewrites ?? []).map((each) => each.body)].some((each) => String(each.item) === task.dataset.item)) document.getElementById("news").hidden = false;
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
