/* The room without a socket, where a network lets none through: asks every two seconds for what a socket would have said, in the same words.
 *
 * poll({ group, cursor, hear, onFinal, onLost }) → { send, stop }
 * hear(frame) is given `hello`, the list's events and the answers to frames; onFinal(code) and onLost() end it.
 */

const EVERY = 2_000;
const EVERY_HIDDEN = 6_000;
const PATIENCE = 15_000;

export function poll({ group, cursor, hear, onFinal, onLost }) {
  const door = `/groups/${group}/frames/`;
  let isOver = false;
  let isGreeted = false;
  let timer = null;
  let sending = Promise.resolve();

  async function ask(address, options = {}) {
    const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });
    if (answer.ok) return answer.json();
    const { close } = answer.status === 403 ? await answer.json().catch(() => ({})) : {};
    end(close ?? { 401: 4401, 404: 4403 }[answer.status]);
    return null;
  }

  /* With a code that is final the room is over for us; without one the club cannot be reached. */
  function end(code) {
    if (isOver) return;
    stop();
    if (code) onFinal(code);
    else onLost();
  }

  function stop() {
    isOver = true;
    clearTimeout(timer);
  }

  function take(frames) {
    for (const frame of frames ?? []) if (!isOver) hear(frame);
  }

  async function round() {
    clearTimeout(timer);
    try {
      if (!isGreeted) {
        const greeting = await ask(door);
        isGreeted = greeting !== null;
        take(greeting?.frames);
      }
      await list();
    } catch {
      end();
    }
    if (!isOver) timer = setTimeout(round, document.hidden ? EVERY_HIDDEN : EVERY);
  }

  async function list() {
    let next = Object.entries(cursor).map(([label, seq]) => `${label}:${seq}`).join(",");
    while (next !== null && !isOver) {
      const found = await ask(`/api/v1/groups/${group}/events?after=${next}`);
      take(found?.items);
      next = found?.next ?? null;
    }
  }

  /* One after the other, so that what is written first stands first. */
  function send(frame) {
    if (isOver) return;
    sending = sending.then(() => post(frame)).catch(() => end());
  }

  async function post(frame) {
    if (isOver) return;
    const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
    const options = { method: "POST", body: JSON.stringify(frame), headers: { "Content-Type": "application/json", "X-CSRFToken": token } };
    const answer = await ask(door, options);
    take(answer?.frames);
    if (answer && frame.client_id) await list();
  }

  round();
  return { send, stop };
}
