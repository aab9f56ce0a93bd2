// A survey's own words at the end of an anonymous one: they came with the verdict, the server has kept nothing that could make them again.
const KEY = "survey-words";

export function keepWords(address, words) {
  try {
    if (words) sessionStorage.setItem(KEY, JSON.stringify({ path: new URL(address, location.href).pathname, words }));
  } catch {
    // a browser that keeps nothing shows the club's thanks alone
  }
}

// words: HTML that the server has cleaned.
export function sayWords(root, words) {
  const box = root.querySelector("[data-survey-words]");
  if (!box || !box.hidden || !words) return;
  box.innerHTML = words;
  box.hidden = false;
}

// Said once: whoever opens the page again in this window reads them no more.
export function sayKept() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
    sessionStorage.removeItem(KEY);
    if (kept && kept.path === location.pathname) sayWords(document, kept.words);
  } catch {
    // as above
  }
}
