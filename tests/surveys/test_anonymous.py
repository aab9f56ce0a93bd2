"""No way leads back from an anonymous answer to the member who gave it, while points are paid once."""

import datetime
import json

import pytest
from django.utils import timezone
from survey.models import Answer, Response

from members.models import Activity
from surveys import answering, publishing, rejecting, releasing
from surveys.exporting import csv_lines
from surveys.models import Draft, Participation, Submission


@pytest.fixture
def answered(anonymous, alice, bob, charlie, mei, good_answers):
    for rating, member in enumerate((alice, bob, charlie, mei), start=7):
        answering.save_draft(anonymous, member=member, data={"nps": rating})
        answering.complete(anonymous, member=member, data={**good_answers, "nps": rating})
    return anonymous


def test_neither_ours_nor_the_record_knows_who_or_when(answered, alice):
    for submission in Submission.objects.all():
        assert (submission.member, submission.completed_at, submission.seconds_spent, submission.locale) == (None, None, None, "")
    assert not Response.objects.exclude(user=None).exists()
    assert set(Response.objects.values_list("created", "updated")) == {(answered.published_at, answered.published_at)}
    assert set(Answer.objects.values_list("created", "updated")) == {(answered.published_at, answered.published_at)}
    assert not Draft.objects.exists()


def test_row_numbers_tell_no_order(answered):
    given = [7, 8, 9, 10]
    orders = []
    for rows in (Submission.objects.order_by("pk"), Submission.objects.order_by("response_id")):
        orders.append([submission.data["nps"] for submission in rows])
        assert sorted(orders[-1]) == given
    assert all(number > 2**29 for number in Response.objects.values_list("pk", flat=True))
    assert all(number > 2**29 for number in Answer.objects.values_list("pk", flat=True))
    assert not any(field.name.endswith("_at") for field in Participation._meta.fields)


def test_the_deed_is_recorded_later_and_together(answered, alice, bob):
    facts = Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED)
    assert releasing.record_all_held_back() == 0
    assert not facts.exists()
    publishing.close(answered)
    assert facts.count() == 4
    assert len(set(facts.values_list("happened_at", flat=True))) == 1
    assert all(fact.details == {"survey": "between-us", "points": 8} for fact in facts)
    assert releasing.record_all_held_back() == 0
    assert facts.count() == 4


def test_five_together_need_not_wait_for_the_end(answered, admin, good_answers):
    answering.complete(answered, member=admin, data=good_answers)
    assert releasing.record_all_held_back() == 5
    assert not Participation.objects.filter(is_recorded=False).exists()


def test_once_holds_without_a_name(answered, alice, good_answers):
    with pytest.raises(answering.AlreadyAnswered):
        answering.complete(answered, member=alice, data=good_answers)
    assert Submission.objects.count() == 4


def test_the_page_promises_points_later(client, alice, answered):
    client.force_login(alice)
    assert b"together with those of others" in client.get("/surveys/between-us/thanks/").content


def test_an_export_names_nobody(answered, alice):
    text = "".join(csv_lines(answered))
    assert alice.handle not in text
    assert text.splitlines()[0].lstrip("\ufeff").startswith("version,quality,rejected,nps")


def test_rejecting_leads_to_no_member(answered, researcher):
    publishing.close(answered)
    rejecting.reject(Submission.objects.first(), by=researcher, reason="Nonsense")
    assert not Activity.objects.filter(kind=Activity.Kind.UNDONE).exists()


def test_the_promise_cannot_be_withdrawn_afterwards(client, researcher, answered):
    client.force_login(researcher)
    definition = json.dumps(answered.draft_definition)
    fields = {
        "title": "Between us",
        "slug": "between-us",
        "minutes": 3,
        "audience": "everyone",
        "results": "club",
        "definition": definition,
    }
    client.post(f"/admin/surveys/{answered.pk}/", fields)
    answered.refresh_from_db()
    assert answered.is_anonymous


def test_what_was_begun_bears_a_name_no_longer_than_the_survey_lasts(anonymous, questionnaire, alice):
    for survey in (anonymous, questionnaire):
        answering.save_draft(survey, member=alice, data={"nps": 7})
    releasing.record_all_held_back()
    assert Draft.objects.count() == 2
    anonymous.closes_at = timezone.now() - datetime.timedelta(minutes=1)
    anonymous.save()
    releasing.record_all_held_back()
    assert Draft.objects.get().questionnaire == questionnaire
