"""Whoever holds the whole database, with PostgreSQL's own numbers of rows and transactions, finds no way from an answer to its member."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Activity
from notifications.models import Notification
from surveys import answering, blind_receipts, inviting, publishing, releasing
from surveys.models import Participation, Submission, SurveyInvitation
from tests.conftest import member_of

CROWD = 11
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="reads what only PostgreSQL keeps of a row")


@pytest.fixture
def crowd(harbour):
    return [member_of(harbour, f"a{number}@harbour.example", f"Answerer {number}") for number in range(CROWD)]


def answer_in_turn(survey, crowd):
    """Everybody once, each in a transaction of their own; the rating is one's place in the row."""
    for rating, member in enumerate(crowd):
        answering.save_draft(survey, member=member, data={"nps": rating})
        answering.complete(
            survey, member=member, data={"nps": rating, "size": "10-99", "why": f"{rating}"} if rating < 7 else {"nps": rating}
        )


def test_a_receipt_that_waits_names_nobody_and_is_found_by_its_member_alone(client, anonymous, alice, bob, good_answers):
    answering.complete(anonymous, member=alice, data=good_answers)
    receipt = Participation.objects.get()
    assert (receipt.member, receipt.points) == (None, None)
    assert Participation.objects.held_by(alice, anonymous).exists()
    assert not Participation.objects.held_by(bob, anonymous).exists()
    client.force_login(alice)
    assert b"8 points follow" in client.get("/surveys/between-us/thanks/").content
    assert client.get("/surveys/between-us/").url.endswith("/thanks/")
    assert "/surveys/between-us/" in client.get("/surveys/").content.decode()
    assert b'data-stage="thanked"' in client.get("/surveys/between-us/here/").content
    client.force_login(bob)
    assert client.get("/surveys/between-us/thanks/").status_code == 404
    assert client.get("/surveys/between-us/").status_code == 200


def test_the_receipts_of_one_member_in_two_surveys_are_not_alike_and_need_the_clubs_secret(
    anonymous, definition, alice, good_answers, settings
):
    other = publishing.create(title="Between us too", definition=definition, slug="too", is_anonymous=True)
    publishing.publish(other)
    other.refresh_from_db()
    for survey in (anonymous, other):
        answering.complete(survey, member=alice, data=good_answers)
    marks = set(Participation.objects.values_list("blind", flat=True))
    assert len(marks) == 2
    settings.SECRET_KEY = "a secret that somebody guessed"
    assert not marks & {blind_receipts.blind(blind_receipts.token_of(alice.pk), survey.pk) for survey in (anonymous, other)}


def test_the_database_makes_the_digest_that_we_make(anonymous, alice, good_answers):
    answering.complete(anonymous, member=alice, data=good_answers)
    token = blind_receipts.token_of(alice.pk)
    assert Participation.objects.of(alice.pk, token, anonymous.pk).get().blind == blind_receipts.blind(token, anonymous.pk)


def test_receipts_outlive_a_change_of_the_clubs_secret(anonymous, crowd, settings):
    answer_in_turn(anonymous, crowd)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "tomorrow’s secret"
    assert releasing.record_all_held_back() == CROWD
    assert set(Participation.objects.values_list("member", flat=True)) == {member.pk for member in crowd}


def test_receipts_that_belong_to_nobody_wait_and_are_told_of(anonymous, crowd, settings, caplog):
    answer_in_turn(anonymous, crowd)
    settings.SECRET_KEY = "a secret that knows nothing of the old one"
    assert releasing.record_all_held_back() == 0
    assert Participation.objects.filter(member=None).count() == CROWD
    assert "belong to nobody" in caplog.text


def test_points_that_an_invitation_promised_are_paid_without_standing_on_the_receipt(anonymous, crowd):
    inviting.invite(anonymous, crowd[:1], points=40)
    answer_in_turn(anonymous, crowd)
    assert set(Participation.objects.values_list("points", flat=True)) == {None}
    releasing.record_all_held_back()
    paid = dict(Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).values_list("member", "details__points"))
    assert paid == {member.pk: 40 if member == crowd[0] else 8 for member in crowd}


def test_whoever_answered_without_a_name_is_not_reminded(anonymous, alice, bob, good_answers):
    inviting.invite(anonymous, [alice, bob])
    answering.complete(anonymous, member=alice, data=good_answers)
    SurveyInvitation.objects.update(created_at=timezone.now() - datetime.timedelta(days=9))
    assert inviting.remind(anonymous) == 1
    assert Notification.objects.filter(member=alice, kind=Notification.Kind.SURVEY_INVITATION).count() == 1


def read(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def naming_columns():
    """(table, column) of everything that refers to a member."""
    return read(
        "select c.conrelid::regclass::text, a.attname from pg_constraint c"
        " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
        " where c.contype = 'f' and c.confrelid = 'members_member'::regclass"
    )


def named_by(transaction):
    """The members that rows written by one transaction refer to, in all tables."""
    found = set()
    for table, column in naming_columns():
        found |= {pk for (pk,) in read(f"select {column} from {table} where xmin::text = %s and {column} is not null", transaction)}
    return found


def lying(table, what, condition="true"):
    """What rows of a table hold, in the order in which they lie, with the transactions that wrote them."""
    return read(f"select {what}, xmin::text from {table} where {condition} order by ctid")


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_before_they_are_mixed_no_row_of_an_answers_transaction_names_its_member(anonymous, crowd):
    anonymous.quotas.create(name="small", wants={"size": "1-9"}, most=100)
    anonymous.quotas.create(name="middle", wants={"size": "10-99"}, most=100)
    answer_in_turn(anonymous, crowd[:4])
    transactions = {number for _data, number in lying("surveys_submission", "data->>'nps'")}
    assert len(transactions) == 4
    assert [named_by(each) for each in transactions] == [set()] * 4
    cells = {number for _name, number in lying("surveys_quota", "name")}
    assert len(cells) == 1  # the cell that was not taken was written too


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_once_mixed_neither_order_nor_numbers_nor_transactions_tell_one_from_the_other(anonymous, crowd):
    answer_in_turn(anonymous, crowd)
    before = {str(pk) for pk in Participation.objects.values_list("pk", flat=True)}
    releasing.record_all_held_back()

    answers = lying("surveys_submission", "(data->>'nps')::int")
    receipts = lying("surveys_participation", "member_id")
    deeds = lying("members_activity", "member_id", "kind = 'survey_completed'")
    responses = lying(
        "survey_response", "(select (s.data->>'nps')::int from surveys_submission s where s.response_id = survey_response.id)"
    )
    rows = lying(
        "survey_answer", "(select (s.data->>'nps')::int from surveys_submission s where s.response_id = survey_answer.response_id)"
    )
    given, people = list(range(CROWD)), [member.pk for member in crowd]
    for found, written in ((answers, given), (responses, given), (receipts, people), (deeds, people)):
        order = [value for value, _number in found]
        assert sorted(order) == sorted(written)
        assert order != written
    assert [value for value, _number in rows] != sorted(value for value, _number in rows)
    transactions = {number for found in (answers, responses, rows, receipts, deeds) for _value, number in found}
    assert len(transactions) == 1  # that of all together

    assert not before & {str(pk) for pk in Participation.objects.values_list("pk", flat=True)}
    by_number = [data["nps"] for data in Submission.objects.order_by("pk").values_list("data", flat=True)]
    assert by_number != given
    assert by_number != [
        people.index(pk) for pk in Activity.objects.filter(kind="survey_completed").order_by("pk").values_list("member", flat=True)
    ]


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_what_comes_after_a_batch_is_not_mixed_before_there_are_enough(anonymous, crowd):
    answer_in_turn(anonymous, crowd[:6])
    assert releasing.record_all_held_back() == 6
    answer_in_turn(anonymous, crowd[6:9])
    assert releasing.record_all_held_back() == 0
    assert Submission.objects.filter(is_mixed=False).count() == 3
    publishing.close(anonymous)
    assert not Submission.objects.filter(is_mixed=False).exists()
    assert Participation.objects.exclude(member=None).count() == 9
