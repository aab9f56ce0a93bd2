// Results that move: when the counts grow, the page asks for itself again and takes the new figures in. Its charts become pictures, and it a report.
import { follow } from "./live.js";

const results = document.getElementById("survey-results");
let isAsking = false;
let isStale = false;

// What somebody is typing while the figures move is theirs: it stays, and so does the place they are at.
function takeIn(fresh) {
  const typed = [...results.querySelectorAll("input[id]")].filter((field) => field.value);
  const at = results.contains(document.activeElement) ? document.activeElement : null;
  const marked = at?.matches("input") ? [at.selectionStart, at.selectionEnd] : null;
  results.replaceChildren(...fresh.childNodes);
  for (const field of typed) {
    const same = document.getElementById(field.id);
    if (same) same.value = field.value;
  }
  const again = at && results.querySelector(addressOf(at));
  again?.focus({ preventScroll: true });
  if (again && marked) again.setSelectionRange(...marked);
}

function addressOf(element) {
  const name = ["id", "data-png", "href"].find((each) => element.hasAttribute(each)) ?? "data-print";
  return element.hasAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : ":not(*)";
}

const SHARPER = 2; // pixels of the picture for each of the drawing

async function savePicture(button) {
  const response = await fetch(button.dataset.png);
  if (!response.ok) return;
  const drawing = URL.createObjectURL(await response.blob());
  try {
    const image = new Image();
    image.src = drawing;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SHARPER;
    canvas.height = image.naturalHeight * SHARPER;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const picture = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
    const link = Object.assign(document.createElement("a"), { href: picture, download: button.dataset.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(picture), 60_000);
  } finally {
    URL.revokeObjectURL(drawing);
  }
}

results?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.png) savePicture(button);
  if (button && "print" in button.dataset) window.print();
});

async function renew() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  do {
    isStale = false;
    try {
      const response = await fetch(location.href);
      if (!response.ok) break;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("survey-results");
      if (fresh) takeIn(fresh);
    } catch {
      break; // the next news asks again
    }
  } while (isStale);
  isAsking = false;
}

if (results) follow(results.dataset.topic, { after: Number(results.dataset.after), onEvent: renew, onReset: renew });
