/* Small pieces that a room is drawn with. Text goes in as text, never as markup. */

export const words = JSON.parse(document.getElementById("room-words").textContent);

export function say(word, values = {}) {
  return words[word].replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}

/* make("button", { class: "button", type: "button", onclick: f }, "text", node, …) */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function button(text, onclick, kind = "") {
  return make("button", { type: "button", class: `button ${kind}`.trim(), onclick }, text);
}

export function avatar(name, hue) {
  const letters = /[\u4e00-\u9fff]/.test(name) ? name.slice(-2) : name.split(/[\s-]+/).slice(0, 2).map((word) => word[0] ?? "").join("");
  return make("span", { class: "avatar avatar-small", "data-hue": hue ?? 0, "aria-hidden": "true" }, letters.toUpperCase());
}

// What was not said today says its day: a room may stand open for days before and after.
export function clock(at) {
  const moment = new Date(at);
  const day = moment.toDateString() === new Date().toDateString() ? {} : { month: "short", day: "numeric" };
  return make("time", { datetime: at, class: "small muted" }, moment.toLocaleTimeString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit" }));
}

/* A control that asks again and says what it means: what is taken back or taken out is gone for good. */
export function twoSteps(word, deed, { key = null, label = "" } = {}) {
  const summary = make("summary", { class: "button button-quiet button-small", "data-does": word, "data-key": key }, say(word));
  if (label) summary.setAttribute("aria-label", `${say(word)}: ${label}`);
  const place = (event) => event.target.open && event.target.scrollIntoView({ block: "nearest" });
  return make("details", { class: "react take-back", "data-open": key, ontoggle: place }, summary, make("div", { class: "sure" },
    make("button", { type: "button", class: "button button-danger button-small", "data-key": key && `${key}-sure`, onclick: deed }, say(`${word}_sure`)), make("p", { class: "small muted" }, say(`${word}_means`))));
}
