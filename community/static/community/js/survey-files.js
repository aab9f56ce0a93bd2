// Files that are being made: the list looks again until each can be taken.
const LOOK_AGAIN = 2_000; // milliseconds
const LOOKS = 900; // half an hour, for a page that nobody closes

const list = document.getElementById("survey-files");
let looks = 0;

async function look() {
  looks += 1;
  try {
    // The page of the answers in the address, also where this one shows a form that was refused.
    const response = await fetch(list.dataset.address + location.search, { headers: { Accept: "text/html" } });
    const page = response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
    const fresh = page?.getElementById("survey-files");
    if (fresh && fresh.innerHTML !== list.innerHTML && !list.contains(document.activeElement)) list.replaceChildren(...fresh.childNodes);
  } catch {
    // No network just now: it is asked again.
  }
  lookLater();
}

function lookLater() {
  if (list?.querySelector("progress") && looks < LOOKS) setTimeout(look, LOOK_AGAIN);
}
lookLater();
