/* Marks of Markdown for those who would rather press than type them: a bar above the text field, keys, lists that go on by themselves,
 * an address pasted over words. What is typed so can be undone as what is typed by hand. Without it the text field is a text field. */

const KEYS = { b: "bold", i: "italic", k: "link" };
const AROUND = { bold: "**", italic: "*" };
const AT_START = { quote: "> ", list: "- " };
const ITEM = /^(\s*(?:> ?)*)([-*+]|\d{1,9}[.)]) (\[[ x]\] )?/;

export function mark(form, body) {
  const bar = form.querySelector("[data-marks]");
  if (!bar) return;
  const buttons = [...bar.querySelectorAll("button")];
  body.before(bar);
  bar.hidden = false;
  bar.setAttribute("aria-controls", body.id);
  rove(bar, buttons);
  bar.addEventListener("click", (click) => {
    const button = click.target.closest("button");
    if (button) set(body, button.dataset.mark);
  });
  body.addEventListener("keydown", (key) => {
    if (key.defaultPrevented || key.isComposing || key.keyCode === 229 || key.altKey) return;
    const name = (key.ctrlKey || key.metaKey) && !key.shiftKey ? KEYS[key.key.toLowerCase()] : null;
    if (name) set(body, name);
    else if (!(key.key === "Enter" && !key.ctrlKey && !key.metaKey && !key.shiftKey && goOn(body))) return;
    key.preventDefault();
  });
  body.addEventListener("paste", (paste) => {
    const address = paste.clipboardData?.getData("text/plain").trim() ?? "";
    const words = selected(body);
    if (!isAddress(address) || !words || /[\n[\]]/.test(words) || isAddress(words)) return;
    paste.preventDefault();
    put(body, `[${words}](${address})`);
  });
}

/* One stop of the tab key for the whole bar; the arrows go from button to button. */
function rove(bar, buttons) {
  for (const button of buttons.slice(1)) button.tabIndex = -1;
  bar.addEventListener("keydown", (key) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const at = buttons.indexOf(document.activeElement);
    if (!(key.key in steps) || at < 0) return;
    key.preventDefault();
    const next = buttons[(at + steps[key.key] + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
}

function set(body, name) {
  body.focus();
  if (name in AROUND) around(body, AROUND[name]);
  else if (name in AT_START) atStart(body, AT_START[name]);
  else if (name === "code") code(body);
  else if (name === "link") link(body);
}

function around(body, sign) {
  const { selectionStart: start, selectionEnd: end, value } = body;
  const is = (at, text) => value.slice(at, at + text.length) === text;
  // Of three asterisks one is the slanted's, two the bold's; of two none is the slanted's.
  const before = /\**$/.exec(value.slice(0, start))[0].length;
  if (start >= sign.length && is(start - sign.length, sign) && is(end, sign) && (sign.length === 2 || before !== 2)) {
    body.setSelectionRange(start - sign.length, end + sign.length);
    put(body, value.slice(start, end), start - sign.length, end - sign.length);
    return;
  }
  const words = selected(body);
  // A mark beside a space is none: spaces at the ends stay outside.
  const [, lead, middle, rest] = /^(\s*)([^]*?)(\s*)$/.exec(words);
  const from = start + lead.length + sign.length;
  put(body, `${lead}${sign}${middle}${sign}${rest}`, from, from + middle.length);
}

function atStart(body, sign) {
  const { value } = body;
  const start = value.lastIndexOf("\n", body.selectionStart - 1) + 1;
  const after = value.indexOf("\n", Math.max(body.selectionEnd - (selected(body).endsWith("\n") ? 1 : 0), start));
  const end = after < 0 ? value.length : after;
  const lines = value.slice(start, end).split("\n");
  const isMarked = lines.every((line) => line.startsWith(sign));
  const text = lines.map((line) => (isMarked ? line.slice(sign.length) : sign + line)).join("\n");
  body.setSelectionRange(start, end);
  put(body, text, lines.length > 1 ? start : start + text.length, start + text.length);
}

function code(body) {
  const words = selected(body);
  if (!words.includes("\n")) return around(body, "`");
  const fence = "`".repeat(Math.max(3, ...[...words.matchAll(/`+/g)].map((run) => run[0].length + 1)));
  const before = body.selectionStart && body.value[body.selectionStart - 1] !== "\n" ? "\n" : "";
  put(body, `${before}${fence}\n${words.replace(/\n$/, "")}\n${fence}\n`);
}

function link(body) {
  const words = selected(body);
  const start = body.selectionStart;
  if (isAddress(words)) put(body, `[](${words})`, start + 1);
  else put(body, `[${words}]()`, words ? start + words.length + 3 : start + 1);
}

/* Enter in an item of a list begins the next; in an empty one it ends the list. Returns whether it was one. */
function goOn(body) {
  const { selectionStart: at, selectionEnd, value } = body;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const item = at === selectionEnd ? ITEM.exec(value.slice(start, at)) : null;
  if (!item || (value.slice(0, start).match(/^\s{0,3}```/gm) ?? []).length % 2) return false;
  if (item[0].length === at - start) {
    body.setSelectionRange(start, at);
    put(body, item[1]);
    return true;
  }
  const number = Number.parseInt(item[2], 10);
  const sign = Number.isNaN(number) ? item[2] : `${number + 1}${item[2].at(-1)}`;
  put(body, `\n${item[1]}${sign} ${item[3] ? "[ ] " : ""}`);
  return true;
}

function selected(body) {
  return body.value.slice(body.selectionStart, body.selectionEnd);
}

function isAddress(text) {
  return /^https?:\/\/[^\s<>()]+$/i.test(text);
}

/* In place of what is selected, as if it had been typed: the browser's own undo takes it back. */
function put(body, text, from, until = from) {
  const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!typed) {
    body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (from !== undefined) body.setSelectionRange(from, until);
}
