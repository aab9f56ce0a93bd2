/* Moments in the reader's own time zone, which the browser knows and the club does not. */

const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
for (const time of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) time.textContent = time.dataset.local === "short" ? moment.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) : moment.toLocaleString(language, { dateStyle: "full", timeStyle: "short" }) + ` (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
}
