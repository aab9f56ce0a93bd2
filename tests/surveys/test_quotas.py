"""Quotas: cells that close by themselves, set at the desk, and kept to what a survey still asks."""

import json

import pytest

from surveys import answering, publishing, quotas, rejecting
from surveys.models import Participation, Submission


def test_a_full_cell_closes_by_itself_and_a_rejected_answer_frees_its_place(questionnaire, alice, bob, charlie, researcher, good_answers):
    cell = questionnaire.quotas.create(name="mid-size", wants={"size": "10-99"}, most=1)
    answering.complete(questionnaire, member=alice, data=good_answers)
    with pytest.raises(quotas.QuotaFull):
        answering.complete(questionnaire, member=bob, data=good_answers)
    assert not Participation.objects.filter(member=bob).exists()
    answering.complete(questionnaire, member=charlie, data={**good_answers, "size": "1-9"})
    rejecting.reject(Submission.objects.get(member=alice), by=researcher, reason="in haste")
    answering.complete(questionnaire, member=bob, data=good_answers)
    cell.refresh_from_db()
    assert cell.count == 1
    with pytest.raises(quotas.QuotaFull):
        rejecting.accept(Submission.objects.get(member=alice))


def test_whose_cell_is_full_need_not_begin(client, questionnaire, mei, good_answers):
    questionnaire.quotas.create(name="Chinese", wants={"member.locale": "zh-hans"}, most=1, count=1)
    client.force_login(mei)
    assert "survey-player" not in client.get("/surveys/doing/").content.decode()
    answer = client.post("/surveys/doing/answers/", json.dumps({"data": good_answers}), content_type="application/json")
    assert answer.status_code == 409


def test_a_quota_is_set_at_the_desk(client, researcher, questionnaire):
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/quotas/"
    client.post(address, {"name": "bad", "wants": "member.shoe = 43", "most": 5})
    assert not questionnaire.quotas.exists()
    client.post(address, {"name": "good", "wants": "member.locale = zh-hans\nnps = 9", "most": 5})
    assert questionnaire.quotas.get().wants == {"member.locale": "zh-hans", "nps": 9}
    twice = client.post(address, {"name": "good", "wants": "nps = 8", "most": 5})
    assert (twice.status_code, questionnaire.quotas.count()) == (422, 1)
    assert "This name is taken." in twice.content.decode()


@pytest.mark.parametrize(
    "line", ["nowhere = 3", "size = giants", "nps = eleven", "member.locale = klingon", "member.stage = nowhere", "just words"]
)
def test_a_quota_that_no_answer_could_fill_is_refused_at_its_field_with_what_was_typed(client, researcher, questionnaire, line):
    client.force_login(researcher)
    page = client.post(f"/admin/surveys/{questionnaire.pk}/quotas/", {"name": "small", "wants": f"nps = 9\n{line}", "most": 5})
    assert (page.status_code, questionnaire.quotas.count()) == (422, 0)
    assert page.context["quota_form"].errors["wants"]
    assert f"nps = 9\n{line}</textarea>" in page.content.decode()


def test_a_quota_holds_values_as_answers_do(client, researcher):
    asked = [
        {"type": "dropdown", "name": "staff", "valueName": "people", "choices": ["1", "2"]},
        {"type": "boolean", "name": "may_call"},
        {"type": "text", "name": "post_code"},
        {"type": "text", "name": "age", "inputType": "number"},
        {"type": "checkbox", "name": "uses", "choices": [1, 2]},
    ]
    survey = publishing.create(title="Cells", definition={"elements": asked}, created_by=researcher)
    client.force_login(researcher)
    lines = "staff = 1\nmay_call = true\npost_code = 200\nage = 40\nuses = 2"
    client.post(f"/admin/surveys/{survey.pk}/quotas/", {"name": "all", "wants": lines, "most": 5})
    cell = survey.quotas.get()
    given = {"people": "1", "may_call": True, "post_code": "200", "age": 40, "uses": [1, 2]}
    assert cell.wants == {"people": "1", "may_call": True, "post_code": "200", "age": 40, "uses": 2}
    assert quotas.matching([cell], {}, given) == [cell]
    assert quotas.matching([cell], {}, {**given, "people": 1}) == []


@pytest.fixture
def cells(questionnaire):
    """Quotas of a live survey: by an answer, by two, and by a fact of the member."""
    questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=5, count=2)
    questionnaire.quotas.create(name="fans", wants={"nps": 9, "used": "forum"}, most=5)
    questionnaire.quotas.create(name="Chinese", wants={"member.locale": "zh-hans"}, most=5)
    return questionnaire


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"name": "employees"}, "quotas.middle", "asks “size”, which the survey does not ask"),
        ({"valueName": "employees"}, "quotas.middle", "asks “size”, which the survey does not ask"),
        ({"choices": ["1-49", "50+"]}, "quotas.middle", "waits for “10-99”, which can never be the answer to “size”"),
        ({"type": "html", "html": "No question"}, "quotas.middle", "asks “size”"),
    ],
)
def test_a_draft_that_leaves_a_quota_without_answers_is_not_published(client, researcher, cells, definition, change, place, words):
    definition["pages"][1]["elements"][1] |= change
    publishing.revise(cells, definition=definition)
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(cells)
    assert [problem.question for problem in refusal.value.problems] == [place]
    client.force_login(researcher)
    page = client.post(f"/admin/surveys/{cells.pk}/publish/", follow=True).content.decode()
    assert "Not published: please correct what is listed below." in page
    assert f"<code>{place}</code>: This quota {words}" in page
    cells.refresh_from_db()
    assert (cells.version.number, cells.versions.count()) == (1, 1)
    # Without the cell it is published, and what was counted elsewhere stays.
    client.post(f"/admin/surveys/{cells.pk}/quotas/", {"remove": cells.quotas.get(name="middle").pk})
    assert publishing.publish(cells).number == 2
    assert cells.quotas.count() == 2


def test_a_quota_whose_number_became_a_word_is_told_of_too(cells, definition):
    definition["pages"][0]["elements"][0] = {"type": "radiogroup", "name": "nps", "choices": ["8", "9"]}
    definition["pages"][0]["elements"][1].pop("visibleIf")
    definition["pages"][1]["elements"].pop()
    publishing.revise(cells, definition=definition)
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(cells)
    assert [(problem.question, "waits for “9”" in problem.message) for problem in refusal.value.problems] == [("quotas.fans", True)]


def test_what_quotas_still_count_is_published_again(cells, definition):
    definition["pages"][1]["elements"].append({"type": "comment", "name": "more"})
    definition["pages"][1]["elements"][1]["title"] = "How large are you?"
    publishing.revise(cells, definition=definition)
    assert publishing.publish(cells).number == 2


def test_a_quota_on_what_only_the_draft_asks_is_marked_until_it_is_published(client, researcher, cells, definition):
    definition["pages"][1]["elements"].append({"type": "dropdown", "name": "city", "choices": ["Shanghai", "Hefei"]})
    publishing.revise(cells, definition=definition)
    client.force_login(researcher)
    client.post(f"/admin/surveys/{cells.pk}/quotas/", {"name": "Hefei", "wants": "city = Hefei", "most": 5})
    page = client.get(f"/admin/surveys/{cells.pk}/").content.decode()
    assert "<code>quotas.Hefei</code>: What this quota counts is not asked yet: publish the draft." in page
    assert "quotas.middle" not in page
    publishing.publish(cells)
    assert "not asked yet" not in client.get(f"/admin/surveys/{cells.pk}/").content.decode()
