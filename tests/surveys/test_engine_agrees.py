"""The server's verdict beside that of plain survey-core in Node: one table, one process of Node for all of it."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from surveys import judging
from tests.surveys.cases import ABC, EXPRESSIONS, GRID, all_cases

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def reference(cases):
    """What survey-core in Node says of each (definition, answers, walk)."""
    lines = "\n".join(json.dumps({"definition": definition, "answers": answers, "walk": walk}) for definition, answers, walk in cases)
    script = Path(__file__).with_name("reference.cjs")
    done = subprocess.run([NODE, str(script)], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(definition, answers):
    verdict = judging.judge(definition, answers, language="en")
    roots = {(problem.question.split("[")[0].split(".")[0], problem.message) for problem in verdict.errors}
    return {"valid": verdict.valid, "data": verdict.data, "errors": sorted(map(list, roots))}


def test_every_type_validator_trigger_and_function_is_judged_as_survey_core_does():
    cases = all_cases()
    assert len(cases) >= 150
    expected = reference([(definition, answers, walk) for _name, definition, answers, walk in cases])
    wrong = []
    for (name, definition, answers, _walk), theirs in zip(cases, expected, strict=True):
        mine = ours(definition, answers)
        if mine != theirs:
            wrong.append(f"{name}\n  node {theirs}\n  ours {mine}")
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong)


def rich_survey(dice):
    """Three pages of every kind of question, tied together by conditions."""

    def element(number):
        name = f"q{number}"
        kinds = [
            {"type": "rating", "rateMin": 0, "rateMax": 10},
            {"type": "radiogroup", "choices": ABC},
            {"type": "checkbox", "choices": ABC, "minSelectedChoices": 1},
            {"type": "text", "inputType": "number", "min": 0, "max": 50},
            {"type": "comment", "validators": [{"type": "text", "minLength": 3}]},
            {"type": "matrix", "eachRowRequired": dice.random() < 0.3, **GRID},
            {"type": "boolean"},
            {"type": "multipletext", "items": [{"name": "x", "isRequired": True}, {"name": "y"}]},
            {"type": "paneldynamic", "templateElements": [{"type": "text", "name": "n", "isRequired": True}]},
            {"type": "matrixdynamic", "rowCount": 0, "columns": [{"name": "n", "cellType": "text", "isRequired": True}]},
        ]
        made = {"name": name, **kinds[number % len(kinds)], "isRequired": dice.random() < 0.3}
        if number > 2 and dice.random() < 0.5:
            other = dice.randrange(number)
            made["visibleIf"] = dice.choice(
                [f"{{q{other}}} notempty", f"{{q{other}}} empty", f"{{q{other}}} > 4", f"{{q{other}}} contains 'a'"]
            )
        return made

    elements = [element(number) for number in range(15)]
    return {"pages": [{"name": f"p{page}", "elements": elements[page * 5 : page * 5 + 5]} for page in range(3)]}


def random_answers(definition, dice):
    answers = {}
    for page in definition["pages"]:
        for element in page["elements"]:
            value = {
                "rating": lambda: dice.randrange(11),
                "radiogroup": lambda: dice.choice(ABC),
                "checkbox": lambda: dice.sample(ABC, dice.randrange(1, 4)),
                "text": lambda: dice.randrange(0, 51),
                "comment": lambda: dice.choice(["ab", "a longer text", "很好很好"]),
                "matrix": lambda: {row: dice.randrange(1, 4) for row in dice.sample(["x", "y"], dice.randrange(1, 3))},
                "boolean": lambda: dice.random() < 0.5,
                "multipletext": lambda: dict.fromkeys(dice.sample(["x", "y"], dice.randrange(1, 3)), "t"),
                "paneldynamic": lambda: [{"n": "t"} for _panel in range(dice.randrange(1, 3))],
                "matrixdynamic": lambda: [{"n": "t"} for _row in range(dice.randrange(1, 3))],
            }[element["type"]]()
            if dice.random() < 0.85:
                answers[element["name"]] = value
    return answers


def rich_runs():
    """Ten rich surveys with four sets of random answers each."""
    dice = random.Random(20_261_122)
    runs = []
    for _survey in range(10):
        definition = rich_survey(dice)
        runs += [(definition, random_answers(definition, dice), False) for _run in range(4)]
    return runs


def test_forty_random_runs_of_ten_rich_surveys_end_the_same():
    runs = rich_runs()
    expected = reference(runs)
    got = [ours(definition, answers) for definition, answers, _walk in runs]
    assert len(runs) == 40
    assert got == expected
    assert {verdict["valid"] for verdict in expected} == {True, False}


def test_the_table_names_every_function_of_expressions_that_the_engine_has():
    script = "const S = require('./node_modules/survey-core/survey.core.js'); "
    script += "console.log(JSON.stringify(S.FunctionFactory.Instance.getAll())); process.exit(0)"
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True, timeout=60)
    texts = [text for text, _answers in EXPRESSIONS]
    assert [name for name in json.loads(done.stdout) if not any(f"{name}(" in text for text in texts)] == []


def test_the_table_names_every_question_type_validator_and_trigger_that_the_engine_has():
    script = "const { Serializer } = require('./node_modules/survey-core/survey.core.js'); "
    script += "const named = (base) => Serializer.getChildrenClasses(base, true).map((each) => each.name); "
    script += "console.log(JSON.stringify(['question', 'panel', 'surveyvalidator', 'surveytrigger'].map(named))); process.exit(0)"
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True, timeout=60)
    bare = {"matrixdropdownbase", "textbase", "nonvalue", "empty"}  # what others are made of, and an element of no type
    told: dict[str, set[str]] = {"elements": set(), "validators": set(), "triggers": set()}

    def read(node, kind="elements"):
        if isinstance(node, dict):
            told[kind].add(node.get("type"))
            for name, inner in node.items():
                read(inner, name if name in ("validators", "triggers") else "elements")
        elif isinstance(node, list):
            for inner in node:
                read(inner, kind)

    for _name, definition, _answers, _walk in all_cases():
        read(definition)
    questions, panels, validators, triggers = json.loads(done.stdout)
    assert {*questions, *panels} - bare - told["elements"] == {"page"} & {*panels}
    assert {name.removesuffix("validator") for name in validators} - told["validators"] == set()
    assert {name.removesuffix("trigger") for name in triggers} - told["triggers"] == set()
