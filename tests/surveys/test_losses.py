"""What django-survey's nine types cannot hold is named to the author: each kind of thing, and what nobody here has heard of."""

import json
import shutil
import subprocess

import pytest
from django.utils import translation

from surveys import judging, losses, publishing
from surveys.loss_words import OF_PROPERTIES, OF_QUESTIONS, UNKNOWN
from tests.surveys.cases import all_cases

AB = ["a", "b"]
PLAIN = {
    "title": "Plain",
    "pages": [
        {
            "name": "first",
            "title": "First",
            "description": "Of two",
            "elements": [
                {"type": "text", "name": "short", "title": "Short?", "isRequired": True, "width": "50%", "startWithNewLine": False},
                {"type": "comment", "name": "long", "rows": 6},
                {"type": "text", "name": "whole", "inputType": "number", "step": 1},
                {"type": "text", "name": "number", "inputType": "number"},
                {"type": "text", "name": "day", "inputType": "date"},
            ],
        },
        {
            "name": "second",
            "elements": [
                {"type": "radiogroup", "name": "one", "choices": AB, "colCount": 2, "visible": True},
                {"type": "dropdown", "name": "listed", "choices": [{"value": "a", "text": "A"}, "b"], "showNoneItem": True},
                {"type": "checkbox", "name": "several", "choices": AB, "maxSelectedChoices": 1, "showOtherItem": False},
            ],
        },
    ],
}


def told(definition, **about):
    """{(place, feature)} of a definition, read by the engine as on publication."""
    outline = judging.outline(definition, language="en")
    return {(loss.path, loss.feature) for loss in losses.losses(definition, outline, **about)}


def test_of_what_its_types_hold_nothing_is_told():
    assert told(PLAIN, title="Plain") == set()


TEXT, RADIO, BOXES = {"type": "text"}, {"type": "radiogroup", "choices": AB}, {"type": "checkbox", "choices": AB}
GRID = {"type": "matrix", "rows": ["r"], "columns": ["x", "y"]}
TABLE = {"type": "matrixdynamic", "columns": [{"name": "c", "cellType": "text"}]}
GROUPS = {"type": "paneldynamic", "templateElements": [{"type": "text", "name": "age"}]}
OF_A_QUESTION = [
    # comment areas and "other"
    ({**RADIO, "showCommentArea": True}, {"comment", "showCommentArea"}),
    ({**RADIO, "hasComment": True}, {"comment", "showCommentArea"}),
    ({**RADIO, "showOtherItem": True}, {"other", "showOtherItem"}),
    ({**RADIO, "hasOther": True, "otherText": "Else"}, {"other", "showOtherItem"}),
    ({**RADIO, "commentText": "Why?", "showCommentArea": True}, {"comment", "showCommentArea", "commentText"}),
    # conditions
    ({**TEXT, "visibleIf": "{first} = 1"}, {"visibleIf"}),
    ({**TEXT, "enableIf": "{first} = 1"}, {"enableIf"}),
    ({**TEXT, "requiredIf": "{first} = 1"}, {"requiredIf"}),
    ({**TEXT, "resetValueIf": "{first} = 1"}, {"resetValueIf"}),
    ({**TEXT, "setValueIf": "{first} = 1", "setValueExpression": "1"}, {"setValueIf", "setValueExpression"}),
    ({**RADIO, "choicesVisibleIf": "{item} = 'a'"}, {"choicesVisibleIf"}),
    ({**RADIO, "choicesEnableIf": "{item} = 'a'"}, {"choicesEnableIf"}),
    ({**RADIO, "choices": [{"value": "a", "visibleIf": "{first} = 1"}, "b"]}, {"choices.visibleIf"}),
    ({**RADIO, "choices": [{"value": "a", "enableIf": "{first} = 1"}, "b"]}, {"choices.enableIf"}),
    ({**GRID, "rowsVisibleIf": "{first} = 1", "columnsVisibleIf": "{first} = 1"}, {"rows", "rowsVisibleIf", "columnsVisibleIf"}),
    ({**GRID, "rows": [{"value": "r", "visibleIf": "{first} = 1"}]}, {"rows", "rows.visibleIf"}),
    # limits
    ({**TEXT, "inputType": "number", "min": 0, "max": 10}, {"min", "max"}),
    ({**TEXT, "inputType": "date", "min": "2026-01-01", "maxValueExpression": "today()"}, {"min", "maxValueExpression"}),
    ({**TEXT, "inputType": "number", "step": 0.5}, {"step"}),
    ({**TEXT, "maxLength": 9}, {"maxLength"}),
    ({"type": "comment", "maxLength": 9}, {"maxLength"}),
    ({**BOXES, "minSelectedChoices": 1}, {"minSelectedChoices"}),
    ({**BOXES, "choices": [{"value": "a", "isExclusive": True}, "b"]}, {"choices.isExclusive"}),
    ({"type": "slider", "min": 1, "max": 9, "step": 2}, {"scale", "min", "max", "step"}),
    ({**GRID, "isRequired": True, "eachRowUnique": True}, {"rows", "isRequired", "eachRowUnique"}),
    # validators, masks, forms of entry
    ({**TEXT, "validators": [{"type": "email"}]}, {"validators"}),
    ({**TEXT, "maskType": "pattern", "maskSettings": {"pattern": "999"}}, {"maskType", "maskSettings"}),
    ({**TEXT, "inputType": "email"}, {"inputType"}),
    ({**TEXT, "dataList": ["x"]}, {"dataList"}),
    # values that stand there at first
    ({**TEXT, "defaultValue": "x"}, {"defaultValue"}),
    ({**TEXT, "defaultValueExpression": "1 + 1"}, {"defaultValueExpression"}),
    ({**TEXT, "readOnly": True}, {"readOnly"}),
    ({**TEXT, "visible": False}, {"visible"}),
    # choices from elsewhere, order by lot
    ({"type": "checkbox", "choicesFromQuestion": "source", "choicesFromQuestionMode": "selected"},
     {"type", "choicesFromQuestion", "choicesFromQuestionMode"}),
    ({**RADIO, "choicesByUrl": {"url": "https://example.org/x"}}, {"choicesByUrl"}),
    ({"type": "dropdown", "choicesMin": 1, "choicesMax": 9, "choicesStep": 2}, {"type", "choicesMin", "choicesMax", "choicesStep"}),
    ({"type": "dropdown", "choices": AB, "allowCustomChoices": True}, {"allowCustomChoices"}),
    ({**RADIO, "choicesOrder": "random"}, {"choicesOrder"}),
    # words
    ({**TEXT, "description": "More"}, {"description"}),
    ({**TEXT, "placeholder": "…"}, {"placeholder"}),
    ({**TEXT, "title": {"default": "Yes", "zh-cn": "是"}}, {"languages"}),
    ({**TEXT, "title": {"zh-cn": "是"}}, {"languages"}),
    ({**RADIO, "choices": [{"value": "a", "text": {"default": "A", "zh-cn": "甲"}}, "b"]}, {"languages"}),
    ({**TEXT, "title": "Why {first}?"}, {"piping"}),
    # types that are kept otherwise
    ({"type": "rating"}, {"scale"}),
    ({"type": "rating", "minRateDescription": "Bad"}, {"scale", "minRateDescription"}),
    ({"type": "boolean"}, {"scale"}),
    ({"type": "tagbox", "choices": AB}, set()),
    ({"type": "buttongroup", "choices": AB}, set()),
    ({"type": "imagepicker", "choices": [{"value": "a", "imageLink": "/a.png"}, {"value": "b"}]}, {"images", "choices.imageLink"}),
    (GRID, {"rows"}),
    ({"type": "multipletext", "items": [{"name": "i", "inputType": "number", "maxLength": 3}]}, {"items"}),
    ({"type": "ranking", "choices": AB}, {"type"}),
    ({"type": "file", "maxSize": 9, "acceptedTypes": ".png"}, {"type", "maxSize", "acceptedTypes"}),
    ({"type": "signaturepad"}, {"type"}),
    ({"type": "imagemap", "imageLink": "/a.png", "areas": [{"value": "a", "coords": "0,0,1,1", "shape": "rect"}]},
     {"type", "areas.coords"}),
    ({"type": "expression", "expression": "1"}, {"type"}),
    ({"type": "expression", "expression": "1", "displayStyle": "currency"}, {"type", "displayStyle"}),
    ({"type": "html", "html": "<b>x</b>"}, {"nothing"}),
    ({"type": "image", "imageLink": "/a.png"}, {"nothing"}),
    ({"type": "matrixdropdown", "columns": [{"name": "c"}], "rows": ["r"], "choices": AB}, {"type", "choices"}),
    ({**TABLE, "maxRowCount": 3}, {"type", "maxRowCount"}),
    ({**GROUPS, "minPanelCount": 1}, {"type", "minPanelCount"}),
    # nobody here has heard of it
    ({**TEXT, "madeUp": 1}, {"madeUp"}),
    ({**TEXT, "madeUp": False}, {"madeUp"}),
    ({**RADIO, "choices": [{"value": "a", "madeUp": "x"}, "b"]}, {"choices.madeUp"}),
]  # fmt: skip


@pytest.mark.parametrize(("element", "expected"), OF_A_QUESTION)
def test_each_kind_of_thing_is_told_at_its_question(element, expected):
    definition = {
        "elements": [
            {"type": "text", "name": "first", "title": "First"},
            {"type": "checkbox", "name": "source", "choices": AB},
            {"name": "q", "title": "Question", **element},
        ]
    }
    found = told(definition)
    assert {feature for path, feature in found if path == "q"} == expected
    assert all(path == "q" or path.startswith("q.") for path, _feature in found)


OF_ELSEWHERE = [
    ({"pages": [{"name": "p", "visibleIf": "{q} = 1"}]}, {("p", "visibleIf")}),
    ({"pages": [{"name": "p", "timeLimit": 9}]}, {("p", "timeLimit")}),
    ({"pages": [{"name": "p", "title": {"default": "P", "zh-cn": "页"}}]}, {("p", "languages")}),
    ({"elements": [{"type": "panel", "name": "g", "visibleIf": "{q} = 1", "elements": [{"type": "text", "name": "x", "min": 1}]}]},
     {("g", "group"), ("g", "visibleIf"), ("x", "min")}),
    ({"elements": [{"type": "multipletext", "name": "m", "items": [{"name": "i", "validators": [{"type": "email"}]}]}]},
     {("m", "items"), ("m.i", "validators")}),
    ({"elements": [{**TABLE, "name": "m", "columns": [{"name": "c", "visibleIf": "{row.x} = 1", "cellType": "text"}]}]},
     {("m", "type"), ("m.c", "visibleIf"), ("m.c", "cellType")}),
    ({"elements": [{**GROUPS, "name": "g", "templateElements": [{"type": "text", "name": "age", "min": 1}]}]},
     {("g", "type"), ("g.age", "min")}),
    ({"triggers": [{"type": "complete", "expression": "{q} = 1"}]}, {("", "triggers")}),
    ({"calculatedValues": [{"name": "v", "expression": "1"}]}, {("", "calculatedValues")}),
    ({"firstPageIsStartPage": True}, {("", "firstPageIsStartPage")}),
    ({"completedHtml": "Thanks"}, {("", "completedHtml")}),
    ({"questionOrder": "random"}, {("", "questionOrder")}),
    ({"clearInvisibleValues": "onHidden"}, {("", "clearInvisibleValues")}),
    ({"locale": "zh-cn"}, {("", "locale")}),
    ({"navigateToUrl": "https://example.org"}, {("", "navigateToUrl")}),
    ({"questionsOnPageMode": "singlePage"}, set()),
    ({"questionsOnPageMode": "inputPerPage"}, {("", "questionsOnPageMode")}),
    ({"title": "Another"}, {("", "title")}),
    ({"title": {"default": "Known", "zh-cn": "知"}, "description": "Said"}, {("", "languages")}),
    ({"showProgressBar": True, "logo": "/l.png", "widthMode": "static"}, set()),
    ({"madeUp": {"x": 1}}, {("", "madeUp")}),
]  # fmt: skip


@pytest.mark.parametrize(("more", "expected"), OF_ELSEWHERE)
def test_what_belongs_to_a_page_a_group_or_the_whole_is_told_there(more, expected):
    asked = {"type": "text", "name": "q", "title": "Question"}
    pages = [{**page, "elements": [asked]} for page in more.get("pages", [])] or [{"elements": [asked, *more.get("elements", [])]}]
    definition = {**{key: value for key, value in more.items() if key != "elements"}, "pages": pages}
    assert told(definition, title="Known", summary="Said") == expected


@pytest.fixture(scope="module")
def properties():
    """{class of the engine: [names of its properties, also those of before]} of everything that a definition is made of."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    script = """
    const S = require("survey-core").Serializer, found = {};
    const bases = ["question", "itemvalue", "panelbase", "page"];
    const heirs = bases.flatMap((base) => [base, ...S.getChildrenClasses(base, false).map((each) => each.name)]);
    for (const name of [...heirs, "survey", "multipletextitem", "matrixdropdowncolumn"])
      found[name] = S.getProperties(name).filter((each) => each.isSerializable !== false)
        .flatMap((each) => [each.name, each.alternativeName, each.oldName].filter(Boolean));
    console.log(JSON.stringify(found))"""
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_every_property_of_the_engine_is_carried_or_look_or_has_words_of_its_own(properties):
    kinds = {"multipletextitem": "item", "matrixdropdowncolumn": "column"}
    silent = set()
    properties = {
        name: listed for name, listed in properties.items() if name not in ("selectbase", "checkboxbase", "matrixdropdownbase", "flowpanel")
    }
    for name, listed in properties.items():
        kind = kinds.get(name) or ("choice" if name.endswith(("itemvalue", "item", "label", "area", "matrixcolumn")) else name)
        for written in listed:
            key = losses.OTHER_NAMES.get(written, written)
            known = losses.CARRIED.get(kind, set()) | losses.ANY_QUESTION | losses.LOOK | set(OF_PROPERTIES)
            if key not in known:
                silent.add((name, key))
    assert sorted(silent) == []


def test_the_lists_hold_nothing_that_the_engine_does_not_know(properties):
    everything = {name for listed in properties.values() for name in listed}
    # Read by the engine from elsewhere, or of validators and masks, which are told as a whole.
    others = {"minLength", "saveMaskedValue", "mode", "label", "hideNumber", "cols", "content", "type", "elements"}
    carried = set().union(*losses.CARRIED.values())
    assert (carried | losses.LOOK | set(OF_PROPERTIES) | losses.ON | losses.TEXTS) - everything - others == set()


def test_every_definition_of_the_table_is_read_and_everything_told_has_words_in_both_languages():
    said = set()
    for _name, definition, _answers, _walk in all_cases():
        for loss in losses.losses(definition, judging.outline(definition, language="en")):
            said.add(loss.reason)
    for words in {*said, *OF_QUESTIONS.values(), *OF_PROPERTIES.values(), UNKNOWN}:
        with translation.override("en"):
            english = str(words)
        with translation.override("zh-hans"):
            assert str(words) != english


def test_the_author_reads_them_at_the_desk_and_programs_by_the_interface(client, researcher, questionnaire):
    definition = {**questionnaire.draft_definition, "madeUp": 1}
    publishing.publish(publishing.revise(questionnaire, definition=definition))
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{questionnaire.pk}/").content.decode()
    assert "<dt>Conditions stay in our definition</dt><dd><code>visibleIf</code>: <code>why</code></dd>" in page
    assert (
        "<dt>A part that the record knows nothing of; it stays in our definition</dt><dd><code>madeUp</code>: the whole survey</dd>" in page
    )
    researcher.locale = "zh-hans"
    researcher.save()
    chinese = client.get(f"/admin/surveys/{questionnaire.pk}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "条件" in chinese


def test_an_odd_definition_is_read_without_breaking():
    outline = {"questions": [], "pages": []}
    odd = {"pages": [None, 3, {"elements": {"a": 1}}], "elements": "x", "title": {"zh-cn": 4}, "triggers": 7}
    assert ("", "triggers") in {(loss.path, loss.feature) for loss in losses.losses(odd, outline)}
