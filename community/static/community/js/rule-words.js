// A rule is said in words while its form is filled in: the server finds the words, this asks for them after a pause in typing.
const PAUSE = 600;
let timer;
let asking;

const ask = async (words) => {
  const form = words.closest("form");
  const data = new FormData(form);
  data.append("words-reshape", "refresh");
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body: data, signal: asking.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-words] [data-said]");
    const said = words.querySelector("[data-said]");
    // Only what changed is said aloud.
    if (fresh && fresh.innerHTML !== said.innerHTML) said.innerHTML = fresh.innerHTML;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
};

const soon = (event) => {
  const words = event.target.closest?.("form")?.querySelector("[data-words]");
  if (!words) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(words), PAUSE);
};

document.addEventListener("input", soon);
document.addEventListener("change", soon);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[name='words-reshape']");
  if (!button) return;
  event.preventDefault();
  ask(button.closest("[data-words]"));
});
