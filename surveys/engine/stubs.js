// What survey-core expects of a browser, where there is none. Loaded before it.
// Nothing may run between two calls of the judge, so timers never fire.
"use strict";
globalThis.setTimeout = () => 0;
globalThis.clearTimeout = () => {};
globalThis.setInterval = () => 0;
globalThis.clearInterval = () => {};
globalThis.queueMicrotask = globalThis.queueMicrotask || ((work) => Promise.resolve().then(work));
globalThis.console = { log() {}, warn() {}, error() {}, info() {}, debug() {} };
