// Rows of a condition are added and removed by the server; this asks it without leaving the page.
const reshape = async (widget, verb) => {
  const form = widget.closest("form");
  const data = new FormData(form);
  data.append(`${widget.dataset.condition}-reshape`, verb);
  widget.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action || location.href, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(widget.id);
  if (!fresh) return;
  const focused = document.activeElement?.name;
  widget.replaceWith(fresh);
  const next = verb.startsWith("row") || verb === "group" ? [...fresh.querySelectorAll("[name$='-field']")].at(-1) : fresh.querySelector(`[name="${CSS.escape(focused ?? "")}"]`);
  (next ?? fresh.querySelector("select"))?.focus();
};

document.documentElement.classList.add("club-with-script");
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-condition] button[name$='-reshape']");
  if (!button) return;
  event.preventDefault();
  reshape(button.closest("[data-condition]"), button.value);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-condition] [data-refresh]")) reshape(event.target.closest("[data-condition]"), "refresh");
});
