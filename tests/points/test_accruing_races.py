"""Deeds done, taken back and decided about at the same time keep every limit and the books."""

import datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from members import activity
from members.models import Activity, Member
from points import accounts, accruing, loading, reviewing
from points.auditing import audit
from points.models import Accrual, Budget, Grant, Review, Reward, Rule, VoucherCode
from points.refusals import NotPending
from tests.points.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_deeds_at_once_keep_the_days_limit(alice):
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(alice, Activity.Kind.REPLY_POSTED, cause=f"post:{n}") for n in range(16)]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in rows])
    assert set(results) <= {True, OperationalError.__name__}
    for row in rows:
        # Where two writers clashed and one lost, the catch-up does it; of the others it does nothing.
        accruing.weigh(row.pk)
    wallet = accounts.wallet_of(alice)
    assert wallet.posted == 10
    assert audit().differences == []


def test_deeds_taken_back_decided_and_done_at_once_keep_the_limit_and_the_books(alice, bob, charlie, marketer):
    """A person decides about held awards while some of their deeds are taken back and others, earlier ones, arrive."""
    kind, noon = Activity.Kind.COLLEAGUE_REGISTERED, timezone.now() - datetime.timedelta(hours=2)
    Rule.objects.filter(activity_kind=kind).update(cap_in_all=6, pays="member", budget_points=1_000)
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    alice.refresh_from_db()
    bob.refresh_from_db()

    def bring(number, invitee):
        with transaction.atomic():
            at = noon + datetime.timedelta(minutes=number)
            return activity.record(alice, kind, cause=f"invitation:{number}", counterpart=invitee, happened_at=at)

    activity.recorded.disconnect(dispatch_uid="points.accruing")
    try:
        for number in range(10, 18):
            accruing.weigh(bring(number, bob if number % 2 else charlie).pk)
        late = [bring(number, charlie) for number in range(4)]
        with transaction.atomic():
            back = [activity.undo(kind, cause=f"invitation:{number}") for number in (11, 12, 13)]
    finally:
        activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    reviews = list(Review.objects.order_by("pk"))
    assert len(reviews) == 3
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*late, *back]]
    for review in reviews:
        works += [
            lambda review=review: reviewing.release(review, by=marketer).pk,
            lambda review=review: reviewing.refuse(review, by=marketer, note="No.").pk,
        ]
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__, OperationalError.__name__}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in results
    for row in [*late, *back]:
        accruing.weigh(row.pk)
    standing = Accrual.objects.filter(outcome__in=("awarded", "held"))
    wallet = accounts.wallet_of(alice)
    assert standing.count() <= 6
    assert wallet.posted == 2 * standing.filter(outcome="awarded").count()
    assert Budget.objects.get(rule__activity_kind=kind).given_points == 2 * standing.count()
    assert Review.objects.filter(status="waiting").count() == standing.filter(outcome="held").count()
    assert audit().differences == []


def test_many_members_at_once_get_no_more_than_the_budget_and_all_of_it(harbour):
    kind, at = Activity.Kind.EVENT_ATTENDED, timezone.now()
    Rule.objects.filter(activity_kind=kind).update(amount_points=4, budget_points=22)
    guests = [Member.objects.create_user(f"m{number}@harbour.example", name=f"M {number}", company=harbour) for number in range(32)]
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(member, kind, cause=f"event:{member.pk}", happened_at=at) for member in guests]
    for row in rows[:5]:
        accruing.weigh(row.pk)
    with transaction.atomic():
        back = [activity.undo(kind, cause=f"event:{member.pk}") for member in guests[:2]]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in [*rows[5:], *back]])
    assert set(results) <= ({True} if connection.vendor == "postgresql" else {True, OperationalError.__name__})
    for row in [*rows, *back]:
        accruing.weigh(row.pk)
    given = Accrual.objects.filter(outcome="awarded").aggregate(points=Sum("amount_points"))["points"]
    # Whoever came while it was used up got nothing; what went back may have come too late for anybody.
    assert given in (12, 16, 20)
    assert Budget.objects.get(rule__activity_kind=kind).given_points == given
    assert sum(accounts.wallet_of(member).posted for member in guests) == given
    assert audit().differences == []


@pytest.mark.parametrize("limit", ["company:awards:ever", "all:awards:day"])
def test_many_colleagues_at_once_get_no_more_than_they_may_together(harbour, limit):
    kind, at = Activity.Kind.EVENT_ATTENDED, timezone.now()
    Rule.objects.filter(activity_kind=kind).update(caps={limit: 5})
    colleagues = [Member.objects.create_user(f"m{number}@harbour.example", name=f"M {number}", company=harbour) for number in range(16)]
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(member, kind, cause=f"event:{member.pk}", happened_at=at) for member in colleagues]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    results = at_once([lambda row=row: accruing.weigh(row.pk) for row in rows])
    assert set(results) <= ({True} if connection.vendor == "postgresql" else {True, OperationalError.__name__})
    for row in rows:
        accruing.weigh(row.pk)
    first = sorted(row.pk for row in rows)[:5]
    assert list(Accrual.objects.filter(outcome="awarded").order_by("activity").values_list("activity", flat=True)) == first
    assert audit().differences == []


def test_vouchers_given_and_taken_back_at_once_are_each_given_once(harbour, asset):
    kind, at = Activity.Kind.EVENT_ATTENDED, timezone.now()
    coffee = Reward.objects.create(programme=asset.programme, slug="coffee", name="Coffee", price_points=5, gives_code=True)
    loading.load_codes(coffee, [f"C-{number}" for number in range(6)])
    Rule.objects.filter(activity_kind=kind).update(voucher_of=coffee)
    guests = [Member.objects.create_user(f"m{number}@harbour.example", name=f"M {number}", company=harbour) for number in range(16)]
    activity.recorded.disconnect(dispatch_uid="points.accruing")
    with transaction.atomic():
        rows = [activity.record(member, kind, cause=f"event:{member.pk}", happened_at=at) for member in guests]
    for row in rows[:3]:
        accruing.weigh(row.pk)
    with transaction.atomic():
        back = [activity.undo(kind, cause=f"event:{member.pk}") for member in guests[:3]]
    activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*rows[3:], *back]]
    results = at_once([*works, lambda: bool(loading.load_codes(coffee, ["D-1", "D-2"]))])
    assert set(results) <= ({True} if connection.vendor == "postgresql" else {True, OperationalError.__name__})
    for row in [*rows, *back]:
        accruing.weigh(row.pk)
    loading.load_codes(coffee, ["D-1", "D-2"])
    codes = VoucherCode.objects.exclude(grant=None)
    assert codes.filter(voided_at=None).count() == Grant.objects.filter(status="standing").count() == 5
    assert Grant.objects.filter(status="waiting").count() == 8
    assert codes.exclude(voided_at=None).count() == Grant.objects.filter(status="taken_back").count() == 3


def test_deeds_of_colleagues_and_strangers_at_once_keep_what_they_share(alice, bob, charlie, mei, marketer):
    """Late ones among them move others' awards, some are taken back, some are decided: nobody waits in a circle."""
    kind, noon = Activity.Kind.EVENT_ATTENDED, timezone.now() - datetime.timedelta(days=1)
    Rule.objects.filter(activity_kind=kind).update(caps={"company:awards:ever": 5, "all:points:ever": 34})
    thanks = Activity.Kind.COLLEAGUE_REGISTERED
    Rule.objects.filter(activity_kind=thanks).update(caps={"all:awards:ever": 6})
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(phone="+86 20 1234 5678")
    members = [alice, charlie, bob, mei]

    def come(number):
        at = noon + datetime.timedelta(minutes=number)
        with transaction.atomic():
            row = activity.record(members[number % 4], kind, cause=f"event:{number}", happened_at=at)
            other = members[(number + 2 - number % 2) % 4]
            return row, activity.record(members[number % 4], thanks, cause=f"guest:{number}", counterpart=other, happened_at=at)

    activity.recorded.disconnect(dispatch_uid="points.accruing")
    try:
        for row in [row for number in range(20, 32) for row in come(number)]:
            accruing.weigh(row.pk)
        late = [row for number in range(12) for row in come(number)]
        with transaction.atomic():
            back = [activity.undo(kind, cause=f"event:{number}") for number in (20, 21, 22)]
    finally:
        activity.recorded.connect(accruing.hear, dispatch_uid="points.accruing")
    works = [lambda row=row: accruing.weigh(row.pk) for row in [*late, *back]]
    for review in Review.objects.order_by("pk"):
        works.append(lambda review=review: reviewing.refuse(review, by=marketer, note="No.").pk)
    assert len(works) > 27
    results = at_once(works)
    assert {result for result in results if isinstance(result, str)} <= {NotPending.__name__, OperationalError.__name__}
    if connection.vendor == "postgresql":
        assert OperationalError.__name__ not in results
    for row in [*late, *back]:
        accruing.weigh(row.pk)
    stands = Accrual.objects.filter(outcome__in=("awarded", "held"))
    attended, thanked = stands.filter(rule__activity_kind=kind), stands.filter(rule__activity_kind=thanks)
    for company in (alice.company, charlie.company):
        assert attended.filter(member__company=company).count() <= 5
    assert attended.aggregate(points=Sum("amount_points"))["points"] == 34
    # The first by time, whatever order they came in.
    assert max(int(cause.partition(":")[2]) for cause in attended.values_list("activity__cause", flat=True)) < 12
    assert thanked.count() == 6
    posted = sum(accounts.wallet_of(member).posted for member in members)
    assert posted == stands.filter(outcome="awarded").aggregate(points=Sum("amount_points"))["points"]
    assert audit().differences == []
