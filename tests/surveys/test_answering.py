import json
import threading

import pytest
from django.db import connection
from survey.models import Answer, Response
from survey.signals import survey_completed

from members.models import Activity
from surveys import answering, publishing
from surveys.models import Draft, Participation, Submission, SurveyInvitation


def send(client, survey, data, door="answers"):
    return client.post(f"/surveys/{survey.slug}/{door}/", json.dumps({"data": data}), content_type="application/json")


def test_good_answers_are_kept_with_their_verdict(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    assert send(client, questionnaire, good_answers).json() == {"thanks": "/surveys/doing/thanks/"}
    submission = Submission.objects.get()
    assert submission.data == {**good_answers, "double": 18}
    assert submission.member == alice
    assert submission.version == questionnaire.version
    assert submission.verdict["engine"] == "2.5.38"
    assert submission.verdict["definition"] == questionnaire.version.digest


def test_the_deed_is_recorded_once_with_the_points_of_the_invitation(client, alice, questionnaire, good_answers):
    SurveyInvitation.objects.create(questionnaire=questionnaire, member=alice, points=12)
    client.force_login(alice)
    send(client, questionnaire, good_answers)
    fact = Activity.objects.get(kind=Activity.Kind.SURVEY_COMPLETED)
    assert fact.cause == f"survey:{questionnaire.pk}:member:{alice.pk}"
    assert fact.details == {"survey": "doing", "points": 12}


def test_without_a_promise_the_rule_decides_the_points(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    send(client, questionnaire, good_answers)
    assert Activity.objects.get(kind=Activity.Kind.SURVEY_COMPLETED).details == {"survey": "doing"}


def test_a_required_question_cannot_be_skipped(client, alice, questionnaire):
    client.force_login(alice)
    response = send(client, questionnaire, {"size": "1-9"})
    assert response.status_code == 422
    assert [error["question"] for error in response.json()["errors"]] == ["nps"]
    assert not Submission.objects.exists()
    assert not Participation.objects.exists()


def test_an_invented_choice_is_refused_in_the_readers_language(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    response = send(client, questionnaire, {**good_answers, "size": "a million"})
    assert response.status_code == 422
    assert response.json()["errors"] == [{"question": "size", "message": "“a million” is not among the choices."}]
    assert not Response.objects.exists()


def test_answers_to_hidden_questions_are_left_out_and_noted(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    send(client, questionnaire, {**good_answers, "why": "hidden, because nine is content", "junk": 1, "double": 999})
    submission = Submission.objects.get()
    assert "why" not in submission.data
    assert "junk" not in submission.data
    assert submission.data["double"] == 18
    assert {entry["question"]: entry["reason"] for entry in submission.verdict["dropped"]} == {
        "why": "not_asked",
        "junk": "unknown",
        "double": "recomputed",
    }


def test_sending_twice_is_harmless(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    for _time in range(2):
        assert send(client, questionnaire, good_answers).json() == {"thanks": "/surveys/doing/thanks/"}
    assert Submission.objects.count() == Response.objects.count() == 1
    assert Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).count() == 1


def test_the_deed_itself_refuses_a_second_time(alice, questionnaire, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    with pytest.raises(answering.AlreadyAnswered):
        answering.complete(questionnaire, member=alice, data=good_answers)


@pytest.mark.django_db(transaction=True)
def test_many_submissions_at_once_leave_one(alice, questionnaire, good_answers):
    outcomes = []
    gate = threading.Barrier(4)

    def race():
        gate.wait()
        try:
            answering.complete(questionnaire, member=alice, data=good_answers)
            outcomes.append("kept")
        except answering.AlreadyAnswered:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]
    assert Submission.objects.count() == Response.objects.count() == Participation.objects.count() == 1


def test_the_record_counts_what_was_answered(alice, bob, questionnaire, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    answering.complete(questionnaire, member=bob, data={"nps": 3, "why": "It's late,\nagain", "used": ["none"], "size": "10-99"})
    questions = {link.path: link.question for link in questionnaire.version.links.all()}
    assert questions["size"].answers_cardinality() == {"10-99": 2}
    assert questions["used"].answers_cardinality() == {"forum": 1, "Magazine": 1, "None": 1}
    assert questions["nps"].answers_cardinality() == {"9": 1, "3": 1}
    assert Answer.objects.get(question=questions["why"]).body == "It's late,\nagain"
    assert set(Response.objects.values_list("user_id", flat=True)) == {alice.pk, bob.pk}


def test_the_surveys_packages_signal_rings_after_commit(alice, questionnaire, good_answers, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, instance, data, **kwargs):
        heard.append((instance.pk, data["survey_id"]))

    survey_completed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answering.complete(questionnaire, member=alice, data=good_answers)
    finally:
        survey_completed.disconnect(listen)
    assert heard == [(Response.objects.get().pk, questionnaire.survey_id)]


def test_without_an_engine_the_answers_are_kept_as_a_draft_and_nothing_is_stored(client, alice, questionnaire, good_answers, dead_engine):
    client.force_login(alice)
    response = send(client, questionnaire, good_answers)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert not Submission.objects.exists()
    assert Draft.objects.get().data == good_answers


def test_a_draft_is_kept_restored_and_gone_at_the_end(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    body = json.dumps({"data": {"nps": 4}, "page": 1})
    assert client.post("/surveys/doing/draft/", body, content_type="application/json").json() == {"saved": True}
    assert b'{"data": {"nps": 4}, "page": 1}' in client.get("/surveys/doing/").content
    send(client, questionnaire, good_answers)
    assert not Draft.objects.exists()
    assert send(client, questionnaire, {"nps": 1}, "draft").status_code == 409


def test_a_draft_finishes_on_the_version_it_was_begun_on(client, alice, questionnaire, definition, good_answers):
    answering.save_draft(questionnaire, member=alice, data={"nps": 9})
    definition["pages"][1]["elements"].append({"type": "text", "name": "new", "isRequired": True})
    publishing.revise(questionnaire, definition=definition)
    publishing.publish(questionnaire)
    questionnaire.refresh_from_db()
    assert questionnaire.version.number == 2
    answering.complete(questionnaire, member=alice, data=good_answers)
    assert Submission.objects.get().version.number == 1


def send_state(client, door, **body):
    return client.post(f"/surveys/doing/{door}/", json.dumps(body), content_type="application/json")


def test_a_page_that_knows_of_an_older_draft_is_told_what_was_answered_elsewhere(client, alice, questionnaire, good_answers):
    client.force_login(alice)
    assert 'data-draft-at=""' in client.get("/surveys/doing/").content.decode()
    first = send_state(client, "draft", data={"nps": 9}, at="").json()["at"]
    # A page that was opened before there was one, and one that has gone on from what there is.
    stale = send_state(client, "draft", data={"size": "1-9"}, at="")
    assert (stale.status_code, stale.json()["elsewhere"]) == (409, {"data": {"nps": 9}, "page": 0, "at": first})
    second = send_state(client, "draft", data=good_answers, page=1, at=first).json()["at"]
    assert f'data-draft-at="{second}"' in client.get("/surveys/doing/").content.decode()
    for at in ("", first, "no moment", "2026-01-01"):
        assert send_state(client, "draft", data={}, at=at).json()["elsewhere"]["data"] == good_answers
        refused = send_state(client, "answers", data={"nps": 3}, at=at)
        assert (refused.status_code, refused.json()["elsewhere"]["at"]) == (409, second)
    assert not Submission.objects.exists()
    # What is the same is no news, and programs that name no state do as before.
    assert send_state(client, "draft", data={"nps": 8}).json() == {"saved": True}
    assert send_state(client, "answers", data={"nps": 8}, at="").status_code == 200
    assert send_state(client, "draft", data={"nps": 1}, at="").status_code == 409
    assert Submission.objects.get().data["nps"] == 8


def test_a_draft_that_is_gone_is_begun_anew(client, alice, questionnaire):
    client.force_login(alice)
    known = send_state(client, "draft", data={"nps": 9}, at="").json()["at"]
    Draft.objects.all().delete()
    assert send_state(client, "draft", data={"nps": 9}, at=known).status_code == 200
    assert Draft.objects.get().data == {"nps": 9}


BROKEN = [
    b"",
    b"[]",
    b'{"data": []}',
    b"{",
    b'{"data": {"nps": NaN}}',
    b'{"data": {"__proto__": 1}}',
    b"\xff",
    b'{"data": {"why": "\\u0000"}}',
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_body_is_refused(client, alice, questionnaire, body):
    client.force_login(alice)
    assert client.post("/surveys/doing/answers/", body, content_type="application/json").status_code in (400, 422)
    assert not Submission.objects.exists()


def test_a_closed_survey_takes_no_answers(client, alice, questionnaire, good_answers):
    publishing.close(questionnaire)
    client.force_login(alice)
    assert send(client, questionnaire, good_answers).status_code == 409
    assert b"This survey is closed" in client.get("/surveys/doing/").content


def test_an_invited_survey_is_nobody_elses(client, alice, charlie, questionnaire, good_answers):
    questionnaire.audience = questionnaire.Audience.INVITED
    questionnaire.save()
    SurveyInvitation.objects.create(questionnaire=questionnaire, member=alice)
    client.force_login(charlie)
    assert client.get("/surveys/doing/").status_code == 404
    assert send(client, questionnaire, good_answers).status_code == 404
    client.force_login(alice)
    assert send(client, questionnaire, good_answers).status_code == 200


def test_visitors_are_asked_to_sign_in(client, questionnaire, good_answers):
    assert client.get("/surveys/doing/").status_code == 302
    assert send(client, questionnaire, good_answers).status_code == 302
    assert not Submission.objects.exists()
