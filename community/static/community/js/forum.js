/* What a thread or board page does while it is open: says that there is something new, keeps drafts, shows a preview,
 * answers with a key. Without it everything is a plain form or link. */
import { edit } from "./editor.js";
import { follow } from "./live.js";
import "./forum-keys.js";
import "./forum-quote.js";

const news = document.querySelector("#news");
if (news && news.dataset.topic) announce(news);
for (const form of document.querySelectorAll("form[data-composer]")) compose(form);
for (const form of document.querySelectorAll("form[data-completes-in]")) edit(form);
// Asked of the page and not of each: previews and replies that come in live have theirs too.
document.addEventListener("click", (click) => click.target.closest?.(".spoiler")?.classList.toggle("is-open"));
document.addEventListener("keydown", (key) => {
  if (key.key !== "Enter" || !key.target.matches?.(".spoiler")) return;
  key.preventDefault();
  key.target.classList.toggle("is-open");
});

/* The reader is told, and stays where they are. */
function announce(place) {
  let last = Number(place.dataset.last || 0);
  const fresh = new Set();
  place.addEventListener("shown", () => {
    last = Number(place.dataset.last);
    fresh.clear();
  });
  follow(place.dataset.topic, {
    onReset: () => location.reload(),
    onEvent(event) {
      if (event.type !== "post" || (last && event.no <= last)) return;
      fresh.add(`${event.thread}:${event.no}`);
      const first = last ? Math.min(...[...fresh].map((key) => Number(key.split(":")[1]))) : 0;
      const link = document.createElement("a");
      const anchor = `${place.dataset.anchor || "post"}-${first}`;
      link.href = first ? `${place.dataset.url}?${place.dataset.anchor || "post"}=${first}#${anchor}` : place.dataset.url;
      link.addEventListener("click", (click) => first && append(click, link, anchor));
      link.textContent = fresh.size === 1 ? place.dataset.one : place.dataset.more.replace("{n}", fresh.size);
      place.replaceChildren(link);
    },
  });
}

/* The new ones are put behind those one has read, where they belong; whatever goes wrong, the link leads there. */
async function append(click, link, anchor) {
  const posts = document.querySelector(".posts");
  if (!posts || click.ctrlKey || click.metaKey || click.shiftKey) return;
  click.preventDefault();
  const answer = await fetch(link.href.split("#")[0]).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const last = Number(posts.lastElementChild?.dataset.no || 0);
  const fresh = [...(page?.querySelectorAll(".posts > .post") ?? [])].filter((post) => Number(post.dataset.no) > last);
  if (!fresh.length || Number(fresh[0].dataset.no) !== last + 1) return location.assign(link.href);
  document.querySelector(".unread-line")?.remove();
  const line = page.querySelector(".unread-line");
  posts.append(...(line ? [line] : []), ...fresh);
  window.htmx?.process?.(posts);
  const place = document.querySelector("#news");
  place.replaceChildren();
  place.dataset.last = fresh.at(-1).dataset.no;
  place.dispatchEvent(new CustomEvent("shown"));
  const first = document.getElementById(anchor) ?? fresh[0];
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "start" });
}

function compose(form) {
  const body = form.elements.body;
  edit(form);
  if (form.dataset.save) keepDraft(form);
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

/* What is kept of a form: all that can be typed or chosen in it, by name. */
function kept(form) {
  return [...form.elements].filter(
    (field) => field.name && !["csrfmiddlewaretoken", "client_key"].includes(field.name) && !["file", "submit", "button"].includes(field.type),
  );
}

function values(form) {
  const ticked = (field) => (field.checked ? "on" : "");
  return Object.fromEntries(kept(form).map((field) => [field.name, field.type === "checkbox" ? ticked(field) : field.value]));
}

/* What the page came with, not what was typed before this script had come. */
function firstValues(form) {
  const first = (field) => {
    if (field.type === "checkbox") return field.defaultChecked ? "on" : "";
    if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
    return field.defaultValue;
  };
  return Object.fromEntries(kept(form).map((field) => [field.name, first(field)]));
}

function fill(form, words) {
  for (const field of kept(form)) {
    if (!(field.name in words)) continue;
    if (field.type === "checkbox") field.checked = words[field.name] === "on";
    else field.value = words[field.name];
  }
}

/* A copy on this device, for what the two seconds before a crash would lose; the server's draft has the rest.
 * It is taken where it was begun from what the page came with, or goes on with it. */
function keepCopy(form, first, state) {
  const key = `draft:${form.dataset.draft}`;
  let carried = null;
  try {
    const copy = JSON.parse(localStorage.getItem(key) ?? "null");
    const goesOn = copy?.words && (copy.from === JSON.stringify(first) || (copy.words.body && copy.words.body.startsWith(first.body)));
    const isNews = goesOn && JSON.stringify(copy.words) !== JSON.stringify(values(form));
    if (isNews && copy.seq === (form.dataset.seq || "")) {
      fill(form, copy.words);
      carried = copy.words;
      queueMicrotask(() => {
        form.dispatchEvent(new Event("input", { bubbles: true }));
        offerToDiscard(form, first, state);
      });
    }
  } catch {
    localStorage.removeItem(key);
  }
  return {
    // The page left before may have sent the very words that this one goes on with, after this one was asked for.
    isItself: (draft) => carried?.body.trimEnd() === draft.body.trimEnd() && (carried.title ?? "").trim() === draft.title.trim(),
    put: (seq) => localStorage.setItem(key, JSON.stringify({ seq, from: JSON.stringify(first), words: values(form) })),
    forget: () => localStorage.removeItem(key),
  };
}

/* Back to what the page came with; that is then what is kept. */
function offerToDiscard(form, first, state) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = form.dataset.discard;
  button.addEventListener("click", () => {
    fill(form, first);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.body.focus();
  });
  state.replaceChildren(form.dataset.back, " ", button);
}

function keepDraft(form) {
  let timer = null;
  let onItsWay = null;
  let seq = form.dataset.seq || "";
  const first = firstValues(form);
  let saved = JSON.stringify(first);
  const state = form.querySelector("[data-draft-state]");
  const copy = keepCopy(form, first, state);
  const words = () => JSON.stringify(values(form));
  async function save() {
    timer = null;
    const current = words();
    if (current === saved) return copy.forget();
    const draft = { ...values(form), key: form.dataset.draft, seq, client_key: form.elements.client_key?.value ?? "" };
    onItsWay = new AbortController();
    const how = { method: "POST", body: fields(form, draft), keepalive: true, signal: onItsWay.signal };
    const answer = await fetch(form.dataset.save, how).catch(() => null);
    // The form may be sent while the answer is still coming in: then nobody waits for it any more.
    const said = await answer?.json().catch(() => null);
    if (said && answer.ok) {
      saved = current;
      seq = said.seq ?? "";
      form.dataset.seq = seq;
      words() === current ? copy.forget() : copy.put(seq);
      if (!state.querySelector("button")) state.textContent = form.dataset.saved;
    } else if (said && answer.status === 409) {
      if (String(said.seq) === seq || !copy.isItself(said)) return (state.textContent = form.dataset.conflict);
      seq = form.dataset.seq = String(said.seq);
      timer ??= setTimeout(save, 0);
    }
  }
  form.addEventListener("input", () => {
    state.textContent = "";
    copy.put(form.dataset.seq || "");
    timer ??= setTimeout(save, 2000);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = null;
    onItsWay?.abort();
    copy.forget();
  });
  addEventListener("pagehide", () => timer && save());
  if (words() !== saved) form.dispatchEvent(new Event("input", { bubbles: true }));
}

function fields(form, values) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}
