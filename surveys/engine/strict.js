// What survey-core leaves to the widgets of the browser and a server must ask itself.
// Each finding is {question: path, code, …facts}; the words are made in Python, in the reader's language.
"use strict";

const SCALAR = new Set(["string", "number", "boolean"]);
const SINGLE = new Set(["radiogroup", "dropdown", "buttongroup"]);
const MULTIPLE = new Set(["checkbox", "tagbox", "ranking"]);
const UNANSWERABLE = new Set(["html", "image", "empty", "nonvalue"]);
const FILE_LIMIT = 2 * 1024 * 1024;
const DATE_FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  "datetime-local": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/,
  datetime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?$/,
  month: /^\d{4}-(0[1-9]|1[0-2])$/,
  week: /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/,
  time: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
  color: /^#[0-9a-fA-F]{6}$/,
  url: /^https?:\/\/[^\s\/?#]+\S*$/i,
};

const sameValue = (a, b) => a === b || (typeof a === "object" && typeof b === "object" && Survey.Helpers.isTwoValueEquals(a, b, false, true, false));

class Strict {
  constructor() {
    this.findings = [];
  }

  say(path, code, facts) {
    this.findings.push({ question: path, code, ...facts });
  }

  // The raw value of one question, at its path; what stands inside it is asked for in turn.
  question(question, raw, path) {
    if (isNothing(raw)) return;
    const type = question.getType();
    if (UNANSWERABLE.has(type)) return this.say(path, "no_answer_expected");
    if (type === "expression") return;
    if (type === "text") return this.text(question, raw, path);
    if (type === "comment") return this.words(question, raw, path);
    if (SINGLE.has(type)) return this.choice(question, raw, path);
    if (MULTIPLE.has(type)) return this.choices(question, raw, path);
    if (type === "imagepicker") return question.multiSelect ? this.choices(question, raw, path) : this.choice(question, raw, path);
    if (type === "imagemap") return this.imagemap(question, raw, path);
    if (type === "rating") return this.among(question.visibleRateValues.map((item) => item.value), raw, path, "outside_scale");
    if (type === "boolean") return this.among([question.getValueTrue(), question.getValueFalse()], raw, path, "not_yes_or_no");
    if (type === "slider") return this.slider(question, raw, path);
    if (type === "matrix") return this.matrix(question, raw, path);
    if (type === "matrixdropdown") return this.rowsByName(question, raw, path);
    if (type === "matrixdynamic") return this.list(question, raw, path, question.maxRowCount, "too_many_rows");
    if (type === "paneldynamic") return this.list(question, raw, path, question.maxPanelCount, "too_many_panels");
    if (type === "multipletext") return this.items(question, raw, path);
    if (type === "file") return this.files(question, raw, path);
    if (type === "signaturepad") return this.signature(question, raw, path);
    return undefined;
  }

  nested(question, raw, path) {
    for (const inner of inside(question, path)) {
      const value = reach(raw, inner.keys);
      if (isNothing(value)) continue;
      if (inner.question.isVisible === false) continue;
      if (isFixed(inner.question) && !sameValue(value, inner.question.getDefaultValue ? inner.question.getDefaultValue() : inner.question.defaultValue)) {
        this.say(inner.path, "read_only");
        continue;
      }
      this.question(inner.question, value, inner.path);
      const holder = reach(raw, inner.keys.slice(0, -1));
      if (holder) this.comment(inner.question, holder[inner.keys.at(-1) + COMMENT], inner.path);
    }
  }

  words(question, raw, path) {
    if (typeof raw !== "string") return this.say(path, "not_text");
    const limit = question.getMaxLength ? question.getMaxLength() : 0;
    if (limit > 0 && raw.length > limit) this.say(path, "too_long", { limit });
    return undefined;
  }

  text(question, raw, path) {
    const kind = question.inputType || "text";
    if (kind === "number" || kind === "range") {
      if (typeof raw !== "number" || !Number.isFinite(raw)) this.say(path, "not_a_number");
      return undefined;
    }
    if (this.mask(question, raw, path)) return undefined;
    if (typeof raw !== "string") return this.say(path, "not_text");
    const format = DATE_FORMATS[kind];
    if (format && !format.test(raw)) return this.say(path, kind === "url" ? "not_a_link" : "not_a_date", { kind });
    if (kind.startsWith("date") && !isRealDate(raw)) return this.say(path, "not_a_date", { kind });
    // A dataList only suggests: the browser lets other words be typed, and so do we.
    return this.words(question, raw, path);
  }

  // Returns true where the question has a mask, after asking whether the mask could have let this value through.
  mask(question, raw, path) {
    if (!question.maskType || question.maskType === "none" || !question.maskInstance) return false;
    const mask = question.maskInstance;
    const type = question.maskType;
    if (type === "numeric" || type === "currency") {
      this.number(mask, raw, path);
      return true;
    }
    if (typeof raw !== "string") {
      this.say(path, "not_text");
      return true;
    }
    const shown = mask.saveMaskedValue ? raw : mask.getMaskedValue(raw);
    const bare = mask.getUnmaskedValue(shown);
    const again = mask.saveMaskedValue ? mask.getMaskedValue(bare) : bare;
    if (!bare || again !== raw) this.say(path, "does_not_fit_mask");
    return true;
  }

  // A number as a numeric or currency mask lets it be typed: its sign, its decimals and its limits.
  number(mask, raw, path) {
    let value = raw;
    if (mask.saveMaskedValue) {
      if (typeof raw !== "string") return this.say(path, "not_a_number");
      const [prefix, suffix] = [mask.prefix || "", mask.suffix || ""];
      if (!raw.startsWith(prefix) || !raw.endsWith(suffix)) return this.say(path, "does_not_fit_mask");
      const plain = raw.slice(prefix.length, raw.length - suffix.length).split(mask.thousandsSeparator).join("").replace(mask.decimalSeparator, ".");
      if (!/^-?\d+(\.\d*)?$/.test(plain)) return this.say(path, "does_not_fit_mask");
      value = Number(plain);
    }
    if (typeof value !== "number" || !Number.isFinite(value)) return this.say(path, "not_a_number");
    const [least, most] = [mask.min ?? -Infinity, mask.max ?? Infinity];
    if (value < least || value > most || (value < 0 && !mask.allowNegativeValues)) return this.say(path, "outside_scale", { allowed: [mask.min ?? null, mask.max ?? null] });
    if (Number(value.toFixed(mask.precision)) !== value) return this.say(path, "does_not_fit_mask");
    return undefined;
  }

  among(allowed, raw, path, code) {
    if (!allowed.some((value) => sameValue(value, raw))) this.say(path, code, { allowed: allowed.slice(0, 20) });
  }

  item(question, raw) {
    return question.visibleChoices.find((item) => sameValue(item.value, raw));
  }

  oneChoice(question, raw, path) {
    if (!SCALAR.has(typeof raw) && !isPlain(raw)) return this.say(path, "wrong_shape");
    const item = this.item(question, raw);
    if (item) {
      if (item.isEnabled === false) this.say(path, "choice_disabled", { value: raw });
      return undefined;
    }
    const typed = typeof raw === "string" && ((question.showOtherItem && !question.getStoreOthersAsComment()) || question.allowCustomChoices === true);
    if (!typed) return this.say(path, "unlisted_choice", { value: SCALAR.has(typeof raw) ? raw : JSON.stringify(raw) });
    return this.othersLength(question, raw, path);
  }

  othersLength(question, raw, path) {
    const limit = (question.getOthersMaxLength && question.getOthersMaxLength()) || 0;
    if (limit > 0 && raw.length > limit) this.say(path, "too_long", { limit });
  }

  choice(question, raw, path) {
    if (typeof raw === "object") {
      const structured = isPlain(raw) && question.visibleChoices.some((item) => typeof item.value === "object");
      if (!structured) return this.say(path, "wrong_shape");
    }
    return this.oneChoice(question, raw, path);
  }

  choices(question, raw, path) {
    if (!Array.isArray(raw)) return this.say(path, "not_a_list");
    const name = question.valuePropertyName;
    const values = name ? raw.map((entry) => (isPlain(entry) ? entry[name] : entry)) : raw;
    for (const value of values) this.oneChoice(question, value, path);
    if (new Set(values.map((value) => JSON.stringify(value))).size < values.length) this.say(path, "chosen_twice");
    const most = question.maxSelectedChoices;
    if (most > 0 && values.length > most) this.say(path, "too_many_choices", { limit: most });
    const alone = values.some((value) => this.item(question, value)?.isExclusive === true);
    if (alone && values.length > 1) this.say(path, "stands_alone");
    if (question.getType() === "ranking" && !question.selectToRankEnabled && values.length !== question.visibleChoices.length) this.say(path, "not_all_ranked");
    return undefined;
  }

  imagemap(question, raw, path) {
    const values = Array.isArray(raw) ? raw : [raw];
    if (Array.isArray(raw) !== (question.multiSelect !== false)) return this.say(path, "wrong_shape");
    const allowed = (question.areas || []).map((area) => area.value);
    for (const value of values) if (!allowed.some((known) => sameValue(known, value))) this.say(path, "unlisted_choice", { value });
    if (new Set(values).size < values.length) this.say(path, "chosen_twice");
    if (question.maxSelectedAreas > 0 && values.length > question.maxSelectedAreas) this.say(path, "too_many_choices", { limit: question.maxSelectedAreas });
    return undefined;
  }

  slider(question, raw, path) {
    const range = question.sliderType === "range";
    const values = range ? raw : [raw];
    if (range && (!Array.isArray(raw) || raw.length !== 2)) return this.say(path, "wrong_shape");
    const [least, most, step] = [question.renderedMin ?? question.min, question.renderedMax ?? question.max, question.step];
    for (const value of values) {
      if (typeof value !== "number" || !Number.isFinite(value)) return this.say(path, "not_a_number");
      if (value < least || value > most) return this.say(path, "outside_scale", { allowed: [least, most] });
      const steps = (value - least) / step;
      if (step > 0 && value !== most && Math.abs(steps - Math.round(steps)) > 1e-6) return this.say(path, "outside_scale", { allowed: [least, most] });
    }
    if (range && raw[0] > raw[1]) this.say(path, "wrong_shape");
    const length = range ? raw[1] - raw[0] : 0;
    if (range && question.maxRangeLength > 0 && length > question.maxRangeLength) this.say(path, "outside_scale", { allowed: [least, most] });
    return undefined;
  }

  matrix(question, raw, path) {
    const columns = (question.visibleColumns || question.columns).map((column) => column.value);
    const rows = question.visibleRows.map((row) => row.name);
    if (!question.hasRows) return this.among(columns, raw, path, "unlisted_choice");
    if (!isPlain(raw)) return this.say(path, "wrong_shape");
    for (const row of Object.keys(raw)) {
      const at = `${path}.${row}`;
      if (row.endsWith(COMMENT)) continue;
      if (!rows.some((name) => String(name) === row)) {
        this.say(at, "unknown_row");
        continue;
      }
      const values = question.isMultiSelect ? raw[row] : [raw[row]];
      if (!Array.isArray(values)) {
        this.say(at, "not_a_list");
        continue;
      }
      if (new Set(values).size < values.length) this.say(at, "chosen_twice");
      for (const value of values) if (!isNothing(value)) this.among(columns, value, at, "unlisted_choice");
    }
    return undefined;
  }

  // The keys that a row may carry: its columns, the questions of its detail panel, and their comments.
  knownKeys(names, row, path) {
    if (!isPlain(row)) return this.say(path, "wrong_shape");
    for (const key of Object.keys(row)) {
      const bare = key.endsWith(COMMENT) ? key.slice(0, -COMMENT.length) : key;
      if (!names.has(bare)) this.say(`${path}.${key}`, "unknown_item");
    }
    return undefined;
  }

  columnNames(question) {
    const details = question.templateElements ? question.template.questions : question.detailPanel ? question.detailPanel.questions : [];
    return new Set([...(question.columns || []).map((column) => column.name), ...details.map((inner) => inner.getValueName())]);
  }

  rowsByName(question, raw, path) {
    if (!isPlain(raw)) return this.say(path, "wrong_shape");
    const rows = new Set((question.visibleRows || []).map((row) => String(row.rowName)));
    const names = this.columnNames(question);
    for (const row of Object.keys(raw)) {
      if (!rows.has(row)) this.say(`${path}.${row}`, "unknown_row");
      else this.knownKeys(names, raw[row], `${path}.${row}`);
    }
    return this.nested(question, raw, path);
  }

  list(question, raw, path, limit, code) {
    if (!Array.isArray(raw)) return this.say(path, "not_a_list");
    if (limit > 0 && raw.length > limit) return this.say(path, code, { limit });
    const names = this.columnNames(question);
    raw.forEach((row, index) => isNothing(row) || this.knownKeys(names, row, `${path}[${index}]`));
    return this.nested(question, raw, path);
  }

  items(question, raw, path) {
    if (!isPlain(raw)) return this.say(path, "wrong_shape");
    const names = new Set(question.items.map((item) => item.name));
    for (const key of Object.keys(raw)) if (!names.has(key)) this.say(`${path}.${key}`, "unknown_item");
    return this.nested(question, raw, path);
  }

  files(question, raw, path) {
    if (!Array.isArray(raw)) return this.say(path, "not_a_list");
    const most = question.allowMultiple ? question.maxFiles : 1;
    if (raw.length > most) return this.say(path, "too_many_files", { limit: most });
    for (const file of raw) {
      if (!isPlain(file) || typeof file.content !== "string" || typeof file.name !== "string") return this.say(path, "wrong_shape");
      const parts = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/]*={0,2})$/.exec(file.content);
      if (!parts) return this.say(path, "not_a_file");
      const bytes = Math.floor((parts[2].length * 3) / 4);
      const limit = question.maxSize > 0 ? Math.min(question.maxSize, FILE_LIMIT) : FILE_LIMIT;
      if (bytes > limit) return this.say(path, "file_too_large", { limit });
      if (question.acceptedTypes && !accepts(question.acceptedTypes, file, parts[1] || "")) return this.say(path, "file_type");
    }
    return undefined;
  }

  signature(question, raw, path) {
    if (typeof raw !== "string" || !/^data:image\/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/.test(raw)) this.say(path, "not_a_signature");
    else if (raw.length > FILE_LIMIT) this.say(path, "file_too_large", { limit: FILE_LIMIT });
  }

  comment(question, raw, path) {
    if (isNothing(raw)) return;
    const at = path + COMMENT;
    if (typeof raw !== "string") return this.say(at, "not_text");
    const asked = question.hasComment || question.showCommentArea || question.showOtherItem || question.hasOther;
    if (!asked) return this.say(at, "comment_not_asked");
    this.othersLength(question, raw, at);
  }
}

function accepts(accepted, file, type) {
  return accepted.split(",").map((entry) => entry.trim().toLowerCase()).filter(Boolean).some((entry) => {
    if (entry.startsWith(".")) return file.name.toLowerCase().endsWith(entry);
    return entry.endsWith("/*") ? type.startsWith(entry.slice(0, -1)) : type === entry;
  });
}

function isRealDate(text) {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

// A question that nobody could have answered, whatever else was answered. An enableIf that is off looks the same to the engine.
function isFixed(question) {
  if (!question.isReadOnly) return false;
  for (let element = question; element; element = element.parent) if (element.enableIf) return false;
  return true;
}
