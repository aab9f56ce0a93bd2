// A survey while it is made: shown anew at each change, at the page and with the answers that it stood at.
const holder = document.getElementById("survey-player");
const done = document.getElementById("survey-frame-done");
let model = null;

function show({ definition, locale, again }) {
  const before = model && !again ? { data: model.data, page: model.currentPage?.name } : null;
  const json = { ...definition };
  for (const name of ["surveyId", "surveyPostId", "cookieName", "navigateToUrl", "navigateToUrlOnCondition", "logo"]) delete json[name];
  model = new Survey.Model(json);
  model.locale = locale;
  document.documentElement.lang = locale ? "zh-Hans" : "en";
  document.getElementById("survey-frame-title").textContent = model.processedTitle;
  document.getElementById("survey-frame-summary").textContent = model.locDescription.textOrHtml || "";
  model.showTitle = false;
  model.showCompletePage = false;
  model.focusFirstQuestionAutomatic = false;
  model.questionErrorLocation = "bottom";
  for (const question of model.getAllQuestions()) if (question.getType() === "rating" && question.displayMode === "auto") Object.assign(question, { displayMode: "buttons", rateDescriptionLocation: "bottom" });
  if (before) {
    model.data = before.data;
    const page = model.visiblePages.find((each) => each.name === before.page);
    if (page) model.currentPage = page;
  }
  done.hidden = true;
  model.onCompleting.add((_sender, options) => {
    options.allow = false;
    done.hidden = false;
  });
  model.render(holder);
}

addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.source !== parent) return;
  try {
    show(event.data);
  } catch (problem) {
    holder.textContent = String(problem);
  }
});
parent.postMessage("ready", location.origin);
