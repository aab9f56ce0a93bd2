/* Quoting into the reply that is being written, without leaving the page: the whole post, or what of it is selected.
 * Several quotations follow each other. Without it the link opens the page anew with the quotation in the field. */

let held = "";

function selectedIn(post) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return "";
  const words = post.querySelector(".post-body");
  return words?.contains(selection.getRangeAt(0).commonAncestorContainer) ? selection.toString().trim() : "";
}

// The press on the link takes the selection away before the click comes.
document.addEventListener("pointerdown", (press) => {
  const link = press.target.closest?.("[data-quote]");
  held = link ? selectedIn(link.closest(".post")) : "";
});

document.addEventListener("click", async (click) => {
  const link = click.target.closest?.("[data-quote]");
  const form = document.querySelector("#reply form[data-composer]");
  if (!link || !form || click.ctrlKey || click.metaKey || click.shiftKey) return;
  click.preventDefault();
  const post = link.closest(".post");
  const part = held || selectedIn(post);
  held = "";
  const answer = await fetch(link.dataset.quote).catch(() => null);
  // Whoever has been signed out meanwhile is led to where one signs in.
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  insert(form, part ? only(await answer.text(), part) : await answer.text());
  if (form.elements.reply_to && !form.elements.reply_to.value) form.elements.reply_to.value = post.dataset.no;
  form.dispatchEvent(new Event("input", { bubbles: true }));
});

/* Who said it, as the whole quotation has it, and a part of the words. */
function only(quotation, part) {
  const lines = part.split("\n").map((line) => `> ${line.trim()}`.trimEnd());
  return [...quotation.split("\n").slice(0, 2), ...lines].join("\n") + "\n\n";
}

function insert(form, quotation) {
  const body = form.elements.body;
  const before = body.value.trimEnd();
  body.value = before ? `${before}\n\n${quotation}` : quotation;
  body.focus({ preventScroll: true });
  body.setSelectionRange(body.value.length, body.value.length);
  body.scrollTop = body.scrollHeight;
  body.scrollIntoView({ block: "center" });
}
