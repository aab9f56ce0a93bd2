"""What survey-core leaves to the browser and the server asks itself, and what it decides: definition, answers, verdict."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from surveys import judging

PNG = "data:image/png;base64,iVBORw0KGgo="
FILE = {"name": "a.png", "type": "image/png", "content": PNG}


def q(kind, **fields):
    return {"type": kind, "name": "q", **fields}


def choice(*values, **fields):
    return {"choices": list(values), **fields}


TEXT = {"type": "text", "name": "t"}
MATRIX = q("matrix", columns=["bad", "good"], rows=["speed", "words"])
CELLS = q("matrixdropdown", columns=[{"name": "c", "cellType": "text", "inputType": "number"}], rows=["r1", "r2"])
ROWS = q("matrixdynamic", columns=[{"name": "c", "cellType": "dropdown", "choices": ["a", "b"]}], rowCount=0, maxRowCount=2)
PANELS = q("paneldynamic", templateElements=[{"type": "text", "name": "age", "inputType": "number", "isRequired": True}], maxPanelCount=2)
FIELDS = q("multipletext", items=[{"name": "first"}, {"name": "mail", "inputType": "email"}])
PHONE = q("text", maskType="pattern", maskSettings={"pattern": "999-9999"})

AMOUNT = q("text", maskType="numeric", maskSettings={"allowNegativeValues": False, "precision": 2, "max": 1_000})
PRICE = q("text", maskType="currency", maskSettings={"saveMaskedValue": True, "prefix": "$", "allowNegativeValues": False})

# (element or elements, answers, path of the first error or None where they are possible)
CASES = [
    # scales
    (q("rating", rateMax=5), {"q": 5}, None),
    (q("rating", rateMax=5), {"q": 6}, "q"),
    (q("rating", rateMax=5), {"q": "5"}, "q"),
    (q("rating", rateMax=5), {"q": 2.5}, "q"),
    (q("rating", rateMin=0, rateMax=10), {"q": 0}, None),
    (q("rating", rateValues=["low", "high"]), {"q": "high"}, None),
    (q("rating", rateValues=["low", "high"]), {"q": "middle"}, "q"),
    (q("slider", min=0, max=10), {"q": 10}, None),
    (q("slider", min=0, max=10), {"q": 11}, "q"),
    (q("slider", min=0, max=10, step=5), {"q": 3}, "q"),
    (q("slider", sliderType="range", min=0, max=10), {"q": [2, 8]}, None),
    (q("slider", sliderType="range", min=0, max=10), {"q": [8, 2]}, "q"),
    (q("slider", sliderType="range", min=0, max=10), {"q": 5}, "q"),
    # yes and no
    (q("boolean"), {"q": True}, None),
    (q("boolean"), {"q": "yes"}, "q"),
    (q("boolean", valueTrue="yes", valueFalse="no"), {"q": "yes"}, None),
    (q("boolean", valueTrue="yes", valueFalse="no"), {"q": True}, "q"),
    # one choice
    (q("radiogroup", **choice("a", "b")), {"q": "a"}, None),
    (q("radiogroup", **choice("a", "b")), {"q": "z"}, "q"),
    (q("radiogroup", **choice("a", "b")), {"q": ["a"]}, "q"),
    (q("radiogroup", **choice(1, 2)), {"q": "1"}, "q"),
    (q("dropdown", **choice("a", {"value": "b", "enableIf": "1 = 2"})), {"q": "b"}, "q"),
    (q("dropdown", **choice("a", {"value": "b", "visibleIf": "1 = 2"})), {"q": "b"}, "q"),
    (q("dropdown", choicesMin=1, choicesMax=5), {"q": 5}, None),
    (q("dropdown", choicesMin=1, choicesMax=5), {"q": 6}, "q"),
    (q("radiogroup", **choice("a", showOtherItem=True)), {"q": "other", "q-Comment": "mine"}, None),
    (q("radiogroup", **choice("a", showOtherItem=True)), {"q": "other"}, "q"),
    (q("radiogroup", **choice("a")), {"q": "a", "q-Comment": "unasked"}, "q-Comment"),
    (q("radiogroup", **choice("a", showCommentArea=True)), {"q": "a", "q-Comment": "asked"}, None),
    (q("imagepicker", **choice("a", "b")), {"q": "c"}, "q"),
    (q("buttongroup", **choice("a", "b")), {"q": "c"}, "q"),
    # several choices
    (q("checkbox", **choice("a", "b", "c")), {"q": ["a", "c"]}, None),
    (q("checkbox", **choice("a", "b")), {"q": ["a", "z"]}, "q"),
    (q("checkbox", **choice("a", "b")), {"q": "a"}, "q"),
    (q("checkbox", **choice("a", "b")), {"q": ["a", "a"]}, "q"),
    (q("checkbox", **choice("a", "b", "c", maxSelectedChoices=2)), {"q": ["a", "b", "c"]}, "q"),
    (q("checkbox", **choice("a", "b", "c", minSelectedChoices=2)), {"q": ["a"]}, "q"),
    (q("checkbox", **choice("a", showNoneItem=True)), {"q": ["none"]}, None),
    (q("checkbox", **choice("a", showNoneItem=True)), {"q": ["none", "a"]}, "q"),
    (q("tagbox", **choice("a", "b")), {"q": ["b", "q"]}, "q"),
    (q("ranking", **choice("a", "b", "c")), {"q": ["c", "a", "b"]}, None),
    (q("ranking", **choice("a", "b", "c")), {"q": ["c", "a"]}, "q"),
    (q("ranking", **choice("a", "b", "c", selectToRankEnabled=True)), {"q": ["c"]}, None),
    # text
    (q("text"), {"q": ["a"]}, "q"),
    (q("text"), {"q": {"a": 1}}, "q"),
    (q("text", maxLength=3), {"q": "four"}, "q"),
    (q("comment", maxLength=3), {"q": "fou"}, None),
    (q("comment", maxLength=3), {"q": "four"}, "q"),
    (q("text", inputType="number"), {"q": 3.5}, None),
    (q("text", inputType="number"), {"q": "abc"}, "q"),
    (q("text", inputType="number", min=1, max=5), {"q": 6}, "q"),
    (q("text", inputType="date"), {"q": "2026-02-28"}, None),
    (q("text", inputType="date"), {"q": "2026-02-30"}, "q"),
    (q("text", inputType="date"), {"q": "nope"}, "q"),
    (q("text", inputType="datetime-local"), {"q": "2026-02-28T10:00"}, None),
    (q("text", inputType="datetime-local"), {"q": "2026-02-28 10:00"}, "q"),
    (q("text", inputType="time"), {"q": "25:00"}, "q"),
    (q("text", inputType="month"), {"q": "2026-13"}, "q"),
    (q("text", inputType="url"), {"q": "https://example.com/a"}, None),
    (q("text", inputType="url"), {"q": "javascript:alert(1)"}, "q"),
    (q("text", inputType="email"), {"q": "nobody"}, "q"),
    (q("text", inputType="color"), {"q": "#12345g"}, "q"),
    (q("text", dataList=["a", "b"]), {"q": "c"}, None),
    (PHONE, {"q": "1234567"}, None),
    (PHONE, {"q": "abc"}, "q"),
    (q("text", maskType="numeric"), {"q": 12.5}, None),
    (q("text", maskType="numeric"), {"q": "twelve"}, "q"),
    (q("text", isRequired=True), {}, "q"),
    (q("text", isRequired=True), {"q": ""}, "q"),
    (q("text", validators=[{"type": "regex", "regex": "^[0-9]+$"}]), {"q": "12a"}, "q"),
    # numbers with a mask
    (AMOUNT, {"q": 5.25}, None),
    (AMOUNT, {"q": 1_000}, None),
    (AMOUNT, {"q": -5}, "q"),
    (AMOUNT, {"q": 1.23456}, "q"),
    (AMOUNT, {"q": 1_000.5}, "q"),
    (AMOUNT, {"q": "5"}, "q"),
    (q("text", maskType="numeric"), {"q": -5.5}, None),
    (q("text", maskType="numeric", maskSettings={"precision": 0}), {"q": 5.5}, "q"),
    (q("text", maskType="numeric", maskSettings={"min": 3}), {"q": 2}, "q"),
    (PRICE, {"q": "$1,234.50"}, None),
    (PRICE, {"q": "1234"}, "q"),
    (PRICE, {"q": "$1,234.567"}, "q"),
    (PRICE, {"q": "$-1.00"}, "q"),
    (PRICE, {"q": "$one"}, "q"),
    # what the engine takes for no answer and would store as sent
    (q("text"), {"q": {"x": []}}, "q"),
    (q("text"), {"q": {}}, "q"),
    (q("comment"), {"q": [[]]}, "q"),
    (q("radiogroup", **choice("a")), {"q": {"x": []}}, "q"),
    (q("checkbox", **choice("a")), {"q": [[]]}, "q"),
    (q("boolean"), {"q": [{}]}, "q"),
    (MATRIX, {"q": {"taste": []}}, "q.taste"),
    (CELLS, {"q": {"zz": {"k": []}}}, "q.zz"),
    (CELLS, {"q": {"r1": {"k": []}}}, "q.r1.k"),
    (ROWS, {"q": [{"k": {"x": []}}]}, "q[0].k"),
    (FIELDS, {"q": {"zz": []}}, "q.zz"),
    (q("html", html="<p>Hello</p>"), {"q": {"x": []}}, "q"),
    # tables
    (MATRIX, {"q": {"speed": "good"}}, None),
    (MATRIX, {"q": {"speed": "fast"}}, "q.speed"),
    (MATRIX, {"q": {"taste": "good"}}, "q.taste"),
    (MATRIX, {"q": "good"}, "q"),
    ({**MATRIX, "isAllRowRequired": True}, {"q": {"speed": "good"}}, "q"),
    (CELLS, {"q": {"r1": {"c": 4}}}, None),
    (CELLS, {"q": {"r1": {"c": "four"}}}, "q.r1.c"),
    (CELLS, {"q": {"r9": {"c": 4}}}, "q.r9"),
    (CELLS, {"q": {"r1": {"x": 4}}}, "q.r1.x"),
    (ROWS, {"q": [{"c": "a"}, {"c": "b"}]}, None),
    (ROWS, {"q": [{"c": "z"}]}, "q[0].c"),
    (ROWS, {"q": [{"c": "a"}] * 3}, "q"),
    (ROWS, {"q": {"c": "a"}}, "q"),
    (PANELS, {"q": [{"age": 5}]}, None),
    (PANELS, {"q": [{"age": 5}, {}]}, "q[1].age"),
    (PANELS, {"q": [{"age": "old"}]}, "q[0].age"),
    (PANELS, {"q": [{"age": 1}] * 3}, "q"),
    (PANELS, {"q": [{"age": 1, "name": "x"}]}, "q[0].name"),
    (FIELDS, {"q": {"first": "A", "mail": "a@b.co"}}, None),
    (FIELDS, {"q": {"last": "B"}}, "q.last"),
    (FIELDS, {"q": ["A"]}, "q"),
    # files, signatures, and what asks nothing
    (q("file"), {"q": [FILE]}, None),
    (q("file"), {"q": [FILE, FILE]}, "q"),
    (q("file", allowMultiple=True, maxFiles=2), {"q": [FILE] * 3}, "q"),
    (q("file", acceptedTypes=".pdf"), {"q": [FILE]}, "q"),
    (q("file", maxSize=4), {"q": [FILE]}, "q"),
    (q("file"), {"q": [{"name": "a", "type": "text/html", "content": "https://evil.example/"}]}, "q"),
    (q("signaturepad"), {"q": PNG}, None),
    (q("signaturepad"), {"q": "<svg onload=alert(1)>"}, "q"),
    (q("html", html="<p>Hello</p>"), {"q": "x"}, "q"),
    # given, hidden, switched off
    (q("text", readOnly=True, defaultValue="given"), {"q": "given"}, None),
    (q("text", readOnly=True, defaultValue="given"), {"q": "forged"}, "q"),
    (q("text", readOnly=True), {"q": "forged"}, "q"),
    ([TEXT, q("text", enableIf="{t} = 'on'")], {"t": "on", "q": "x"}, None),
    ([TEXT, q("text", isRequired=True, visibleIf="{t} = 'on'")], {"t": "off"}, None),
    ([TEXT, q("text", isRequired=True, visibleIf="{t} = 'on'")], {"t": "on"}, "q"),
    ([TEXT, q("text", requiredIf="{t} = 'on'")], {"t": "on"}, "q"),
    ({"type": "panel", "name": "p", "isRequired": True, "elements": [q("text")]}, {}, "p"),
]


@pytest.mark.parametrize(("elements", "answers", "path"), CASES)
def test_the_judge_decides(elements, answers, path):
    elements = elements if isinstance(elements, list) else [elements]
    verdict = judging.judge({"elements": elements}, answers)
    found = verdict.errors[0].question if verdict.errors else None
    assert (found, verdict.valid) == (path, path is None)
    if path is None:
        assert verdict.data == {key: value for key, value in answers.items() if value != ""}
    else:
        assert verdict.errors[0].message
        assert verdict.data == {}


def outcome(definition, answers):
    verdict = judging.judge(definition, answers)
    return verdict.valid, verdict.data, [error.question for error in verdict.errors]


def test_computed_values_are_computed_again():
    definition = {
        "elements": [{"type": "text", "name": "n", "inputType": "number"}, {"type": "expression", "name": "e", "expression": "{n} * 2"}],
        "calculatedValues": [{"name": "c", "expression": "{n} + 1", "includeIntoResult": True}],
    }
    assert outcome(definition, {"n": 4, "e": 999, "c": 999}) == (True, {"n": 4, "e": 8, "c": 5}, [])


def test_computed_cells_are_computed_again():
    columns = [
        {"name": "n", "cellType": "text", "inputType": "number"},
        {"name": "e", "cellType": "expression", "expression": "{row.n} * 2"},
    ]
    definition = {"elements": [{"type": "matrixdynamic", "name": "m", "rowCount": 0, "columns": columns}]}
    assert outcome(definition, {"m": [{"n": 4, "e": 999}]}) == (True, {"m": [{"n": 4, "e": 8}]}, [])


def test_hidden_answers_go_even_where_the_author_would_keep_them():
    definition = {"clearInvisibleValues": "none", "elements": [TEXT, q("text", visibleIf="{t} = 'on'")]}
    assert outcome(definition, {"t": "off", "q": "x"}) == (True, {"t": "off"}, [])


def test_answers_switched_off_by_others_are_left_out():
    definition = {"elements": [TEXT, q("text", enableIf="{t} = 'on'")]}
    assert outcome(definition, {"t": "off", "q": "x"}) == (True, {"t": "off"}, [])


START = {
    "firstPageIsStartPage": True,
    "pages": [
        {"name": "start", "elements": [{"type": "text", "name": "name", "isRequired": True}]},
        {"name": "next", "elements": [{"type": "text", "name": "more", "isRequired": True}]},
    ],
}


def test_a_start_page_is_checked_too():
    assert outcome(START, {"more": "x"}) == (False, {}, ["name"])
    assert outcome(START, {"name": "n"}) == (False, {}, ["more"])
    assert outcome(START, {"name": "n", "more": "x"}) == (True, {"name": "n", "more": "x"}, [])


def test_a_trigger_that_ends_the_survey_spares_the_later_pages():
    definition = {
        "triggers": [{"type": "complete", "expression": "{first} = 'no'"}],
        "pages": [
            {"name": "one", "elements": [{"type": "radiogroup", "name": "first", "choices": ["yes", "no"], "isRequired": True}]},
            {"name": "two", "elements": [{"type": "text", "name": "second", "isRequired": True}]},
        ],
    }
    assert outcome(definition, {"first": "no"}) == (True, {"first": "no"}, [])
    assert outcome(definition, {"first": "yes"}) == (False, {}, ["second"])
    assert outcome(definition, {"first": "maybe"})[2] == ["first"]


def test_a_trigger_that_jumps_spares_what_it_jumps_over():
    definition = {
        "triggers": [{"type": "skip", "expression": "{first} = 'skip'", "gotoName": "third"}],
        "pages": [
            {"name": "one", "elements": [{"type": "text", "name": "first"}]},
            {"name": "two", "elements": [{"type": "text", "name": "second", "isRequired": True}]},
            {"name": "three", "elements": [{"type": "text", "name": "third", "isRequired": True}]},
        ],
    }
    assert outcome(definition, {"first": "skip", "third": "x"}) == (True, {"first": "skip", "third": "x"}, [])
    assert outcome(definition, {"first": "go", "third": "x"}) == (False, {}, ["second"])
    assert outcome(definition, {"first": "skip"})[0] is False


def test_the_authors_settings_cannot_switch_the_judge_off():
    for setting in ({"validationEnabled": False}, {"checkErrorsMode": "onComplete"}, {"mode": "display"}, {"readOnly": True}):
        assert outcome({**setting, "elements": [q("text", isRequired=True)]}, {})[0] is False


@pytest.mark.parametrize("answers", [[], "text", 5, None, True])
def test_answers_that_are_no_object_are_refused(answers):
    assert judging.judge({"elements": [q("text")]}, answers).errors[0].question == ""


def test_errors_are_told_in_the_readers_language():
    assert judging.judge({"elements": [q("text", isRequired=True)]}, {}, language="zh-hans").errors[0].message == "请填写此问题"


# --- The command -------------------------------------------------------------------------------------


@pytest.fixture
def check(tmp_path, capsys):
    def run(definition, answers):
        for name, content in (("survey", definition), ("data", answers)):
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{name}.json").write_text(text, "utf-8")
        call_command("check_response", str(tmp_path / "survey.json"), str(tmp_path / "data.json"))
        return json.loads(capsys.readouterr().out)

    return run


def test_the_command_prints_the_verdict(check):
    definition = {"elements": [q("rating", isRequired=True)]}
    assert check(definition, {"q": 3, "junk": 1}) == {"valid": True, "errors": [], "data": {"q": 3}}
    assert check(definition, {"q": 9}) == {
        "valid": False,
        "errors": [{"question": "q", "message": "This value is not on the scale."}],
        "data": {},
    }
    assert check(definition, "{")["errors"][0]["question"] == ""


@pytest.mark.parametrize(
    "definition", ["{", "[]", {"elements": [q("no such type")]}, {"elements": [{"type": "text", "name": "__proto__"}]}, '{"a": NaN}']
)
def test_a_definition_that_cannot_be_loaded_is_said_to_be(check, definition):
    with pytest.raises(CommandError, match="cannot be loaded"):
        check(definition, {})
