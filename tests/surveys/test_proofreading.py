import pytest

from surveys.json_limits import DEFINITION_BYTES
from surveys.proofreading import proofread


def q(name="q", **fields):
    return {"type": "text", "name": name, **fields}


RING = [
    {"type": "expression", "name": "a", "expression": "{b} + 1"},
    {"type": "expression", "name": "b", "expression": "{a} + 1"},
]
REGEX = {"type": "regex", "regex": "^(a+)+$"}

# (elements, place and part of the message)
PEOPLE = {"type": "paneldynamic", "name": "people", "panelCount": 1, "templateElements": [q("a")]}
WRONG = [
    ([q("a"), q("a")], ("elements[1]", "used twice")),
    ([q("__proto__")], ("elements[0]", "may not be used")),
    ([q("toString")], ("elements[0]", "may not be used")),
    ([q("a", valueName="__proto__")], ("elements[0]", "may not be used")),
    ([{"type": "matrix", "name": "m", "columns": [1, 2], "rows": ["r", "__proto__"]}], ("elements[0]", "may not be used")),
    ([q("   ")], ("elements[0]", "")),
    ([q("a}b")], ("elements[0]", "")),
    ([{"type": "radiogroup", "name": "a", "choices": [1], "showOtherItem": True}, q("a-Comment")], ("elements[1]", "used twice")),
    ([{"type": "text"}], ("elements[0]", "no name")),
    ([{"type": "tesseract", "name": "q"}], ("elements[0]", "no question type “tesseract”")),
    ([q(visibleIf="{nobody} = 1")], ("q.visibleIf", "no question or value “nobody”")),
    ([q(visibleIf="{q} = ")], ("q.visibleIf", "cannot be read")),
    ([q("a"), q(visibleIf="nosuch({a}) = 1")], ("q.visibleIf", "no function “nosuch”")),
    ([q(visibleIf="{q} = 1")], ("q.visibleIf", "depends on itself")),
    (RING, ("a", "depends on itself")),
    ([q(validators=[REGEX])], ("elements[0]", "very long")),
    ([q(validators=[{"type": "regex", "regex": "("}])], ("elements[0]", "cannot be read")),
    ([{"type": "dropdown", "name": "d", "choices": ["a", "a"]}], ("elements[0].choices", "listed twice")),
    ([{"type": "dropdown", "name": "d", "choicesByUrl": {"url": "https://x.example/"}}], ("elements[0]", "another address")),
    ([], ("", "asks nothing")),
    ([PEOPLE, q(visibleIf="{people[1].nobody} = 1")], ("q.visibleIf", "no question or value “people[1].nobody”")),
    ([PEOPLE | {"maxPanelCount": 1}, q(visibleIf="{people[1].a} = 1")], ("q.visibleIf", "no question or value “people[1].a”")),
    ([q(f"q{number}") for number in range(1001)], ("", "1000 elements")),
    ([{"type": "paneldynamic", "name": "p", "templateElements": [q("x"), q("x")]}], ("elements[0].templateElements[1]", "used twice")),
]


@pytest.mark.parametrize(("elements", "expected"), WRONG)
def test_a_mistake_is_named_with_its_place(elements, expected):
    errors, _warnings = proofread({"elements": elements})
    assert any(error.question == expected[0] and expected[1] in error.message for error in errors), errors


RIGHT = [
    [q("a"), q("b", visibleIf="{a} notempty", requiredIf="{a} = 'x'")],
    [{"type": "paneldynamic", "name": "p", "templateElements": [q("a"), q("b", visibleIf="{panel.a} notempty")]}],
    [{"type": "matrixdynamic", "name": "m", "columns": [{"name": "a"}, {"name": "b", "visibleIf": "{row.a} notempty"}]}],
    # Before anybody added a second one, or a first.
    [PEOPLE, q(visibleIf="{people[1].a} notempty or {people[1]} notempty")],
    [{"type": "matrixdynamic", "name": "m", "rowCount": 0, "columns": [{"name": "a"}]}, q(visibleIf="{m[0].a} notempty")],
    [q("a", validators=[{"type": "regex", "regex": r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$"}])],
    [q("name"), {"type": "html", "name": "hello", "html": "Hello {name}"}],
    [{"type": "radiogroup", "name": "r", "choices": [1, 2]}, q("b", visibleIf="{r} = 1 and age('2000-01-01') > 3")],
]


@pytest.mark.parametrize("elements", RIGHT)
def test_a_sound_definition_is_clean(elements):
    assert proofread({"elements": elements})[0] == []


def test_a_property_that_the_engine_ignores_is_only_told():
    errors, warnings = proofread({"elements": [q(colour="red")]})
    assert not errors
    assert [warning.question for warning in warnings] == ["q"]


def test_a_definition_over_the_size_limit_is_refused():
    [error] = proofread({"elements": [q(title="x" * DEFINITION_BYTES)]})[0]
    assert "Too large" in error.message


def test_a_definition_nested_too_deeply_is_refused():
    element = q()
    for number in range(30):
        element = {"type": "panel", "name": f"p{number}", "elements": [element]}
    [error] = proofread({"elements": [element]})[0]
    assert error.message == "Nested too deeply."


SLOW = [
    "^(a+)+$",
    "^((b)+)+$",
    "^((中)+)+$",
    "^([b-z]|[b-y])+$",
    "^(([b-z])|[b-y])+$",
    "^xyz([q-z]|[q-y])+$",
    r"^(?:\d|[0-9])+x$",
    "^(b|b)*$",
    "^(bc|bc)*$",
    "^(b|bb)+$",
    "^(b|c|bc)+$",
    "^((b|bb)c?)+$",
    "^(b?){40}$",
    r"^(\s*)*中$",
    "^b*b*b*b*$",
    "^(语|语语)+$",
    "^(?=(b|bb)+$)",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_a_regular_expression_that_can_take_very_long_is_refused_with_its_place(pattern):
    elements = [q("first"), {"type": "panel", "name": "box", "elements": [q(validators=[{"type": "regex", "regex": pattern}])]}]
    [error] = proofread({"elements": elements})[0]
    assert error.question == "elements[1].elements[0]"
    assert "very long" in error.message


QUICK = [
    r"^[A-Z]{2}\d{4,}$",
    r"^(\+\d{1,3} )?\d{5,15}$",
    "^(yes|no|maybe)$",
    "^(a|b|c)+$",
    "^(ab|ac)+$",
    r"^\d{4}-(0[1-9]|1[0-2])-\d\d$",
    r"^[\u4e00-\u9fff]+$",
    r"[(+]\d+[)*]",
    "^(?!.*--)[a-z-]+$",
    r"^https?://[^\s/]+(/\S*)?$",
    r"^[^@\s]+@[^@\s]+$",
    "^$",
    "",
]


def test_ordinary_regular_expressions_pass():
    elements = [q(f"q{number}", validators=[{"type": "regex", "regex": pattern}]) for number, pattern in enumerate(QUICK)]
    assert proofread({"elements": elements})[0] == []


def test_a_slow_regular_expression_that_ends_the_reading_is_still_named():
    pattern = "^(?:" + "|".join(["bcd|bc|d"] + [f"(?:b|x{n})cd" for n in range(400)]) + ")+$"
    [error] = proofread({"elements": [q("first"), q(validators=[{"type": "regex", "regex": pattern}])]})[0]
    assert error.question == "elements[1]"
    assert "very long" in error.message
