"""A quota that is added while a survey runs counts what was answered already, and what is answered at that moment once."""

import json
import threading
import tracemalloc

import pytest
from django.db import IntegrityError, connection, transaction

from surveys import answering, apportioning, mirroring, publishing, quotas, rejecting
from surveys.models import Quota, Submission
from tests.conftest import member_of
from tests.points.test_races import wait_for_a_lock

SMALL = {"size": "1-9"}


@pytest.fixture
def desk(client, researcher):
    client.force_login(researcher)
    return client


@pytest.fixture
def add(desk):
    """Sends the desk's form of a quota; returns the page that follows."""

    def send(survey, name, wants, most):
        return desk.post(f"/admin/surveys/{survey.pk}/quotas/", {"name": name, "wants": wants, "most": most}, follow=True)

    return send


def counted(survey):
    return {cell.name: (cell.count, cell.most) for cell in survey.quotas.all()}


def test_what_was_answered_before_counts_and_the_page_says_how_many(add, questionnaire, alice, bob, charlie, mei, researcher, good_answers):
    for member in (alice, bob, charlie):
        answering.complete(questionnaire, member=member, data=good_answers)
    rejecting.reject(Submission.objects.get(member=charlie), by=researcher, reason="in haste")
    page = add(questionnaire, "middle", "size = 10-99", 3).content.decode()
    assert counted(questionnaire) == {"middle": (2, 3)}
    assert "Saved. 2 answers that were given before belong to this quota." in page
    assert "2 were given before it was added" in page
    answering.complete(questionnaire, member=mei, data=good_answers)
    with pytest.raises(quotas.QuotaFull):
        rejecting.accept(Submission.objects.get(member=charlie))
    page = add(questionnaire, "small", "size = 1-9", 5).content.decode()
    assert "Saved. 0 answers that were given before belong to this quota." in page
    assert counted(questionnaire) == {"middle": (3, 3), "small": (0, 5)}


def test_a_cell_with_more_answers_than_it_takes_is_full_until_enough_are_rejected(
    add, client, questionnaire, alice, bob, charlie, mei, researcher, good_answers
):
    for member in (alice, bob, charlie):
        answering.complete(questionnaire, member=member, data=good_answers)
    page = add(questionnaire, "middle", "size = 10-99", 2).content.decode()
    assert "It is full and takes no more." in page
    assert "3 / 2 <strong>full</strong>" in page
    for rejected, count in ((alice, 2), (bob, 1)):
        client.force_login(mei)
        refused = client.post("/surveys/doing/answers/", json.dumps({"data": good_answers}), content_type="application/json")
        assert refused.status_code == 409
        rejecting.reject(Submission.objects.get(member=rejected), by=researcher, reason="in haste")
        assert counted(questionnaire) == {"middle": (count, 2)}
    answering.complete(questionnaire, member=mei, data=good_answers)
    assert counted(questionnaire) == {"middle": (2, 2)}
    with pytest.raises(IntegrityError), transaction.atomic():
        questionnaire.quotas.update(count=4)


def test_facts_of_members_are_counted_and_answers_without_a_name_are_said_to_be_left_out(add, questionnaire, alice, mei, good_answers):
    publishing.revise(questionnaire, kiosk_token="k" * 43)
    questionnaire.refresh_from_db()
    mei.company.customer_class = "key_account"
    mei.company.save()
    alice.company.refresh_from_db()
    for member in (alice, mei):
        answering.complete(questionnaire, member=member, data=good_answers)
    answering.complete_at_kiosk(questionnaire, data=good_answers)
    for name, wants in (
        ("Chinese", "member.locale = zh-hans"),
        ("middle Chinese", "size = 10-99\nmember.locale = zh-hans"),
        ("small Chinese", "size = 1-9\nmember.locale = zh-hans"),
        ("keys", "member.customer_class = key_account"),
        ("stage", f"member.stage = {alice.company.stage}"),
    ):
        page = add(questionnaire, name, wants, 9).content.decode()
        assert "1 answer has no name, so nobody can say whether it belongs to it; it is not counted." in page, name
    assert "no name" not in add(questionnaire, "middle", "size = 10-99", 9).content.decode()
    found = {name: count for name, (count, _most) in counted(questionnaire).items()}
    assert found == {"Chinese": 1, "middle Chinese": 1, "small Chinese": 0, "keys": 1, "stage": 1, "middle": 3}


def test_a_cell_counts_an_answer_before_as_it_would_count_it_now(questionnaire, definition, alice, bob, researcher, good_answers):
    """What one finds afterwards is what one would have found at the time, for each kind of question."""
    wanted = [{"size": "10-99"}, {"used": "mag"}, {"nps": 9}, {"nps": 9, "used": "forum"}, {"double": 18}, {"why": "dull"}, {"nps": "9"}]
    for place, wants in enumerate(wanted):
        questionnaire.quotas.create(name=f"first {place}", wants=wants, most=9)
    answering.complete(questionnaire, member=alice, data=good_answers)
    answering.complete(questionnaire, member=bob, data={"nps": 3, "why": "dull", "used": ["none"]})
    for place, wants in enumerate(wanted):
        apportioning.add(Quota(questionnaire=questionnaire, name=f"later {place}", wants=wants, most=9))
    found = {name: count for name, (count, _most) in counted(questionnaire).items()}
    assert [found[f"later {place}"] for place in range(len(wanted))] == [found[f"first {place}"] for place in range(len(wanted))]
    assert [found[f"later {place}"] for place in range(len(wanted))] == [1, 1, 1, 1, 1, 1, 0]


def test_answers_under_an_earlier_name_count_where_it_was_declared_equal(desk, questionnaire, definition, alice, bob, good_answers):
    answering.complete(questionnaire, member=alice, data=good_answers)
    definition["pages"][1]["elements"][1]["name"] = "people"
    publishing.revise(questionnaire, definition=definition)
    publishing.publish(questionnaire)
    questionnaire.refresh_from_db()
    cell = Quota(questionnaire=questionnaire, name="middle", wants={"people": "10-99"}, most=9)
    assert apportioning.add(cell).count == 0
    desk.post(f"/admin/surveys/{questionnaire.pk}/equivalents/", {"old": "size", "new": "people"})
    assert counted(questionnaire) == {"middle": (1, 9)}
    rejecting.reject(Submission.objects.get(member=alice), by=bob, reason="in haste")
    assert counted(questionnaire) == {"middle": (0, 9)}


def test_an_anonymous_survey_counts_answers_and_never_whose_they_are(add, client, anonymous, alice, mei, good_answers):
    for member in (alice, mei):
        answering.complete(anonymous, member=member, data=good_answers)
    page = add(anonymous, "middle", "size = 10-99", 9).content.decode()
    assert "2 answers that were given before" in page
    for wants in ("member.locale = zh-hans", "nps = 9\nmember.stage = prospect"):
        refused = add(anonymous, "whose", wants, 9)
        assert refused.status_code == 422
        assert "In an anonymous survey a quota asks answers only" in refused.content.decode()
    assert counted(anonymous) == {"middle": (2, 9)}


def test_what_counted_members_of_an_anonymous_survey_is_not_told_and_holds_its_next_version_up(desk, anonymous):
    anonymous.quotas.create(name="whose", wants={"member.locale": "zh-hans"}, most=9, count=1)
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(anonymous)
    assert [problem.question for problem in refusal.value.problems] == ["quotas.whose"]
    page = desk.get(f"/admin/surveys/{anonymous.pk}/").content.decode()
    assert "– / 9" in page
    assert "1 / 9" not in page


def test_one_thing_is_asked_once(add, questionnaire):
    refused = add(questionnaire, "both", "nps = 9\nnps = 8", 5)
    assert (refused.status_code, questionnaire.quotas.count()) == (422, 0)
    assert "“nps” stands here twice; both cannot be so." in refused.content.decode()


def test_very_many_answers_are_counted_a_few_at_a_time(questionnaire, alice, good_answers, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(apportioning, "STEP", 50)
    version = questionnaire.version
    for begin in range(0, 400, 100):
        pairs = [mirroring.Response(survey=questionnaire.survey, interview_uuid=f"{begin + place}") for place in range(100)]
        made = mirroring.Response.objects.bulk_create(pairs)
        Submission.objects.bulk_create(
            Submission(
                questionnaire=questionnaire, version=version, response=response, verdict={}, data={**good_answers, "why": "w" * 20_000}
            )
            for response in made
        )
    tracemalloc.start()
    try:
        with django_assert_max_num_queries(14):
            found = apportioning.add(Quota(questionnaire=questionnaire, name="middle", wants={"size": "10-99"}, most=9))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.count == 400
    assert most < 5_000_000, "eight million letters were read, a million at a time"


def in_a_thread(work):
    def and_close():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=and_close)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_whoever_adds_a_cell_waits_for_an_answer_that_has_looked_for_cells_and_counts_it(questionnaire, alice, good_answers, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    mirror, found, threads = mirroring.mirror_response, [], []
    cell = Quota(questionnaire=questionnaire, name="middle", wants={"size": "10-99"}, most=9)

    def and_a_cell_is_added(*words, **more):
        threads.append(in_a_thread(lambda: found.append(apportioning.add(cell))))
        wait_for_a_lock()
        assert found == []
        return mirror(*words, **more)

    monkeypatch.setattr(mirroring, "mirror_response", and_a_cell_is_added)
    answering.complete(questionnaire, member=alice, data=good_answers)
    threads[0].join(20)
    assert [each.count for each in found] == [1]
    assert counted(questionnaire) == {"middle": (1, 9)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["page", "kiosk"])
def test_whoever_answers_while_a_cell_is_added_waits_and_finds_it(questionnaire, alice, good_answers, door):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    publishing.revise(questionnaire, kiosk_token="k" * 43)
    questionnaire.refresh_from_db()
    told = []

    def work():
        try:
            if door == "page":
                answering.complete(questionnaire, member=alice, data=good_answers)
            else:
                answering.complete_at_kiosk(questionnaire, data=good_answers)
        except quotas.QuotaFull as full:
            told.append(str(full))

    with transaction.atomic():
        apportioning.add(Quota(questionnaire=questionnaire, name="middle", wants={"size": "10-99"}, most=0))
        answer = in_a_thread(work)
        wait_for_a_lock()
    answer.join(20)
    assert told == ["middle"]
    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_cells_added_taken_and_freed_by_many_at_once_hold_what_there_is(questionnaire, harbour, researcher, good_answers):
    people = [member_of(harbour, f"a{number}@harbour.example", f"Answerer {number}") for number in range(24)]
    mistakes = []

    def answer(mine):
        for place, member in enumerate(mine):
            try:
                answering.complete(questionnaire, member=member, data={**good_answers, **(SMALL if place % 2 else {})})
                if place % 3 == 0:
                    rejecting.reject(Submission.objects.get(member=member), by=researcher, reason="in haste")
            except Exception as mistake:
                mistakes.append(mistake)

    threads = [in_a_thread(lambda place=place: answer(people[place::3])) for place in range(3)]
    for number in range(6):
        wants = SMALL if number % 2 else {"size": "10-99"}
        apportioning.add(Quota(questionnaire=questionnaire, name=f"{number}", wants=wants, most=100))
    for thread in threads:
        thread.join(60)
    assert mistakes == []
    there = Submission.objects.counted()
    expected = [sum(data["size"] == size for data in there.values_list("data", flat=True)) for size in ("10-99", "1-9")]
    assert [count for count, _most in counted(questionnaire).values()] == expected * 3
