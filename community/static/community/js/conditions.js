// Rows of a condition are added and removed by the server; this asks it without leaving the page.
// One after the other: an answer to what was asked earlier would take back what was asked since.
let last = Promise.resolve();

const controls = (widget) => [...widget.querySelectorAll("input[name], select[name]")];

const reshape = async (id, verb) => {
  const widget = document.getElementById(id);
  const form = widget.closest("form");
  const data = new FormData(form);
  data.append(`${widget.dataset.condition}-reshape`, verb);
  const sent = new Map(controls(widget).map((control) => [control.name, control.value]));
  widget.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (!fresh) return;
    // What was typed meanwhile stays; of rows that moved nobody knows which is which.
    if (!verb.startsWith("drop")) keep(widget, fresh, sent);
    // Whoever went on to another part of the form is left there.
    const isHere = widget.contains(document.activeElement) || document.activeElement === document.body;
    const focused = document.activeElement?.name;
    widget.replaceWith(fresh);
    if (!isHere) return;
    const next = verb.startsWith("row") || verb === "group" ? [...fresh.querySelectorAll("[name$='-field']")].at(-1) : fresh.querySelector(`[name="${CSS.escape(focused ?? "")}"]`);
    (next ?? fresh.querySelector("select"))?.focus();
  } finally {
    widget.removeAttribute("aria-busy");
  }
};

const keep = (widget, fresh, sent) => {
  for (const { name, value } of controls(widget)) {
    const control = fresh.querySelector(`[name="${CSS.escape(name)}"]`);
    const fits = control?.tagName !== "SELECT" || [...control.options].some((option) => option.value === value);
    if (control && fits && value !== sent.get(name)) control.value = value;
  }
};

const ask = (widget, verb) => {
  const turn = () => reshape(widget.id, verb);
  last = last.then(turn, turn);
};

document.documentElement.classList.add("club-with-script");
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-condition] button[name$='-reshape']");
  if (!button) return;
  event.preventDefault();
  ask(button.closest("[data-condition]"), button.value);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-condition] [data-refresh]")) ask(event.target.closest("[data-condition]"), "refresh");
});
