// Reading a definition before anyone answers it: what is in it, and what is wrong with it.
"use strict";

function* elementsOf(node, path) {
  if (!isPlain(node)) return;
  for (const list of ["pages", "elements", "questions", "templateElements", "detailElements", "columns", "items", "calculatedValues"]) {
    if (!Array.isArray(node[list])) continue;
    for (let index = 0; index < node[list].length; index++) {
      const element = node[list][index];
      if (!isPlain(element)) continue;
      const at = `${path}${path ? "." : ""}${list}[${index}]`;
      yield { element, list, path: at, parent: path };
      yield* elementsOf(element, at);
    }
  }
}

// What will be a key of the stored answers: an element's names and a table's rows.
function keysOf(element) {
  const rows = Array.isArray(element.rows) ? element.rows.map((row) => (isPlain(row) ? row.value : row)) : [];
  return new Set([element.name, element.valueName, ...rows]);
}

function checkNames(json, problems) {
  const seen = new Map();
  const pageNames = new Set();
  for (const { element, list, path, parent } of elementsOf(json, "")) {
    const name = element.name;
    if (name === undefined || name === null || name === "") {
      if (list !== "pages" && list !== "columns") problems.push({ path, code: "nameless" });
      continue;
    }
    for (const key of keysOf(element)) if (DANGEROUS.has(key)) problems.push({ path, code: "dangerous_name", name: key });
    // What stands in braces is found by its name: a name of nothing but spaces, or with a brace, never is.
    if (typeof name !== "string" || name.length > 200 || !name.trim() || /[{}]/.test(name)) problems.push({ path, code: "bad_name", name: String(name).slice(0, 40) });
    const group = list === "columns" || list === "items" || /(templateElements|detailElements)/.test(path) ? parent : "";
    const key = list === "pages" ? `page ${name}` : `${group} ${name}`;
    if (list === "pages" ? pageNames.has(name) : seen.has(key)) problems.push({ path, code: "duplicate_name", name });
    (list === "pages" ? pageNames.add(name) : seen.set(key, path));
  }
  // Words beside a choice are kept as NAME-Comment.
  for (const [key, path] of seen) if (key.endsWith("-Comment") && seen.has(key.slice(0, -8))) problems.push({ path, code: "duplicate_name", name: key.trim() });
}

const QUESTION_LISTS = new Set(["elements", "questions", "templateElements", "detailElements"]);
const TYPE_ERRORS = new Set(["incorrecttypeproperty", "missingtypeproperty"]);

function knownType(type) {
  if (typeof type !== "string") return false;
  const found = Survey.Serializer.findClass(type);
  return Boolean(found) && (Survey.Serializer.isDescendantOf(type, "question") || Survey.Serializer.isDescendantOf(type, "panelbase"));
}

function checkShape(json, problems, limits) {
  let elements = 0;
  for (const { element, list, path } of elementsOf(json, "")) {
    elements += 1;
    if (QUESTION_LISTS.has(list) && !knownType(element.type)) problems.push({ path, code: "unknown_type", name: String(element.type) });
    if (isPlain(element.choicesByUrl) && element.choicesByUrl.url) problems.push({ path, code: "choices_by_url" });
    if (element.choicesLazyLoadEnabled) problems.push({ path, code: "choices_by_url" });
    checkChoices(element, path, problems);
  }
  if (elements > limits.elements) problems.push({ path: "", code: "too_many_elements", limit: limits.elements });
  if (!elements) problems.push({ path: "", code: "nothing_asked" });
}

function checkChoices(element, path, problems) {
  for (const list of ["choices", "rows", "rateValues"]) {
    if (!Array.isArray(element[list])) continue;
    const values = element[list].map((item) => JSON.stringify(isPlain(item) ? item.value : item));
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) problems.push({ path: `${path}.${list}`, code: "duplicate_choice", name: twice });
  }
}

const placeOf = (object, model) => {
  const owner = object && object.obj ? object.obj : object;
  if (!owner) return "";
  if (model.triggers.includes(owner)) return `triggers[${model.triggers.indexOf(owner)}]`;
  return owner.name || (owner.getType ? owner.getType() : "");
};
const LOCAL_NAME = /^(row|prevRow|nextRow|totalRow|panel|prevPanel|nextPanel|parentPanel|item|choice|self|self_question|rowIndex|rowName|rowValue|rowTitle|visiblePanelIndex|panelIndex|visibleRowIndex)(\.|$)/;
const EXPRESSION_CODES = ["expression_syntax", "expression_function", "expression_name", "expression_meaning"];

// {people[1].name} before anybody added a second one: the engine knows the rows and panels that are there at the beginning.
function isInLaterPanel(model, variable) {
  const [head, index, name, ...rest] = stepsOf(variable);
  if (typeof index !== "number" || (name !== undefined && typeof name !== "string")) return false;
  const question = only(rootQuestions(model).filter((each) => each.getValueName() === head));
  const [type, most] = question ? [question.getType(), question.maxRowCount ?? question.maxPanelCount ?? 0] : ["", 0];
  if (index >= most) return false;
  if (name === undefined) return type === "matrixdynamic" || type === "paneldynamic";
  if (type === "matrixdynamic") return !rest.length && named(question.columns, name.toLowerCase()).length > 0;
  return type === "paneldynamic" && named(question.template.questions, name.toLowerCase()).length > 0;
}

function checkExpressions(model, problems) {
  for (const entry of model.validateExpressions()) {
    for (const error of entry.errors || []) {
      // Inside rows, panels and choices the engine looks names up in the whole survey only.
      if (error.variableName && (LOCAL_NAME.test(error.variableName) || isInLaterPanel(model, error.variableName))) continue;
      const code = EXPRESSION_CODES[error.errorType] || "expression_syntax";
      problems.push({ path: `${placeOf(entry.obj, model)}.${entry.propertyName}`, code, name: error.variableName || error.functionName || "" });
    }
  }
}

// definition: a JSON text. Returns {problems: [{path, code, name?, limit?, message?}]}; an empty list is a clean bill.
function proofread(definition, limits) {
  const json = JSON.parse(definition);
  const problems = [];
  checkNames(json, problems);
  checkShape(json, problems, limits);
  checkPatterns(json, problems);
  if (problems.some((problem) => problem.code === "dangerous_name" || problem.code === "too_many_elements")) return { problems };
  const begun = Date.now();
  const model = makeModel(definition);
  for (const error of model.jsonErrors || []) {
    if (TYPE_ERRORS.has(error.type) && problems.some((problem) => problem.code === "unknown_type")) continue;
    problems.push({ path: error.element && error.element.name ? error.element.name : "", code: error.type === "unknownproperty" ? "unknown_property" : "json", message: error.message });
  }
  checkExpressions(model, problems);
  checkRings(json, model, problems);
  checkLocalNames(json, problems);
  checkTriggers(model, problems);
  if (Date.now() - begun > limits.milliseconds) problems.push({ path: "", code: "too_slow" });
  const holdingAt = holdings(model);
  checkReach(model, holdingAt, problems);
  checkComparisons(json, model, holdingAt, problems);
  checkPiping(json, model, problems);
  checkLeftOut(json, problems);
  return { problems };
}

const plain = (string) => String((string && string.text) || "");
const words = (item) => ({ value: item.value, text: plain(item.locText) || String(item.value) });

function describeQuestion(question) {
  const type = question.getType();
  const about = { name: question.name, value_name: question.getValueName(), type, title: plain(question.locTitle) || question.name, required: question.isRequired };
  if (Array.isArray(question.choices) && Array.isArray(question.visibleChoices)) about.choices = [...question.choices, ...[question.noneItem, question.otherItem, question.refuseItem, question.dontKnowItem].filter((item) => item && question.visibleChoices.includes(item))].map(words);
  if (type === "imagepicker") about.multiple = question.multiSelect;
  if (type === "rating") about.choices = question.visibleRateValues.map(words);
  if (type === "boolean") about.choices = [{ value: question.getValueTrue(), text: plain(question.locLabelTrue) }, { value: question.getValueFalse(), text: plain(question.locLabelFalse) }];
  if (type === "text") Object.assign(about, { input: question.inputType, step: question.step ?? null, least: question.min ?? null, most: question.max ?? null });
  if (type === "slider") about.range = question.sliderType === "range";
  if (type === "checkbox" || type === "tagbox") about.most_choices = question.maxSelectedChoices || null;
  if (type === "matrix") Object.assign(about, { rows: question.rows.map(words), choices: question.columns.map(words), several: question.isMultiSelect, each_required: question.eachRowRequired });
  if (type === "matrixdropdown" || type === "matrixdynamic") about.columns = question.columns.map((column) => ({ name: column.name, title: column.title }));
  if (type === "multipletext") about.items = question.items.map((item) => ({ name: item.name, title: item.title, input: item.inputType, required: item.isRequired }));
  about.other = Boolean(question.otherItem && Array.isArray(question.visibleChoices) && question.visibleChoices.includes(question.otherItem));
  about.comment = Boolean(question.showCommentArea);
  return { ...about, page: question.page ? question.page.name : "" };
}

// What the survey asks, page by page, in one language.
function describe(definition, locale) {
  const model = makeModel(definition, locale);
  const pages = model.pages.map((page) => ({ name: page.name, title: plain(page.locTitle), description: plain(page.locDescription) }));
  return { title: plain(model.locTitle), description: plain(model.locDescription), pages, locales: model.getUsedLocales(), questions: rootQuestions(model).map(describeQuestion) };
}
