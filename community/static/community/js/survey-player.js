// The player: SurveyJS in a page or a part of one, drafts kept on the server, the server's verdict shown at its questions.
import { Keeping, freshName, isUndecided } from "./survey-keeping.js";

const LEFT_OUT = ["surveyId", "surveyPostId", "cookieName", "navigateToUrl", "navigateToUrlOnCondition", "title", "description", "logo"];

// Shows the survey that `root` holds. thanked(address, words) is called once the server has taken the answers; words: the survey's own, or nothing.
export function play(root, { thanked }) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const read = (name) => JSON.parse(part(name).querySelector("script").textContent);
  const holder = part("player");
  const words = holder.dataset;
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  const problemBox = part("problems");
  const savedLine = part("saved");
  const progress = part("progress");

  const definition = read("definition");
  for (const name of LEFT_OUT) delete definition[name];

  // A picture that does not come leaves its words to choose by: the engine would not let it be chosen at all.
  Survey.ImageItemValue.prototype.onErrorHandler = () => {};
  const model = new Survey.Model(definition);
  model.locale = words.locale;
  model.showTitle = false;
  model.showProgressBar = false;
  model.showCompletePage = false;
  model.focusFirstQuestionAutomatic = false;
  model.questionErrorLocation = "bottom";
  // A scale is to be seen whole: the engine would fold one of eleven into a list on a narrow column.
  for (const question of model.getAllQuestions()) if (question.getType() === "rating" && question.displayMode === "auto") Object.assign(question, { displayMode: "buttons", rateDescriptionLocation: "bottom" });

  function send(address, body) {
    return fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  }

  // --- Drafts: a second after the last change, again if it failed, and when leaving -----------------
  let timer = 0;
  let isDirty = false;
  let isDone = false;

  const draftBody = () => ({ data: model.data, page: Math.max(0, model.currentPageNo) });

  async function saveDraft() {
    if (!isDirty || isDone || !words.draft) return; // a preview keeps nothing
    isDirty = false;
    try {
      const response = await send(words.draft, draftBody());
      if (response.status === 409) return;
      if (!response.ok) throw new Error(String(response.status));
      savedLine.textContent = words.wordsSaved;
    } catch {
      isDirty = true;
      savedLine.textContent = words.wordsUnsaved;
      schedule(5000);
    }
  }

  function schedule(wait = 1000) {
    clearTimeout(timer);
    timer = setTimeout(saveDraft, wait);
  }

  let firstAt = 0;

  function changed() {
    isDirty = true;
    firstAt = firstAt || Date.now();
    schedule();
  }

  model.onValueChanged.add(changed);
  model.onCurrentPageChanged.add(changed);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && isDirty && !isDone && words.draft) {
      fetch(words.draft, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(draftBody()) }).catch(() => {});
    }
  });
  part("leave")?.addEventListener("click", async (event) => {
    if (!isDirty) return;
    event.preventDefault();
    await saveDraft();
    location.assign(event.target.href);
  });

  // --- Progress, in words ----------------------------------------------------------------------------
  function showProgress() {
    const pages = model.visiblePages.length;
    progress.hidden = pages < 2 || model.state !== "running";
    if (progress.hidden) return;
    const now = model.currentPageNo + 1;
    const left = Math.round((Number(words.minutes) * (pages - model.currentPageNo)) / pages);
    const bar = progress.querySelector("progress");
    bar.max = pages;
    bar.value = now;
    const place = words.wordsPage.replace("%d", now).replace("%d", pages);
    const rest = left >= 1 ? words.wordsLeft.replace("%d", left) : words.wordsLast;
    progress.querySelector("p").textContent = `${place} · ${rest}`;
  }

  model.onCurrentPageChanged.add(showProgress);
  model.onPageVisibleChanged.add(showProgress);
  model.onStarted.add(showProgress);

  // --- The verdict -----------------------------------------------------------------------------------
  function questionAt(path) {
    const name = path.replace(/-Comment$/, "");
    const root = model.getAllQuestions().filter((question) => name === question.name || name.startsWith(`${question.name}.`) || name.startsWith(`${question.name}[`));
    return root.sort((a, b) => b.name.length - a.name.length)[0];
  }

  function showProblems(problems) {
    model.clear(false, false);
    problemBox.replaceChildren();
    const head = document.createElement("p");
    head.textContent = words.wordsProblems;
    const list = document.createElement("ul");
    let first = null;
    for (const problem of problems) {
      const question = questionAt(problem.question);
      const line = document.createElement("li");
      line.textContent = question ? `${question.processedTitle}: ${problem.message}` : problem.message;
      list.append(line);
      if (!question) continue;
      question.addError(new Survey.CustomError(problem.message, question));
      first = first || question;
    }
    problemBox.append(...(first ? [head, list] : [list]));
    problemBox.hidden = false;
    if (first) model.currentPage = first.page;
    for (const problem of problems) {
      const question = questionAt(problem.question);
      if (question && !question.errors.length) question.addError(new Survey.CustomError(problem.message, question));
    }
    problemBox.focus();
  }

  // The survey is finished when the server says so, not before.
  model.onCompleting.add(async (_sender, options) => {
    options.allow = false;
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    problemBox.hidden = true;
    const body = { data: answersToSend() };
    if (keeping) Object.assign(body, { once: freshName(), seconds: Math.round((Date.now() - (firstAt || Date.now())) / 1000) });
    if (words.began) body.began = words.began;
    for (const field of root.querySelectorAll("[data-beside]")) body[field.name] = field.value; // such as why answers are put right
    try {
      const response = await send(words.answers, body);
      if (keeping && isUndecided(response.status) && keepForLater(body)) return;
      const verdict = await response.json();
      if (response.ok) {
        thanked(verdict.thanks, verdict.words);
        return;
      }
      isDone = false;
      const seen = root.querySelector("[data-beside][name=seen]");
      if (seen && verdict.seen) seen.value = verdict.seen; // what others changed was told: sent again, it is known
      showProblems(verdict.errors);
    } catch {
      if (keeping && keepForLater(body)) return;
      isDone = false;
      isDirty = true;
      showProblems([{ question: "", message: words.wordsOffline }]);
    }
  });

  // --- A kiosk keeps what it could not hand in, and the next person can begin ------------------------
  const keptBox = part("kept");
  const keeping = words.keep ? new Keeping({ name: words.keep, send: (body) => send(words.answers, body), told: showWaiting }) : null;

  function showWaiting(count) {
    savedLine.textContent = count ? words.wordsWaiting.replace("%d", count) : "";
  }

  function keepForLater(body) {
    if (!keeping.keep(body)) return false;
    model.clear(true, true);
    isDone = false;
    isDirty = false;
    firstAt = 0;
    keptBox.hidden = false;
    setTimeout(() => keptBox.focus());
    return true;
  }

  // As the engine would have left them at the end: without the answers to questions that are hidden by now.
  function answersToSend() {
    const twin = new Survey.Model(definition);
    twin.data = model.data;
    twin.doComplete();
    return twin.data;
  }

  const draft = read("draft-kept");
  if (draft) {
    model.data = draft.data;
    model.currentPageNo = draft.page;
  }
  showProgress();
  model.render(holder);

  // The pressed button goes with its page: whoever reads by ear or key begins the new one at its top, told which it is.
  model.onCurrentPageChanged.add(() => setTimeout(() => problemBox.hidden && progress.querySelector("p").focus()));
}
