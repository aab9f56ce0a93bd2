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
  // No survey here is timed, and this icon carries a style of its own, which the page's policy refuses and the console tells of.
  delete Survey.SvgRegistry.icons.timercircle;
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

  // What the server's draft was when this page last heard of it: the state's name, where it has one, and the answers.
  let at;
  let known = {};
  let isToldOfElsewhere = false;
  const copyOf = (value) => JSON.parse(JSON.stringify(value));
  // Alike whatever the order of their names: a database keeps none.
  const sorted = (_name, held) => (held && typeof held === "object" && !Array.isArray(held) ? Object.fromEntries(Object.entries(held).sort()) : held);
  const same = (one, two) => JSON.stringify(one, sorted) === JSON.stringify(two, sorted);

  const draftBody = () => ({ data: copyOf(model.data), page: Math.max(0, model.currentPageNo), at });

  // Brings in what was answered elsewhere. What was changed here since stays as it is here. Returns whether anything became another.
  function takeIn(elsewhere) {
    const mine = model.data;
    const merged = { ...elsewhere.data };
    for (const name of new Set([...Object.keys(mine), ...Object.keys(known)])) {
      if (same(mine[name], known[name])) continue;
      if (name in mine) merged[name] = mine[name];
      else delete merged[name];
    }
    [known, at] = [elsewhere.data, elsewhere.at];
    if ([...new Set([...Object.keys(mine), ...Object.keys(merged)])].every((name) => same(mine[name], merged[name]))) return false;
    model.data = merged;
    return true;
  }

  async function saveDraft() {
    if (!isDirty || isDone || !words.draft) return; // a preview keeps nothing
    isDirty = false;
    const body = draftBody();
    try {
      const response = await send(words.draft, body);
      if (response.status === 409) {
        const { elsewhere } = await response.json();
        if (!elsewhere) return;
        isToldOfElsewhere = takeIn(elsewhere);
        if (isToldOfElsewhere) savedLine.textContent = words.wordsElsewhere;
        isDirty = true;
        schedule();
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const saved = await response.json();
      if (at !== undefined) [at, known] = [saved.at, body.data];
      // That something came from elsewhere stands until the next answer is given here.
      if (!isToldOfElsewhere) savedLine.textContent = words.wordsSaved;
      isToldOfElsewhere = false;
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
  model.onCompleting.add((_sender, options) => {
    options.allow = false;
    if (!isDone) finish();
  });

  async function finish() {
    isDone = true;
    clearTimeout(timer);
    problemBox.hidden = true;
    const body = { data: answersToSend() };
    if (words.draft && at !== undefined) body.at = at;
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
      // What this page itself saved a moment ago is no news: then what it has is sent again.
      if (verdict.elsewhere && !takeIn(verdict.elsewhere)) return finish();
      const seen = root.querySelector("[data-beside][name=seen]");
      if (seen && verdict.seen) seen.value = verdict.seen; // what others changed was told: sent again, it is known
      showProblems(verdict.errors);
    } catch {
      if (keeping && keepForLater(body)) return;
      isDone = false;
      isDirty = true;
      showProblems([{ question: "", message: words.wordsOffline }]);
    }
  }

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
  at = words.draftAt;
  known = copyOf(model.data); // with what the definition fills in: only what is changed here is this page's own
  showProgress();
  model.render(holder);

  // The pressed button goes with its page: whoever reads by ear or key begins the new one at its top, told which it is.
  model.onCurrentPageChanged.add(() => setTimeout(() => problemBox.hidden && progress.querySelector("p").focus()));
}
