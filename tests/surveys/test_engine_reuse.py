"""A model used again judges as a fresh one does, wherever the engine uses one again: the proof by difference."""

import json
import random

import pytest

from surveys.engine import pool as pools
from tests.surveys.cases import ABC, GRID, all_cases

PLAIN = [
    {"type": "text", "maxLength": 5},
    {"type": "text", "inputType": "number", "min": 0, "max": 50},
    {"type": "text", "inputType": "email"},
    {"type": "comment", "validators": [{"type": "text", "minLength": 3}]},
    {"type": "radiogroup", "choices": ABC, "showOtherItem": True},
    {"type": "dropdown", "choices": [{"value": 1, "text": "One"}, 2]},
    {"type": "checkbox", "choices": ABC, "showNoneItem": True, "maxSelectedChoices": 2},
    {"type": "tagbox", "choices": ABC, "minSelectedChoices": 2},
    {"type": "rating", "rateMin": 0, "rateMax": 10},
    {"type": "boolean"},
    {"type": "buttongroup", "choices": ABC},
    {"type": "matrix", "eachRowRequired": True, **GRID},
    {"type": "multipletext", "items": [{"name": "x", "isRequired": True}, {"name": "y"}]},
]
VALUES = [
    "a", "b", "other", "none", "text", "", "x@y.example", "javascript:",
    0, 1, 2, 7, 99, -1, True, False, None, [], ["a"], ["a", "b", "c"], ["none", "a"],
    {}, {"x": 1, "y": 3}, {"x": 9}, {"x": "t"}, {"y": "t"}, {"q": 1},
]  # fmt: skip


def judge(definition, answers, *, reuse):
    answer, _engine = pools.pool().ask("judge", [json.dumps(definition), json.dumps(answers), "", ["{q0} notempty"], reuse], 5)
    return answer


def is_plain(definition):
    answer, _engine = pools.pool().ask("is_plain", [json.dumps(definition)], 5)
    return answer["result"]


def survey(dice):
    """Two pages of plain questions tied together by conditions."""
    elements = []
    for number in range(12):
        element = {**dice.choice(PLAIN), "name": f"q{number}", "isRequired": dice.random() < 0.3}
        if number and dice.random() < 0.6:
            other = f"{{q{dice.randrange(number)}}}"
            element[dice.choice(["visibleIf", "requiredIf"])] = dice.choice(
                [f"{other} notempty", f"{other} > 4", f"{other} contains 'a'", f"{other} empty"]
            )
        elements.append(element)
    panel = {"type": "panel", "name": "box", "visibleIf": "{q0} notempty", "elements": elements[9:]}
    return {
        "pages": [
            {"name": "p1", "elements": elements[:5]},
            {"name": "p2", "visibleIf": "{q1} notempty", "elements": [*elements[5:9], panel]},
        ]
    }


def fitting(element, dice):
    """Now and then an answer of the right kind, so that many a run is valid."""
    kinds = {
        "text": 7 if element.get("inputType") else "abc",
        "comment": "long enough",
        "radiogroup": "a",
        "dropdown": 1,
        "checkbox": ["a"],
        "tagbox": ["a", "b"],
        "rating": 9,
    }
    kinds |= {"boolean": True, "buttongroup": "b", "matrix": {"x": 1, "y": 2}, "multipletext": {"x": "t"}}
    return "x@y.example" if element.get("inputType") == "email" else kinds[element["type"]] if dice.random() < 0.95 else dice.choice(VALUES)


def elements_of(definition):
    for page in definition["pages"]:
        for element in page["elements"]:
            yield from element["elements"] if element["type"] == "panel" else [element]


def test_a_used_model_judges_as_a_fresh_one_after_whatever_came_before():
    dice = random.Random(20_261_127)
    valid = different = 0
    for _survey in range(4):
        definition = survey(dice)
        for _run in range(7):
            answers = {element["name"]: fitting(element, dice) for element in elements_of(definition) if dice.random() < 0.95}
            if dice.random() < 0.3:
                answers |= {"q4-Comment": "words", "nobody": 1}
            used, fresh = judge(definition, answers, reuse=True), judge(definition, answers, reuse=False)
            judge(definition, answers, reuse=True)  # the next one finds a used model again
            valid += used["result"]["valid"]
            different += used != fresh
    assert different == 0
    assert 1 < valid < 4 * 7


def test_every_case_of_the_table_is_judged_the_same_by_a_model_used_before():
    by_definition: dict[str, list] = {}
    for _name, definition, answers, _walk in all_cases():
        by_definition.setdefault(json.dumps(definition), []).append(answers)
    plain = [text for text in by_definition if is_plain(json.loads(text))]
    assert len(plain) > 40
    for text in plain:
        definition, several = json.loads(text), by_definition[text]
        fresh = [judge(definition, answers, reuse=False) for answers in several]
        assert [judge(definition, answers, reuse=True) for answers in several] == fresh
        assert [judge(definition, answers, reuse=True) for answers in reversed(several)] == fresh[::-1]


@pytest.mark.parametrize(
    "extra",
    [
        {"triggers": [{"type": "setvalue", "setToName": "q", "setValue": 1, "expression": "{q} = 2"}]},
        {"calculatedValues": [{"name": "c", "expression": "{q} + 1"}]},
        {"elements": [{"type": "matrixdynamic", "name": "q", "columns": [{"name": "n"}]}]},
        {"elements": [{"type": "text", "name": "q", "defaultValue": "x"}]},
        {"elements": [{"type": "text", "name": "q", "readOnly": True}]},
        {"elements": [{"type": "dropdown", "name": "q", "choices": ["a"], "choicesOrder": "random"}]},
        {"elements": [{"type": "dropdown", "name": "q", "choices": [{"value": "a", "visibleIf": "{x} = 1"}]}]},
    ],
)
def test_what_is_not_plain_always_gets_a_fresh_model(extra):
    """Its own kind says so: a model that is kept would be asked for the survey's second judgement."""
    definition = {"elements": [{"type": "text", "name": "q"}], **extra}

    assert not is_plain(definition)
