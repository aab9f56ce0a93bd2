"""Signs of careless answers, through the doors: each found, and none in honest ones; when a survey is open; what rejecting costs."""

import datetime
import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Activity
from surveys import inviting, publishing, views
from surveys.models import Draft, Questionnaire, Submission, SurveyInvitation

ROWS = ["quick", "clear", "kind", "cheap"]


def send(client, data, slug="doing", **more):
    return client.post(f"/surveys/{slug}/answers/", json.dumps({"data": data} | more), content_type="application/json")


def began(client, address="/surveys/doing/"):
    """The page's word of when it was opened."""
    return re.search(r'data-began="([^"]+)"', client.get(address).content.decode())[1]


def flags():
    return Submission.objects.latest("completed_at").quality_flags


@pytest.fixture
def long_ago(monkeypatch):
    """Opens pages two minutes ago."""

    def opened(client, **where):
        with monkeypatch.context() as then:
            moment = timezone.now() - datetime.timedelta(minutes=2)
            then.setattr(views.timezone, "now", lambda: moment)
            return began(client, **where)

    return opened


@pytest.fixture
def matrix(researcher):
    elements = [
        {"type": "matrix", "name": "us", "columns": [1, 2, 3, 4], "rows": ROWS},
        *({"type": "text", "name": f"t{number}"} for number in range(5)),
    ]
    survey = publishing.create(title="Grid", definition={"elements": elements}, slug="grid", created_by=researcher)
    publishing.publish(survey)
    return Questionnaire.objects.get(pk=survey.pk)


@pytest.mark.parametrize("address", ["/surveys/doing/", "/surveys/doing/here/"])
def test_whoever_opens_and_sends_at_once_is_a_speeder_without_any_draft(client, alice, questionnaire, good_answers, address):
    client.force_login(alice)
    word = began(client, address)
    assert send(client, good_answers, began=word).status_code == 200
    assert not Draft.objects.exists()
    assert flags() == ["speeder"]


def test_the_answers_page_tells_apart_flagged_rejected_and_begun(client, alice, bob, charlie, researcher, questionnaire, good_answers):
    for member, word in ((alice, None), (bob, True)):
        client.force_login(member)
        send(client, {**good_answers, "nps": member.pk % 5}, **({"began": began(client)} if word else {}))
    client.force_login(charlie)
    client.post("/surveys/doing/draft/", json.dumps({"data": {"nps": 9}}), content_type="application/json")
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/responses/"

    def who(**only):
        page = client.get(address, only).content.decode()
        assert "Begun and not sent: 1" in page
        return {member.name for member in (alice, bob) if f"<td>{member.name}" in page}

    assert who() == {alice.name, bob.name}
    assert who(flagged=1) == {bob.name}
    assert who(rejected=1) == set()
    client.post(f"{address}{Submission.objects.get(member=bob).pk}/", {"reason": "in haste"})
    assert who(rejected=1) == {bob.name}
    assert who(flagged=1) == set()


def test_whoever_takes_their_time_is_none(client, alice, questionnaire, good_answers, long_ago):
    client.force_login(alice)
    word = long_ago(client)
    send(client, good_answers, began=word)
    assert flags() == []
    assert 115 <= Submission.objects.get().seconds_spent <= 180


def test_a_draft_begun_long_ago_is_time_spent_and_one_of_now_is_not(client, alice, bob, questionnaire, good_answers):
    for member, minutes, found in ((alice, 2, []), (bob, 0, ["speeder"])):
        client.force_login(member)
        client.post("/surveys/doing/draft/", json.dumps({"data": {"nps": 9}}), content_type="application/json")
        Draft.objects.update(started_at=timezone.now() - datetime.timedelta(minutes=minutes))
        send(client, {**good_answers, "nps": 9 - minutes}, began=began(client))
        assert flags() == found


def test_a_word_of_another_page_or_none_of_ours_tells_nothing(client, alice, bob, questionnaire, matrix, good_answers):
    client.force_login(bob)
    of_bob = began(client)
    client.force_login(alice)
    for word in (of_bob, began(client, "/surveys/grid/"), "made up", 5, None, "x" * 100_000):
        Submission.objects.all().delete()
        questionnaire.participations.all().delete()
        assert send(client, good_answers, began=word).status_code == 200
        assert Submission.objects.get().seconds_spent is None


def test_an_anonymous_answer_keeps_no_time(client, alice, anonymous, good_answers):
    client.force_login(alice)
    send(client, good_answers, "between-us", began=began(client, "/surveys/between-us/"))
    assert (Submission.objects.get().seconds_spent, Submission.objects.get().quality_flags) == (None, [])


def test_one_answer_down_a_whole_grid_is_straight_and_one_that_differs_is_not(client, alice, bob, charlie, matrix):
    straight = dict.fromkeys(ROWS, 3)
    given = ((alice, straight, ["straight_liner"]), (bob, straight | {"kind": 4}, []), (charlie, dict.fromkeys(ROWS[:3], 3), []))
    for member, rows, found in given:
        client.force_login(member)
        assert send(client, {"us": rows}, "grid").status_code == 200
        assert flags() == found


def test_what_contradicts_itself_is_found_and_what_does_not_is_not(client, researcher, alice, bob, questionnaire, good_answers):
    client.force_login(researcher)
    client.post(f"/admin/surveys/{questionnaire.pk}/contradictions/", {"contradictions": "{nps} > 8 and {size} = '100+'"})
    for member, size, found in ((alice, "100+", ["contradictory"]), (bob, "10-99", [])):
        client.force_login(member)
        send(client, {**good_answers, "size": size})
        assert flags() == found


def test_answers_equal_to_anothers_are_found_and_own_words_are_not(client, alice, bob, charlie, mei, matrix):
    answers = {f"t{number}": f"words {number}" for number in range(5)}
    given = ((alice, answers, []), (bob, answers, ["duplicate"]), (charlie, answers | {"t4": "other"}, []), (mei, {"t0": "words 0"}, []))
    for member, data, found in given:
        client.force_login(member)
        send(client, data, "grid")
        assert flags() == found


@pytest.mark.parametrize(("opens", "closes", "is_open"), [(1, None, False), (-1, 1, True), (None, -1, False), (-1, None, True)])
def test_a_survey_takes_answers_between_its_opening_and_its_closing_alone(
    client, alice, questionnaire, good_answers, opens, closes, is_open
):
    hours = {name: hour and timezone.now() + datetime.timedelta(hours=hour) for name, hour in (("opens_at", opens), ("closes_at", closes))}
    Questionnaire.objects.filter(pk=questionnaire.pk).update(**hours)
    client.force_login(alice)
    assert ("survey-player" in client.get("/surveys/doing/").content.decode()) is is_open
    assert ('data-stage="playing"' in client.get("/surveys/doing/here/").content.decode()) is is_open
    kept = client.post("/surveys/doing/draft/", json.dumps({"data": {"nps": 9}}), content_type="application/json")
    assert (kept.status_code, send(client, good_answers).status_code) == ((200, 200) if is_open else (409, 409))
    assert Submission.objects.exists() is is_open


def test_a_survey_speaks_the_members_language_and_remembers_it(client, mei, questionnaire, good_answers):
    client.force_login(mei)
    page = client.get("/zh-hans/surveys/doing/").content.decode()
    assert 'data-locale="zh-cn"' in page
    assert "我们做得怎么样？" in page
    address = "/zh-hans/surveys/doing/answers/"
    refused = client.post(address, json.dumps({"data": {}}), content_type="application/json")
    assert re.search("[一-鿿]", refused.json()["errors"][0]["message"])
    assert client.post(address, json.dumps({"data": good_answers}), content_type="application/json").status_code == 200
    assert Submission.objects.get().locale == "zh-hans"


def test_a_personal_link_is_refused_once_it_was_used_but_not_to_the_browser_that_used_it(client, alice, questionnaire, good_answers):
    questionnaire.is_editable = True
    questionnaire.save()
    inviting.invite(questionnaire, [alice])
    address = inviting.personal_link(SurveyInvitation.objects.get())
    early = Client()
    assert early.get(address).status_code == 302
    client.get(address)
    assert send(client, good_answers).status_code == 200
    assert client.get(address).status_code == 302
    late = Client()
    used = late.get(address)
    assert used.status_code == 410
    assert "This link has been used" in used.content.decode()
    assert late.get("/surveys/doing/").status_code == 302
    assert send(late, {**good_answers, "nps": 1}).status_code == 302
    assert send(early, {**good_answers, "nps": 1}).status_code == 200  # thanked again
    assert Submission.objects.get().data["nps"] == 9


def test_rejected_answers_give_their_points_back_and_restored_ones_earn_them_again(
    client, researcher, alice, questionnaire, good_answers, django_capture_on_commit_callbacks
):
    from points.models import Account

    def points():
        row = Account.objects.filter(code=f"member:{alice.public_id}").first()
        return row.posted if row else 0

    def told(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    client.force_login(alice)
    told(lambda: send(client, good_answers))
    earned = points()
    assert earned > 0
    client.force_login(researcher)
    address = f"/admin/surveys/{questionnaire.pk}/responses/{Submission.objects.get().pk}/"
    told(lambda: client.post(address, {"reason": ""}))
    assert points() == earned
    for _twice in range(2):
        told(lambda: client.post(address, {"reason": "in haste"}))
        assert points() == 0
    for _twice in range(2):
        told(lambda: client.post(address, {"accept": 1}))
        assert points() == earned
    client.force_login(alice)
    assert client.post(address, {"reason": "mine"}).status_code in (302, 403, 404)
    assert points() == earned
    assert Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED, undone_by=None).exists()
