"""A row that is written by a statement made once is the row that the ORM would have written."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from forum.models import Draft
from members import once
from members.cursors import asked, done
from members.models import Activity
from surveys import publishing
from surveys.models import Participation


def deed(member, cause="a:1"):
    return Activity(member=member, kind="article_read", cause=cause, happened_at=timezone.now(), details={"points": 5})


def test_a_row_is_kept_once_and_has_its_id(alice, django_assert_num_queries):
    first = deed(alice)
    with django_assert_num_queries(1):
        assert once.keep(first) is True
    assert Activity.objects.get(pk=first.pk).details == {"points": 5}
    assert once.keep(deed(alice)) is False
    assert once.keep(deed(alice, "a:2")) is True


def test_a_row_that_brings_its_own_key_keeps_it(alice):
    survey = publishing.create(title="Once", definition={"elements": [{"type": "text", "name": "q"}]})
    receipt = Participation(questionnaire=survey, member=alice, points=7)
    key = receipt.pk
    assert once.keep(receipt) is True
    assert receipt.pk == key
    assert Participation.objects.get().pk == key
    assert once.keep(Participation(questionnaire=survey, member=alice)) is False


def test_a_row_is_kept_under_another_in_one_statement(alice, django_assert_num_queries):
    survey = publishing.create(title="Once", definition={"elements": [{"type": "text", "name": "q"}]})
    receipt = Participation(questionnaire=survey, member=alice, points=None, is_recorded=True)
    with django_assert_num_queries(1) as asked_of_it:
        assert once.keep(receipt, under="questionnaire") is True
    assert ("FOR KEY SHARE" in asked_of_it[0]["sql"]) == (connection.vendor == "postgresql")
    kept = Participation.objects.get()
    assert (kept.pk, kept.questionnaire_id, kept.member_id, kept.points, kept.is_recorded) == (receipt.pk, survey.pk, alice.pk, None, True)
    assert once.keep(Participation(questionnaire=survey, member=alice), under="questionnaire") is False


def test_a_change_writes_the_named_fields_and_no_others(alice, django_assert_num_queries):
    row = Draft.objects.create(member=alice, key="thread:1", body="as it was", title="Old")
    row.body, row.title = "as it is", "Not written"
    with django_assert_num_queries(1):
        once.change(row, "body")
    row.refresh_from_db()
    assert (row.body, row.title) == ("as it is", "Old")


def test_a_change_of_a_row_that_is_gone_is_refused(alice):
    row = Draft.objects.create(member=alice, key="thread:1", body="as it was")
    Draft.objects.all().delete()
    row.pk = 1
    with pytest.raises(DatabaseError):
        once.change(row, "body")


def test_what_the_database_refuses_is_raised_as_ever_and_a_broken_transaction_is_told_nothing_more(alice):
    once.keep(deed(alice))
    with pytest.raises(IntegrityError), transaction.atomic():
        asked("UPDATE members_activity SET member_id = NULL WHERE cause = %s", ["a:1"])
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            done("DELETE FROM members_activity WHERE cause = %s", ["a:1"])
        transaction.set_rollback(False)
    assert Activity.objects.get(member=alice, cause="a:1")
