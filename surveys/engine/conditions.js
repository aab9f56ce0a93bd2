// Which conditions can ever be true: each is tried on the answers that its questions can hold, as the engine itself compares them.
"use strict";

const ONE_VALUE = new Set(["radiogroup", "dropdown", "buttongroup", "boolean", "rating", "text", "comment", "slider"]);
const MORE_VALUES = new Set(["checkbox", "tagbox", "ranking"]);
const ALIKE = new Set(["equal", "notequal"]);
const ORDER = new Set(["greater", "less", "greaterorequal", "lessorequal"]);
const WITHIN = new Set(["contains", "notcontains", "anyof", "allof", "noneof"]);
const FILLED = new Set(["empty", "notempty"]);
const SPECIAL = ["none", "other", "refused", "dontknow"];
const MOST_TERMS = 64;
const MOST_CONSTANTS = 6;
const FRESH = "\u2402 something else";

// What a question may hold: {values: a list, or null where it may hold more than it lists; many: whether in a list}; null where that is not known.
function holdingOf(question) {
  const type = question.getType();
  const many = MORE_VALUES.has(type) || (type === "imagepicker" && question.multiSelect);
  if (!many && !ONE_VALUE.has(type) && type !== "imagepicker") return null;
  if (type === "boolean") return { values: [question.getValueTrue(), question.getValueFalse()], many };
  if (type === "rating") return { values: question.visibleRateValues.map((item) => item.value), many };
  const isOpen = !Array.isArray(question.choices) || question.showOtherItem || question.choicesFromQuestion || question.allowCustomChoices || question.choicesByUrl?.url || question.choicesMax;
  const listed = isOpen ? [] : question.choices.map((choice) => choice.value);
  if (!listed.length || listed.some((value) => typeof value === "object")) return { values: null, many };
  return { values: [...listed, ...SPECIAL], many };
}

const isJoin = (node) => node.getType() === "binary" && (node.operator === "and" || node.operator === "or");

// A condition as alternatives of parts that all must be true; null where they are too many to try.
function alternativesOf(node) {
  if (!isJoin(node)) return [[node]];
  const [left, right] = [alternativesOf(node.left), alternativesOf(node.right)];
  if (!left || !right) return null;
  const terms = node.operator === "or" ? [...left, ...right] : left.flatMap((one) => right.map((two) => [...one, ...two]));
  return terms.length > MOST_TERMS ? null : terms;
}

// What a part compares: {name, constants, operators}; null where it speaks of more than one name or works something out.
function comparedIn(part) {
  const found = { names: new Set(), constants: [], operators: new Set() };
  const walk = (node, isOperand) => {
    const type = node ? node.getType() : "";
    if (type === "variable") return found.names.add(node.variable), true;
    if (type === "const") return found.constants.push(node.correctValue), true;
    if (type === "array") return node.values.every((inner) => inner.getType() === "const" && walk(inner, true));
    if (isOperand && type !== "unary" && type !== "binary") return false;
    if (type === "unary") {
      found.operators.add(node.operator);
      return FILLED.has(node.operator) ? node.expression.getType() === "variable" && walk(node.expression, true) : node.operator === "negate" && walk(node.expression, false);
    }
    if (type !== "binary") return false;
    found.operators.add(node.operator);
    if (isJoin(node)) return walk(node.left, false) && walk(node.right, false);
    const isComparison = ALIKE.has(node.operator) || ORDER.has(node.operator) || WITHIN.has(node.operator);
    return isComparison && [node.left, node.right].every((side) => ["variable", "const", "array"].includes(side?.getType()) && walk(side, true));
  };
  if (!walk(part, false) || found.names.size !== 1) return null;
  const [name] = found.names;
  return name.includes("#") || name.endsWith("]") ? null : { name, constants: found.constants, operators: found.operators };
}

function subsetsOf(values) {
  return values.reduce((found, value) => [...found, ...found.map((subset) => [...subset, value])], [[]]);
}

const distinct = (values) => [...new Map(values.map((value) => [`${typeof value} ${value}`, value])).values()];

// Answers to try, enough that a condition which is true of none of them is true of nothing; null where that cannot be said.
function triedFor(holding, comparisons) {
  const constants = distinct(comparisons.flatMap((each) => each.constants));
  const has = (kind) => comparisons.some((each) => [...each.operators].some((operator) => kind.has(operator)));
  if (holding?.values && !holding.many) return [undefined, ...holding.values];
  if (constants.length > MOST_CONSTANTS) return null;
  if (holding?.many) {
    if (has(ORDER)) return null;
    const possible = holding.values ? constants.filter((constant) => includesLoosely(holding.values, constant)) : constants;
    const others = holding.values ? holding.values.filter((value) => !includesLoosely(constants, value)).slice(0, 1) : [FRESH];
    return [undefined, ...subsetsOf([...possible, ...others]).filter((subset) => subset.length)];
  }
  if (has(ORDER) && (has(WITHIN) || constants.some((constant) => Number.isNaN(Number(constant))))) return null;
  const numbers = constants.map(Number).filter((number) => !Number.isNaN(number)).sort((a, b) => a - b);
  const between = numbers.slice(1).map((number, index) => (number + numbers[index]) / 2);
  const ends = numbers.length ? [numbers[0] - 1, numbers.at(-1) + 1] : [];
  const subsets = subsetsOf(constants).filter((subset) => subset.length);
  const scalars = [undefined, FRESH, true, false, ...constants, ...between, ...ends, ...subsets.map((subset) => subset.join(" "))];
  return holding ? scalars : [...scalars, ...subsetsOf([...constants, FRESH]).filter((subset) => subset.length)];
}

const includesLoosely = (values, value) => values.some((each) => String(each).toLowerCase() === String(value).toLowerCase());

// Whether some answer to the one question that these parts speak of makes all of them true. The same parts stand in many conditions.
function isPossible(name, parts, holdingAt, comparisons) {
  const texts = parts.map((part) => part.toString());
  const key = texts.join(" & ");
  if (!holdingAt.tried.has(key)) holdingAt.tried.set(key, isPossibleIn(name, texts, triedFor(holdingAt(name), comparisons)));
  return holdingAt.tried.get(key);
}

function isPossibleIn(name, texts, tried) {
  if (!tried) return true;
  const runners = texts.map((text) => new Survey.ConditionRunner(text));
  if (runners.some((runner) => !runner.canRun())) return true;
  return tried.some((value) => runners.every((runner) => runner.runValues(value === undefined ? {} : answersWith(name, value), {})));
}

// {m.r} is what the answer to `m` holds at `r`, {p[0].x} what its first panel holds at `x`; a name may also have a dot of its own.
const stepsOf = (name) => [...String(name).matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) => (index === undefined ? key : Number(index)));

function answersWith(name, value) {
  const nested = stepsOf(name).reduceRight((inner, step) => (typeof step === "number" ? Object.assign(Array.from({ length: Math.min(step, 50) + 1 }, () => ({})), { [Math.min(step, 50)]: inner }) : { [step]: inner }), value);
  return { ...nested, [name]: value };
}

const named = (list, name) => (list || []).filter((each) => [each.name, each.valueName].some((known) => known && String(known).toLowerCase() === name));
const only = (list) => (list.length === 1 ? list[0] : null);
const isPreset = (question) => [question.defaultValue, question.defaultRowValue, question.defaultPanelValue].some((value) => !isEmpty(value)) || Boolean(question.defaultValueExpression || question.setValueExpression);

// What a question within another may hold; nothing is known of what the survey itself gives.
function holdingWithin(inner) {
  const holding = inner ? holdingOf(inner) : null;
  return holding && isPreset(inner) ? { ...holding, values: null } : holding;
}
const holdingOfColumn = (matrix, name) => holdingWithin(only(named(matrix.columns, name))?.templateQuestion);
const holdingInPanel = (panel, name) => holdingWithin(only(named(panel.template?.questions, name)));

// What the answer to a question may hold at a place within it, `steps` being the rest of the name; null where that is not known.
function holdingInside(question, steps) {
  const type = question.getType();
  const [first, second] = steps.map((step) => (typeof step === "string" ? step.toLowerCase() : step));
  if (type === "matrix" && steps.length === 1 && question.rows.some((row) => String(row.value).toLowerCase() === first)) return { values: question.columns.map((column) => column.value), many: Boolean(question.isMultiSelect) };
  if (steps.length !== 2 || typeof second !== "string") return null;
  if (type === "matrixdropdown" && question.rows.some((row) => String(row.value).toLowerCase() === first)) return holdingOfColumn(question, second);
  if (typeof first !== "number") return null;
  if (type === "matrixdynamic") return holdingOfColumn(question, second);
  return type === "paneldynamic" ? holdingInPanel(question, second) : null;
}

function treeOf(text) {
  try {
    return new Survey.ConditionsParser().parseExpression(text) || null;
  } catch {
    return null; // told elsewhere
  }
}

function isFalseAlone(part, missing, holdingAt) {
  if (part.hasFunction()) return false;
  const names = [];
  part.setVariables(names);
  if (names.every(missing) && !new Survey.ConditionRunner(part.toString()).runValues({}, {})) return true;
  const compared = comparedIn(part);
  return Boolean(compared && holdingAt(compared.name)?.values && !isPossible(compared.name, [part], holdingAt, [compared]));
}

// Whether parts that all must be true ask what no answer to one of their questions is.
function contradict(parts, holdingAt) {
  const byName = new Map();
  for (const part of parts) {
    const compared = comparedIn(part);
    if (compared) byName.set(compared.name, [...(byName.get(compared.name) || []), [part, compared]]);
  }
  return [...byName].some(([name, found]) => found.length > 1 && !isPossible(name, found.map(([part]) => part), holdingAt, found.map(([, compared]) => compared)));
}

function falseAt(tree, missing, holdingAt) {
  const alone = new Map();
  const falseAlone = (part) => (alone.has(part) ? alone.get(part) : alone.set(part, isFalseAlone(part, missing, holdingAt)).get(part));
  const walk = (node) => {
    if (!isJoin(node)) return falseAlone(node);
    return node.operator === "and" ? walk(node.left) || walk(node.right) : walk(node.left) && walk(node.right);
  };
  if (walk(tree)) return true;
  const terms = isJoin(tree) ? alternativesOf(tree) : null;
  return Boolean(terms) && terms.every((parts) => parts.some(falseAlone) || contradict(parts, holdingAt));
}

// A condition once read: its tree, the names in it, and whether it is false whatever is answered.
function readCondition(text, holdingAt) {
  if (!holdingAt.read.has(text)) {
    const tree = treeOf(text);
    const names = [];
    if (tree) tree.setVariables(names);
    holdingAt.read.set(text, { tree, names, never: Boolean(tree) && falseAt(tree, () => false, holdingAt) });
  }
  return holdingAt.read.get(text);
}

// False whatever is answered. `holdingAt` says what a name may hold; the values of `missing` names are never there. A function may look at anything.
function certainlyFalse(text, missing, holdingAt) {
  const { tree, names, never } = readCondition(text, holdingAt);
  return never || (Boolean(tree) && names.some(missing) && falseAt(tree, missing, holdingAt));
}

// The values that a condition compares a question with and that it can never hold: [{name, value}].
function impossiblyCompared(text, holdingAt) {
  const found = [];
  const parts = (node) => (isJoin(node) ? [...parts(node.left), ...parts(node.right)] : [node]);
  const { tree } = readCondition(text, holdingAt);
  for (const part of tree ? parts(tree) : []) {
    const compared = comparedIn(part);
    const values = compared && holdingAt(compared.name)?.values;
    if (!values) continue;
    const numbers = values.map(Number).filter((number) => !Number.isNaN(number));
    const isBeyond = (constant) => numbers.length > 0 && (constant < Math.min(...numbers) || constant > Math.max(...numbers));
    const isOrder = [...compared.operators].some((operator) => ORDER.has(operator));
    for (const constant of compared.constants)
      if (!isEmpty(constant) && (isOrder ? isBeyond(constant) : !includesLoosely(values, constant))) found.push({ name: compared.name, value: constant });
  }
  return found;
}
