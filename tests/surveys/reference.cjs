// Plain survey-core in Node, none of our code: one JSON case a line in, one verdict a line out.
const Survey = require("../../node_modules/survey-core/survey.core.js");
const place = { root: {}, rootElement: { querySelector: () => null, scrollIntoView() {} }, popupMountContainer: {}, svgMountContainer: {}, stylesSheetsMountContainer: {} };
Survey.settings.environment = place;
Survey.settings.animationEnabled = false;

function errorsOf(model) {
  const found = new Set();
  const walk = (question, root) => {
    for (const error of question.errors || []) if (error.visible !== false) found.add(JSON.stringify([root, error.getText()]));
    for (const inner of question.getNestedQuestions ? question.getNestedQuestions(true) : []) if (inner !== question) walk(inner, root);
  };
  for (const question of model.getAllQuestions()) walk(question, question.name);
  for (const panel of model.getAllPanels()) for (const error of panel.errors || []) found.add(JSON.stringify([panel.name, error.getText()]));
  return [...found].map((text) => JSON.parse(text)).sort();
}

// As a person would: each page's questions in turn, then the button.
function walked(model, answers) {
  const given = new Set();
  for (let step = 0; step < 40 && model.state === "running"; step++) {
    const page = model.currentPage;
    for (const question of page.questions) {
      if (given.has(question.name) || !question.isVisible || !(question.name in answers)) continue;
      given.add(question.name);
      model.setValue(question.name, answers[question.name]);
      if (model.currentPage !== page || model.state !== "running") break;
    }
    if (model.currentPage !== page || model.state !== "running") continue;
    const moved = model.isLastPage ? model.tryComplete() : model.nextPage();
    if (!moved && model.state === "running") return false;
  }
  return model.state === "completed";
}

function judged({ definition, answers, walk }) {
  const model = new Survey.Model(definition);
  let valid;
  if (walk) valid = walked(model, answers);
  else {
    model.data = answers;
    valid = model.validate(true);
    if (valid) model.doComplete();
  }
  return { valid, data: valid ? model.data : {}, errors: valid ? [] : errorsOf(model) };
}

const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  let verdict;
  try {
    verdict = judged(JSON.parse(line));
  } catch (problem) {
    verdict = { broken: String(problem) };
  }
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
}
process.exit(0);
