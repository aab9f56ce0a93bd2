/* The waiting room's technical check: whether this browser and this connection will do, before the talk begins. */

import { make, say } from "./room-parts.js";

const SLOW = 1500;
const PATIENCE = 10_000;

export class Check {
  /* tell(): everything that the room needs is there. */
  constructor({ send, tell }) {
    this.send = send;
    this.tell = tell;
    this.place = null;
    this.waiting = null;
  }

  begin(place) {
    this.place = place;
    this.results = { connection: null, keeping: this.keeps(), reading: this.reads() };
    this.draw();
    const began = performance.now();
    clearTimeout(this.waiting?.timer);
    this.waiting = { began, timer: setTimeout(() => this.measured(Infinity), PATIENCE) };
    this.send({ type: "ping" });
  }

  pong() {
    if (!this.waiting) return;
    clearTimeout(this.waiting.timer);
    const took = performance.now() - this.waiting.began;
    this.waiting = null;
    this.measured(took);
  }

  measured(milliseconds) {
    this.results.connection = milliseconds;
    this.draw();
    if (milliseconds < PATIENCE) this.tell();
  }

  // What is written while the connection is away is kept in this browser.
  keeps() {
    try {
      localStorage.setItem("clubroom:check", "1");
      localStorage.removeItem("clubroom:check");
      return true;
    } catch {
      return false;
    }
  }

  reads() {
    return innerWidth >= 320;
  }

  draw() {
    const took = this.results.connection;
    const connection = took === null ? ["wait", say("check_connection_wait")] : took === Infinity ? ["bad", say("check_connection_bad")]
      : [took > SLOW ? "so-so" : "good", say(took > SLOW ? "check_connection_slow" : "check_connection_good", { ms: Math.round(took) })];
    const rows = [connection,
      this.results.keeping ? ["good", say("check_keeps")] : ["so-so", say("check_keeps_not")],
      this.results.reading ? ["good", say("check_reads")] : ["so-so", say("check_reads_not")]];
    const again = make("button", { type: "button", class: "button button-small", onclick: () => this.begin(this.place) }, say("check_again"));
    this.place.replaceChildren(make("h3", { class: "card-title" }, say("check")),
      make("ul", { class: "check" }, ...rows.map(([state, text]) => make("li", { class: `is-${state}` }, text))),
      took === null ? "" : make("p", { class: "row" }, took === Infinity ? say("check_help") : say("check_done"), again));
  }

  end() {
    clearTimeout(this.waiting?.timer);
    this.waiting = null;
    this.place?.remove();
    this.place = null;
  }
}
