// Regular expressions that can take for ever: looked at as a tree first, then tried on strings made of their own alphabet.
"use strict";

const SLOW_MS = 50;
const PATTERNS_MS = 1000;
const USUAL = [..."a0 Z_-@.!中é"];
const OUTSIDE = ["!", "\u0001", "~", "¿", "\n"];
const HOSTILE = ["a".repeat(4000) + "!", "0".repeat(4000) + "!", "a@".repeat(2000), "aA1 ".repeat(1000) + "\u0001"];

// A pattern as a tree: {alt: [[term]]}, a term being {one: source of one character} or {group: tree, look}, with {least, most} where it is repeated.
function patternTree(source) {
  let at = 0;
  const alternatives = () => {
    const alt = [[]];
    while (at < source.length && source[at] !== ")") {
      if (source[at] === "|") alt.push([]), at++;
      else {
        const term = atom();
        if (term) alt.at(-1).push(repeated(term));
      }
    }
    return { alt };
  };
  const taken = (expression) => {
    expression.lastIndex = at;
    const found = expression.exec(source);
    if (found) at += found[0].length;
    return found;
  };
  const atom = () => {
    if (taken(/[\^$]|\\[bB]/y)) return null;
    const opened = taken(/\((\?:|\?<?[=!]|\?<[^>]*>)?/y);
    if (opened) {
      const group = alternatives();
      at++;
      return { group, look: /[=!]$/.test(opened[0]) };
    }
    const one = taken(/\[(?:\\[^]|[^\]\\])*\]|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]*>|[1-9]\d*|[^])|[^]/y);
    return /^\\(k<|[1-9])/.test(one[0]) ? { group: { alt: [[]] }, back: true } : { one: one[0] };
  };
  const repeated = (term) => {
    const found = taken(/(?:([*+?])|\{(\d+)(,)?(\d*)\})\??/y);
    if (!found) return { ...term, least: 1, most: 1 };
    if (found[1]) return { ...term, least: found[1] === "+" ? 1 : 0, most: found[1] === "?" ? 1 : Infinity };
    return { ...term, least: Number(found[2]), most: found[4] ? Number(found[4]) : found[3] ? Infinity : Number(found[2]) };
  };
  return alternatives();
}

function* termsOf(tree) {
  for (const terms of tree.alt)
    for (const term of terms) {
      yield term;
      if (term.group) yield* termsOf(term.group);
    }
}

// Characters that one-character atoms take: those in their source, the middles of their ranges, and a few usual ones.
function membersOf(source, candidates) {
  let one;
  try {
    one = new RegExp(`^(?:${source})$`);
  } catch {
    return [];
  }
  return candidates.filter((character) => one.test(character));
}

function candidatesOf(tree) {
  const found = new Set(USUAL);
  for (const { one } of termsOf(tree)) {
    if (!one) continue;
    for (const character of one.length > 1 ? one.replace(/^\[\^?|\]$/g, "") : one) found.add(character);
    for (const [, low, high] of one.matchAll(/([^\\[])-([^\\\]])/g)) found.add(String.fromCharCode(low.charCodeAt(0) + 1)).add(String.fromCharCode((low.charCodeAt(0) + high.charCodeAt(0)) >> 1));
    for (const [, code] of one.matchAll(/\\[ux]([0-9a-fA-F]{2,4})/g)) found.add(String.fromCharCode(parseInt(code, 16)));
  }
  return [...found];
}

// One repetition within another, or a repeated choice between two that take the same characters: exponential for certain.
function isNested(tree, members) {
  for (const term of termsOf(tree)) {
    if (!term.group || term.look || term.most < 2) continue;
    if ([...termsOf(term.group)].some((inner) => inner.most === Infinity)) return true;
    if (term.most > 8 && overlaps(term.group, members)) return true;
  }
  return false;
}

function overlaps(group, members) {
  const plain = (terms) => terms.flatMap((term) => (term.group && term.most === 1 && term.group.alt.length === 1 ? plain(term.group.alt[0]) : [term]));
  const words = group.alt.map(plain).filter((terms) => terms.length && terms.every((term) => term.one && term.least === 1 && term.most === 1));
  const same = (a, b) => a.length === b.length && a.every((term, index) => members(term.one).some((character) => members(b[index].one).includes(character)));
  return words.some((word, index) => words.slice(index + 1).some((other) => same(word, other)));
}

function sample(terms, members) {
  return terms.map((term) => (term.look ? "" : term.one ? members(term.one)[0] || "" : sample(term.group.alt[0], members)).repeat(Math.min(term.least, 3))).join("");
}

// [what stands before a repetition, what is repeated], for each repetition of the pattern.
function* repetitions(tree, members, before = "") {
  for (const terms of tree.alt)
    for (const [index, term] of terms.entries()) {
      const prefix = before + sample(terms.slice(0, index), members);
      if (term.most > 8) {
        const units = term.one ? members(term.one).slice(0, 3) : [...term.group.alt.map((inner) => sample(inner, members)), ...[...termsOf(term.group)].flatMap((inner) => (inner.one ? members(inner.one).slice(0, 2) : []))];
        for (const unit of new Set(units)) if (unit) yield [prefix, unit];
      }
      if (term.group) yield* repetitions(term.group, members, prefix);
    }
}

// Milliseconds of one trial; a slow one is tried again, as another process may have had the processor.
function trial(regex, text) {
  const once = () => {
    const begun = Date.now();
    regex.test(text);
    return Date.now() - begun;
  };
  const first = once();
  return first > SLOW_MS && first < 10 * SLOW_MS ? Math.min(first, once()) : first;
}

// Repetitions grow one by one: an exponential one is seen while it is still short. Then faster, for the cubic.
const lengths = (most) => {
  const found = [];
  for (let length = 4; length <= most; length = length < 40 ? length + 1 : Math.ceil(length * 1.2)) found.push(length);
  return found;
};

function isSlow(pattern, flags = "", isBrief = false) {
  const regex = new RegExp(pattern, flags);
  const tree = patternTree(pattern);
  const candidates = candidatesOf(tree);
  const kept = new Map();
  const members = (source) => kept.get(source) || kept.set(source, membersOf(source, candidates)).get(source);
  if (isNested(tree, members)) return true;
  const taken = new Set([...termsOf(tree)].flatMap((term) => (term.one ? members(term.one) : [])));
  const outside = OUTSIDE.find((character) => !taken.has(character)) || "\u0001";
  const hostile = new Map([...repetitions(tree, members)].map((pair) => [pair.join("\u0000"), pair]));
  for (const [prefix, unit] of [...hostile.values()].slice(0, 24))
    for (const length of lengths(isBrief ? 40 : Math.max(40, Math.floor(1000 / unit.length)))) if (trial(regex, prefix + unit.repeat(length) + outside) > SLOW_MS) return true;
  return !isBrief && HOSTILE.some((text) => trial(regex, text) > SLOW_MS);
}

const seemsRegex = (validator) => isPlain(validator) && ["regex", "regexvalidator"].includes(validator.type) && validator.regex;

// [[path, pattern, flags]] of a definition.
function patternsOf(json) {
  const found = [];
  for (const { element, path } of elementsOf(json, ""))
    for (const validator of Array.isArray(element.validators) ? element.validators : []) if (seemsRegex(validator)) found.push([path, String(validator.regex), validator.caseInsensitive || validator.insensitive ? "i" : ""]);
  return found;
}

function patterns(definition) {
  return patternsOf(JSON.parse(definition));
}

function checkPatterns(json, problems) {
  const begun = Date.now();
  const seen = new Map();
  for (const [path, pattern, flags] of patternsOf(json)) {
    const key = `${flags} ${pattern}`;
    if (!seen.has(key)) seen.set(key, verdictOf(pattern, flags, Date.now() - begun > PATTERNS_MS));
    if (seen.get(key)) problems.push({ path, code: seen.get(key) });
  }
}

function verdictOf(pattern, flags, isBrief) {
  try {
    new RegExp(pattern, flags);
  } catch {
    return "broken_pattern";
  }
  return isSlow(pattern, flags, isBrief) ? "slow_pattern" : "";
}
