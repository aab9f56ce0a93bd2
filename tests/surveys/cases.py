"""Definitions with answers, over every question type, validator, trigger and expression function; no verdict is written here.

What plain survey-core in Node says of each is the expected result (`reference.cjs`).
"""

from typing import Any

Case = tuple[str, dict[str, Any], dict[str, Any], bool]


def survey(*elements: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"pages": [{"name": "p1", "elements": list(elements)}], **rest}


def q(kind: str, **rest: Any) -> dict[str, Any]:
    return {"type": kind, "name": "q", **rest}


ABC = ["a", "b", "c"]
IMAGES = [{"value": value, "imageLink": f"{value}.png"} for value in ABC]
PNG = "data:image/png;base64,iVBORw0KGgo="
AREAS = [{"value": "a", "shape": "rect", "coords": "0,0,9,9"}, {"value": "b", "shape": "circle", "coords": "20,20,5"}]
GRID = {"columns": [1, 2, 3], "rows": ["x", "y"]}
CELLS = [
    {"name": "n", "cellType": "text", "inputType": "number", "isRequired": True},
    {"name": "d", "cellType": "dropdown", "choices": ABC},
]

# type → (its definition, answers that fit it)
TYPES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "text": (q("text"), ["hello", "太慢了"]),
    "number": (q("text", inputType="number", min=1, max=9), [5, 1]),
    "date": (q("text", inputType="date"), ["2026-03-01"]),
    "email": (q("text", inputType="email"), ["a@b.example"]),
    "comment": (q("comment", maxLength=200), ["two\nlines"]),
    "radiogroup": (q("radiogroup", choices=ABC), ["a", "c"]),
    "radiogroup_other": (q("radiogroup", choices=ABC, showOtherItem=True), ["b"]),
    "dropdown": (q("dropdown", choices=[{"value": 1, "text": "One"}, {"value": 2, "text": "Two"}]), [1, 2]),
    "checkbox": (q("checkbox", choices=ABC), [["a"], ["a", "c"]]),
    "checkbox_none": (q("checkbox", choices=ABC, showNoneItem=True), [["none"], ["b"]]),
    "tagbox": (q("tagbox", choices=ABC), [["a", "b"]]),
    "rating": (q("rating"), [1, 5]),
    "rating_nps": (q("rating", rateMin=0, rateMax=10), [0, 10]),
    "rating_values": (q("rating", rateValues=["low", "high"]), ["low"]),
    "boolean": (q("boolean"), [True, False]),
    "boolean_values": (q("boolean", valueTrue="yes", valueFalse="no"), ["yes"]),
    "imagepicker": (q("imagepicker", choices=IMAGES), ["a"]),
    "imagepicker_many": (q("imagepicker", choices=IMAGES, multiSelect=True), [["a", "b"]]),
    "ranking": (q("ranking", choices=ABC), [["c", "a", "b"]]),
    "buttongroup": (q("buttongroup", choices=ABC), ["b"]),
    "matrix": (q("matrix", **GRID), [{"x": 1, "y": 3}, {"x": 2}]),
    "matrix_all": (q("matrix", eachRowRequired=True, **GRID), [{"x": 1, "y": 2}]),
    "matrixdropdown": (q("matrixdropdown", columns=CELLS, rows=["x", "y"]), [{"x": {"n": 1, "d": "a"}, "y": {"n": 2}}]),
    "matrixdynamic": (q("matrixdynamic", columns=CELLS, rowCount=1), [[{"n": 1}], [{"n": 1, "d": "b"}, {"n": 2}]]),
    "paneldynamic": (
        q("paneldynamic", templateElements=[{"type": "text", "name": "n", "isRequired": True}, {"type": "boolean", "name": "b"}]),
        [[{"n": "one"}], [{"n": "one", "b": True}, {"n": "two"}]],
    ),
    "multipletext": (q("multipletext", items=[{"name": "x"}, {"name": "y"}]), [{"x": "1", "y": "2"}, {"x": "only"}]),
    "slider": (q("slider"), [40]),
    "signaturepad": (q("signaturepad"), [PNG]),
    "file": (q("file"), [[{"name": "a.png", "type": "image/png", "content": PNG}]]),
    "files": (q("file", allowMultiple=True), [[{"name": name, "type": "image/png", "content": PNG} for name in ("a.png", "b.png")]]),
    "imagemap": (q("imagemap", imageLink="plan.png", areas=AREAS), [["a"], ["a", "b"]]),
    "imagemap_one": (q("imagemap", imageLink="plan.png", areas=AREAS, multiSelect=False), ["b"]),
    "flowpanel": ({"type": "flowpanel", "name": "f", "content": "Say {element:q}", "elements": [q("text")]}, ["hello"]),
    "html": (q("html", html="<p>Read</p>"), []),
    "image": (q("image", imageLink="x.png"), []),
    "expression": (q("expression", expression="1 + 1"), []),
}

NUMERIC = {"type": "numeric", "minValue": 3, "maxValue": 7}
# name → (definition, answers on both sides of the rule)
VALIDATORS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "numeric": (q("text", inputType="number", validators=[NUMERIC]), [2, 3, 7, 8]),
    "text": (q("text", validators=[{"type": "text", "minLength": 3, "maxLength": 5}]), ["ab", "abc", "abcde", "abcdef"]),
    "text_digits": (q("text", validators=[{"type": "text", "allowDigits": False}]), ["abc", "abc1"]),
    "regex": (q("text", validators=[{"type": "regex", "regex": "^[A-Z]{2}\\d+$", "text": "Two letters"}]), ["AB12", "ab12", "A1"]),
    "email": (q("text", validators=[{"type": "email"}]), ["a@b.example", "a@", "no"]),
    "expression": (q("text", inputType="number", validators=[{"type": "expression", "expression": "{q} % 2 = 0"}]), [4, 5]),
    "answercount": (
        q("checkbox", choices=ABC, validators=[{"type": "answercount", "minCount": 2, "maxCount": 2}]),
        [["a"], ["a", "b"], ABC],
    ),
    "min": (q("text", inputType="number", min=5), [4, 5]),
    "max": (q("text", inputType="number", max=5), [5, 6]),
    "date_min": (q("text", inputType="date", min="2026-01-02"), ["2026-01-01", "2026-01-02"]),
    "selected_min": (q("checkbox", choices=ABC, minSelectedChoices=2), [["a"], ["a", "b"]]),
    "rows_min": (q("matrixdynamic", columns=CELLS, rowCount=0, minRowCount=1), [[{"n": 1}]]),
    "key": (q("matrixdynamic", columns=CELLS, rowCount=0, keyName="n"), [[{"n": 1}, {"n": 1}], [{"n": 1}, {"n": 2}]]),
    "panel_key": (
        q("paneldynamic", keyName="n", templateElements=[{"type": "text", "name": "n"}]),
        [[{"n": "a"}, {"n": "a"}], [{"n": "a"}]],
    ),
    "unique_column": (
        q("matrixdynamic", rowCount=0, columns=[{"name": "n", "cellType": "text", "isUnique": True}]),
        [[{"n": "1"}, {"n": "1"}]],
    ),
    "row_required": (q("matrix", eachRowRequired=True, **GRID), [{"x": 1}, {"x": 1, "y": 1}]),
    "row_unique": (q("matrix", eachRowUnique=True, **GRID), [{"x": 1, "y": 1}, {"x": 1, "y": 2}]),
    "item_required": (q("multipletext", items=[{"name": "x", "isRequired": True}, {"name": "y"}]), [{"y": "1"}, {"x": "1"}]),
    "cell_required": (q("matrixdropdown", columns=CELLS, rows=["x"]), [{"x": {"d": "a"}}, {"x": {"n": 1}}]),
    "panel_required": (q("paneldynamic", templateElements=[{"type": "text", "name": "n", "isRequired": True}]), [[{}], [{"n": "x"}]]),
    "panel_email": (
        q("paneldynamic", templateElements=[{"type": "text", "name": "n", "validators": [{"type": "email"}]}]),
        [[{"n": "x"}], [{"n": "x@y.example"}]],
    ),
    "own_words": (q("text", isRequired=True, requiredErrorText="Please!"), [None, "x"]),
    "two_at_once": (
        q("text", validators=[{"type": "email"}, {"type": "text", "minLength": 30}]),
        ["x", "somebody.with.a.long.name@example.example"],
    ),
}

A, B = {"type": "text", "name": "a", "inputType": "number"}, {"type": "text", "name": "b", "inputType": "number"}
MANY = {"type": "checkbox", "name": "many", "choices": ABC, "showCommentArea": True}
# expression → what it is asked of; it is the value of a computed question and the condition of another
EXPRESSIONS: list[tuple[str, dict[str, Any]]] = [
    ("{a} + {b} * 2", {"a": 3, "b": 4}),
    ("({a} + {b}) / 2", {"a": 3, "b": 4}),
    ("{a} - {b}", {"a": 3, "b": 4}),
    ("{a} % 2", {"a": 3}),
    ("{a} ^ 2", {"a": 3}),
    ("iif({a} > 2, 'more', 'less')", {"a": 3}),
    ("iif({a} > 2, 'more', 'less')", {"a": 1}),
    ("sum({a}, {b}, 5)", {"a": 3, "b": 4}),
    ("avg({a}, {b})", {"a": 3, "b": 4}),
    ("min({a}, {b})", {"a": 3, "b": 4}),
    ("max({a}, {b})", {"a": 3, "b": 4}),
    ("count({a}, {b})", {"a": 3, "b": 4}),
    ("round({a} / 3, 2)", {"a": 10}),
    ("trunc({a} / 3, 1)", {"a": 10}),
    ("year('2026-03-01')", {}),
    ("month('2026-03-01')", {}),
    ("day('2026-03-05')", {}),
    ("dateDiff('2026-01-01', '2026-03-01', 'days')", {}),
    ("diffDays('2026-01-01', '2026-03-01')", {}),
    ("dateAdd('2026-01-01', 3, 'days')", {}),
    ("weekday('2026-03-01')", {}),
    ("substring('clubroom', 0, 4)", {}),
    ("sumInArray({rows}, 'n')", {"rows": [{"n": 1}, {"n": 4}]}),
    ("avgInArray({rows}, 'n')", {"rows": [{"n": 1}, {"n": 4}]}),
    ("minInArray({rows}, 'n')", {"rows": [{"n": 1}, {"n": 4}]}),
    ("maxInArray({rows}, 'n')", {"rows": [{"n": 1}, {"n": 4}]}),
    ("countInArray({rows}, 'n')", {"rows": [{"n": 1}, {"n": 4}]}),
    ("sumInArray({rows}, 'n', {n} > 2)", {"rows": [{"n": 1}, {"n": 4}]}),
    ("displayValue('many')", {"many": ["a", "b"]}),
    ("propertyValue('many', 'choices')", {"many": ["a"]}),
    ("isContainerReady('p1')", {"a": 1}),
    ("isDisplayMode()", {}),
    ("age('2000-01-01')", {}),
    ("age('2000-01-01') > {a}", {"a": 18}),
    ("year(currentDate()) - currentYear()", {}),
    ("iif(currentDate() >= today(), 'later', 'earlier')", {}),
    ("currentYear()", {}),
    ("today()", {}),
    ("today(1) > today()", {}),
    ("getDate('2026-03-01')", {}),
    ("getDate('2026-03-01') > getDate('2026-02-01')", {}),
    ("getYear('2026-03-01')", {}),
    ("getComment('many')", {"many": ["a"], "many-Comment": "words"}),
]
CONDITIONS: list[tuple[str, dict[str, Any]]] = [
    ("{a} = 3", {"a": 3}),
    ("{a} = 3", {"a": 4}),
    ("{a} <> 3", {"a": 4}),
    ("{a} > 3", {"a": 3}),
    ("{a} >= 3", {"a": 3}),
    ("{a} < {b}", {"a": 3, "b": 4}),
    ("{a} empty", {}),
    ("{a} empty", {"a": 1}),
    ("{a} notempty", {"a": 1}),
    ("{many} contains 'a'", {"many": ["a", "b"]}),
    ("{many} notcontains 'a'", {"many": ["a", "b"]}),
    ("{many} anyof ['a', 'c']", {"many": ["b", "c"]}),
    ("{many} allof ['a', 'c']", {"many": ["a", "b"]}),
    ("{many} noneof ['a', 'c']", {"many": ["b"]}),
    ("{many} = ['a', 'b']", {"many": ["a", "b"]}),
    ("{many.length} > 1", {"many": ["a", "b"]}),
    ("{a} > 1 and {b} > 1", {"a": 2, "b": 1}),
    ("{a} > 1 or {b} > 1", {"a": 2, "b": 1}),
    ("!({a} > 1)", {"a": 1}),
    ("{rows[0].n} = 1", {"rows": [{"n": 1}]}),
    ("{a} anyof [1, 2]", {"a": 2}),
    ("{many} notempty and ({a} = 1 or {a} = 2)", {"a": 2, "many": ["a"]}),
]

PAGES = [
    {"name": "p1", "elements": [A, B]},
    {"name": "p2", "elements": [{"type": "text", "name": "c", "isRequired": True}]},
    {"name": "p3", "elements": [{"type": "text", "name": "d"}]},
]


def _triggers() -> list[Case]:
    found: list[Case] = []
    kinds: dict[str, tuple[dict[str, Any], bool]] = {
        "complete": ({"type": "complete", "expression": "{a} = 1"}, True),
        "skip": ({"type": "skip", "expression": "{a} = 1", "gotoName": "d"}, True),
        "setvalue": ({"type": "setvalue", "expression": "{a} = 1", "setToName": "d", "setValue": "set"}, True),
        "visible": ({"type": "visible", "expression": "{a} = 1", "pages": ["p2"], "questions": ["d"]}, False),
        "copyvalue": ({"type": "copyvalue", "expression": "{a} = 1", "fromName": "c", "setToName": "d"}, True),
        "runexpression": ({"type": "runexpression", "expression": "{a} = 1", "runExpression": "{b} + 1", "setToName": "d"}, True),
    }
    for name, (trigger, walk) in kinds.items():
        jumps = name in ("complete", "skip")
        for answers in ({"a": 1, "b": 2}, {"a": 1, "c": "x"}, {"a": 2, "c": "x"}, {"a": 2}):
            found.append((f"trigger {name} {answers}", {"pages": PAGES, "triggers": [trigger]}, dict(answers), walk and jumps))
    return found


def _logic() -> list[Case]:
    hidden = {"type": "text", "name": "h", "visibleIf": "{a} = 1", "isRequired": True}
    needed = {"type": "text", "name": "r", "requiredIf": "{a} = 1"}
    panel = {"type": "panel", "name": "box", "visibleIf": "{a} = 1", "elements": [{"type": "text", "name": "in", "isRequired": True}]}
    page = {
        "pages": [
            {"name": "p1", "elements": [A]},
            {"name": "p2", "visibleIf": "{a} = 1", "elements": [{"type": "text", "name": "h", "isRequired": True}]},
        ]
    }
    choices = {"type": "checkbox", "name": "h", "choices": [{"value": "x", "visibleIf": "{a} = 1"}, "y"]}
    computed = survey(
        A,
        {"type": "text", "name": "h", "visibleIf": "{v} > 4"},
        calculatedValues=[{"name": "v", "expression": "{a} * 2", "includeIntoResult": True}],
    )
    default = survey(A, {"type": "text", "name": "h", "defaultValue": "given"})
    rows = {
        "type": "matrixdynamic",
        "name": "m",
        "rowCount": 0,
        "columns": [{"name": "n", "cellType": "text"}, {"name": "k", "cellType": "text", "visibleIf": "{row.n} = 'x'", "isRequired": True}],
    }
    inner = [{"type": "text", "name": "n"}, {"type": "text", "name": "k", "visibleIf": "{panel.n} = 'x'", "isRequired": True}]
    panels = {"type": "paneldynamic", "name": "m", "templateElements": inner}
    table: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
        ("visibleIf", survey(A, hidden), [{"a": 1}, {"a": 1, "h": "x"}, {"a": 2, "h": "x"}, {}]),
        ("requiredIf", survey(A, needed), [{"a": 1}, {"a": 1, "r": "x"}, {"a": 2}]),
        ("panel", survey(A, panel), [{"a": 1}, {"a": 2, "in": "x"}, {"a": 1, "in": "x"}]),
        ("page", page, [{"a": 1}, {"a": 2, "h": "x"}, {"a": 1, "h": "x"}]),
        ("choice", survey(A, choices), [{"a": 1, "h": ["x"]}, {"a": 1, "h": ["x", "y"]}, {"a": 2, "h": ["y"]}]),
        ("calculated", computed, [{"a": 1, "h": "x"}, {"a": 3, "h": "x"}]),
        ("default", default, [{"a": 1}, {"a": 1, "h": "own"}]),
        ("row", survey(rows), [{"m": [{"n": "x"}]}, {"m": [{"n": "x", "k": "1"}]}, {"m": [{"n": "y"}]}]),
        ("panel of rows", survey(panels), [{"m": [{"n": "x"}]}, {"m": [{"n": "x", "k": "1"}]}, {"m": [{"n": "y"}]}]),
        ("value name", survey({"type": "text", "name": "one", "valueName": "v"}), [{"v": "x"}]),
        ("comment", survey({"type": "radiogroup", "name": "h", "choices": ABC, "showOtherItem": True}), [{"h": "other", "h-Comment": "x"}]),
        ("set expression", survey(A, {"type": "text", "name": "h", "setValueIf": "{a} = 1", "setValueExpression": "{a} + 1"}), [{"a": 2}]),
        ("reset", survey(A, {"type": "text", "name": "h", "resetValueIf": "{a} = 1"}), [{"a": 2, "h": "x"}]),
    ]
    return [(f"logic {name} {answers}", definition, answers, False) for name, definition, given in table for answers in given]


def all_cases() -> list[Case]:
    """(name, definition, answers, whether to walk it page by page)."""
    found: list[Case] = []
    for name, (element, values) in TYPES.items():
        for value in values:
            found.append((f"type {name} {value}", survey(element), {"q": value}, False))
        found.append((f"type {name} left open", survey(element), {}, False))
        found.append((f"type {name} required", survey({**element, "isRequired": True}), {}, False))
    for name, (element, values) in VALIDATORS.items():
        found += [(f"validator {name} {value}", survey(element), {} if value is None else {"q": value}, False) for value in values]
    dynamic = {
        "type": "matrixdynamic",
        "name": "rows",
        "rowCount": 0,
        "columns": [{"name": "n", "cellType": "text", "inputType": "number"}],
    }
    for text, answers in EXPRESSIONS:
        computed = {"type": "expression", "name": "x", "expression": text}
        found.append((f"expression {text}", survey(A, B, MANY, dynamic, computed), answers, False))
    for text, answers in CONDITIONS:
        shown = {"type": "text", "name": "x", "visibleIf": text, "isRequired": True}
        found.append((f"condition {text} {answers}", survey(A, B, MANY, dynamic, shown), answers, False))
        found.append((f"condition {text} {answers} answered", survey(A, B, MANY, dynamic, shown), {**answers, "x": "y"}, False))
    return found + _triggers() + _logic()
