"""Answers of every shape to every type of question: each is possible or refused, none is ever an exception."""

import json
import random

import pytest

from surveys import judging
from surveys.engine import pool as pools
from tests.seeds import FRESH
from tests.surveys.cases import ABC, CELLS, IMAGES, TYPES, q, survey

PATTERN = q("text", maskType="pattern", maskSettings={"pattern": "999-9999"})
ENTRIES = q("checkbox", choices=ABC, valuePropertyName="v")
PANELS = q("paneldynamic", templateElements=[{"type": "text", "name": "n"}, PATTERN | {"name": "p"}])
ROWS = q("matrixdynamic", rowCount=0, columns=CELLS)

# (element, answer, place of its error)
MISSHAPEN = [
    (PANELS, [None], "q[0]"),
    (PANELS, ["x"], "q[0]"),
    (PANELS, [{"p": ["x"]}], "q[0].p"),
    (PANELS, {}, "q"),
    (ROWS, [None], "q[0]"),
    (ROWS, [{"d": {}}], "q[0].d"),
    (q("file"), [None], "q"),
    (q("file", allowMultiple=True), [[]], "q"),
    (ENTRIES, [None], "q"),
    (ENTRIES, ["a"], "q"),
    (PATTERN, ["x"], "q"),
    (PATTERN, {"length": 5}, "q"),
    (q("multipletext", items=[{"name": "x"}]), {"x": {"length": 5}}, "q.x"),
    (q("matrixdropdown", columns=CELLS, rows=["x"]), {"x": None}, "q.x"),
]


@pytest.mark.parametrize(("element", "value", "place"), MISSHAPEN)
def test_a_shape_that_the_engine_cannot_read_is_an_error_at_its_question(element, value, place):
    verdict = judging.judge(survey(element), {"q": value})
    assert [problem.question for problem in verdict.errors] == [place]
    assert verdict.errors[0].message
    assert verdict.data == {}


def test_a_shape_that_nobody_was_asked_for_is_left_out_and_said():
    hidden = survey({"type": "text", "name": "t"}, PANELS | {"visibleIf": "{t} = 'on'"})
    verdict = judging.judge(hidden, {"t": "off", "q": [None]})
    assert (verdict.valid, verdict.data) == (True, {"t": "off"})
    assert verdict.dropped == [{"question": "q", "reason": "not_asked"}]


def test_a_read_only_answer_of_a_hostile_shape_is_an_error_and_not_passed_over():
    verdict = judging.judge(survey(PANELS | {"readOnly": True}), {"q": [None]})
    assert [problem.question for problem in verdict.errors] == ["q[0]"]


def test_whatever_answers_still_throw_is_a_refusal_of_the_answers():
    """A calculation over a value's inside; the definition does nothing wrong with a form left open."""
    throwing = survey(q("text"), triggers=[{"type": "setvalue", "expression": "{q} = 'x'", "setToName": "q", "setValue": "y"}])
    [answer] = [pools.pool().ask("judge", [json.dumps(throwing), '{"q": "x"', ""], 5)[0]]  # no JSON at all
    assert answer["result"]["findings"] == [{"question": "", "code": "unjudgeable"}]
    assert not answer["result"]["valid"]


@pytest.mark.parametrize("definition", ["{", "[", '{"elements": [{"type": "text", "name": "toString"}]}'])
def test_a_definition_that_throws_on_a_form_left_open_is_said_to_be_broken(definition):
    with pytest.raises(judging.BadDefinition):
        judging.judge(definition, {"q": 1})


MORE = [
    PATTERN,
    ENTRIES,
    PANELS,
    ROWS,
    *(q("text", inputType=kind) for kind in ("range", "datetime-local", "month", "week", "time", "color", "url", "tel")),
    *(q("text", maskType=kind) for kind in ("numeric", "currency", "datetime")),
    q("text", maskType="datetime", maskSettings={"pattern": "mm/dd/yyyy"}),
    q("tagbox", choices=ABC, valuePropertyName="v"),
    q("checkbox", choices=ABC, showOtherItem=True, showSelectAllItem=True),
    q("ranking", choices=ABC, selectToRankEnabled=True),
    q("matrix", cellType="checkbox", columns=[1, 2], rows=["x", "y"]),
    q("matrix", columns=[1, 2]),
    q(
        "matrixdropdown",
        columns=[{"name": kind, "cellType": kind, "choices": ABC} for kind in ("checkbox", "tagbox", "rating", "boolean")],
        rows=["x"],
    ),
    q("matrixdynamic", rowCount=0, columns=CELLS, detailPanelMode="underRow", detailElements=[PANELS | {"name": "inner"}]),
    q("paneldynamic", templateElements=[ROWS | {"name": "inner"}, q("file") | {"name": "f"}, ENTRIES | {"name": "e"}]),
    q(
        "multipletext",
        items=[{"name": "x", "inputType": "number"}, {"name": "y", "maskType": "pattern", "maskSettings": {"pattern": "999"}}],
    ),
    q("file", allowMultiple=True),
    q("slider", sliderType="range"),
    q("imagepicker", choices=IMAGES, multiSelect=True),
    q("imagemap", imageLink="x.png", areas=[{"value": "a", "shape": "rect", "coords": "0,0,1,1"}]),
]
ELEMENTS = [element for element, _values in TYPES.values()] + MORE
LEAVES = [
    None,
    True,
    False,
    0,
    -1,
    2.5,
    1e308,
    -(2**53),
    "",
    " ",
    "a",
    "x",
    "other",
    "none",
    "999-9999",
    "2026-02-30",
    "\x01",
    "\u202e",
    "语",
    "9" * 400,
]
KEYS = [
    "x",
    "y",
    "n",
    "d",
    "p",
    "v",
    "q",
    "f",
    "e",
    "inner",
    "length",
    "name",
    "content",
    "value",
    "0",
    "-1",
    "",
    "toJSON",
    "then",
    "x-Comment",
    "type",
]


def hostile(dice, depth=4):
    kind = dice.random()
    if depth == 0 or kind < 0.35:
        return dice.choice(LEAVES)
    if kind < 0.68:
        return [hostile(dice, depth - 1) for _item in range(dice.choice([0, 1, 1, 2, 5]))]
    return {dice.choice(KEYS): hostile(dice, depth - 1) for _item in range(dice.choice([0, 1, 1, 2, 4]))}


@pytest.mark.parametrize("seed", [20_261_128, 7, pytest.param(FRESH, id=f"fresh-{FRESH}")])
def test_no_answer_however_hostile_is_an_exception(seed):
    print(f"seed {seed}")
    dice = random.Random(seed)
    valid = 0
    for element in ELEMENTS:
        element = element | {"isRequired": dice.random() < 0.3, "showCommentArea": dice.random() < 0.3}
        definition = survey(element, {"type": "text", "name": "t", "visibleIf": "{q} notempty or {q[0].n} = 1 or {q.x} contains 'a'"})
        for _run in range(6):
            answers = {"q": hostile(dice)} | ({"q-Comment": hostile(dice, 1)} if dice.random() < 0.2 else {})
            verdict = judging.judge(definition, answers)
            assert verdict.valid != bool(verdict.errors), (seed, element, answers)
            assert [problem for problem in verdict.errors if not problem.question] == [], (seed, element, answers)
            valid += verdict.valid
    assert valid
