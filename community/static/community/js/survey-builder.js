// The builder beside its preview: fields are sent as one text, names and answers are chosen from what the survey asks just now.
const form = document.getElementById("survey-builder");
const words = form.dataset;
const frame = document.getElementById("survey-frame");
const verdict = document.getElementById("survey-verdict");
const language = document.getElementById("survey-view-language");
const screen = document.getElementById("survey-view-screen");
const pipe = document.getElementById("survey-pipe");
const OURS = /^(head|body)-/;

let asked = JSON.parse(document.getElementById("survey-asked").textContent);
let definition = null;
let isDirty = false;
let isLeaving = false;

// --- Sending: a long survey is no flood of fields ------------------------------------------------
form.addEventListener("formdata", ({ formData }) => {
  const packed = [...formData].filter(([name]) => OURS.test(name));
  for (const [name] of packed) formData.delete(name);
  formData.set("blocks", JSON.stringify(packed));
});
form.addEventListener("submit", () => (isLeaving = true));
addEventListener("beforeunload", (event) => {
  if (isDirty && !isLeaving) event.preventDefault();
});

// --- The preview: told again a moment after the last change --------------------------------------
let timer = 0;
let asking = null;

function later(wait = 500) {
  clearTimeout(timer);
  timer = setTimeout(compose, wait);
}

async function compose() {
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(words.compose, { method: "POST", body: new FormData(form), signal: asking.signal });
    const told = await response.json();
    show(told);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    verdict.replaceChildren(line("p", words.wordsOffline));
    later(5000);
  }
}

const line = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });

function show(told) {
  if (told.definition) {
    definition = told.definition;
    asked = told.asked;
    fillPipe();
    for (const input of form.querySelectorAll("[data-survey-choose]")) dress(input);
    preview();
  }
  const list = document.createElement("ul");
  for (const [kind, problems] of [["problem", told.problems], ["warning", told.warnings || []]]) {
    for (const problem of problems) list.append(finding(kind, problem));
  }
  const parts = list.children.length ? [list] : [line("p", words.wordsClean)];
  if (told.missing) parts.push(line("p", words.wordsMissing.replace("%d", told.missing)));
  verdict.replaceChildren(...parts);
  form.dataset.state = told.problems.length ? "problems" : "clean";
}

// A finding with a name leads to the block of that name.
function finding(kind, problem) {
  const item = document.createElement("li");
  item.className = `survey-${kind}`;
  if (!problem.name) {
    item.textContent = problem.message;
    return item;
  }
  const button = line("button", `${problem.name}: ${problem.message}`);
  button.type = "button";
  button.addEventListener("click", () => goTo(problem.name));
  item.append(button);
  return item;
}

function goTo(name) {
  const field = [...form.querySelectorAll('input[name$="-name"]')].find((input) => input.value === name);
  if (!field) return;
  for (let panel = field.closest("[data-panel]"); panel; panel = panel.parentElement.closest("[data-panel]")) {
    const toggle = panel.querySelector(":scope > .w-panel__header [data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
  field.closest("[data-contentpath]")?.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: false });
}

function preview(again = false) {
  if (definition) frame.contentWindow?.postMessage({ definition, locale: language.value, again }, location.origin);
}

addEventListener("message", (event) => {
  if (event.origin === location.origin && event.source === frame.contentWindow && event.data === "ready") preview();
});
language.addEventListener("change", () => preview());
screen.addEventListener("change", () => (frame.dataset.screen = screen.value));
document.getElementById("survey-view-again").addEventListener("click", () => preview(true));

// --- Choosing a question and its answer ------------------------------------------------------------
// The text field stays what is sent; a list stands before it where there is something to choose from.
function dress(input) {
  const isAnswer = input.dataset.surveyChoose === "answer";
  const options = isAnswer ? answersFor(input) : asked.map((question) => [question.name, labelled(question)]);
  let select = input.previousElementSibling?.matches("select.survey-choose") ? input.previousElementSibling : null;
  if (!options.length) {
    select?.remove();
    input.hidden = false;
    return;
  }
  const key = JSON.stringify([options, input.value]);
  if (select?.dataset.key === key) return;
  if (!select) {
    select = document.createElement("select");
    select.className = "survey-choose";
    select.setAttribute("aria-label", form.querySelector(`label[for="${input.id}"]`)?.textContent.trim() || "");
    select.addEventListener("change", () => chosen(select, input));
    input.before(select);
  }
  const known = options.some(([value]) => value === input.value);
  const listed = [["", words.wordsNone], ...options];
  if (input.value && !known) listed.push([input.value, input.value]);
  if (isAnswer) listed.push(["\u0000", words.wordsOther]);
  select.replaceChildren(...listed.map(([value, text]) => new Option(text, value)));
  select.value = input.value;
  select.dataset.key = key;
  input.hidden = true;
}

const labelled = (question) => (question.title === question.name ? question.name : `${question.name} · ${question.title}`.slice(0, 90));

function answersFor(input) {
  const question = input.closest(".survey-rule")?.querySelector('[data-survey-choose="question"]')?.value;
  return asked.find((each) => each.name === question)?.choices || [];
}

function chosen(select, input) {
  if (select.value === "\u0000") {
    select.remove();
    input.hidden = false;
    input.value = "";
    input.focus();
    return;
  }
  input.value = select.value;
  select.dataset.key = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const rule = input.closest(".survey-rule");
  const answer = rule?.querySelector('[data-survey-choose="answer"]');
  if (input.dataset.surveyChoose === "question" && answer) dress(answer);
}

// --- Piping: an answer put into the text one was writing ------------------------------------------
let writing = null;
form.addEventListener("focusin", (event) => {
  if (event.target.closest(".survey-words")) writing = event.target;
});

function fillPipe() {
  pipe.replaceChildren(new Option("–", ""), ...asked.map((question) => new Option(labelled(question), question.name)));
}

pipe.addEventListener("change", () => {
  const name = pipe.value;
  pipe.value = "";
  if (!name || !writing?.isConnected) return;
  writing.setRangeText(`{${name}}`, writing.selectionStart ?? writing.value.length, writing.selectionEnd ?? writing.value.length, "end");
  writing.dispatchEvent(new Event("input", { bubbles: true }));
  writing.focus();
});

// --- Lists from a file --------------------------------------------------------------------------------
function offerFile(area) {
  if (area.dataset.file) return;
  area.dataset.file = "offered";
  const label = line("label", words.wordsCsv);
  label.className = "survey-csv";
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".csv,.tsv,.txt,text/csv" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file || file.size > 500_000) return;
    area.value = (await file.text()).replace(/^\ufeff/, "").trim();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    input.value = "";
  });
  label.append(input);
  area.after(label);
}

// --- What comes and goes --------------------------------------------------------------------------------
function dressAll(root) {
  for (const input of root.querySelectorAll("[data-survey-choose]")) dress(input);
  for (const area of root.querySelectorAll(".survey-lines textarea")) offerFile(area);
}

function changed() {
  isDirty = true;
  later();
}

const watcher = new MutationObserver((records) => {
  const added = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.nodeType === 1 && !node.matches("select.survey-choose, option, .survey-csv"));
  for (const node of added) dressAll(node);
  if (added.some((node) => node.matches("[data-contentpath], [data-streamfield-child]") || node.querySelector?.("[data-contentpath]"))) later();
});
watcher.observe(form.querySelector(".survey-builder-work"), { childList: true, subtree: true });
form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("click", (event) => {
  // Moving, copying and taking away are buttons of the blocks; they change no field.
  if (event.target.closest("[data-streamfield-child] button, [data-streamfield-list-container] button")) later(700);
});
// Whoever opens the list of blocks by keyboard types the name of one at once.
form.addEventListener("click", (event) => {
  const opener = event.target.closest(".c-sf-add-button");
  if (opener) setTimeout(() => opener.parentElement.querySelector('[role="combobox"]')?.focus(), 60);
});
form.addEventListener("dragend", () => later());
form.addEventListener("pointerup", () => later(700));

fillPipe();
dressAll(form);
later(0);
