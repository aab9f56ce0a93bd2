// The judge: one definition, one set of answers, one verdict. A fresh model each time but for the plainest definitions (reuse.js): a used one judges weaker.
"use strict";

const JUMPS = new Set(["skip", "complete"]);

const needsReplay = (json) => json.firstPageIsStartPage === true || json.firstPageIsStarted === true || (json.triggers || []).some((trigger) => JUMPS.has(String(trigger.type).replace("trigger", "")));

const rootQuestions = (model) => model.getAllQuestions(false, false, false);
const isAsked = (question) => question.isVisible && question.isParentVisible !== false;

// Split the raw answers into what the definition knows at all and what it does not.
function keepKnown(model, raw, dropped) {
  const known = {};
  const names = new Map(rootQuestions(model).map((question) => [question.getValueName(), question]));
  for (const key of Object.keys(raw)) {
    const bare = key.endsWith(COMMENT) ? key.slice(0, -COMMENT.length) : key;
    const question = names.get(bare);
    if (key.endsWith(TOTAL) && names.has(key.slice(0, -TOTAL.length))) continue;
    if (!question) dropped.push({ question: key, reason: model.getCalculatedValueByName && model.calculatedValues.some((value) => value.name === key) ? "recomputed" : "unknown" });
    else if (question.getType() === "expression" && key === bare) dropped.push({ question: key, reason: "recomputed" });
    else if (raw[key] !== null) known[key] = raw[key];
  }
  return known;
}

// Sizes are asked before the model builds rows and panels for them.
function refuseOversized(model, raw, strict) {
  for (const question of rootQuestions(model)) {
    const value = raw[question.getValueName()];
    const limit = question.getType() === "matrixdynamic" ? question.maxRowCount : question.getType() === "paneldynamic" ? question.maxPanelCount : 0;
    if (!limit || value === undefined || isEmpty(value)) continue;
    if (!Array.isArray(value)) strict.say(question.name, "not_a_list");
    else if (value.length > limit) strict.say(question.name, limit === question.maxRowCount ? "too_many_rows" : "too_many_panels", { limit });
    else continue;
    delete raw[question.getValueName()];
  }
}

// Read-only answers must be what an untouched form would hold; those switched off by other answers are left out.
function settleReadOnly(definition, model, raw, strict, dropped) {
  let untouched = null;
  for (const question of rootQuestions(model)) {
    const name = question.getValueName();
    if (!own(raw, name) || !question.isReadOnly || question.getType() === "expression") continue;
    if (!isFixed(question)) {
      dropped.push({ question: name, reason: "switched_off" });
      delete raw[name];
      continue;
    }
    untouched = untouched || makeModel(definition);
    const expected = untouched.getValue(name);
    if (sameValue(expected, raw[name])) continue;
    if (isEmpty(expected) && isNothing(raw[name])) continue;
    if ((isEmpty(expected) && isEmpty(raw[name])) || setByTheSurvey(model, question)) {
      dropped.push({ question: name, reason: "recomputed" });
      delete raw[name];
    } else strict.say(question.name, "read_only");
  }
}

const setByTheSurvey = (model, question) => Boolean(question.setValueExpression || question.defaultValueExpression) || model.triggers.some((trigger) => trigger.setToName === question.name);

function strictly(strict, questions, raw, misshapen) {
  for (const question of questions) {
    const name = question.getValueName();
    if (!question.isReadOnly || isFixed(question)) strict.findings.push(...(misshapen.get(question.name) || []));
    if (question.isReadOnly) continue;
    strict.question(question, raw[name], question.name);
    strict.comment(question, raw[name + COMMENT], question.name);
  }
}

// Page by page, as a person walks it: for a start page and for triggers that jump or end the survey.
function replay(model, raw) {
  const visited = new Set();
  const give = (page) => {
    for (let round = 0; round < 3; round++) {
      for (const question of page.questions) {
        if (visited.has(question) || !question.isVisible) continue;
        visited.add(question);
        const name = question.getValueName();
        if (own(raw, name) && !question.isReadOnly) model.setValue(name, raw[name]);
        if (own(raw, name + COMMENT)) model.setComment(name, raw[name + COMMENT]);
        if (model.currentPage !== page && model.state === "running") return;
      }
    }
  };
  if (model.state === "starting") {
    give(model.startedPage);
    if (!model.startedPage.validate(true)) return { visited, done: false };
    model.start();
  }
  for (let steps = 0; steps < 2 * model.pages.length + 10 && model.state === "running"; steps++) {
    const page = model.currentPage;
    give(page);
    if (model.currentPage !== page) continue;
    const moved = model.isLastPage ? model.tryComplete() : model.nextPage();
    if (!moved && model.state === "running" && model.currentPage === page) return { visited, done: false };
  }
  return { visited, done: model.state === "completed" };
}

function judgeLinear(model, raw, strict, misshapen) {
  const asked = rootQuestions(model).filter(isAsked);
  strictly(strict, asked, raw, misshapen);
  const passed = model.validate(true);
  const errors = passed ? [] : engineErrors(model, asked);
  if (passed && !strict.findings.length) model.doComplete();
  return { passed, errors, asked };
}

function judgeReplayed(definition, locale, raw, strict, misshapen) {
  const model = makeModel(definition, locale);
  const walked = replay(model, raw);
  const asked = [...walked.visited].filter((question) => question.isVisible);
  strictly(strict, asked, raw, misshapen);
  return { model, passed: walked.done, errors: walked.done ? [] : engineErrors(model, [...walked.visited]), asked };
}

// The engine clears hidden questions by what they make of their value; one of a wrong shape would stay.
function leaveOutHidden(model, data, asked) {
  const wanted = new Set(asked.map((question) => question.getValueName()));
  for (const question of rootQuestions(model)) {
    const name = question.getValueName();
    if (wanted.has(name)) continue;
    delete data[name];
    delete data[name + COMMENT];
  }
}

function noteDropped(raw, data, dropped) {
  for (const key of Object.keys(raw)) {
    if (!own(data, key) && !isEmpty(raw[key])) dropped.push({ question: key, reason: "not_asked" });
    else if (own(data, key) && !sameValue(raw[key], data[key])) dropped.push({ question: key, reason: "changed" });
  }
}

const covers = (findings, path) => findings.some((finding) => path === finding.question || path.startsWith(`${finding.question}.`) || path.startsWith(`${finding.question}[`) || finding.question.startsWith(`${path}.`) || finding.question.startsWith(`${path}[`));

// definition, answers: JSON texts. contradictions: expressions. mayReuse: false asks a fresh model. Returns {valid, errors, findings, dropped, data, asked, contradictions}.
// Throws only where the definition is at fault: one that judges an empty form without throwing is innocent of what these answers brought about.
function judge(definition, answers, locale, contradictions = [], mayReuse = true) {
  const about = knownOf(definition);
  try {
    return judgeAnswers(about, definition, answers, locale, contradictions, mayReuse);
  } catch {
    about.models.delete(locale);
    judgeAnswers(about, definition, "{}", locale, contradictions, false);
    return { valid: false, errors: [], findings: [{ question: "", code: "unjudgeable" }], dropped: [], data: {}, contradictions: [], asked: [] };
  }
}

function judgeAnswers(about, definition, answers, locale, contradictions, mayReuse) {
  const strict = new Strict();
  const dropped = [];
  let model = borrow(about, definition, locale, mayReuse);
  const raw = keepKnown(model, JSON.parse(answers), dropped);
  refuseOversized(model, raw, strict);
  const misshapen = takeOutMisshapen(model, raw);
  let outcome;
  if (about.replay) {
    outcome = judgeReplayed(definition, locale, raw, strict, misshapen);
    model = outcome.model;
  } else {
    model.data = { ...raw };
    if (definition.includes("readOnly") || definition.includes("enableIf")) {
      const given = Object.keys(raw).length;
      settleReadOnly(definition, model, raw, strict, dropped);
      if (Object.keys(raw).length !== given) {
        model = makeModel(definition, locale);
        model.data = { ...raw };
      }
    }
    outcome = judgeLinear(model, raw, strict, misshapen);
  }
  const errors = outcome.errors.filter((error) => !covers(strict.findings, error.question));
  const valid = outcome.passed && !strict.findings.length;
  const data = valid ? model.data : {};
  if (valid && !about.replay) leaveOutHidden(model, data, outcome.asked);
  if (valid) noteDropped(raw, data, dropped);
  if (valid) for (const name of misshapen.keys()) dropped.push({ question: name, reason: "not_asked" }); // asked, they had been refused
  const contradicted = valid ? contradictions.filter((text) => model.runCondition(text)) : [];
  giveBack(about, model, locale);
  return { valid, errors, findings: strict.findings, dropped, data, contradictions: contradicted, asked: outcome.asked.map((question) => question.name) };
}
