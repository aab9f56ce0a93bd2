/* A room's socket: comes back by itself, resumes where it was, and keeps what was written until the server has it.
 * Where no socket greets us twice in a row the same is asked for by ordinary requests, until a socket gets through.
 *
 * open({ group, member, onHello, onEvent, onFrame, onState, onRefused, onCaughtUp }) → { send, deed, pending, close }
 * deed(type, fields) sends a frame with a client_id and keeps it in this browser until it is acknowledged.
 */

import { poll } from "./room-polling.js";

const HEARTBEAT = 20_000;
const SILENCE = 45_000;
const SEEN_EVERY = 10;
const LONGEST_PAUSE = 20_000;
const GREETED_WITHIN = 10_000;
const UNGREETED_MAX = 2;
const AGAIN_FIRST = 4_000;
const AGAIN_LAST = 60_000;
const FINAL = { 4401: "ended", 4403: "removed", 4404: "gone" };
// Kept and sent again: everything a person wrote. A moderator's key press is not, lest it do something later that nobody expects.
const KEPT = new Set(["say", "edit", "withdraw", "answer", "vote", "probe"]);

export function open({ group, member, onHello, onEvent, onFrame, onState, onRefused, onCaughtUp }) {
  const storage = `clubroom:room:${group}:${member}`;
  const pending = recall(storage);
  const cursor = {};
  let heads = {};
  let epoch = null;
  let socket = null;
  let attempts = 0;
  let retry = null;
  let heart = null;
  let heardAt = 0;
  let unseen = 0;
  let isClosed = false;
  let isCaughtUp = false;
  let isGreeted = false;
  let ungreeted = 0;
  let polling = null;

  function connect() {
    clearTimeout(retry);
    retry = null;
    if (isClosed || socket) return;
    if (!polling) onState(attempts ? "offline" : "connecting");
    isGreeted = false;
    const after = Object.entries(cursor).map(([label, seq]) => `${label}:${seq}`).join(",");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(`${scheme}//${location.host}/ws/groups/${group}/${after ? `?after=${after}` : ""}`);
    socket = mine;
    heardAt = Date.now();
    clearInterval(heart);
    heart = setInterval(beat, HEARTBEAT);
    // A network that neither lets a socket through nor refuses it.
    setTimeout(() => socket === mine && !isGreeted && mine.close(), GREETED_WITHIN);
    socket.addEventListener("message", (message) => {
      if (!isGreeted && polling) {
        polling.stop();
        polling = null;
      }
      isGreeted = true;
      hear(JSON.parse(message.data));
    });
    socket.addEventListener("close", (event) => left(event.code));
  }

  function hear(frame) {
    heardAt = Date.now();
    if (frame.type === "hello") greet(frame);
    else if (frame.type === "ack") settle(frame.client_id);
    else if (frame.type === "error") refused(frame);
    else if (frame.type === "lag") tellSeen();
    else if ("stream" in frame) take(frame);
    else onFrame(frame);
  }

  function greet(frame) {
    attempts = 0;
    const isRestored = epoch !== null && (epoch !== frame.epoch || Object.entries(cursor).some(([label, seq]) => seq > (frame.heads[label] ?? 0)));
    if (isRestored) {
      location.reload();
      return;
    }
    epoch = frame.epoch;
    heads = frame.heads;
    onState(polling ? "slower" : "live");
    onHello(frame);
    for (const each of pending.values()) send(each);
    caughtUp();
  }

  function take(event) {
    if (event.seq <= (cursor[event.stream] ?? 0)) return;
    cursor[event.stream] = event.seq;
    if (event.client_id) settle(event.client_id);
    onEvent(event);
    if (++unseen >= SEEN_EVERY) tellSeen();
    caughtUp();
  }

  function caughtUp() {
    if (isCaughtUp || Object.entries(heads).some(([label, seq]) => (cursor[label] ?? 0) < seq)) return;
    isCaughtUp = true;
    onCaughtUp();
  }

  function tellSeen() {
    unseen = 0;
    send({ type: "seen", seq: cursor });
  }

  function settle(clientId) {
    if (pending.delete(clientId)) keep();
  }

  function refused(frame) {
    const kept = pending.get(frame.client_id);
    if (kept && frame.retry_after) {
      setTimeout(() => pending.has(frame.client_id) && send(kept), frame.retry_after * 1000 + Math.random() * 500);
      return;
    }
    settle(frame.client_id);
    onRefused(frame, kept);
  }

  function beat() {
    if (Date.now() - heardAt > SILENCE && !polling) socket?.close();
    else send({ type: "ping" });
  }

  function left(code) {
    socket = null;
    if (isClosed) return;
    if (FINAL[code]) {
      finish(code);
      return;
    }
    ungreeted = isGreeted ? 0 : ungreeted + 1;
    isGreeted = false;
    if (ungreeted >= UNGREETED_MAX && !polling) askInstead();
    if (!polling) {
      clearInterval(heart);
      onState("offline");
    }
    retry = setTimeout(connect, polling ? Math.min(AGAIN_LAST, AGAIN_FIRST * 2 ** (ungreeted - UNGREETED_MAX)) : pause());
  }

  function pause() {
    return Math.random() * Math.min(LONGEST_PAUSE, 500 * 2 ** attempts++) + 100;
  }

  function finish(code) {
    clearInterval(heart);
    clearTimeout(retry);
    isClosed = true;
    polling?.stop();
    socket?.close();
    onState(FINAL[code] ?? "ended");
  }

  function askInstead() {
    polling = poll({
      group,
      cursor,
      hear,
      onFinal: finish,
      onLost: () => {
        polling = null;
        onState("offline");
        if (!socket) {
          clearTimeout(retry);
          retry = setTimeout(connect, pause());
        }
      },
    });
  }

  function send(frame) {
    if (socket?.readyState === WebSocket.OPEN && isGreeted) socket.send(JSON.stringify(frame));
    else polling?.send(frame);
  }

  function keep() {
    try {
      localStorage.setItem(storage, JSON.stringify([...pending.values()]));
    } catch {
      /* A browser that keeps nothing still has it in this page. */
    }
  }

  function deed(type, fields = {}) {
    const frame = { type, client_id: uuid(), ...fields };
    if (KEPT.has(type)) {
      pending.set(frame.client_id, frame);
      keep();
    }
    send(frame);
    return frame.client_id;
  }

  addEventListener("online", () => retry && connect());
  document.addEventListener("visibilitychange", () => !document.hidden && retry && connect());
  connect();
  return { send, deed, pending };
}

function recall(storage) {
  try {
    return new Map(JSON.parse(localStorage.getItem(storage) ?? "[]").map((frame) => [frame.client_id, frame]));
  } catch {
    return new Map();
  }
}

// crypto.randomUUID is missing on plain http addresses other than localhost.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
