"""The builder: blocks from a definition and a definition from blocks, with nothing lost on the way."""

import copy
import json

import pytest

from surveys.building import composing, conditions
from surveys.building.blocks import BODY, HEAD
from surveys.models import BankQuestion
from surveys.outlining import asked_in, named_at
from surveys.proofreading import proofread
from surveys.starters import STANDARD, STARTERS
from tests.surveys.cases import all_cases

# What no field shows, said in every way that the engine takes it.
STRANGE = {
    "title": {"default": "T", "zh-cn": "题", "de": "Titel"},
    "showProgressBar": True,
    "triggers": [{"type": "complete", "expression": "{a} = 1"}],
    "calculatedValues": [{"name": "sum", "expression": "{a} + 1"}],
    "pages": [
        {
            "elements": [
                {
                    "type": "text",
                    "name": "a",
                    "min": "{b}",
                    "title": " spaced ",
                    "isRequired": False,
                    "visibleIf": "{b} > 1 and ({c} = 2 or {c} = 3)",
                }
            ]
        },
        {
            "name": "p2",
            "questions": [
                {"type": "martian", "name": "m", "odd": [1, {"x": None}]},
                {
                    "type": "radiogroup",
                    "name": "b",
                    "choices": [1, "1 ", {"value": "x", "text": {"default": "X", "fr": "Xe"}, "visibleIf": "{a} > 0"}, {"value": True}],
                },
                {"type": "rating", "name": "c", "rateValues": ["low, or lower", {"value": "hi\tgh"}], "rateMin": "1"},
                {
                    "type": "comment",
                    "name": "d",
                    "title": "two\nlines",
                    "description": "a\r\nb",
                    "validators": [{"type": "martian"}, {"type": "regex", "regex": "^a$", "text": {"zh-cn": "错"}}],
                },
                {
                    "type": "panel",
                    "name": "e",
                    "elements": [
                        {"type": "panel", "name": "f", "elements": [{"type": "text", "name": "g"}]},
                        {"type": "boolean", "name": "h"},
                    ],
                },
                {"type": "paneldynamic", "name": "i", "templateElements": []},
                {
                    "type": "matrixdynamic",
                    "name": "j",
                    "columns": [{"name": "n", "cellType": "text", "title": {"zh-cn": "名"}}, {"name": "o", "strange": 1}],
                },
                {"type": "matrixdropdown", "name": "k", "columns": ["a", "b"], "rows": [{"value": 1, "text": "one"}], "choices": []},
                {"type": "multipletext", "name": "l", "items": [{"name": "x", "validators": [{"type": "email"}]}]},
            ],
        },
        {"name": "empty"},
    ],
}


def through_the_builder(definition, change=lambda head, body: None):
    """A definition as the builder's form would give it back."""
    head, body = composing.blocks_of(copy.deepcopy(definition))
    body = BODY.get_prep_value(BODY.to_python(body))
    head = HEAD.get_prep_value(HEAD.to_python(head))
    change(head, body)
    return composing.definition_of(head, body)


def test_every_definition_comes_back_as_it_went_in():
    definitions = [
        *STARTERS.values(),
        *({"elements": [element]} for element in STANDARD.values()),
        *(case[1] for case in all_cases()),
        STRANGE,
        {},
    ]
    assert len(definitions) > 250
    for definition in definitions:
        assert through_the_builder(definition) == definition


def test_what_has_no_block_is_shown_as_it_is_and_kept():
    _head, body = composing.blocks_of(STRANGE)
    martian = next(block for block in body if block["type"] == "other")
    assert martian["value"]["about"] == "martian · m"
    assert json.loads(martian["value"]["json"])["odd"] == [1, {"x": None}]
    choosing = next(block["value"] for block in body if block["value"].get("name") == "b")
    assert "choices" in json.loads(choosing["rest"])  # True is no line


@pytest.mark.parametrize("definition", [{"pages": "no"}, {"pages": ["no"]}, {"pages": [{"elements": "no"}]}, {"elements": [1]}])
def test_what_is_no_list_of_pages_cannot_be_shown_as_blocks(definition):
    with pytest.raises(composing.NotBuildable):
        composing.blocks_of(definition)


def test_one_change_changes_one_thing():
    def change(_head, body):
        radio = next(block for block in body if block["value"].get("name") == "b")["value"]
        radio["title"] = "Which?"
        radio["title_zh"] = "哪个？"

    made = through_the_builder(STRANGE, change)
    expected = copy.deepcopy(STRANGE)
    expected["pages"][1]["questions"][1]["title"] = {"default": "Which?", "zh-cn": "哪个？"}
    assert made == expected


def test_choices_come_from_lines_a_table_or_csv_and_keep_what_they_had():
    definition = {
        "elements": [
            {"type": "dropdown", "name": "q", "choices": ["a", {"value": "b", "text": {"default": "B", "de": "Be"}, "enableIf": "{x} = 1"}]}
        ]
    }

    def change(_head, body):
        body[0]["value"]["choices"] = 'b,Bee,乙\n3,Three\n\n"c, d"\na\na'

    choices = through_the_builder(definition, change)["elements"][0]["choices"]
    assert choices == [
        {"value": "b", "text": {"default": "Bee", "de": "Be", "zh-cn": "乙"}, "enableIf": "{x} = 1"},
        {"value": 3, "text": "Three"},
        "c, d",
        "a",
    ]

    def paste(_head, body):
        body[0]["value"]["choices"] = "x\tEx\t叉\r\ny\tWhy, really"

    assert through_the_builder(definition, paste)["elements"][0]["choices"] == [
        {"value": "x", "text": {"default": "Ex", "zh-cn": "叉"}},
        {"value": "y", "text": "Why, really"},
    ]


@pytest.mark.parametrize(
    ("expression", "join", "rules"),
    [
        ("{a} = 'x'", "and", [("a", "=", "x")]),
        ("{a} >= 4 and {b} notempty", "and", [("a", ">=", "4"), ("b", "notempty", "")]),
        ("{p.q} anyof ['x', 'y'] or {r} <> '5'", "or", [("p.q", "anyof", "['x', 'y']"), ("r", "<>", "'5'")]),
        ("{a} = true", "and", [("a", "=", "true")]),
        ('{a} contains "it\'s"', "and", [("a", "contains", "it's")]),
    ],
)
def test_conditions_are_chosen_and_say_the_same(expression, join, rules):
    read = conditions.parse(expression)
    assert read == {"join": join, "rules": [dict(zip(("question", "operator", "answer"), rule, strict=True)) for rule in rules]}
    assert conditions.rendered(read["join"], read["rules"]) == expression


@pytest.mark.parametrize(
    "expression", ["{a} > 1 and ({b} = 2)", "{a} > 1 and {b} = 2 or {c} = 3", "age({a}) > 3", "{a} + 1 > 3", "{a} =", "{a} empty 3", ""]
)
def test_what_rules_cannot_say_stays_an_expression(expression):
    assert conditions.parse(expression) is None


def test_a_renamed_question_is_followed_by_conditions_and_piping():
    definition = {
        "pages": [
            {
                "elements": [
                    {"type": "text", "name": "a"},
                    {"type": "text", "name": "ab", "title": "Why {a}?", "visibleIf": "{a} = 'x' and {ab.c} empty"},
                ]
            }
        ],
        "triggers": [{"type": "setvalue", "setToName": "a"}],
    }

    def change(_head, body):
        body[1]["value"]["name"] = "z"

    made = through_the_builder(definition, change)
    assert made["pages"][0]["elements"][1] == {"type": "text", "name": "ab", "title": "Why {z}?", "visibleIf": "{z} = 'x' and {ab.c} empty"}
    assert made["triggers"] == [{"type": "setvalue", "setToName": "z"}]


def test_new_blocks_get_names_and_copies_get_their_own():
    def change(_head, body):
        fresh = BODY.child_blocks["text"].get_prep_value(BODY.child_blocks["text"].get_default())
        body.append({"type": "text", "value": {**fresh, "title": "New"}, "id": "of-the-page"})
        body.append({**copy.deepcopy(body[1]), "id": "a-copy"})

    made = through_the_builder({"pages": [{"name": "p", "elements": [{"type": "boolean", "name": "question1"}]}]}, change)
    assert [element["name"] for element in made["pages"][0]["elements"]] == ["question1", "question2", "question1_2"]
    assert proofread(made) == ([], [])


def packed(definition, *, base="", **changes):
    """The builder's fields as its page sends them."""
    head, body = composing.blocks_of(definition)
    pairs = [
        [f"head-{name}", value if isinstance(value, str) else ("on" if value else "")] for name, value in head.items() if value is not False
    ]
    pairs.append(["body-count", str(len(body))])
    for place, block in enumerate(body):
        pairs += [
            [f"body-{place}-{name}", value]
            for name, value in (("deleted", ""), ("order", str(place)), ("type", block["type"]), ("id", block["id"]))
        ]
        pairs += _fields(f"body-{place}-value", block["value"])
    pairs = [[name, changes.pop(name, value)] for name, value in pairs]
    assert not changes
    return {"blocks": json.dumps(pairs), "base": base}


def _fields(prefix, value):
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in _fields(f"{prefix}-{name}", inner)]
    if isinstance(value, list):
        pairs = [[f"{prefix}-count", str(len(value))]]
        for place, item in enumerate(value):
            at = f"{prefix}-{place}"
            pairs += [
                [f"{at}-deleted", ""],
                [f"{at}-order", str(place)],
                [f"{at}-type", item.get("type", "")],
                [f"{at}-id", ""],
                *_fields(f"{at}-value", item["value"]),
            ]
        return pairs
    return [] if value is False else [[prefix, "on" if value is True else value]]


@pytest.fixture
def builder(client, researcher, questionnaire):
    client.force_login(researcher)
    return f"/admin/surveys/{questionnaire.pk}/build/"


def test_a_survey_is_changed_through_the_form(client, builder, questionnaire, definition):
    page = client.get(builder)
    assert page.status_code == 200
    assert "How are we doing?" in page.content.decode()
    assert client.post(builder, packed(definition)).status_code == 302
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == definition
    client.post(builder, packed(definition, **{"body-1-value-title": "Would you?"}))
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition["pages"][0]["elements"][0]["title"] == "Would you?"
    assert questionnaire.version.definition == definition


def test_the_preview_is_told_what_the_fields_say_and_what_is_wrong(client, builder, questionnaire, definition):
    told = client.post(
        f"{builder}compose/", packed(definition, **{"body-2-value-conditions-0-value-rules-0-value-question": "nobody"})
    ).json()
    assert told["definition"]["pages"][0]["elements"][1]["visibleIf"] == "{nobody} < 7"
    assert [(problem["name"], "nobody" in problem["message"]) for problem in told["problems"]] == [("why", True)]
    assert told["missing"] > 5
    assert {"name": "size", "title": "How many are you?", "choices": [["1-9", "1-9"], ["10-99", "10-99"], ["100+", "100+"]]} in told[
        "asked"
    ]
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == definition


def test_broken_json_in_a_block_is_named_and_nothing_is_lost(client, builder, questionnaire, definition):
    answer = client.post(builder, packed(definition, **{"body-1-value-rest": '{"a": ', "body-1-value-title": "Typed"}))
    assert answer.status_code == 422
    assert "nps: " in answer.content.decode()
    assert "Typed" in answer.content.decode()
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == definition


def test_a_form_that_comes_empty_or_maimed_takes_nothing_away(client, builder, questionnaire, definition):
    for sent in (
        {},
        {"blocks": "[]"},
        {"blocks": "{"},
        {"blocks": '[["body-count", "1"], ["body-0-type", "text"]]'},
        {"blocks": '[["body-count", "x"]]'},
    ):
        assert client.post(builder, sent).status_code == 422
        assert client.post(f"{builder}compose/", sent).status_code == 422
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == definition


def test_who_was_overtaken_is_told_before_anything_is_overwritten(client, builder, questionnaire, definition):
    mine = packed(definition, base="another", **{"body-1-value-title": "Mine"})
    answer = client.post(builder, mine)
    assert answer.status_code == 422
    assert "Somebody else saved" in answer.content.decode()
    assert "“nps” differs: title" in answer.content.decode()
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == definition
    again = client.post(builder, mine | {"base": answer.context["form"]["base"].value()})
    assert again.status_code == 302
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition["pages"][0]["elements"][0]["title"] == "Mine"


def test_the_builder_is_for_those_who_may_change_surveys(client, alice, moderator, questionnaire):
    for member in (alice, moderator):
        client.force_login(member)
        for page in ("build/", "build/compose/", "build/frame/", "build/keep/", "languages/"):
            assert client.post(f"/admin/surveys/{questionnaire.pk}/{page}").status_code in (302, 403, 404)


def test_a_question_goes_into_the_bank_and_into_another_survey(client, builder, questionnaire, definition):
    client.post(f"{builder}keep/", {"question": "why", "name": "What went wrong"})
    kept = BankQuestion.objects.get()
    assert kept.element == {"type": "comment", "name": "why", "title": "What went wrong?", "maxLength": 200}
    assert "What went wrong" in client.get("/admin/surveys/bank/").content.decode()
    for key in (f"kept:{kept.pk}", "standard:recommend", "kept:999999", "nonsense"):
        client.post(builder, packed(questionnaire.draft_definition) | {"do": "insert", "insert": key})
        questionnaire.refresh_from_db()
    last = questionnaire.draft_definition["pages"][-1]["elements"]
    assert [element["name"] for element in last[-2:]] == ["why_2", "recommend"]
    assert proofread(questionnaire.draft_definition)[0] == []
    client.post(f"{builder}keep/", {"question": "nobody", "name": "x"})
    client.post("/admin/surveys/bank/", {"remove": kept.pk})
    assert not BankQuestion.objects.exists()


def test_a_colleagues_question_of_the_same_name_stays_until_one_says_otherwise(client, builder, questionnaire, marketer):
    theirs = {"type": "comment", "name": "why", "title": "Theirs, for years"}
    kept = BankQuestion.objects.create(name="Reason", element=theirs, kept_by=marketer)
    mine = {"type": "comment", "name": "why", "title": "What went wrong?", "maxLength": 200}
    asked = client.post(f"{builder}keep/", {"question": "why", "name": "Reason"})
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "Nothing is kept yet: the bank has another question called “Reason”." in page
    assert all(words in page for words in ("Theirs, for years", "What went wrong?", str(marketer), 'name="instead_of"'))
    # Another name takes nothing away.
    client.post(f"{builder}keep/", {"question": "why", "name": "Reason 2"})
    assert dict(BankQuestion.objects.values_list("name", "element")) == {"Reason": theirs, "Reason 2": mine}
    # What was meant to make room became another meanwhile.
    BankQuestion.objects.filter(pk=kept.pk).update(element={**theirs, "title": "Theirs, since today"})
    stale = {"question": "why", "name": "Reason", "instead_of": asked.context["instead_of"]}
    again = client.post(f"{builder}keep/", stale)
    assert again.status_code == 409
    assert "Theirs, since today" in again.content.decode()
    assert client.post(f"{builder}keep/", stale | {"instead_of": again.context["instead_of"]}).status_code == 302
    assert BankQuestion.objects.get(pk=kept.pk).element == mine
    # Word for word the same is no question to ask.
    assert client.post(f"{builder}keep/", {"question": "why", "name": "Reason"}).status_code == 302


def test_questions_are_named_at_the_proof_readers_places(definition):
    assert named_at(definition, "pages[1].elements[0].choices") == "used"
    assert named_at(definition, "nps.visibleIf") == "nps"
    assert named_at(definition, "pages[9].elements[9]") == ""
    assert [question["name"] for question in asked_in(definition)] == ["nps", "why", "used", "size", "double"]
