// Making a model of a definition, and walking through it. Loaded after survey-core.
"use strict";

const LEFT_OUT = ["surveyId", "surveyPostId", "cookieName", "navigateToUrl", "navigateToUrlOnCondition", "sendResultOnPageNext", "partialSendEnabled"];
const FORCED = {
  checkErrorsMode: "onNextPage",
  questionsOnPageMode: "standard",
  showPreviewBeforeComplete: false,
  autoAdvanceEnabled: false,
  readOnly: false,
  showTimer: false,
};
const DANGEROUS = new Set(["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"]);
const COMMENT = "-Comment";
const TOTAL = "-total";

// Navigation asks where the survey stands in a page that does not exist here.
Survey.settings.environment = { root: {}, rootElement: { querySelector: () => null, scrollIntoView() {} }, popupMountContainer: {}, svgMountContainer: {}, stylesSheetsMountContainer: {} };
Survey.settings.animationEnabled = false;

function makeModel(definition, locale) {
  const json = JSON.parse(definition);
  for (const name of LEFT_OUT) delete json[name];
  delete json.mode;
  delete json.goNextPageAutomatic;
  Object.assign(json, FORCED);
  if (json.clearInvisibleValues === "none") delete json.clearInvisibleValues;
  const model = new Survey.Model(json);
  model.validationEnabled = true;
  model.mode = "edit";
  if (locale) model.locale = locale;
  return model;
}

const isEmpty = (value) => Survey.Helpers.isValueEmpty(value);
const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

// The questions that stand inside a question, each with its path and where its value lies in the raw value.
function* inside(question, path) {
  const type = question.getType();
  if (type === "matrixdropdown" || type === "matrixdynamic") {
    const rows = question.visibleRows || [];
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      const key = type === "matrixdynamic" ? index : row.rowName;
      const at = type === "matrixdynamic" ? `${path}[${index}]` : `${path}.${row.rowName}`;
      for (const cell of row.cells) {
        if (cell.question) yield { question: cell.question, path: `${at}.${cell.column.name}`, keys: [key, cell.column.name] };
      }
      const detail = row.detailPanel;
      if (detail) for (const inner of detail.questions) yield { question: inner, path: `${at}.${inner.name}`, keys: [key, inner.getValueName()] };
    }
  } else if (type === "paneldynamic") {
    const panels = question.panels || [];
    for (let index = 0; index < panels.length; index++) {
      for (const inner of panels[index].questions) yield { question: inner, path: `${path}[${index}].${inner.name}`, keys: [index, inner.getValueName()] };
    }
  } else if (type === "multipletext") {
    for (const item of question.items) yield { question: item.editor, path: `${path}.${item.name}`, keys: [item.name] };
  }
}

function reach(value, keys) {
  for (const key of keys) {
    if (value === null || typeof value !== "object" || !own(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

// Every error that the engine put on questions, cells, panels and pages, as {question: path, message}.
function engineErrors(model, questions) {
  const found = [];
  const note = (element, path) => {
    for (const error of element.errors || []) if (error.visible !== false) found.push({ question: path, message: error.getText() });
  };
  const walk = (question, path) => {
    note(question, path);
    for (const inner of inside(question, path)) walk(inner.question, inner.path);
  };
  for (const question of questions) walk(question, question.name);
  for (const panel of model.getAllPanels(false, true)) note(panel, panel.name);
  for (const page of model.pages) note(page, page.name);
  const seen = new Set();
  return found.filter((error) => {
    const key = JSON.stringify([error.question, error.message]);
    return seen.has(key) ? false : seen.add(key);
  });
}
