// Answers that a kiosk could not hand in: kept in its browser and sent again until the server has decided about them.
// Each bears a name of its own, by which the server knows it when it comes a second time.
const MOST = 50;
const AGAIN_SECONDS = 20;
const KEPT_DAYS = 14;
// The server has not decided: it is busy, away or cannot judge now, or this page's token is old, or the kiosk is off for a while.
const UNDECIDED = new Set([403, 404, 408, 429]);

export const isUndecided = (status) => status >= 500 || UNDECIDED.has(status);

export function freshName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID() is only there on https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Keeping {
  #timer = 0;

  // name: under which the browser keeps them; send(body): a fetch; told(count): how many still wait.
  constructor({ name, send, told }) {
    Object.assign(this, { name, send, told });
    this.sendAll();
  }

  // Returns whether it is kept: not if the browser keeps nothing, or holds all that it may.
  keep(body) {
    const kept = [...this.#list(), { ...body, at: Date.now() }];
    if (kept.length > MOST || !this.#write(kept)) return false;
    this.told(kept.length);
    this.later();
    return true;
  }

  later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.sendAll(), AGAIN_SECONDS * 1000);
  }

  async sendAll() {
    for (const { at: _at, ...body } of this.#list()) {
      try {
        const response = await this.send(body);
        if (isUndecided(response.status)) break;
      } catch {
        break;
      }
      this.#write(this.#list().filter((each) => each.once !== body.once));
    }
    const left = this.#list().length;
    this.told(left);
    if (left) this.later();
  }

  #list() {
    try {
      const oldest = Date.now() - KEPT_DAYS * 86_400_000;
      return JSON.parse(localStorage.getItem(this.name) || "[]").filter((each) => each.at > oldest);
    } catch {
      return [];
    }
  }

  #write(kept) {
    try {
      if (kept.length) localStorage.setItem(this.name, JSON.stringify(kept));
      else localStorage.removeItem(this.name);
      return true;
    } catch {
      return false;
    }
  }
}
