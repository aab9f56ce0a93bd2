// A survey on a page of its own.
import { play } from "./survey-player.js";
import { keepWords, sayKept } from "./survey-words.js";

function thanked(address, words) {
  keepWords(address, words);
  location.assign(address);
}

sayKept();
play(document.querySelector("[data-survey]"), { thanked });
