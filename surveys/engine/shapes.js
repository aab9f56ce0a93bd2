// Shapes asked before the engine is given an answer: it reads lists and rows without looking, and throws on what is none.
"use strict";

// Nothing was answered. The engine's isEmpty goes further: to it {x: []} is empty too, and would yet be stored as sent.
const isNothing = (value) => value === undefined || value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);

const isStructured = (items) => (items || []).some((item) => isPlain(item.value));
const isNumeric = (question) => ["number", "range"].includes(question.inputType) || ["numeric", "currency"].includes(question.maskType);
const rowQuestions = (question) => [...(question.columns || []).map((column) => [column.name, column.templateQuestion]), ...(question.detailPanel ? question.detailPanel.questions : []).map((inner) => [inner.getValueName(), inner])];

// What is wrong with the shape of a raw value, as {question: path, code}, or null. Whether it may be stored is for strict.js to say.
function misshapen(question, raw, path) {
  if (raw === undefined || raw === null || raw === "") return null;
  const type = question.getType();
  const bad = (code, at = path) => ({ question: at, code });
  if (type === "text") return typeof raw === "object" ? bad(isNumeric(question) ? "not_a_number" : "not_text") : null;
  if (type === "comment") return typeof raw === "object" ? bad("not_text") : null;
  if (type === "signaturepad") return typeof raw === "object" ? bad("not_a_signature") : null;
  if (type === "rating") return typeof raw === "object" && !isStructured(question.rateValues) ? bad("outside_scale") : null;
  if (type === "boolean") return typeof raw === "object" && ![question.getValueTrue(), question.getValueFalse()].some(isPlain) ? bad("not_yes_or_no") : null;
  if (UNANSWERABLE.has(type)) return typeof raw === "object" ? bad("no_answer_expected") : null;
  if (MULTIPLE.has(type) || (type === "imagepicker" && question.multiSelect)) return badChoices(question, raw, path);
  if (SINGLE.has(type) || type === "imagepicker") return typeof raw === "object" && !(isPlain(raw) && isStructured(question.choices)) ? bad("wrong_shape") : null;
  if (type === "file") return !Array.isArray(raw) ? bad("not_a_list") : raw.every(isPlain) ? null : bad("wrong_shape");
  if (type === "slider" || type === "imagemap") return isPlain(raw) || (Array.isArray(raw) && raw.some((value) => value === null || typeof value === "object")) ? bad("wrong_shape") : null;
  if (type === "matrix") return badMatrix(question, raw, path);
  if (type === "matrixdropdown") return isPlain(raw) ? badRows(rowQuestions(question), Object.entries(raw), (key) => `${path}.${key}`) : bad("wrong_shape");
  if (type === "matrixdynamic") return Array.isArray(raw) ? badRows(rowQuestions(question), [...raw.entries()], (key) => `${path}[${key}]`) : bad("not_a_list");
  if (type === "paneldynamic") return Array.isArray(raw) ? badRows(question.template.questions.map((inner) => [inner.getValueName(), inner]), [...raw.entries()], (key) => `${path}[${key}]`) : bad("not_a_list");
  if (type === "multipletext") return isPlain(raw) ? badFields(question.items.map((item) => [item.name, item.editor]), raw, path) : bad("wrong_shape");
  return null;
}

function badChoices(question, raw, path) {
  if (!Array.isArray(raw)) return { question: path, code: "not_a_list" };
  const fits = question.valuePropertyName ? isPlain : (value) => value !== null && !Array.isArray(value);
  return raw.every(fits) ? null : { question: path, code: "wrong_shape" };
}

function badMatrix(question, raw, path) {
  if (!question.hasRows) return typeof raw === "object" && !isStructured(question.columns) ? { question: path, code: "unlisted_choice" } : null;
  if (!isPlain(raw)) return { question: path, code: "wrong_shape" };
  for (const [row, value] of Object.entries(raw)) {
    if (row.endsWith(COMMENT) || isNothing(value)) continue;
    if (question.isMultiSelect && !Array.isArray(value)) return { question: `${path}.${row}`, code: "not_a_list" };
    if (!question.isMultiSelect && typeof value === "object" && !isStructured(question.columns)) return { question: `${path}.${row}`, code: "wrong_shape" };
  }
  return null;
}

function badRows(questions, rows, at) {
  for (const [key, row] of rows) {
    const found = isPlain(row) ? badFields(questions, row, at(key)) : { question: at(key), code: "wrong_shape" };
    if (found) return found;
  }
  return null;
}

function badFields(questions, row, path) {
  for (const [name, inner] of questions) {
    const at = `${path}.${name}`;
    const found = (inner && own(row, name) && misshapen(inner, row[name], at)) || badComment(row[name + COMMENT], at);
    if (found) return found;
  }
  return null;
}

const badComment = (raw, path) => (raw === undefined || raw === null || typeof raw === "string" ? null : { question: path + COMMENT, code: "not_text" });

// Takes what the engine cannot read out of the raw answers; returns what was found, by the question's name.
function takeOutMisshapen(model, raw) {
  const found = new Map();
  for (const question of rootQuestions(model)) {
    const name = question.getValueName();
    const value = misshapen(question, raw[name], question.name);
    const comment = badComment(raw[name + COMMENT], question.name);
    if (value) delete raw[name];
    if (comment) delete raw[name + COMMENT];
    if (value || comment) found.set(question.name, [value, comment].filter(Boolean));
  }
  return found;
}
