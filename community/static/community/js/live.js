/* One socket for all that a page follows.
 *
 *   import { follow, state } from "./live.js";
 *   const stop = follow("thread:17", { after: 41, onEvent, onState });
 *
 * onEvent(event)   every event behind `after`, in order, once: {type, topic, seq, at, …}
 * onState(state)   "connecting", "live", "offline" (trying again), "refused" (nothing to follow), "ended" (signed out)
 * onReset()        the stream began anew behind our back: load the page again
 */

const HEARTBEAT = 20_000;
const SILENCE = 45_000;
const SEEN_EVERY = 10;
const LONGEST_PAUSE = 20_000;

const topics = new Map();
let socket = null;
let attempts = 0;
let retry = null;
let heart = null;
let heardAt = 0;
let ended = false;
let unseen = 0;
let epoch = null;

export function follow(topic, { after = null, onEvent = () => {}, onState = () => {}, onReset = () => {} } = {}) {
  const follower = { onEvent, onState, onReset, after };
  let entry = topics.get(topic);
  if (entry) {
    // A second follower of a topic hears from the earlier of both numbers; each drops what it has seen.
    if (after !== null && (entry.after === null || after < entry.after)) {
      entry.after = after;
      subscribe(topic);
    }
  } else {
    entry = { after, followers: new Set(), state: "connecting" };
    topics.set(topic, entry);
    if (isOpen()) subscribe(topic);
    else connect();
  }
  entry.followers.add(follower);
  onState(entry.state);
  return () => {
    entry.followers.delete(follower);
    if (entry.followers.size === 0 && topics.get(topic) === entry) {
      topics.delete(topic);
      send({ type: "unsubscribe", topic });
    }
  };
}

function isOpen() {
  return socket !== null && socket.readyState === WebSocket.OPEN;
}

function send(frame) {
  if (isOpen()) socket.send(JSON.stringify(frame));
}

function subscribe(topic) {
  const entry = topics.get(topic);
  send(entry.after === null ? { type: "subscribe", topic } : { type: "subscribe", topic, after: entry.after });
}

function tell(topic, state) {
  const entry = topics.get(topic);
  if (!entry || entry.state === state) return;
  entry.state = state;
  for (const follower of entry.followers) follower.onState(state);
}

function connect() {
  if (ended || socket !== null || retry !== null || topics.size === 0) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/live/`);
  socket.addEventListener("open", () => {
    heardAt = Date.now();
    heart = setInterval(beat, HEARTBEAT);
    for (const topic of topics.keys()) subscribe(topic);
  });
  socket.addEventListener("message", (message) => hear(JSON.parse(message.data)));
  socket.addEventListener("close", (event) => closed(event.code));
}

function beat() {
  if (Date.now() - heardAt > SILENCE) socket.close();
  else send({ type: "ping" });
}

function hear(frame) {
  heardAt = Date.now();
  attempts = 0;
  if (frame.type === "hello") {
    // The database was set back to a copy: the numbers that this page knows may belong to other events now.
    if (epoch !== null && epoch !== frame.epoch) reset();
    epoch = frame.epoch;
    return;
  }
  const entry = topics.get(frame.topic);
  if (!entry) return;
  if ("seq" in frame) {
    if (entry.after !== null && frame.seq <= entry.after) return;
    entry.after = frame.seq;
    for (const follower of entry.followers) {
      if (follower.after !== null && frame.seq <= follower.after) continue;
      follower.after = frame.seq;
      follower.onEvent(frame);
    }
    if (++unseen >= SEEN_EVERY) {
      unseen = 0;
      send({ type: "seen", seq: Object.fromEntries([...topics].map(([topic, each]) => [topic, each.after ?? 0])) });
    }
  } else if (frame.type === "subscribed") {
    if (frame.is_reset) {
      entry.after = null;
      for (const follower of entry.followers) {
        follower.after = null;
        follower.onReset();
      }
    }
    if (entry.after === null) entry.after = frame.is_reset ? 0 : frame.head;
    tell(frame.topic, "live");
  } else if (frame.code === "no-such-topic") {
    tell(frame.topic, "refused");
  }
}

function reset() {
  for (const [topic, entry] of topics) {
    entry.after = null;
    subscribe(topic);
    for (const follower of entry.followers) {
      follower.after = null;
      follower.onReset();
    }
  }
}

function closed(code) {
  clearInterval(heart);
  socket = null;
  if (code === 4401) {
    ended = true;
    for (const topic of topics.keys()) tell(topic, "ended");
    return;
  }
  for (const topic of topics.keys()) tell(topic, "offline");
  const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** attempts++);
  retry = setTimeout(again, Math.random() * pause + 100);
}

function again() {
  clearTimeout(retry);
  retry = null;
  connect();
}

// A laptop that wakes up, or a phone out of its tunnel, need not wait for the pause to end.
addEventListener("online", () => retry !== null && again());
document.addEventListener("visibilitychange", () => !document.hidden && retry !== null && again());
// A page kept for the Back button must not hold a socket; it connects again when it is shown.
addEventListener("pagehide", () => socket?.close(1000));
addEventListener("pageshow", (event) => event.persisted && retry !== null && again());
