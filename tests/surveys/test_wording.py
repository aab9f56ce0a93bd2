"""English and Chinese side by side: found, told missing, put in."""

import copy
import json
import shutil
import subprocess

import pytest

from surveys import publishing, wording
from surveys.starters import STARTERS
from tests.surveys.cases import all_cases


def test_every_text_is_found_and_only_missing_ones_are_said_to_miss(definition):
    found = {entry.place: entry for entry in wording.wordings(definition)}
    assert found["title"].chinese == "我们做得怎么样？"
    assert found["second › used · forum"].is_missing
    assert found["second › used › mag · text"].english == "Magazine"
    assert not found["second › size · 1-9"].is_missing  # nothing to translate
    assert wording.missing_in_chinese(definition) == sum(entry.is_missing for entry in found.values()) > 5
    assert all(wording.missing_in_chinese(starter) == 0 for starter in STARTERS.values())


def test_nothing_changes_where_nothing_is_said_and_words_go_where_they_belong(definition):
    for tried in (definition, *(case[1] for case in all_cases())):
        assert wording.reworded(tried, {}) == tried
        entries = wording.wordings(tried)
        made = wording.reworded(tried, {entry.path: (entry.english, f"中{place}") for place, entry in enumerate(entries)})
        assert [entry.chinese for entry in wording.wordings(made)] == [f"中{place}" for place in range(len(entries))]
        assert [entry.english for entry in wording.wordings(made)] == [entry.english for entry in entries]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_texts_are_those_that_the_engine_translates():
    script = """
    const S = require("survey-core").Serializer, found = new Set();
    const bases = ["question", "surveyvalidator", "itemvalue", "panelbase"];
    const heirs = bases.flatMap((base) => [base, ...S.getChildrenClasses(base, false).map((each) => each.name)]);
    for (const name of [...heirs, "survey", "multipletextitem", "matrixdropdowncolumn"])
      for (const property of S.getProperties(name)) if (property.isLocalizable && property.serializationProperty) found.add(property.name);
    console.log(JSON.stringify([...found]))"""
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    assert set(json.loads(done.stdout)) - {"dataList"} == wording.LOCALISED


def test_words_are_put_in_at_the_desk(client, researcher, questionnaire, definition):
    client.force_login(researcher)
    page = f"/admin/surveys/{questionnaire.pk}/languages/"
    questionnaire.refresh_from_db()  # PostgreSQL has its own order of the keys
    entries = wording.by_key(questionnaire.draft_definition)
    place = next(key for key, entry in entries.items() if entry.english == "What went wrong?")
    shown = client.get(page)
    assert f"{wording.missing_in_chinese(definition)} of {len(entries)}" in shown.content.decode()
    sent = {"seen": shown.context["seen"], f"en-{place}": "What went wrong?", f"zh-{place}": "哪里不好？"}
    assert client.post(page, sent).status_code == 302
    questionnaire.refresh_from_db()
    expected = copy.deepcopy(definition)
    expected["pages"][0]["elements"][1]["title"] = {"default": "What went wrong?", "zh-cn": "哪里不好？"}
    assert questionnaire.draft_definition == expected
    late = client.post(page, sent | {f"zh-{place}": "太晚"})  # the survey has changed since
    assert late.status_code == 409
    assert "太晚" in late.content.decode()
    assert f'name="zh-{place}"' not in client.get(page, {"missing": "1"}).content.decode()


def test_words_typed_into_an_old_page_are_put_where_they_belong_and_overwrite_nobody(client, researcher, questionnaire, definition):
    client.force_login(researcher)
    page = f"/admin/surveys/{questionnaire.pk}/languages/"
    questionnaire.refresh_from_db()
    keys = {entry.english: key for key, entry in wording.by_key(questionnaire.draft_definition).items()}
    shown = client.get(page)
    mine = {"seen": shown.context["seen"]}
    for key, _entry, english, chinese, _is_theirs in shown.context["rows"]:
        mine |= {f"en-{key}": english, f"zh-{key}": chinese}
    # Meanwhile somebody puts a question before the others, takes one away, and words two texts.
    theirs = copy.deepcopy(definition)
    theirs["pages"][0]["elements"].insert(0, {"type": "text", "name": "first_of_all", "title": "Before all"})
    theirs["pages"][0]["elements"][1]["title"] = {"default": "Would you recommend us?", "zh-cn": "他们的话"}
    theirs["pages"][1]["elements"][0]["title"] = {"default": "What do you use?", "zh-cn": "你用什么？"}
    theirs["pages"][1]["elements"].pop()
    publishing.revise(questionnaire, definition=theirs)
    mine |= {
        f"zh-{keys['What went wrong?']}": "哪里不好？",
        f"zh-{keys['Would you recommend us?']}": "我的话",
        f"zh-{keys['Twice']}": "两倍",
    }
    refused = client.post(page, mine)
    told = refused.content.decode()
    assert refused.status_code == 409
    assert told.count("Now there:") == 2  # one text, in both languages
    for words in ("他们的话", "我的话", "哪里不好？"):
        assert words in told
    assert "两倍" in told.partition("to be copied from:")[2].partition("</ul>")[0]
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == theirs
    again = mine | {"seen": refused.context["seen"]}
    for key, _entry, english, chinese, _is_theirs in refused.context["rows"]:
        again |= {f"en-{key}": english, f"zh-{key}": chinese}
    assert client.post(page, again).status_code == 302
    questionnaire.refresh_from_db()
    first, second = questionnaire.draft_definition["pages"]
    assert [element["title"] for element in first["elements"]] == [
        "Before all",
        {"default": "Would you recommend us?", "zh-cn": "我的话"},
        {"default": "What went wrong?", "zh-cn": "哪里不好？"},
    ]
    assert second["elements"][0]["title"] == {"default": "What do you use?", "zh-cn": "你用什么？"}
