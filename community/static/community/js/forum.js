/* What a thread or board page does while it is open: says that there is something new, keeps drafts, shows a preview,
 * answers with a key. Without it everything is a plain form or link. */
import { follow } from "./live.js";

const news = document.querySelector("#news");
if (news && news.dataset.topic) announce(news);
for (const form of document.querySelectorAll("form[data-composer]")) compose(form);
for (const spoiler of document.querySelectorAll(".spoiler")) {
  spoiler.tabIndex = 0;
  spoiler.addEventListener("click", () => spoiler.classList.toggle("is-open"));
}

/* The reader is told, and stays where they are. */
function announce(place) {
  const last = Number(place.dataset.last || 0);
  const fresh = new Set();
  follow(place.dataset.topic, {
    onEvent(event) {
      if (event.type !== "post" || (last && event.no <= last)) return;
      fresh.add(`${event.thread}:${event.no}`);
      const first = last ? Math.min(...[...fresh].map((key) => Number(key.split(":")[1]))) : 0;
      const link = document.createElement("a");
      link.href = first ? `${place.dataset.url}?post=${first}#post-${first}` : place.dataset.url;
      link.textContent = fresh.size === 1 ? place.dataset.one : place.dataset.more.replace("{n}", fresh.size);
      place.replaceChildren(link);
    },
  });
}

function compose(form) {
  const body = form.elements.body;
  if (form.dataset.save) keepDraft(form, body);
  form.querySelector("[data-preview-button]")?.addEventListener("click", (click) => {
    click.preventDefault();
    preview(form, body);
  });
  body.addEventListener("keydown", (key) => {
    // While an input method composes, Enter chooses a character.
    if (key.key === "Enter" && (key.ctrlKey || key.metaKey) && !key.isComposing) form.requestSubmit(form.querySelector(".button-primary"));
  });
}

async function preview(form, body) {
  const place = form.querySelector("[data-preview-place]");
  const answer = await fetch(form.dataset.preview, { method: "POST", body: fields(form, { body: body.value }) });
  if (!answer.ok && answer.status !== 422) return form.requestSubmit();
  place.innerHTML = await answer.text();
  place.scrollIntoView({ block: "nearest" });
}

function keepDraft(form, body) {
  let timer = null;
  let seq = form.dataset.seq || "";
  let saved = words();
  const state = form.querySelector("[data-draft-state]");
  function words() {
    return JSON.stringify([form.elements.title?.value ?? "", body.value]);
  }
  async function save() {
    timer = null;
    const current = words();
    if (current === saved) return;
    const draft = { key: form.dataset.draft, seq, body: body.value, title: form.elements.title?.value ?? "" };
    const answer = await fetch(form.dataset.save, { method: "POST", body: fields(form, draft), keepalive: true }).catch(() => null);
    if (answer?.ok) {
      saved = current;
      seq = (await answer.json()).seq ?? "";
      state.textContent = form.dataset.saved;
    } else if (answer?.status === 409) {
      state.textContent = form.dataset.conflict;
    }
  }
  form.addEventListener("input", () => {
    state.textContent = "";
    timer ??= setTimeout(save, 2000);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("pagehide", () => timer && save());
}

function fields(form, values) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}
