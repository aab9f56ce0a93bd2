// A selection whose answers are being read: each look at the page reads on, until its figures are there.
const PAUSE = 300; // milliseconds
const LOOKS = 600;

const told = document.getElementById("survey-counting");
let looks = 0;

async function look() {
  looks += 1;
  try {
    const response = await fetch(told.dataset.address, { headers: { Accept: "text/html" } });
    const page = response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
    const fresh = page?.querySelector("#survey-counting progress");
    if (page && !fresh) {
      location.reload();
      return;
    }
    if (fresh) told.querySelector("progress").replaceWith(document.adoptNode(fresh));
  } catch {
    // No network just now: it is asked again.
  }
  if (looks < LOOKS) setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
