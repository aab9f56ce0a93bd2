"""A researcher puts a member's answers right: judged by the same engine, traced, counted and mirrored; never of what has no name."""

import io
import json
import threading
import zipfile

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from members.meanwhile import ChangedMeanwhile
from members.models import Activity
from points.models import Transfer
from surveys import answering, correcting, publishing, rejecting, tallying
from surveys.models import Draft, EarlierAnswers, Submission
from tests.points.test_races import wait_for_a_lock
from tests.surveys.test_asking import finish


@pytest.fixture
def submission(questionnaire, alice, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    tallying.current(questionnaire)
    return Submission.objects.select_related("questionnaire", "version").get()


@pytest.fixture
def desk(client, researcher):
    client.force_login(researcher)
    return client


def address_of(submission):
    return f"/admin/surveys/{submission.questionnaire_id}/answers/{submission.pk}/"


def send(client, submission, data, *, reason="Typed nine for eight, says Alice", seen=None):
    body = {"data": data, "reason": reason, "seen": correcting.seen(submission) if seen is None else seen}
    return client.post(f"{address_of(submission)}correct/", json.dumps(body), content_type="application/json")


def test_a_correction_changes_data_mirror_counts_and_quotas_and_leaves_a_trace(desk, researcher, questionnaire, alice, bob, good_answers):
    middle = questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=5)
    small = questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=5)
    answering.complete(questionnaire, member=alice, data=good_answers)
    answering.complete(questionnaire, member=bob, data={"nps": 3, "why": "Slow"})
    assert tallying.current(questionnaire).counts["nps"]["values"] == {"9": 1, "3": 1}
    call_command("accrue_points")
    paid = list(Transfer.objects.values_list("pk", flat=True))
    assert paid
    submission = Submission.objects.select_related("questionnaire", "version").get(member=alice)
    page = desk.get(address_of(submission)).content.decode()
    assert f'href="{address_of(submission)}correct/"' in page
    form = desk.get(f"{address_of(submission)}correct/").content.decode()
    assert '"10-99"' in form
    assert correcting.seen(submission) in form
    told = send(desk, submission, {"nps": 5, "why": "Too slow", "size": "1-9"})
    assert (told.status_code, told.json()) == (200, {"thanks": address_of(submission)})

    submission.refresh_from_db()
    assert submission.data == {"nps": 5, "why": "Too slow", "size": "1-9", "double": 10}
    assert submission.verdict["valid"]
    assert "why" not in submission.verdict["not_asked"]
    assert submission.edited_at is None
    mirrored = dict(submission.response.answers.values_list("question__text", "body"))
    assert (mirrored["Would you recommend us?"], mirrored["What went wrong?"]) == ("5", "Too slow")
    assert tallying.current(questionnaire).counts["nps"]["values"] == {"9": 0, "3": 1, "5": 1}
    assert tallying.current(questionnaire).total == 2
    middle.refresh_from_db()
    small.refresh_from_db()
    assert (middle.count, small.count) == (0, 1)
    trace = EarlierAnswers.objects.get()
    assert (trace.submission, trace.replaced_by, trace.reason) == (submission, researcher, "Typed nine for eight, says Alice")
    assert (trace.data["nps"], trace.data["size"]) == (9, "10-99")
    page = desk.get(address_of(submission)).content.decode()
    assert "Typed nine for eight, says Alice" in page
    assert researcher.name in page
    assert "put right" in desk.get(f"/admin/surveys/{questionnaire.pk}/responses/").content.decode()
    # What was earned stays: it was earned by answering.
    call_command("accrue_points")
    assert Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).count() == 2
    assert list(Transfer.objects.values_list("pk", flat=True)) == paid


def test_the_engine_judges_a_correction_as_it_judged_the_member(desk, submission):
    for data, place in (
        ({"nps": 11, "size": "10-99"}, "nps"),
        ({"size": "10-99"}, "nps"),
        ({"nps": 9, "size": "giants"}, "size"),
        ({"nps": 9, "used": ["forum", "mag", "events"]}, "used"),
    ):
        refused = send(desk, submission, data)
        assert refused.status_code == 422, data
        assert place in [problem["question"] for problem in refused.json()["errors"]]
    # A hidden answer goes and a forged computed one is worked out anew.
    assert send(desk, submission, {"nps": 8, "why": "Nobody asked", "double": 1}).status_code == 200
    submission.refresh_from_db()
    assert submission.data == {"nps": 8, "double": 16}
    assert EarlierAnswers.objects.count() == 1


def test_a_correction_needs_a_reason_and_a_change(desk, submission, good_answers):
    for reason in ("", "   ", None, 7):
        told = send(desk, submission, {**good_answers, "nps": 8}, reason=reason)
        assert (told.status_code, told.json()["errors"][0]["message"]) == (422, "Please give a reason.")
    same = send(desk, submission, good_answers)
    assert (same.status_code, "nothing was changed" in same.json()["errors"][0]["message"]) == (422, True)
    assert send(desk, submission, "no object").status_code == 400
    assert not EarlierAnswers.objects.exists()


def test_nobodys_answers_are_not_corrected(desk, anonymous, alice, good_answers, researcher):
    answering.complete(anonymous, member=alice, data=good_answers)
    submission = Submission.objects.select_related("questionnaire", "version").get()
    before = Submission.objects.filter(pk=submission.pk).values().get()
    page = desk.get(address_of(submission)).content.decode()
    assert "Answers without a name are not corrected" in page
    assert "/correct/" not in page
    assert desk.get(f"{address_of(submission)}correct/").status_code == 404
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 409
    with pytest.raises(correcting.NotCorrectable):
        correcting.correct(submission, by=researcher, data={"nps": 8}, reason="x", began_from=correcting.seen(submission))
    assert Submission.objects.filter(pk=submission.pk).values().get() == before
    assert not EarlierAnswers.objects.exists()


def test_a_kiosks_answers_are_nobodys_too(desk, questionnaire, good_answers):
    publishing.revise(questionnaire, kiosk_token="a-secret-address")
    answering.complete_at_kiosk(questionnaire, data=good_answers)
    submission = Submission.objects.select_related("questionnaire", "version").get()
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 409


def test_rejected_answers_are_accepted_before_they_are_corrected(desk, submission, researcher, good_answers):
    rejecting.reject(submission, by=researcher, reason="in haste")
    assert desk.get(f"{address_of(submission)}correct/").status_code == 404
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 409
    rejecting.accept(submission)
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 200


def test_what_the_member_changed_meanwhile_is_not_overwritten(desk, submission, questionnaire, alice, good_answers):
    began = correcting.seen(submission)
    publishing.revise(questionnaire, is_editable=True)
    answering.change(questionnaire, member=alice, data={**good_answers, "nps": 10})
    told = send(desk, submission, {**good_answers, "nps": 8}, seen=began)
    assert (told.status_code, "changed meanwhile" in told.json()["errors"][0]["message"]) == (409, True)
    assert send(desk, submission, {**good_answers, "nps": 8}, seen="").status_code == 409
    submission.refresh_from_db()
    assert submission.data["nps"] == 10


def test_a_members_unsent_changes_outlive_a_correction(client, desk, submission, questionnaire, alice, good_answers):
    publishing.revise(questionnaire, is_editable=True)
    answering.keep_changes(questionnaire, member=alice, data={**good_answers, "nps": 10})
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 200
    submission.refresh_from_db()
    assert answering.changes_of(submission).data["nps"] == 10
    client.force_login(alice)
    assert finish(client, {**good_answers, "nps": 10}, "/surveys/doing/answers/?edit=1").status_code == 200
    submission.refresh_from_db()
    assert submission.data["nps"] == 10
    assert [(each.data["nps"], each.reason) for each in EarlierAnswers.objects.all()] == [(8, ""), (9, "Typed nine for eight, says Alice")]
    assert not Draft.objects.exists()


def test_a_closed_survey_and_an_earlier_version_are_corrected_by_what_was_asked(desk, submission, questionnaire, definition, good_answers):
    definition["pages"][1]["elements"][1]["choices"] = ["1-49", "50+"]
    publishing.revise(questionnaire, definition=definition)
    publishing.publish(questionnaire)
    publishing.close(questionnaire)
    assert send(desk, submission, {**good_answers, "size": "50+"}).status_code == 422
    assert send(desk, submission, {**good_answers, "size": "100+"}).status_code == 200


def test_a_full_quota_refuses_a_correction_and_changes_nothing(desk, submission, questionnaire, good_answers):
    full = questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=1, count=1)
    told = send(desk, submission, {**good_answers, "size": "1-9"})
    assert (told.status_code, "last place" in told.json()["errors"][0]["message"]) == (409, True)
    submission.refresh_from_db()
    full.refresh_from_db()
    assert (submission.data["size"], full.count, EarlierAnswers.objects.count()) == ("10-99", 1, 0)
    assert tallying.current(questionnaire).counts["size"]["values"] == {'"10-99"': 1}


def test_without_an_engine_nothing_is_corrected(desk, submission, good_answers, dead_engine):
    told = send(desk, submission, {**good_answers, "nps": 8})
    assert (told.status_code, told["Retry-After"]) == (503, "30")
    assert not EarlierAnswers.objects.exists()


def test_only_whoever_may_decide_about_answers_corrects_them(client, submission, alice, moderator, good_answers):
    assert send(client, submission, {**good_answers, "nps": 8}).status_code == 302
    for member in (alice, moderator):
        client.force_login(member)
        assert client.get(f"{address_of(submission)}correct/").status_code in (403, 404)
        assert send(client, submission, {**good_answers, "nps": 8}).status_code in (403, 404)
    submission.refresh_from_db()
    assert submission.data["nps"] == 9


def test_answers_are_corrected_under_their_own_survey_only(desk, submission, anonymous, good_answers):
    body = {"data": {**good_answers, "nps": 8}, "reason": "x", "seen": correcting.seen(submission)}
    elsewhere = f"/admin/surveys/{anonymous.pk}/answers/{submission.pk}/correct/"
    assert desk.post(elsewhere, json.dumps(body), content_type="application/json").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_told(questionnaire, alice, researcher, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    submission = Submission.objects.select_related("questionnaire", "version").get()
    began, told = correcting.seen(submission), []

    def put(nps):
        try:
            correcting.correct(submission, by=researcher, data={**good_answers, "nps": nps}, reason="heard", began_from=began)
            told.append("done")
        except ChangedMeanwhile:
            told.append("changed meanwhile")
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(nps,)) for nps in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["changed meanwhile", "done"]
    assert EarlierAnswers.objects.count() == 1


def test_what_was_read_before_a_correction_is_rejected_as_it_is_now(questionnaire, submission, researcher, good_answers):
    middle = questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=5, count=1)
    small = questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=5)
    stale = Submission.objects.select_related("questionnaire", "version").get()
    began = correcting.seen(submission)
    correcting.correct(submission, by=researcher, data={**good_answers, "nps": 7, "size": "1-9"}, reason="heard", began_from=began)
    assert tallying.current(questionnaire).counts["nps"]["values"] == {"9": 0, "7": 1}
    rejecting.reject(stale, by=researcher, reason="A test of ours")
    tally = tallying.current(questionnaire)
    assert (tally.total, set(tally.counts["nps"]["values"].values())) == (0, {0})
    counts = [type(cell).objects.get(pk=cell.pk).count for cell in (middle, small)]
    assert counts == [0, 0]
    rejecting.accept(stale)
    assert tallying.current(questionnaire).counts["nps"]["values"]["7"] == 1
    assert [type(cell).objects.get(pk=cell.pk).count for cell in (middle, small)] == [0, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["correct", "reject"])
def test_the_counts_are_held_before_the_answers_as_by_whoever_counts(questionnaire, alice, researcher, good_answers, deed):
    """Else each would hold what the other waits for."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    answering.complete(questionnaire, member=alice, data=good_answers)
    submission = Submission.objects.select_related("questionnaire", "version").get()
    tallying.current(questionnaire)

    def work():
        try:
            if deed == "correct":
                data, began = {**good_answers, "nps": 7}, correcting.seen(submission)
                correcting.correct(submission, by=researcher, data=data, reason="heard", began_from=began)
            else:
                rejecting.reject(submission, by=researcher, reason="A test of ours")
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        tallying.hold(questionnaire.pk)
        thread.start()
        wait_for_a_lock()
        Submission.objects.select_for_update(nowait=True).get(pk=submission.pk)
    thread.join(30)
    assert EarlierAnswers.objects.exists() == (deed == "correct")


def test_an_answer_keeps_its_place_in_a_full_cell_and_gets_none_in_another(desk, questionnaire, submission, good_answers):
    middle = questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=3, count=3)
    questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=2, count=2)
    assert send(desk, submission, {**good_answers, "nps": 8}).status_code == 200
    middle.refresh_from_db()
    assert middle.count == 3
    submission.refresh_from_db()
    assert send(desk, submission, {**good_answers, "size": "1-9"}).status_code == 409
    middle.refresh_from_db()
    assert middle.count == 3


@pytest.mark.django_db(transaction=True)
def test_cells_are_held_in_their_order_whichever_way_an_answer_moves(questionnaire, alice, researcher, good_answers):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    small = questionnaire.quotas.create(name="small", wants={"size": "1-9"}, most=5)
    middle = questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=5)
    answering.complete(questionnaire, member=alice, data=good_answers)
    submission = Submission.objects.select_related("questionnaire", "version").get()

    def work():
        try:
            data, began = {**good_answers, "size": "1-9"}, correcting.seen(submission)
            correcting.correct(submission, by=researcher, data=data, reason="heard", began_from=began)
        finally:
            connection.close()

    thread, cells = threading.Thread(target=work), questionnaire.quotas.select_for_update(nowait=True)
    with transaction.atomic():
        cells.get(pk=small.pk)
        thread.start()
        wait_for_a_lock()
        assert cells.get(pk=middle.pk).count == 1
    thread.join(30)
    assert [questionnaire.quotas.get(pk=cell.pk).count for cell in (small, middle)] == [1, 0]


def edit(client, member, data, seen):
    client.force_login(member)
    body = json.dumps({"data": data, "seen": seen})
    return client.post("/surveys/doing/answers/?edit=1", body, content_type="application/json")


def test_a_member_who_opened_their_answers_before_a_correction_is_told_of_it_before_undoing_it(
    client, researcher, submission, questionnaire, alice, good_answers
):
    publishing.revise(questionnaire, is_editable=True)
    client.force_login(alice)
    seen = client.get("/surveys/doing/?edit=1").context["seen"]
    client.force_login(researcher)
    send(client, submission, {**good_answers, "nps": 8, "size": "1-9"})
    told = edit(client, alice, {**good_answers, "used": ["events"]}, seen)
    assert told.status_code == 409
    problems = {problem["question"]: problem["message"] for problem in told.json()["errors"]}
    assert problems.keys() == {"nps", "size"}
    assert "it is now: 1-9." in problems["size"]
    submission.refresh_from_db()
    assert (submission.data["nps"], submission.data["used"]) == (8, ["forum", "mag"])
    # Opened anew, the page says what was put right and why.
    page = client.get("/surveys/doing/?edit=1").content.decode()
    assert "put your answers right" in page
    assert "Typed nine for eight, says Alice" in page
    assert "How many are you?: 10-99 → 1-9" in page
    assert researcher.name not in page
    # Told, the member decides.
    assert edit(client, alice, {**good_answers, "size": "1-9", "used": ["events"]}, told.json()["seen"]).status_code == 200
    submission.refresh_from_db()
    assert (submission.data["nps"], submission.data["size"], submission.data["used"]) == (9, "1-9", ["events"])


def test_a_later_change_of_the_member_is_seen_as_such_and_the_correction_stays_in_the_history(
    desk, researcher, submission, questionnaire, alice, good_answers
):
    send(desk, submission, {**good_answers, "nps": 8})
    answers, whole = f"/admin/surveys/{questionnaire.pk}/responses/", address_of(submission)
    assert "put right, changed by the member since" not in desk.get(answers).content.decode()
    page = desk.get(whole).content.decode()
    (change, _before, _codes) = desk.get(whole).context["changes"][0]
    assert [(each.title, each.before, each.after) for each in change.answers] == [("Would you recommend us?", "9", "8")]
    assert "The member changed what had been put right." not in page
    publishing.revise(questionnaire, is_editable=True)
    answering.change(questionnaire, member=alice, data={**good_answers, "nps": 10, "size": "1-9"})
    assert "put right, changed by the member since" in desk.get(answers).content.decode()
    page = desk.get(whole).content.decode()
    last, first = (change for change, _before, _codes in desk.get(whole).context["changes"])
    assert [(each.name, each.before, each.after, each.was_corrected) for each in last.answers] == [
        ("nps", "8", "10", True),
        ("size", "10-99", "1-9", False),
    ]
    assert (first.is_correction, last.is_correction) == (True, False)
    assert page.count("The member changed what had been put right.") == 1
    assert f"Put right by {researcher}" in page
    # Once it has been told of, the next change of the same answer is the member's own.
    answering.change(questionnaire, member=alice, data={**good_answers, "nps": 7, "size": "1-9"})
    assert not any(each.was_corrected for each in desk.get(whole).context["changes"][0][0].answers)


def test_a_change_that_changes_nothing_leaves_no_trace(client, submission, questionnaire, alice, good_answers):
    publishing.revise(questionnaire, is_editable=True)
    answering.keep_changes(questionnaire, member=alice, data=good_answers)
    for _press in range(2):
        assert edit(client, alice, good_answers, "not ours").status_code == 200
    submission.refresh_from_db()
    assert (submission.edited_at, EarlierAnswers.objects.count(), Draft.objects.count()) == (None, 0, 0)


def test_a_members_copy_of_their_data_holds_what_was_replaced_and_not_who_did_it(
    client, desk, researcher, submission, questionnaire, alice, bob, good_answers
):
    send(desk, submission, {**good_answers, "nps": 8})
    publishing.revise(questionnaire, is_editable=True)
    answering.change(questionnaire, member=alice, data={**good_answers, "nps": 10})
    answering.complete(questionnaire, member=bob, data=good_answers)
    held = {}
    for member in (alice, bob):
        client.force_login(member)
        packed = client.post("/members/settings/data/download/")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content) if packed.streaming else packed.content))
        held[member] = json.loads(archive.read(name)) if (name := "surveys/earlieranswers.json") in archive.namelist() else []
    assert [(row["data"]["nps"], row["replaced_by"], row["reason"]) for row in held[alice]] == [
        (9, "club", "Typed nine for eight, says Alice"),
        (8, "member", ""),
    ]
    assert researcher.name not in json.dumps(held[alice])
    assert held[bob] == []


def test_answers_that_became_others_are_not_rejected_for_what_they_were(desk, submission, questionnaire, alice, good_answers):
    page = f"/admin/surveys/{questionnaire.pk}/responses/"
    seen = desk.get(page).context["submissions"][0].seen
    publishing.revise(questionnaire, is_editable=True)
    answering.change(questionnaire, member=alice, data={**good_answers, "nps": 10})
    told = desk.post(f"{page}{submission.pk}/", {"reason": "the same in every row", "seen": seen}, follow=True).content.decode()
    assert "Not rejected: these answers were changed meanwhile." in told
    submission.refresh_from_db()
    assert submission.rejected_at is None
    desk.post(f"{page}{submission.pk}/", {"reason": "still", "seen": desk.get(page).context["submissions"][0].seen})
    submission.refresh_from_db()
    assert submission.rejected_reason == "still"
