// A survey on a page of its own.
import { play } from "./survey-player.js";

play(document.querySelector("[data-survey]"), { thanked: (address) => location.assign(address) });
