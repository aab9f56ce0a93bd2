// What nobody can ever reach, and what depends on itself: pages, panels and questions with their conditions and values as one graph.
"use strict";

const variablesOf = (text) => {
  try {
    return new Survey.ExpressionRunner(String(text)).getVariables();
  } catch {
    return [];
  }
};
const headOf = (name) => String(name).split(/[.[]/)[0];

const VALUE_KEYS = ["setValueExpression", "defaultValueExpression", "expression"];
// Where names lead within `scope`: rows and panels have a language of their own ({row.a}, {panel.a}).
function edgesOf(elements, kind, scope) {
  const edges = new Map();
  const names = new Set(elements.map((element) => element.name));
  const local = (variable) => {
    if (!scope) return headOf(variable);
    return variable.startsWith(`${scope}.`) ? headOf(variable.slice(scope.length + 1)) : null;
  };
  for (const element of elements) {
    const texts = kind === "value" ? VALUE_KEYS.map((key) => element[key]) : [element[kind]];
    const leads = texts.filter((text) => typeof text === "string" && text).flatMap(variablesOf).map(local);
    edges.set(element.name, leads.filter((name) => name !== null && names.has(name)));
  }
  return edges;
}

// What sets, resets or copies a value under a condition: such rings may come to rest, but which answer wins depends on their order.
function looseEdgesOf(elements, json, hard) {
  const named = new Map(elements.flatMap((element) => [element.valueName, element.name].filter(Boolean).map((name) => [name, element.name])));
  const edges = new Map([...hard].map(([name, leads]) => [name, [...leads]]));
  const add = (target, variables) => {
    const from = named.get(headOf(target));
    if (from === undefined) return;
    for (const name of variables.map((variable) => named.get(headOf(variable)))) if (name !== undefined && name !== from) edges.get(from).push(name);
  };
  for (const element of elements) for (const key of ["setValueIf", "resetValueIf"]) if (typeof element[key] === "string") add(element.name, variablesOf(element[key]));
  for (const trigger of Array.isArray(json.triggers) ? json.triggers.filter(isPlain) : []) {
    if (!trigger.setToName) continue;
    const texts = [trigger.expression, trigger.runExpression].filter((text) => typeof text === "string");
    add(trigger.setToName, [...texts.flatMap(variablesOf), ...(trigger.fromName ? [trigger.fromName] : [])]);
  }
  return edges;
}

const ringsIn = (edges) => [...edges.keys()].filter((name) => leadsTo(edges, name, name));

const leadsTo = (edges, from, goal, seen = new Set()) => (edges.get(from) || []).some((next) => next === goal || (!seen.has(next) && seen.add(next) && leadsTo(edges, next, goal, seen)));

const ringsOf = (elements, kind, scope) => ringsIn(edgesOf(elements, kind, scope));

// The lists of elements that see one another by name: the survey's own, then each table's columns and each group's questions.
function* scopesOf(json) {
  const root = [];
  const walk = function* (list) {
    for (const element of Array.isArray(list) ? list : []) {
      if (!isPlain(element)) continue;
      if (element.type === "panel") yield* walk(element.elements);
      else {
        root.push(element);
        yield* innerOf(element);
      }
    }
  };
  const pages = Array.isArray(json.pages) ? json.pages.filter(isPlain) : [json];
  for (const page of pages) {
    yield* walk(page.elements);
    yield* walk(page.questions);
  }
  const values = (Array.isArray(json.calculatedValues) ? json.calculatedValues : []).filter(isPlain);
  yield { elements: [...root, ...values], scope: "", at: "" };
}

function* innerOf(element) {
  const flat = (list) => (Array.isArray(list) ? list : []).filter(isPlain).flatMap((inner) => (inner.type === "panel" ? flat(inner.elements) : [inner]));
  const columns = [...flat(element.columns), ...flat(element.detailElements)];
  if (columns.length) yield { elements: columns, scope: "row", at: `${element.name}.` };
  const template = flat(element.templateElements);
  if (template.length) yield { elements: template, scope: "panel", at: `${element.name}.` };
  for (const inner of template) yield* innerOf(inner);
}

const CONDITION_KEYS = ["visibleIf", "enableIf", "requiredIf", "resetValueIf", ...VALUE_KEYS];
// Names of a row or a group that it has not; the engine looks up the whole survey's names only.
function checkLocalNames(json, problems) {
  for (const { elements, scope, at } of scopesOf(json)) {
    if (!scope) continue;
    const names = new Set(elements.flatMap((element) => [element.name, element.valueName, `${element.name}-Comment`]));
    for (const element of elements)
      for (const key of CONDITION_KEYS)
        for (const variable of typeof element[key] === "string" ? variablesOf(element[key]) : []) {
          if (!variable.startsWith(`${scope}.`) || names.has(headOf(variable.slice(scope.length + 1)))) continue;
          problems.push({ path: `${at}${element.name}.${key}`, code: "expression_name", name: variable });
        }
  }
}

// A question is shown where it and all that stands around it are: rings of conditions run through pages and panels too.
function checkOwners(model, kind, code, problems) {
  const owners = new Map();
  const names = new Map();
  for (const question of rootQuestions(model)) {
    for (const name of [question.name, question.getValueName()]) names.set(name, question);
    const around = [];
    for (let element = question; element; element = element.parent) if (element[kind]) around.push([element, variablesOf(element[kind]).map(headOf)]);
    owners.set(question, around);
  }
  const leads = (used) => used.map((name) => names.get(name)).filter(Boolean);
  const edges = new Map([...owners].map(([question, around]) => [question, around.flatMap(([, used]) => leads(used))]));
  const said = new Set();
  for (const [question, around] of owners)
    for (const [element, used] of around) {
      if (said.has(element) || !leads(used).some((next) => next === question || leadsTo(edges, next, question))) continue;
      said.add(element);
      problems.push({ path: `${element.name}.${kind}`, code, name: element.name });
    }
}

function checkRings(json, model, problems) {
  checkOwners(model, "visibleIf", "shown_ring", problems);
  checkOwners(model, "enableIf", "enabled_ring", problems);
  for (const { elements, scope, at } of scopesOf(json)) {
    for (const name of ringsOf(elements, "value", scope)) problems.push({ path: at + name, code: "ring", name });
    if (!scope) {
      const hard = edgesOf(elements, "value", scope);
      const told = new Set(ringsIn(hard));
      for (const name of ringsIn(looseEdgesOf(elements, json, hard))) if (!told.has(name)) problems.push({ path: name, code: "loose_ring", name });
      continue;
    }
    for (const name of ringsOf(elements, "visibleIf", scope)) problems.push({ path: `${at}${name}.visibleIf`, code: "shown_ring", name });
    for (const name of ringsOf(elements, "enableIf", scope)) problems.push({ path: `${at}${name}.enableIf`, code: "enabled_ring", name });
  }
}

// What a name of an answer may hold, for conditions (conditions.js): nothing is known of what the survey itself gives.
function holdings(model) {
  const values = new Map();
  for (const question of rootQuestions(model)) for (const name of new Set([question.name, question.getValueName()])) values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) || []), question]);
  const isGiven = givenIn(model);
  const found = new Map();
  const holdingAt = (variable) => {
    const name = variable.toLowerCase();
    const holders = values.get(name) || [];
    const [head, ...rest] = holders.length ? [name] : stepsOf(variable);
    const within = rest.length ? values.get(String(head).toLowerCase()) || [] : holders;
    if (!found.has(name)) found.set(name, within.length !== 1 ? null : rest.length ? holdingInside(within[0], rest) : holdingOf(within[0]));
    const holding = found.get(name);
    return holding && isGiven(within[0]) ? { ...holding, values: null } : holding;
  };
  return Object.assign(withMemory(holdingAt), { isGiven });
}

const withMemory = (holdingAt) => Object.assign(holdingAt, { tried: new Map(), read: new Map() });

// The same where {row.…} and {panel.…} speak of the table and the panels around a condition: `owners` {row, panel} names them.
function holdingsWithin(model, holdingAt, owners) {
  const [matrix, panels] = [owners.row, owners.panel].map((name) => (name ? model.getQuestionByName(name) : null));
  return withMemory((variable) => {
    const [head, name, ...rest] = stepsOf(variable);
    if (head !== "row" && head !== "panel") return holdingAt(variable);
    if (rest.length || typeof name !== "string") return null;
    const owner = head === "row" ? matrix : panels;
    if (!owner || holdingAt.isGiven(owner)) return null;
    return head === "row" ? holdingOfColumn(owner, name.toLowerCase()) : holdingInPanel(owner, name.toLowerCase());
  });
}

function givenIn(model) {
  const setTo = new Set(model.triggers.map((trigger) => trigger.setToName).filter(Boolean).map(headOf));
  return (question) => question.getType() === "expression" || isPreset(question) || setTo.has(question.name) || setTo.has(question.getValueName());
}

// Pages that no answers can show. Grows from what is shown at once to what that can bring about.
function checkReach(model, holdingAt, problems) {
  const questions = rootQuestions(model);
  const byTrigger = new Set(model.triggers.flatMap((trigger) => [...(trigger.pages || []), ...(trigger.questions || [])]));
  const values = new Map();
  for (const question of questions) for (const name of new Set([question.name, question.getValueName()])) values.set(name, [...(values.get(name) || []), question]);
  const isGiven = givenIn(model);
  const reached = new Set();
  const missing = (variable) => (values.get(headOf(variable)) || [null]).every((question) => question && !reached.has(question) && !isGiven(question));
  const switchedOff = new Map(); // a page's JSON is that of all in it: asked once
  const isOff = (element) => (switchedOff.has(element) ? switchedOff.get(element) : switchedOff.set(element, element.toJSON().visible === false).get(element));
  const isHidden = (element) => !byTrigger.has(element.name) && (element.visibleIf ? certainlyFalse(element.visibleIf, missing, holdingAt) : isOff(element));
  const isReached = (question) => {
    for (let element = question; element; element = element.parent) if (isHidden(element)) return false;
    return true;
  };
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const question of questions) if (!reached.has(question) && isReached(question)) reached.add(question);
  }
  for (const page of model.pages) if (isHidden(page) || (page.questions.length && !page.questions.some((question) => reached.has(question)))) problems.push({ path: page.name, code: "unreachable_page", name: page.name });
}

const TRIGGER_NAMES = ["setToName", "fromName", "gotoName"];

function checkTriggers(model, problems) {
  const known = new Set([...rootQuestions(model).flatMap((question) => [question.name, question.getValueName()]), ...model.calculatedValues.map((value) => value.name)]);
  const places = new Set([...rootQuestions(model), ...model.getAllPanels(false, true), ...model.pages].map((element) => element.name));
  model.triggers.forEach((trigger, index) => {
    const say = (key, name) => problems.push({ path: `triggers[${index}].${key}`, code: "expression_name", name });
    for (const key of TRIGGER_NAMES) {
      const name = trigger[key];
      if (!name || (key === "setToName" && trigger.isVariable && trigger.getType() === "setvaluetrigger")) continue;
      if (!known.has(name) && !(key === "gotoName" ? places.has(name) : known.has(headOf(name)))) say(key, name);
    }
    for (const key of ["pages", "questions"]) for (const name of trigger[key] || []) if (!places.has(name)) say(key, name);
  });
}
