/* The editor's help: members and emoji completed as one types, pictures pasted or dropped. Without it the text field is a text field.
 *
 * Completion follows the combobox pattern as far as a text field of several lines may: the list is named by aria-controls, the choice by
 * aria-activedescendant, the number of suggestions is said. While an input method composes, nothing is looked up and no key is ours.
 */

import { mark } from "./marks.js";

const LOOKED_UP_AFTER = 120;
const MOST = 8;
let emoji = null;
let lists = 0;

export function edit(form) {
  const body = form.elements.body;
  if (body) {
    complete(body, form, wordAt);
    mark(form, body);
    if (form.dataset.pictures) takePictures(form, body);
  }
  for (const field of form.querySelectorAll("input[data-completes]")) complete(field, form, handleAt);
}

/* What is being typed in a text: {mark: "@" or ":", word, start}, or null. */
function wordAt(text, caret) {
  const found = /(?:^|[\s(（，。、！？：；“”])([@:])([\p{L}\p{N}+_-]{0,30})$/u.exec(text.slice(0, caret));
  if (!found || (found[1] === ":" && found[2].length < 2)) return null;
  return { mark: found[1], word: found[2], start: caret - found[2].length - 1 };
}

function handleAt(text, caret) {
  const found = /(?:^|[\s,，])@?([\p{L}\p{N}-]{1,30})$/u.exec(text.slice(0, caret));
  if (!found) return null;
  return { mark: "@", word: found[1], start: caret - found[0].trimStart().replace(/^[,，]/, "").length };
}

function complete(field, form, find) {
  const list = document.createElement("ul");
  list.id = `completions-${++lists}`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() ?? "");
  list.hidden = true;
  field.insertAdjacentElement("afterend", list);
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.insertAdjacentElement("afterend", status);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);
  field.autocomplete = "off";
  let sought = null;
  let composing = false;
  let timer = null;
  let asked = 0;

  function close() {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    field.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const options = [...list.children];
    for (const [number, option] of options.entries()) option.setAttribute("aria-selected", String(number === place));
    field.setAttribute("aria-activedescendant", options[place].id);
    options[place].scrollIntoView({ block: "nearest" });
  }

  function chosen() {
    return [...list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  function take(option) {
    const end = field.selectionStart;
    close();
    field.setRangeText(`${option.dataset.text} `, sought.start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    close();
  }

  function show(items) {
    list.replaceChildren(
      ...items.map((item, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.text = item.text;
        const name = document.createElement("strong");
        name.textContent = item.label;
        const beside = document.createElement("span");
        beside.textContent = item.beside;
        option.append(name, " ", beside);
        // Not click: the field keeps the focus and the caret.
        option.addEventListener("pointerdown", (press) => {
          press.preventDefault();
          take(option);
        });
        return option;
      }),
    );
    list.hidden = items.length === 0;
    if (!items.length) return close();
    status.textContent = (form.dataset.found ?? "{n}").replace("{n}", items.length);
    choose(0);
  }

  async function look() {
    const now = ++asked;
    const items = await suggestions(form, sought);
    if (now === asked && document.activeElement === field) show(items);
  }

  function typed() {
    if (composing) return;
    clearTimeout(timer);
    sought = field.selectionStart === field.selectionEnd ? find(field.value, field.selectionStart) : null;
    if (!sought) return close();
    timer = setTimeout(look, LOOKED_UP_AFTER);
  }

  field.addEventListener("compositionstart", () => {
    composing = true;
    close();
  });
  field.addEventListener("compositionend", () => {
    composing = false;
    typed();
  });
  field.addEventListener("input", typed);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (key) => {
    // 229 is what browsers say for a key that the input method has taken.
    if (list.hidden || composing || key.isComposing || key.keyCode === 229) return;
    const count = list.children.length;
    if (key.key === "ArrowDown") choose((chosen() + 1) % count);
    else if (key.key === "ArrowUp") choose((chosen() + count - 1) % count);
    else if ((key.key === "Enter" && !key.ctrlKey && !key.metaKey) || key.key === "Tab") take(list.children[chosen()]);
    else if (key.key === "Escape") close();
    else return;
    key.preventDefault();
    key.stopPropagation();
  });
  // Somebody may have begun to type before this script had come.
  if (document.activeElement === field && field.value !== field.defaultValue) typed();
}

async function suggestions(form, sought) {
  if (sought.mark === ":") {
    emoji ??= await fetch(form.dataset.emoji).then((answer) => answer.json());
    const names = Object.keys(emoji).filter((name) => name.includes(sought.word.toLowerCase()));
    names.sort((one, other) => one.indexOf(sought.word) - other.indexOf(sought.word) || one.localeCompare(other));
    return names.slice(0, MOST).map((name) => ({ text: emoji[name], label: emoji[name], beside: `:${name}:` }));
  }
  const query = new URLSearchParams({ q: sought.word, thread: form.dataset.thread ?? "" });
  const answer = await fetch(`${form.dataset.members}?${query}`).catch(() => null);
  if (!answer?.ok) return [];
  const { items } = await answer.json();
  return items.map((item) => ({ text: `@${item.handle}`, label: item.name, beside: [`@${item.handle}`, item.company].filter(Boolean).join(" · ") }));
}

function takePictures(form, body) {
  const state = form.querySelector("[data-editor-state]");
  const chooser = form.elements.pictures;
  chooser?.addEventListener("change", () => {
    sendAll([...chooser.files]);
    chooser.value = "";
  });
  body.addEventListener("paste", (paste) => {
    const files = pictures(paste.clipboardData);
    // Text that a word processor copies comes with a picture of itself: the text is what was meant.
    if (!files.length || paste.clipboardData.getData("text/plain")) return;
    paste.preventDefault();
    sendAll(files);
  });
  body.addEventListener("dragover", (drag) => {
    if ([...drag.dataTransfer.items].some((item) => item.kind === "file")) {
      drag.preventDefault();
      body.classList.add("is-over");
    }
  });
  body.addEventListener("dragleave", () => body.classList.remove("is-over"));
  body.addEventListener("drop", (drop) => {
    body.classList.remove("is-over");
    const files = pictures(drop.dataTransfer);
    if (!files.length) return;
    drop.preventDefault();
    sendAll(files);
  });

  async function sendAll(files) {
    for (const file of files) await send(file);
  }

  async function send(file) {
    state.textContent = form.dataset.sending;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("picture", file, file.name || "picture.png");
    const answer = await fetch(form.dataset.pictures, { method: "POST", body: data }).catch(() => null);
    const said = await answer?.json().catch(() => null);
    state.textContent = answer?.ok ? "" : (said?.error ?? form.dataset.failed);
    if (!answer?.ok) return;
    const before = body.selectionStart && body.value[body.selectionStart - 1] !== "\n" ? "\n\n" : "";
    body.setRangeText(`${before}${said.markdown}\n\n`, body.selectionStart, body.selectionEnd, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function pictures(transfer) {
  return [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}
