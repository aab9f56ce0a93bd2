"""What a proof-reader finds in the way a survey hangs together: pages nobody reaches, rings, triggers that lead nowhere."""

import pytest

from surveys.proofreading import proofread


def q(name="q", **fields):
    return {"type": "text", "name": name, **fields}


def pages(*pages, **rest):
    return {"pages": [{"name": f"p{number}", **page} for number, page in enumerate(pages, 1)], **rest}


def trigger(kind, **fields):
    return {"type": kind, "expression": "{a} = 1", **fields}


FIRST = {"elements": [q("a")]}
RING_OF_PAGES = pages(FIRST, {"visibleIf": "{c} notempty", "elements": [q("b")]}, {"visibleIf": "{b} notempty", "elements": [q("c")]})
COLUMNS = [
    {"name": "n", "cellType": "expression", "expression": "{row.m} + 1"},
    {"name": "m", "cellType": "expression", "expression": "{row.n} + 1"},
]
INNER = [q("n", visibleIf="{panel.m} = 1"), q("m", visibleIf="{panel.n} = 1")]

# (definition, every place found wrong, words in the first message)
WRONG = [
    (pages(FIRST, {"visible": False, "elements": [q("b")]}), ["p2"], "“p2” is never shown"),
    (pages(FIRST, {"elements": [q("b", visible=False)]}), ["p2"], "“p2” is never shown"),
    (pages(FIRST, {"visibleIf": "1 = 2", "elements": [q("b")]}), ["p2", "p2.visibleIf"], "“p2” is never shown"),
    (pages(FIRST, {"visible": False, "elements": [q("b")]}, {"visibleIf": "{b} = 'x'", "elements": [q("c")]}), ["p2", "p3"], "never shown"),
    (RING_OF_PAGES, ["p2", "p2.visibleIf", "p3", "p3.visibleIf"], "depends on itself"),
    (
        pages({"elements": [q("a", visibleIf="{b} = 1"), q("b", visibleIf="{a} = 1"), q("c")]}),
        ["a.visibleIf", "b.visibleIf"],
        "depends on itself",
    ),
    (pages({"elements": [q("a", enableIf="{b} = 1"), q("b", enableIf="{a} = 1")]}), ["a.enableIf", "b.enableIf"], "depends on itself"),
    (pages({"elements": [q("a", defaultValueExpression="{b}"), q("b", defaultValueExpression="{a}")]}), ["a", "b"], "depends on itself"),
    (
        pages(
            {
                "elements": [
                    q("a", visibleIf="{b} = 1"),
                    {"type": "panel", "name": "box", "visibleIf": "{a} = 1", "elements": [q("b")]},
                    q("c"),
                ]
            }
        ),
        ["a.visibleIf", "box.visibleIf"],
        "depends on itself",
    ),
    (pages({"elements": [{"type": "matrixdynamic", "name": "t", "columns": COLUMNS}]}), ["t.m", "t.n"], "depends on itself"),
    (
        pages({"elements": [{"type": "paneldynamic", "name": "g", "templateElements": INNER}]}),
        ["g.m.visibleIf", "g.n.visibleIf"],
        "depends on",
    ),
    (
        pages(FIRST, triggers=[trigger("setvalue", setToName="nobody", setValue=1)]),
        ["triggers[0].setToName"],
        "no question or value “nobody”",
    ),
    (pages(FIRST, triggers=[trigger("copyvalue", setToName="a", fromName="nobody")]), ["triggers[0].fromName"], "“nobody”"),
    (pages(FIRST, triggers=[trigger("complete"), trigger("skip", gotoName="nowhere")]), ["triggers[1].gotoName"], "“nowhere”"),
    (
        pages(FIRST, triggers=[trigger("runexpression", setToName="a", runExpression="{nobody} + 1")]),
        ["triggers[0].runExpression"],
        "“nobody”",
    ),
    (pages(FIRST, triggers=[trigger("visible", pages=["nowhere"])]), ["triggers[0].pages"], "“nowhere”"),
]


CHOICE = {"elements": [{"type": "radiogroup", "name": "c", "choices": ["yes", {"value": 2, "text": "No"}]}]}
GROUP = [{"type": "text", "name": "x", "valueName": "v"}]
WRONG += [
    (pages(CHOICE, {"visibleIf": "{c} = 'maybe'", "elements": [q("b")]}), ["p2"], "never shown"),
    (pages(CHOICE, {"visibleIf": "{c} = 3 or (3 = {c} and {c} notempty)", "elements": [q("b")]}), ["p2"], "never shown"),
    (pages({"elements": [{"type": "boolean", "name": "c"}]}, {"visibleIf": "{c} = 'maybe'", "elements": [q("b")]}), ["p2"], "never shown"),
    (
        pages(
            {"elements": [{"type": "matrixdynamic", "name": "t", "columns": [{"name": "n"}, {"name": "m", "visibleIf": "{row.z} = 1"}]}]}
        ),
        ["t.m.visibleIf"],
        "“row.z”",
    ),
    (
        pages({"elements": [{"type": "paneldynamic", "name": "g", "templateElements": [*GROUP, q("y", requiredIf="{panel.z} = 1")]}]}),
        ["g.y.requiredIf"],
        "“panel.z”",
    ),
]


@pytest.mark.parametrize(("definition", "places", "words"), WRONG)
def test_what_leads_nowhere_or_back_to_itself_is_refused_with_its_place(definition, places, words):
    errors, _warnings = proofread(definition)
    assert sorted(error.question for error in errors) == places
    assert any(words in error.message for error in errors)


TABLE = [{"name": "n"}, {"name": "m", "visibleIf": "{row.n} = 1"}, {"name": "o", "cellType": "expression", "expression": "{row.n} + 1"}]
RIGHT = [
    pages(FIRST, {"visible": False, "elements": [q("b")]}, triggers=[trigger("visible", pages=["p2"])]),
    pages(FIRST, {"visible": False, "visibleIf": "{a} = 1", "elements": [q("b")]}),
    pages(FIRST, {"visibleIf": "{a} empty", "elements": [q("b")]}, {"visibleIf": "{b} notempty", "elements": [q("c")]}),
    pages(FIRST, {"visibleIf": "{h} = 'x'", "elements": [q("b")]}, {"elements": [q("d"), q("h", visible=False, defaultValue="x")]}),
    pages(FIRST, {"visibleIf": "{v} > 1", "elements": [q("b")]}, calculatedValues=[{"name": "v", "expression": "{a} * 2"}]),
    pages(FIRST, {"elements": [q("b", visible=False), q("c")]}, {"visibleIf": "{b} empty or {a} = 1", "elements": [q("d")]}),
    pages(FIRST, {"elements": [q("b")]}, triggers=[trigger("skip", gotoName="p2"), trigger("setvalue", setToName="v", isVariable=True)]),
    pages({"elements": [{"type": "matrixdynamic", "name": "t", "columns": TABLE}]}),
    pages(
        FIRST, {"elements": [q("n", visibleIf="{a} = 1", defaultValueExpression="{a} + 1")]}, {"visibleIf": "{n} > 1", "elements": [q("z")]}
    ),
    pages({"elements": [{"type": "html", "name": "read", "html": "Read"}]}),
    pages(CHOICE, {"visibleIf": "{c} = 'YES' or {c} = '2'", "elements": [q("b")]}),
    pages(CHOICE, {"visibleIf": "{c} <> 'maybe'", "elements": [q("b")]}),
    pages({"elements": [CHOICE["elements"][0] | {"showOtherItem": True}]}, {"visibleIf": "{c} = 'maybe'", "elements": [q("b")]}),
    pages({"elements": [CHOICE["elements"][0] | {"showNoneItem": True}]}, {"visibleIf": "{c} = 'none'", "elements": [q("b")]}),
    pages(
        FIRST, CHOICE, {"visibleIf": "{c} = 'maybe'", "elements": [q("b")]}, triggers=[trigger("setvalue", setToName="c", setValue="maybe")]
    ),
    pages({"elements": [{"type": "boolean", "name": "c"}]}, {"visibleIf": "{c} = true", "elements": [q("b")]}),
    pages({"elements": [{"type": "boolean", "name": "c", "valueTrue": "y"}]}, {"visibleIf": "{c} = 'y'", "elements": [q("b")]}),
    pages(
        {
            "elements": [
                {
                    "type": "paneldynamic",
                    "name": "g",
                    "templateElements": [*GROUP, q("y", visibleIf="{panel.v} = 1 and {panel.x-Comment} empty")],
                }
            ]
        }
    ),
]


@pytest.mark.parametrize("definition", RIGHT)
def test_what_some_answers_reach_is_let_through(definition):
    assert proofread(definition)[0] == []
