"""What rules hold while clocks run twice, deeds are taken back, and members leave, all at the same moment."""

import datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from community.erasing import erase
from members import activity
from members.models import Activity, Member
from points import accounts, accruing, maturing
from points.auditing import audit
from points.models import Accrual, Budget, Deferral, Rule, Transfer
from tests.points.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KIND = Activity.Kind.EVENT_ATTENDED
LATER = datetime.timedelta(days=15)


@pytest.fixture
def _unheard():
    """Nobody weighs but the test."""
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    yield
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")


@pytest.fixture
def rule(db, _unheard):
    Rule.objects.filter(activity_kind=KIND).update(is_active=False)
    programme = accounts.default_asset().programme
    limits = {"hold_days": 14, "cap_in_all": 6, "budget_points": 1_000}
    return Rule.objects.create(programme=programme, name="Evening", activity_kind=KIND, amount_points=5, live=True, **limits)


def attended(member, number):
    with transaction.atomic():
        at = timezone.now() - datetime.timedelta(hours=3) + datetime.timedelta(minutes=number)
        return activity.record(member, KIND, cause=f"event:{number}", happened_at=at)


def clock():
    """A round of the clock, as it will be when all is due."""
    return list(maturing.decide_due(now=timezone.now() + LATER))


def test_held_points_are_posted_once_or_fall_with_their_deed_whoever_comes_first(alice, rule):
    for number in range(10):
        accruing.weigh(attended(alice, number).pk)
    with transaction.atomic():
        back = [activity.undo(KIND, cause=f"event:{number}") for number in (0, 2, 5, 9)]
    late = [attended(alice, number) for number in (20, 21)]
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*back, *late]]
    works = [work for pair in zip([clock] * 6, works, strict=True) for work in pair] + [clock] * 4
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {OperationalError.__name__}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in results
    for row in [*back, *late]:
        accruing.weigh(row.pk)
    clock()
    assert audit().differences == []
    assert list(Accrual.objects.filter(outcome="awarded").values_list("amount_points", flat=True)) == [5] * 6
    assert accounts.wallet_of(alice).posted == 30
    assert Budget.objects.get().given_points == 30
    assert not Deferral.objects.filter(status="waiting").exists()
    moved = Transfer.objects.filter(kind="post").aggregate(sum=Sum("amount_points"))["sum"] or 0
    assert moved - (Transfer.objects.filter(kind="reversal").aggregate(sum=Sum("amount_points"))["sum"] or 0) == 30


def test_a_member_who_leaves_while_the_clock_gives_keeps_the_books_whole(alice, bob, rule):
    for number in range(4):
        accruing.weigh(attended(alice if number % 2 else bob, number).pk)
    works = [clock, lambda: erase(Member.objects.get(pk=alice.pk)), clock, clock]
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {OperationalError.__name__}
    if Member.objects.get(pk=alice.pk).erased_at is None:
        erase(Member.objects.get(pk=alice.pk))
    clock()
    assert accounts.wallet_of(bob).posted == 10
    assert not Deferral.objects.filter(status="waiting").exists()
    assert audit().differences == []
