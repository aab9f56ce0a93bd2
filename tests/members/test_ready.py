"""A query whose SQL is made once answers as the queryset it was made from."""

import datetime

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from members.cursors import asked
from members.models import Activity, Member
from members.ready import Ready, ReadyDelete, ReadyUpdate

OF_COMPANY = Ready(
    lambda pks, since: (
        Member.objects.select_related("company")
        .annotate(has_done=Exists(Activity.objects.filter(member=OuterRef("pk"))))
        .filter(pk__in=pks, joined_at__gt=since)
        .order_by("pk")
    )
)
RENAMED = ReadyUpdate(lambda pks, name: (Member.objects.filter(pk__in=pks).exclude(name=name), {"name": name, "handle": Lower("email")}))
FORGOTTEN = ReadyDelete(lambda member, since: Activity.objects.filter(member=member, happened_at__gt=since))
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


def test_models_come_whole_with_what_is_joined_and_annotated(alice, charlie, django_assert_num_queries):
    Activity.objects.create(member=charlie, kind="article_read", cause="a:1", happened_at=timezone.now())
    for _again in range(2):
        with django_assert_num_queries(1):
            first, second = OF_COMPANY.all(pks=[alice.pk, charlie.pk], since=LONG_AGO)
            assert (first.company, second.company) == (alice.company, charlie.company)
        assert (first, second) == (alice, charlie)
        assert (first.joined_at, first.public_id, first.pk) == (alice.joined_at, alice.public_id, alice.pk)
        assert (first.has_done, second.has_done) == (False, True)


def test_other_values_find_other_rows_and_lists_may_be_of_any_length(alice, bob, charlie):
    assert OF_COMPANY.all(pks=[charlie.pk], since=LONG_AGO) == [charlie]
    assert OF_COMPANY.all(pks={alice.pk, bob.pk, charlie.pk}, since=LONG_AGO) == [alice, bob, charlie]
    assert OF_COMPANY.all(pks=[], since=LONG_AGO) == []
    assert OF_COMPANY.all(pks=[alice.pk], since=timezone.now() + datetime.timedelta(days=1)) == []


def test_tuples_come_where_tuples_were_asked_for(alice, bob):
    sizes = Ready(lambda company: Member.objects.filter(company=company).order_by().values("company").values_list("company", Count("pk")))
    assert sizes.first(company=alice.company_id) == (alice.company_id, 2)
    assert sizes.first(company=0) is None


def test_what_was_not_asked_for_is_asked_for_when_it_is_wanted(alice, django_assert_num_queries):
    named = Ready(lambda pk: Member.objects.order_by().filter(pk=pk).only("id", "name"))
    with django_assert_num_queries(1):
        found = named.first(pk=alice.pk)
        assert (found.pk, found.name) == (alice.pk, alice.name)
    with django_assert_num_queries(1):
        assert found.email == alice.email


def test_who_came_by_no_company_is_read_too(moderator):
    assert moderator.company is None
    assert OF_COMPANY.first(pks=[moderator.pk], since=LONG_AGO).company is None


@pytest.mark.django_db(transaction=True)
def test_what_locks_is_asked_inside_a_transaction_only(alice):
    locked = Ready(lambda pk: Member.objects.filter(pk=pk).select_for_update())
    with transaction.atomic():
        assert locked.first(pk=alice.pk) == alice
    with pytest.raises(TransactionManagementError):
        locked.first(pk=alice.pk)


def test_no_value_is_none_and_none_is_left_out(alice):
    with pytest.raises(ValueError, match="missing"):
        OF_COMPANY.all(pks=[alice.pk], since=None)
    with pytest.raises((KeyError, TypeError)):
        OF_COMPANY.all(pks=[alice.pk])


def test_a_change_meets_the_rows_that_are_meant_and_says_how_many(alice, bob, charlie, django_assert_num_queries):
    for name in ("Anna", "Annette"):
        with django_assert_num_queries(1):
            assert RENAMED.do(pks=[alice.pk, bob.pk], name=name) == 2
        alice.refresh_from_db()
        charlie.refresh_from_db()
        assert (alice.name, alice.handle) == (name, alice.email.lower())
        assert charlie.name not in ("Anna", "Annette")
    assert RENAMED.do(pks=[alice.pk], name="Annette") == 0
    assert RENAMED.do(pks=[], name="Nobody") == 0


def test_what_is_taken_away_is_only_what_is_meant(alice, bob):
    for member in (alice, bob):
        Activity.objects.create(member=member, kind="article_read", cause=f"a:{member.pk}", happened_at=timezone.now())
    assert FORGOTTEN.do(member=alice.pk, since=timezone.now() + datetime.timedelta(days=1)) == 0
    assert FORGOTTEN.do(member=alice.pk, since=LONG_AGO) == 1
    assert list(Activity.objects.filter(kind="article_read").values_list("member", flat=True)) == [bob.pk]


def test_no_row_is_changed_to_nothing_by_mistake(alice):
    with pytest.raises(ValueError, match="missing"):
        RENAMED.do(pks=[alice.pk], name=None)


def test_what_is_the_same_each_time_is_written_into_the_statement_and_the_rest_sent_beside_it(alice, bob):
    odd = '50 %s off: it\'s "100%" 财务'
    Member.objects.filter(pk=alice.pk).update(name=odd, is_staff=True)
    named = Ready(lambda handle: Member.objects.filter(name=odd, is_staff=True, handle=handle, pk__gt=0).exclude(name__contains="%d"))
    assert [member.pk for member in named.all(handle=alice.handle)] == [alice.pk]
    assert named.all(handle="it's") == []
    assert named.all(handle=bob.handle) == []
    renamed = ReadyUpdate(lambda member: (Member.objects.filter(pk=member, name=odd), {"name": "back\\slash ' and %"}))
    assert (renamed.do(member=alice.pk), renamed.do(member=alice.pk)) == (1, 0)
    alice.refresh_from_db()
    assert alice.name == "back\\slash ' and %"


def test_a_statement_is_planned_once_for_all_values_on_postgresql(alice):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time")
    active = Ready(lambda pk: Member.objects.filter(pk=pk, is_active=True, locale="en").values_list("handle"))
    for _time in range(6):
        active.all(pk=alice.pk)
    [(said,)] = asked(
        "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s AND statement NOT LIKE %s", ["%handle%", "%pg_pre%"]
    )
    assert "'en'" in said
    assert ("$1" in said, "$2" in said) == (True, False)
