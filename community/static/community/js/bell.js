// The bell counts on while the page is open. Without this script it shows the count of the moment the page was made.
import { follow } from "./live.js";

const bell = document.querySelector("[data-bell]");
if (bell) {
  const count = bell.querySelector("[data-bell-count]");
  const words = bell.querySelector("[data-bell-words]");
  const most = Number(bell.dataset.most);
  let unread = Number(bell.dataset.unread);
  follow("member:me", {
    onEvent(event) {
      if (event.type !== "notification" && event.type !== "read") return;
      // What was read on another device is no news on this one.
      unread = event.type === "read" ? Math.max(0, unread - event.n) : unread + 1;
      const shown = unread > most ? `${most}+` : String(unread);
      count.textContent = shown;
      count.hidden = unread === 0;
      words.textContent = unread === 1 ? words.dataset.one : words.dataset.many.replace("0", shown);
    },
  });
}
