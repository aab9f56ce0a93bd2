// The frame's few manners: an open menu closes when one looks elsewhere.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

/* A passkey that was cancelled or is unknown: allauth only tells the console. */
document.addEventListener("allauth.error", () => {
  const said = document.getElementById("passkey-failed");
  if (said) said.hidden = false;
});

/* What is wider than its page scrolls by itself: by keyboard too, in browsers that do not see to it. What fits is no stop on the way. */
const WIDE = ".prose :is(table, pre, math[display='block'])";
const measured = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
const measure = (within) => within.querySelectorAll(WIDE).forEach((each) => measured.observe(each));
measure(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) measure(node);
}).observe(document.body, { childList: true, subtree: true });
