// Results that move: when the counts grow, the page asks for itself again and takes the new figures in.
import { follow } from "./live.js";

const results = document.getElementById("survey-results");
let isAsking = false;
let isStale = false;

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
      if (fresh) results.replaceChildren(...fresh.childNodes);
    } catch {
      break; // the next news asks again
    }
  } while (isStale);
  isAsking = false;
}

if (results) follow(results.dataset.topic, { after: Number(results.dataset.after), onEvent: renew, onReset: renew });
