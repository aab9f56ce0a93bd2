"""What a proof-reader says of conditions that nothing makes true and of texts that speak of answers nobody gives."""

import pytest

from surveys.proofreading import proofread
from surveys.publishing import NotPublishable, publish, revise


def q(name="q", **fields):
    return {"type": "text", "name": name, **fields}


def asks(condition, *elements, **rest):
    return {"elements": [*elements, q("b", visibleIf=condition), q("z")], **rest}


NPS = {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10}
ONE = {"type": "radiogroup", "name": "one", "choices": ["yes", {"value": 2, "text": "No"}]}
SOME = {"type": "checkbox", "name": "some", "choices": ["x", "y", "z"]}
YES = {"type": "boolean", "name": "yes"}
ROWS = {"type": "matrix", "name": "m", "columns": [1, 2], "rows": ["r", "s"]}
FIELDS = [q("x"), {"type": "radiogroup", "name": "o", "choices": [1, 2]}]
PEOPLE = {"type": "paneldynamic", "name": "people", "panelCount": 1, "templateElements": FIELDS}
CELLS = [{"name": "x", "cellType": "text"}, {"name": "o", "cellType": "dropdown", "choices": [1, 2]}]
LINES = {"type": "matrixdynamic", "name": "lines", "rowCount": 1, "columns": CELLS}
GRID = {"type": "matrixdropdown", "name": "grid", "rows": ["r"], "columns": CELLS}
TEXTS = {"type": "multipletext", "name": "texts", "items": [{"name": "i"}]}

NEVER = [
    ("{a} = 1 and {a} = 2", q("a")),
    ("{a} > 5 and {a} < 3", q("a")),
    ("{a} empty and {a} = 1", q("a")),
    ("({a} = 1 or {d} = 1) and {a} = 2 and {d} = 3", q("a"), q("d")),
    ("{nps} > 10", NPS),
    ("{nps} > 3 and {nps} < 4", NPS),
    ("{one} = 'maybe'", ONE),
    ("{one} = 'yes' and !({one} = 'yes')", ONE),
    ("{some} = ['x'] and {some} = ['y']", SOME),
    ("{some} contains 'x' and {some} notcontains 'x'", SOME),
    ("{yes} = true and {yes} = false", YES),
    ("{m.r} = 3", ROWS),
    ("{m.r} = 1 and {m.s} = 1 and {m.r} = 2", ROWS),
    ("{people[0].x} = 1 and {people[0].x} = 2", PEOPLE),
    ("{people[0].o} = 3", PEOPLE),
    ("{lines[1].o} = 3 and {lines[1].x} = 1", LINES),
    ("{grid.r.o} > 2", GRID),
    ("{texts.i} > 5 and {texts.i} < 3", TEXTS),
]
SOMETIMES = [
    ("{a} > 3 and {a} < 4", q("a")),
    ("{a} > '2026-01-01' and {a} < '2027-01-01'", q("a", inputType="date")),
    ("{a} contains 'xy' and {a} contains 'z' and {a} notcontains 'k'", q("a")),
    ("{a} contains '5' and {a} > 60", q("a")),
    ("({a} = 1 or {d} = 1) and {a} = 2", q("a"), q("d")),
    ("{nps} >= 9 and {nps} <= 9", NPS),
    ("{nps} = 10 or {nps} empty", NPS),
    ("{one} = 'none'", ONE | {"showNoneItem": True}),
    ("{one} = 'maybe'", ONE | {"showOtherItem": True}),
    ("{one} = 'maybe'", ONE | {"defaultValue": "maybe"}),
    ("{some} contains 'x' and {some} contains 'y'", SOME),
    ("{some} anyof ['x', 'y'] and {some} notcontains 'x'", SOME),
    ("{yes} = 'true'", YES),
    ("age({a}) > 3 and age({a}) < 2", q("a")),
    ("{m.r} = 1", ROWS),
    ("{m.r} = 1 and {m.s} = 2", ROWS),
    ("{m.r} contains 1 and {m.r} contains 2", ROWS | {"cellType": "checkbox"}),
    ("{m.r} = 3", ROWS | {"defaultValue": {"r": 3}}),
    ("{people[0].x} = 1 and {people[1].x} = 2", PEOPLE),
    ("{people[0].o} = 2 and {people[0].x} = 7", PEOPLE),
    ("{people[0].o} = 3", PEOPLE | {"templateElements": [FIELDS[1] | {"showOtherItem": True}]}),
    ("{people[0].o} = 3", PEOPLE | {"defaultValue": [{"o": 3}]}),
    ("{lines[1].o} = 2", LINES),
    ("{grid.r.o} = 1 and {grid.r.x} = 1", GRID),
    ("{texts.i} > 3 and {texts.i} < 4", TEXTS),
    ("{a.b} = 1", q("a.b")),
    ("{a.b} = 1 and {a.c} = 2", q("a.b"), q("a.c")),
]


@pytest.mark.parametrize(("condition", "elements"), [(condition, elements) for condition, *elements in NEVER])
def test_a_question_that_no_answers_show_is_refused_at_its_condition(condition, elements):
    errors, _warnings = proofread(asks(condition, *elements))
    assert [error.question for error in errors] == ["b.visibleIf"]
    assert "“b” is never shown" in errors[0].message


@pytest.mark.parametrize(("condition", "elements"), [(condition, elements) for condition, *elements in SOMETIMES])
def test_a_question_that_some_answers_show_is_let_through(condition, elements):
    assert proofread(asks(condition, *elements)) == ([], [])


def test_a_page_and_a_panel_that_contradict_themselves_are_refused():
    box = {"type": "panel", "name": "box", "visibleIf": "{a} = 1 and {a} = 2", "elements": [q("c")]}
    pages = [{"name": "p1", "elements": [q("a"), box]}, {"name": "p2", "visibleIf": "{a} < 1 and {a} > 2", "elements": [q("b")]}]
    errors, _warnings = proofread({"pages": pages})
    assert [error.question for error in errors] == ["p2", "box.visibleIf"]


# (definition, place, words of what is told and does not forbid publication)
TOLD = [
    (asks("{nps} > 11 or {nps} = 3", NPS), "b.visibleIf", "“11” is no possible answer to “nps”"),
    (asks("{nps} < 11", NPS), "b.visibleIf", "“11”"),
    (asks("{one} <> 'maybe'", ONE), "b.visibleIf", "“maybe” is no possible answer to “one”"),
    (asks("{some} anyof ['x', 'w']", SOME), "b.visibleIf", "“w”"),
    ({"elements": [ONE, q(requiredIf="{one} = 'no'")]}, "q.requiredIf", "“no”"),
    ({"elements": [q("a"), q(requiredIf="{a} = 1 and {a} = 2")]}, "q.requiredIf", "No answers make this condition true"),
    ({"elements": [ONE, q()], "triggers": [{"type": "complete", "expression": "{one} = 'no'"}]}, "triggers[0].expression", "“no”"),
    (
        {"elements": [ONE, {"type": "dropdown", "name": "d", "choices": [{"value": 1, "visibleIf": "{one} = 3"}]}]},
        "elements[1].choices[0].visibleIf",
        "“3”",
    ),
    ({"elements": [q(title="Hello {nobody}")]}, "elements[0].title", "no question or value “nobody”"),
    ({"elements": [q()], "title": {"default": "Hi", "zh-cn": "你好，{谁}"}}, "title", "“谁”"),
    ({"elements": [q()], "completedHtml": "<p>Thanks, {nobody}</p>"}, "completedHtml", "“nobody”"),
    ({"elements": [ONE | {"choices": ["yes", {"value": 2, "text": "No, {ghost}"}]}]}, "elements[0].choices[1].text", "“ghost”"),
    (
        {"elements": [{"type": "paneldynamic", "name": "p", "templateTitle": "{panel.who}", "templateElements": [q("name")]}]},
        "elements[0].templateTitle",
        "“panel.who”",
    ),
    (
        {"elements": [PEOPLE | {"templateElements": [*FIELDS, q(visibleIf="{panel.o} = 3")]}]},
        "elements[0].templateElements[2].visibleIf",
        "“3”",
    ),
    (
        {"elements": [LINES | {"columns": [*CELLS, {"name": "y", "cellType": "text", "visibleIf": "{row.x} = 1 and {row.x} = 2"}]}]},
        "elements[0].columns[2].visibleIf",
        "No answers make this condition true",
    ),
    ({"elements": [q("a", resetValueIf="{b} = 1"), q("b", resetValueIf="{a} = 1")]}, "b", "leads back to it"),
    ({"elements": [q("a", setValueIf="{b} = 1", setValueExpression="1 + 1"), q("b", resetValueIf="{a} = 1")]}, "a", "leads back to it"),
    (
        {
            "elements": [q("a"), q("b")],
            "triggers": [
                {"type": "copyvalue", "expression": "{a} notempty", "setToName": "b", "fromName": "a"},
                {"type": "runexpression", "expression": "{b} = 1", "setToName": "a", "runExpression": "{b} + 1"},
            ],
        },
        "a",
        "leads back to it",
    ),
    ({"elements": [q()], "navigateToUrl": "https://elsewhere.example/"}, "navigateToUrl", "not used in the club"),
]


@pytest.mark.parametrize(("definition", "place", "words"), TOLD)
def test_what_is_probably_a_mistake_is_told_at_its_place_and_may_be_published(definition, place, words):
    errors, warnings = proofread(definition)
    assert not errors
    assert any(warning.question == place and words in warning.message for warning in warnings), warnings


def test_a_value_that_is_worked_out_of_itself_is_refused():
    errors, _warnings = proofread({"elements": [q("a", setValueExpression="{b} + 1"), q("b", setValueExpression="{a} + 1")]})
    assert [error.question for error in errors] == ["a", "b"]


QUIET = [
    {"elements": [q("a"), q(title="{a} {A} {a-Comment} {locale} {pageno} {v}")], "calculatedValues": [{"name": "v", "expression": "{a}"}]},
    {
        "elements": [
            {"type": "expression", "name": "e", "expression": "1", "format": "{0} CNY"},
            {"type": "html", "name": "h", "html": "{e}"},
        ]
    },
    {
        "elements": [
            {
                "type": "paneldynamic",
                "name": "p",
                "templateTitle": "{panelIndex}: {panel.name}",
                "templateElements": [q("name"), q("job", title="What does {panel.name} do?")],
            }
        ]
    },
    {
        "elements": [
            PEOPLE | {"templateElements": [*FIELDS, q(visibleIf="{panel.o} = 2 and {panel.x} = 3")]},
            q("o"),
            q(visibleIf="{o} = 3"),
        ]
    },
    # Two tables with a column of one name, and one within panels: each condition speaks of its own.
    {
        "elements": [
            LINES | {"columns": [*CELLS, {"name": "y", "cellType": "text", "visibleIf": "{row.o} = 2"}]},
            LINES
            | {
                "name": "more",
                "columns": [
                    {"name": "o", "cellType": "dropdown", "choices": [3]},
                    {"name": "y", "cellType": "text", "visibleIf": "{row.o} = 3"},
                ],
            },
            PEOPLE
            | {
                "templateElements": [
                    LINES | {"columns": [{"name": "o", "cellType": "text"}, {"name": "y", "cellType": "text", "visibleIf": "{row.o} = 9"}]}
                ]
            },
        ]
    },
    {"elements": [q("a", setValueIf="{a} empty", setValueExpression="1 + 1"), q("b", resetValueIf="{a} = 1")]},
    {"elements": [q("a")], "triggers": [{"type": "setvalue", "expression": "{a} = 1", "setToName": "a", "setValue": 2}]},
]


@pytest.mark.parametrize("definition", QUIET)
def test_texts_and_values_that_hang_together_are_told_nothing(definition):
    assert proofread(definition) == ([], [])


def test_a_survey_that_contradicts_itself_is_not_published(questionnaire):
    revise(questionnaire, definition=asks("{a} = 1 and {a} = 2", q("a")))
    with pytest.raises(NotPublishable, match=r"b\.visibleIf"):
        publish(questionnaire)
