// Surveys inside a story: a short one opens when the reader comes near, a longer one at a press. Whatever fails leaves the card, whose link leads to the survey.
import { play } from "./survey-player.js";
import { sayWords } from "./survey-words.js";

const loaded = new Map();

function load(element) {
  const address = element.href || element.src;
  if (!loaded.has(address)) {
    loaded.set(address, new Promise((done, fail) => {
      element.onload = done;
      element.onerror = fail;
      document.head.append(element);
    }));
  }
  return loaded.get(address);
}

const style = (href) => load(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
const script = (src) => load(Object.assign(document.createElement("script"), { src, async: false }));
const listed = (text) => (text || "").split(" ").filter(Boolean);

async function stageOf(address) {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
  // Whoever is signed out by now is sent to sign in: that is not for the middle of a story.
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  return holder.content.querySelector("[data-survey]");
}

async function open(place, { isAsked, words }) {
  const address = place.dataset.surveyHere;
  const stage = document.importNode(await stageOf(address), true);
  await Promise.all(listed(stage.dataset.styles).map(style));
  for (const src of listed(stage.dataset.scripts)) await script(src);
  place.replaceChildren(stage);
  sayWords(stage, words);
  if (stage.dataset.stage === "playing") play(stage, { thanked: (_address, words) => open(place, { isAsked: true, words }).catch(() => location.assign(place.dataset.page)) });
  if (isAsked) stage.querySelector(".card-title").focus({ preventScroll: stage.dataset.stage === "playing" });
}

function opened(place, isAsked) {
  if (place.dataset.isOpening) return Promise.resolve();
  place.dataset.isOpening = "yes";
  return open(place, { isAsked }).catch(() => {
    delete place.dataset.isOpening;
    if (isAsked) location.assign(place.dataset.page);
  });
}

for (const place of document.querySelectorAll("[data-survey-here]")) {
  const link = place.querySelector(".button-primary");
  place.dataset.page = link.href;
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  link.replaceWith(button);
  button.addEventListener("click", () => opened(place, true));
  if ("atOnce" in place.dataset) {
    new IntersectionObserver(([entry], watcher) => {
      if (!entry.isIntersecting) return;
      watcher.disconnect();
      opened(place, false);
    }, { rootMargin: "400px" }).observe(place);
  }
}
