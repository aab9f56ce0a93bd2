/* Coding: words selected in a line are put into its form. Without this script they are typed there. */

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  const start = range.startContainer.parentElement?.closest("[data-line]");
  if (!start || start !== range.endContainer.parentElement?.closest("[data-line]")) return;
  const details = start.closest("li").querySelector(".mark-this");
  if (!details) return;
  const before = document.createRange();
  before.setStart(start, 0);
  before.setEnd(range.startContainer, range.startOffset);
  // The club counts characters, JavaScript counts halves of some of them.
  details.querySelector("[data-start]").value = [...before.toString()].length;
  details.querySelector("[data-words]").value = selection.toString();
  details.open = true;
});
