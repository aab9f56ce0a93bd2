// Models that are used again, for definitions so plain that it makes no difference; a differential test holds this to fresh models.
"use strict";

const PLAIN_TYPES = new Set(["text", "comment", "radiogroup", "dropdown", "checkbox", "tagbox", "rating", "boolean", "imagepicker", "buttongroup", "matrix", "multipletext", "html", "image", "numeric", "email", "regex", "answercount", "panel"]);
const PLAIN_KEYS = new Set(
  [
    "pages elements questions name type title description isRequired requiredErrorText visibleIf requiredIf validators choices rows columns items value text",
    "imageLink altText html rateMin rateMax rateStep rateValues minRateDescription maxRateDescription inputType min max step maxLength placeholder colCount",
    "eachRowRequired showOtherItem showNoneItem otherText noneText otherPlaceholder maxSelectedChoices minSelectedChoices multiSelect showLabel labelTrue",
    "labelFalse valueTrue valueFalse minValue maxValue minLength regex minCount maxCount showProgressBar completedHtml completeText pageNextText pagePrevText",
  ]
    .join(" ")
    .split(" ")
);
const KEPT = 16;
const known = new Map();

const CHOICE_LISTS = new Set(["choices", "rows", "columns", "rateValues"]);
const CHOICE_KEYS = new Set(["value", "text", "imageLink"]);

// `of`: the property that a node stands in.
function isPlainDefinition(node, of) {
  if (Array.isArray(node)) return node.every((item) => isPlainDefinition(item, of));
  if (!isPlain(node)) return true;
  return Object.keys(node).every((key) => {
    if (of === "words") return typeof node[key] === "string"; // a text by language
    if (!(CHOICE_LISTS.has(of) ? CHOICE_KEYS : PLAIN_KEYS).has(key) || (key === "type" && !PLAIN_TYPES.has(node[key]))) return false;
    return isPlainDefinition(node[key], isPlain(node[key]) ? "words" : key);
  });
}

// What is known of a definition's text, found out once.
function knownOf(definition) {
  let about = known.get(definition);
  if (!about) {
    const json = JSON.parse(definition);
    about = { replay: needsReplay(json), plain: isPlainDefinition(json, ""), models: new Map() };
    if (known.size >= KEPT) known.delete(known.keys().next().value);
  } else known.delete(definition);
  known.set(definition, about); // the last used is forgotten last
  return about;
}

// A model without an answer or an error: a used one where that makes no difference. It is given back only after it was used up to the end.
function borrow(about, definition, locale, mayReuse) {
  const model = mayReuse && about.plain ? about.models.get(locale) : null;
  about.models.delete(locale);
  if (!model) return makeModel(definition, locale);
  model.clear(false, true); // the answers before are replaced as a whole by those to come; taking each away first costs eight times as much
  for (const element of [...model.getAllQuestions(false, false, true), ...model.getAllPanels(false, true), ...model.pages]) if (element.errors && element.errors.length) element.errors = [];
  return model;
}

function giveBack(about, model, locale) {
  if (about.plain) about.models.set(locale, model);
}

function is_plain(definition) {
  return isPlainDefinition(JSON.parse(definition), "");
}
