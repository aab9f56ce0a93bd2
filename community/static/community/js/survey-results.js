// Results that move: when the counts grow, the page asks for itself again and takes the new figures in. It becomes a report on paper.
import "./chart-files.js";
import { follow } from "./live.js";

const results = document.getElementById("survey-results");
let isAsking = false;
let isStale = false;

// What somebody is typing while the figures move is theirs: it stays, and so do the place they are at and what they opened.
function takeIn(fresh) {
  const typed = [...results.querySelectorAll("input[id]")].filter((field) => field.value);
  const opened = [...results.querySelectorAll("details[open][id]")].map((each) => each.id);
  const at = results.contains(document.activeElement) ? document.activeElement : null;
  const marked = at?.matches("input") ? [at.selectionStart, at.selectionEnd] : null;
  results.replaceChildren(...fresh.childNodes);
  for (const field of typed) {
    const same = document.getElementById(field.id);
    if (same) same.value = field.value;
  }
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  const again = at && results.querySelector(addressOf(at));
  again?.focus({ preventScroll: true });
  if (again && marked) again.setSelectionRange(...marked);
}

function addressOf(element) {
  const name = ["id", "data-png", "href"].find((each) => element.hasAttribute(each)) ?? "data-print";
  return element.hasAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : ":not(*)";
}

results?.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) window.print();
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
