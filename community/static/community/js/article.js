// Says for the reader that the end was reached: once its last line is on the screen and reading it could have taken that long.
// Without this file the button below the article says it.
const end = document.querySelector("[data-end]");
const form = end?.querySelector("[data-finish]");
const opened = performance.now();

async function finish() {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "text/x-fragment" },
    credentials: "same-origin",
  });
  if (answer.ok) form.outerHTML = await answer.text();
}

function atTheEnd([entry], watcher) {
  if (!entry.isIntersecting) return;
  watcher.disconnect();
  const left = (Number(end.dataset.leastSeconds) + 1) * 1000 - (performance.now() - opened);
  setTimeout(() => finish().catch(() => {}), Math.max(0, left));
}

if (form) new IntersectionObserver(atTheEnd, { threshold: 0.5 }).observe(end);
