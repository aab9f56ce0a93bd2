// What a definition says of answers: texts that put them in, and conditions that compare them, each with its place.
"use strict";

function propertiesLike(isWanted) {
  const found = new Set();
  for (const kind of Object.values(Survey.Serializer.classes)) for (const property of kind.properties || []) if (isWanted(property)) found.add(property.name);
  return found;
}
const TEXT_KEYS = propertiesLike((property) => property.isLocalizable);
const EXPRESSION_KEYS = propertiesLike((property) => property.type === "condition" || property.type === "expression");
const SCOPED = { panel: ["templateElements"], row: ["columns", "detailElements"] };
const PLACE_WORDS = /^(\d+|no|require|title|panelIndex|visiblePanelIndex|rowIndex|visibleRowIndex|rowName|rowValue|rowTitle|item|choice)$/i;

// Every object of a definition with its place, and the names that {panel.…} and {row.…} have there.
function* nodesOf(node, path, scopes) {
  if (Array.isArray(node)) {
    for (let index = 0; index < node.length; index++) yield* nodesOf(node[index], `${path}[${index}]`, scopes);
    return;
  }
  if (!isPlain(node)) return;
  const here = { ...scopes };
  for (const [scope, lists] of Object.entries(SCOPED)) {
    const inner = lists.flatMap((list) => [...namesWithin(node[list])]);
    if (inner.length) Object.assign(here, { [scope]: new Set(inner), owners: { ...here.owners, [scope]: scopes.owners ? null : node.name } });
  }
  yield { node, path, scopes: here };
  for (const key of Object.keys(node)) if (node[key] && typeof node[key] === "object") yield* nodesOf(node[key], path ? `${path}.${key}` : key, here);
}

function* namesWithin(list) {
  for (const element of Array.isArray(list) ? list.filter(isPlain) : []) {
    for (const name of [element.name, element.valueName]) if (typeof name === "string") yield* [name.toLowerCase(), `${name}-Comment`.toLowerCase()];
    if (element.type === "panel") yield* namesWithin(element.elements);
  }
}

const textsIn = (value) => (typeof value === "string" ? [value] : isPlain(value) ? Object.values(value).filter((text) => typeof text === "string") : []);

// Words in braces that are nobody's name stay in braces before whoever answers. The engine says itself which it finds.
function checkPiping(json, model, problems) {
  const given = [...model.calculatedValues.map((value) => value.name), ...model.triggers.filter((trigger) => trigger.isVariable).map((trigger) => trigger.setToName), ...rootQuestions(model).map((question) => question.getValueName() + COMMENT)];
  const variables = new Set(given.map((name) => String(name).toLowerCase()));
  let unknown = [];
  model.onProcessDynamicText.add((_model, asked) => {
    if (!asked.isExists) unknown.push(String(asked.name));
  });
  const isKnown = (name, scopes) => {
    const [head, ...rest] = name.replace(/^#/, "").toLowerCase().split(".");
    if (scopes[head] && rest.length) return scopes[head].has(rest[0].split("[")[0]);
    return variables.has(name.toLowerCase()) || PLACE_WORDS.test(name) || LOCAL_NAME.test(name);
  };
  for (const { node, path, scopes } of nodesOf(json, "", {}))
    for (const key of Object.keys(node)) {
      if (!TEXT_KEYS.has(key)) continue;
      unknown = [];
      for (const text of textsIn(node[key])) if (text.includes("{")) model.processText(text, true);
      for (const name of new Set(unknown)) if (!isKnown(name, scopes)) problems.push({ path: path ? `${path}.${key}` : key, code: "piped_name", name });
    }
}

// Conditions that no answers make true, and those that compare a question with what it cannot hold.
function checkComparisons(json, model, holdingAt, problems) {
  const shownByTrigger = new Set(model.triggers.flatMap((trigger) => [...(trigger.pages || []), ...(trigger.questions || [])]));
  const said = new Set(problems.map((problem) => problem.path));
  const around = new Map();
  const holdingsAt = (owners) => {
    const key = JSON.stringify(owners || null);
    if (!around.has(key)) around.set(key, owners ? holdingsWithin(model, holdingAt, owners) : holdingAt);
    return around.get(key);
  };
  for (const { node, path, scopes } of nodesOf(json, "", {}))
    for (const key of Object.keys(node)) {
      const text = node[key];
      if (!EXPRESSION_KEYS.has(key) || typeof text !== "string" || !text.includes("{")) continue;
      const isElement = /(^|\.)(elements|questions|pages)\[\d+\]$/.test(path) && typeof node.name === "string";
      const at = `${isElement ? node.name : path}.${key}`;
      const holdingHere = holdingsAt(scopes.owners);
      const compared = impossiblyCompared(text, holdingHere);
      for (const { name, value } of compared) problems.push({ path: at, code: "unlisted_compared", name, value });
      if (said.has(at) || !readCondition(text, holdingHere).never) continue;
      if (key !== "visibleIf" || !isElement || shownByTrigger.has(node.name)) problems.push(...(compared.length ? [] : [{ path: at, code: "never_true" }]));
      else if (!/(^|\.)pages\[\d+\]$/.test(path)) problems.push({ path: at, code: "never_shown", name: node.name }); // of a page it is told by its name
    }
}

// What is left out here because the club has its own way for it.
function checkLeftOut(json, problems) {
  for (const name of LEFT_OUT) if (own(json, name)) problems.push({ path: name, code: "left_out", name });
}
