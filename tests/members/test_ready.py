"""A query whose SQL is made once answers as the queryset it was made from."""

import datetime

import pytest
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from members.models import Activity, Member
from members.ready import Ready

OF_COMPANY = Ready(
    lambda pks, since: (
        Member.objects.select_related("company")
        .annotate(has_done=Exists(Activity.objects.filter(member=OuterRef("pk"))))
        .filter(pk__in=pks, joined_at__gt=since)
        .order_by("pk")
    )
)
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
