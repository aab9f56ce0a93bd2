/* Answering and quoting a post in the reply that is being written, without leaving the page: the whole post, or what of it is selected.
 * Several quotations follow each other. Without it the links open the page anew, with the quotation in the field. */

const form = document.querySelector("#reply form[data-composer]");

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

document.addEventListener("click", (click) => {
  const link = click.target.closest?.("[data-quote], [data-answer]");
  if (!link || !form?.elements.reply_to || click.ctrlKey || click.metaKey || click.shiftKey) return;
  click.preventDefault();
  if (link.dataset.answer) answer(link.dataset.answer);
  else quote(link);
});

function answer(no) {
  form.elements.reply_to.value = no;
  form.elements.body.focus({ preventScroll: true });
  form.scrollIntoView({ block: "center" });
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

async function quote(link) {
  const post = link.closest(".post");
  const part = held || selectedIn(post);
  held = "";
  const told = await fetch(link.dataset.quote).catch(() => null);
  // Whoever has been signed out meanwhile is led to where one signs in.
  if (!told?.ok || told.redirected) return location.assign(link.href);
  const whole = await told.text();
  insert(part ? only(whole, part) : whole);
  if (!form.elements.reply_to.value) form.elements.reply_to.value = post.dataset.no;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Who said it, as the whole quotation has it, and a part of the words. */
function only(quotation, part) {
  const lines = part.split("\n").map((line) => `> ${line.trim()}`.trimEnd());
  return [...quotation.split("\n").slice(0, 2), ...lines].join("\n") + "\n\n";
}

function insert(quotation) {
  const body = form.elements.body;
  const before = body.value.trimEnd();
  body.value = before ? `${before}\n\n${quotation}` : quotation;
  body.focus({ preventScroll: true });
  body.setSelectionRange(body.value.length, body.value.length);
  body.scrollTop = body.scrollHeight;
  body.scrollIntoView({ block: "center" });
}

/* Whom the reply answers, with the means to answer nobody. */
function sayWhom(place) {
  const field = form.elements.reply_to;
  const name = document.querySelector(`.post[data-no="${field.value}"]`)?.querySelector(".byline-name")?.textContent;
  if (place.dataset.said === (name ? field.value : "")) return;
  place.dataset.said = name ? field.value : "";
  if (!name) return place.replaceChildren();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = place.dataset.drop;
  button.addEventListener("click", () => {
    field.value = "";
    form.elements.body.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  place.replaceChildren(place.dataset.words.replace("{no}", field.value).replace("{name}", () => name), " ", button);
}

const place = form?.querySelector("[data-answering]");
if (place) {
  form.addEventListener("input", () => sayWhom(place));
  sayWhom(place);
}
