/* Keys for who reads a lot: one letter each, off while one types, and off for good for whoever does not want them. */

const OFF = "forum-keys-off";
const help = document.querySelector("#keys");
const posts = () => [...document.querySelectorAll(".posts > .post, .list > .list-item")];

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => current()?.querySelector(".list-title a")?.click(),
  r: () => (current()?.querySelector("[data-answer]") ?? document.querySelector("[data-reply]"))?.click(),
  q: () => current()?.querySelector("[data-quote]")?.click(),
  l: () => react(current()?.querySelector("[data-like]")),
  b: () => current()?.querySelector(".bookmark button")?.click(),
  n: () => document.querySelector("#news a, [data-first-unread]")?.click(),
  c: () => document.querySelector("[data-start]")?.click(),
  u: () => [...document.querySelectorAll(".crumbs a")].at(-1)?.click(),
  "/": () => document.querySelector(".site-tools input[type=search], .search-box input")?.focus(),
  "?": () => help?.showModal(),
};

let place = -1;

function current() {
  const all = posts();
  const focused = document.activeElement?.closest?.(".post, .list-item") ?? selected();
  return focused && all.includes(focused) ? focused : all[place];
}

/* The post in which words are selected, as one does before one quotes them. */
function selected() {
  const selection = getSelection();
  return selection.isCollapsed ? null : selection.anchorNode?.parentElement?.closest(".post");
}

function step(by) {
  const all = posts();
  if (!all.length) return;
  const here = all.indexOf(current());
  place = Math.min(Math.max(here + by, 0), all.length - 1);
  all[place].tabIndex = -1;
  all[place].focus({ preventScroll: true });
  all[place].scrollIntoView({ block: "nearest" });
}

/* The choice opens with the key already on its first reaction; Escape leads back. */
function react(summary) {
  if (!summary) return;
  summary.parentElement.open = true;
  summary.parentElement.querySelector("button")?.focus();
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog");
}

function isOff() {
  return localStorage.getItem(OFF) === "1";
}

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey || key.isComposing || key.keyCode === 229 || isTyping(key.target) || isOff()) return;
  const deed = KEYS[key.key];
  if (!deed) return;
  key.preventDefault();
  deed();
});

const opener = document.querySelector("[data-keys]");
opener?.addEventListener("click", () => help.showModal());
const toggle = help?.querySelector("[data-keys-on]");
if (toggle) {
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
