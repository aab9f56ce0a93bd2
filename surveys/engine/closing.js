// The words at the end of a survey, chosen by the answers and filled in with them.
"use strict";

const MARKUP = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// definition, answers: JSON texts. Returns HTML in which answers are text; "" where the survey has no words of its own.
function closing(definition, answers, locale) {
  const model = makeModel(definition, locale);
  model.data = JSON.parse(answers);
  if (model.renderedCompletedHtml === makeModel("{}", locale).renderedCompletedHtml) return "";
  model.onProcessDynamicText.add((_model, put) => {
    if (typeof put.value === "string") put.value = put.value.replace(/[&<>"']/g, (letter) => MARKUP[letter]);
  });
  return model.processedCompletedHtml;
}
