"""The other doors to surveys: commands, the API and the tags for other parts' pages."""

import copy
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.template import Context, Template
from django.test import RequestFactory

from members.models import ApiKey
from surveys import answering, publishing, reading
from surveys.models import Questionnaire, Submission, SurveyInvitation


@pytest.fixture
def caller(client, db):
    def with_scopes(*scopes, **bound):
        headers = {"Authorization": f"Bearer {ApiKey.issue('test', list(scopes), **bound)[1]}"}

        def call(method, path, body=None):
            return client.generic(method, f"/api/v1/{path}", json.dumps(body) if body else "", "application/json", headers=headers)

        return call

    return with_scopes


def test_a_survey_comes_in_and_goes_out_unchanged(db, tmp_path, definition, capsys):
    file = tmp_path / "doing.json"
    file.write_text(json.dumps(definition), "utf-8")
    call_command("import_survey", str(file), "--slug", "doing", "--publish")
    assert capsys.readouterr().out == "/surveys/doing/ open\n"
    call_command("export_survey", "doing")
    assert json.loads(capsys.readouterr().out) == definition
    call_command("import_survey", str(file), "--slug", "doing", "--publish")
    assert Questionnaire.objects.get().versions.count() == 1


def test_an_import_with_mistakes_stays_a_draft_and_says_where(db, tmp_path):
    file = tmp_path / "wrong.json"
    file.write_text('{"elements": [{"type": "text", "name": "a"}, {"type": "text", "name": "a"}]}', "utf-8")
    with pytest.raises(CommandError, match=r"elements\[1\]"):
        call_command("import_survey", str(file), "--publish")
    assert Questionnaire.objects.get().state == "draft"


def test_a_missing_survey_cannot_be_exported(db):
    with pytest.raises(CommandError, match="no survey nowhere"):
        call_command("export_survey", "nowhere")


def test_the_api_makes_and_shows_surveys(caller, definition):
    call = caller("surveys:read", "surveys:write")
    made = call("POST", "surveys", {"title": "By API", "slug": "by-api", "definition": definition, "publish": True})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["version"]) == ("open", 1)
    assert call("GET", "surveys/by-api").json()["definition"] == definition
    assert [survey["slug"] for survey in call("GET", "surveys").json()["items"]] == ["by-api"]
    assert call("POST", "surveys", {"title": "x", "slug": "by-api", "definition": {}}).status_code == 409


def test_the_api_names_every_mistake(caller):
    call = caller("surveys:write")
    refused = call("POST", "surveys", {"title": "x", "definition": {"elements": [{"type": "nothing", "name": "a"}]}, "publish": True})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["errors"][0]["path"] == "elements[0]"


def test_the_api_names_a_quota_that_a_new_definition_leaves_without_answers(caller, questionnaire, definition):
    call = caller("surveys:read", "surveys:write")
    questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=5)
    assert call("GET", "surveys/doing/problems").json()["errors"] == []
    definition["pages"][1]["elements"][1]["choices"] = ["1-49", "50+"]
    publishing.revise(questionnaire, definition=definition)
    [told] = call("GET", "surveys/doing/problems").json()["errors"]
    assert told["path"] == "quotas.middle"
    assert "10-99" in told["message"]


@pytest.fixture
def colleagues_draft(questionnaire, definition):
    """A draft that a colleague saved at the desk and has not published."""
    draft = copy.deepcopy(definition)
    draft["pages"][0]["elements"][0]["title"] = "A colleague’s words"
    publishing.revise(questionnaire, definition=draft)
    return draft


def test_a_draft_that_the_api_replaces_unpublished_is_kept_named_and_brought_back(
    caller, client, researcher, questionnaire, definition, colleagues_draft
):
    call = caller("surveys:read", "surveys:write")
    theirs = {"elements": [{"type": "comment", "name": "other"}]}
    told = call("POST", "surveys/doing/definition", {"definition": theirs, "publish": True})
    assert (told.status_code, told.json()["version"]) == (200, 2)
    kept = told.json()["replaced_draft"]
    listed = call("GET", "surveys/doing/drafts").json()["items"]
    assert [(each["id"], each["definition"], each["replaced_through"]) for each in listed] == [(kept["id"], colleagues_draft, "API: test")]
    client.force_login(researcher)
    desk = f"/admin/surveys/{questionnaire.pk}/"
    assert "A draft that was not published was replaced through API: test" in client.get(desk).content.decode()
    shown = client.get(f"{desk}versions/")
    assert "A colleague’s words" in shown.content.decode()
    back = f"{desk}drafts/{kept['id']}/"
    # From a page that showed another draft, or none, nothing is written.
    for seen in ("", "0" * 16):
        client.post(back, {"seen": seen})
        questionnaire.refresh_from_db()
        assert questionnaire.draft_definition == theirs
    client.post(back, {"seen": shown.context["draft_seen"]})
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == colleagues_draft
    assert questionnaire.version.definition == theirs
    assert not questionnaire.earlier_drafts.exists()


def test_what_is_put_away_for_an_earlier_draft_is_kept_in_its_turn(client, researcher, questionnaire, colleagues_draft):
    mine = {"elements": [{"type": "comment", "name": "mine"}]}
    earlier = questionnaire.earlier_drafts.create(definition=mine, replaced_through="API: test")
    client.force_login(researcher)
    seen = client.get(f"/admin/surveys/{questionnaire.pk}/versions/").context["draft_seen"]
    client.post(f"/admin/surveys/{questionnaire.pk}/drafts/{earlier.pk}/", {"seen": seen})
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == mine
    assert [draft.definition for draft in questionnaire.earlier_drafts.all()] == [colleagues_draft]


def test_an_earlier_draft_that_nobody_wants_is_thrown_away_by_those_who_may(
    caller, client, alice, researcher, questionnaire, colleagues_draft
):
    caller("surveys:write")("POST", "surveys/doing/definition", {"definition": {"elements": []}})
    earlier = questionnaire.earlier_drafts.get()
    address = f"/admin/surveys/{questionnaire.pk}/drafts/{earlier.pk}/"
    client.force_login(alice)
    assert client.post(address, {"drop": "1"}).status_code in (302, 403, 404)
    assert questionnaire.earlier_drafts.exists()
    client.force_login(researcher)
    client.post(address, {"drop": "1"})
    assert not questionnaire.earlier_drafts.exists()


def test_the_api_replaces_without_a_trace_what_was_published_or_is_the_same(caller, questionnaire, definition):
    call = caller("surveys:read", "surveys:write")
    assert call("GET", "surveys/doing").json()["draft"]["is_published"] is True
    other = {"elements": [{"type": "comment", "name": "other"}]}
    for given in (other, other):
        assert call("POST", "surveys/doing/definition", {"definition": given}).json()["replaced_draft"] is None
    assert call("GET", "surveys/doing").json()["draft"]["is_published"] is False
    assert call("GET", "surveys/doing/drafts").json() == {"items": [], "next": None}


def test_the_api_may_say_which_draft_it_means(client, caller, questionnaire, definition, colleagues_draft):
    call = caller("surveys:read")
    headers = {"Authorization": f"Bearer {ApiKey.issue('writer', ['surveys:write'])[1]}"}
    body = json.dumps({"definition": {"elements": [{"type": "comment", "name": "other"}]}, "publish": True})

    def send(mark):
        sent = headers | {"If-Match": f'"{mark}"'}
        return client.post("/api/v1/surveys/doing/definition", body, content_type="application/json", headers=sent)

    refused = send("0123456789abcdef")
    mark = call("GET", "surveys/doing").json()["draft"]["mark"]
    assert (refused.status_code, refused.json()["code"], refused.json()["draft"]["mark"]) == (412, "changed-meanwhile", mark)
    questionnaire.refresh_from_db()
    assert (questionnaire.draft_definition, questionnaire.version.number) == (colleagues_draft, 1)
    assert send(mark).json()["version"] == 2


def test_a_definition_that_is_refused_still_says_which_draft_it_replaced(caller, questionnaire, colleagues_draft):
    wrong = {"elements": [{"type": "nothing", "name": "a"}]}
    refused = caller("surveys:write")("POST", "surveys/doing/definition", {"definition": wrong, "publish": True})
    assert (refused.status_code, refused.json()["replaced_draft"]["id"]) == (422, questionnaire.earlier_drafts.get().pk)


def test_an_import_keeps_the_draft_that_it_replaces_and_says_so(tmp_path, questionnaire, colleagues_draft, capsys):
    file = tmp_path / "other.json"
    file.write_text('{"elements": [{"type": "comment", "name": "other"}]}', "utf-8")
    call_command("import_survey", str(file), "--slug", "doing")
    assert "is kept" in capsys.readouterr().err
    assert questionnaire.earlier_drafts.get().definition == colleagues_draft


def test_the_api_pages_answers_and_tells_results(caller, questionnaire, alice, bob, good_answers):
    for member in (alice, bob):
        answering.complete(questionnaire, member=member, data=good_answers)
    call = caller("surveys:read")
    first = call("GET", "surveys/doing/responses?limit=1").json()
    second = call("GET", f"surveys/doing/responses?limit=1&cursor={first['next']}").json()
    assert [page["items"][0]["member"] for page in (first, second)] == [str(bob.public_id), str(alice.public_id)]
    assert second["next"] is None
    results = call("GET", "surveys/doing/results?language=zh-hans").json()
    assert results["answers"] == 2
    assert {score["name"]: score["value"] for score in results["questions"][0]["scores"]}["nps"] == 100.0


def test_the_api_judges_without_keeping(caller, questionnaire, good_answers):
    call = caller("surveys:read")
    assert call("POST", "surveys/doing/check", {"data": good_answers}).json()["valid"] is True
    assert call("POST", "surveys/doing/check", {"data": {}}).json()["errors"][0]["question"] == "nps"
    assert not Submission.objects.exists()


def test_the_api_refuses_the_wrong_key(client, caller, questionnaire):
    assert client.get("/api/v1/surveys").status_code == 401
    assert caller("ledger:read")("GET", "surveys").status_code == 403
    assert caller("surveys:read")("POST", "surveys", {"title": "x", "definition": {}}).status_code == 403
    assert caller("surveys:read", partner_slug="s-miles")("GET", "surveys/doing").status_code == 404
    assert caller("surveys:read")("GET", "surveys/nowhere").status_code == 404


def test_what_waits_for_a_member(alice, charlie, questionnaire, anonymous, good_answers):
    SurveyInvitation.objects.create(questionnaire=questionnaire, member=alice, points=12)
    assert {card.questionnaire.slug: card.points for card in reading.waiting_for(alice)} == {"doing": 12, "between-us": 8}
    answering.complete(questionnaire, member=alice, data=good_answers)
    assert [card.questionnaire.slug for card in reading.waiting_for(alice)] == ["between-us"]
    assert len(reading.waiting_for(charlie, 1)) == 1


def render(text, member, **context):
    request = RequestFactory().get("/")
    request.user = member
    return Template("{% load surveys %}" + text).render(Context({"request": request, "member": member, **context}))


def test_a_card_stands_in_other_pages_for_whom_it_is(alice, charlie, questionnaire, good_answers):
    assert 'href="/surveys/doing/"' in render('{% survey_card "doing" %}', alice)
    assert "How are we doing?" in render("{% waiting_surveys member %}", alice)
    answering.complete(questionnaire, member=alice, data=good_answers)
    assert "Answered" in render('{% survey_card "doing" %}', alice)
    questionnaire.audience = questionnaire.Audience.INVITED
    questionnaire.save()
    assert render('{% survey_card "doing" %}', charlie).strip() == ""
    assert render('{% survey_card "nowhere" %}', charlie).strip() == ""
