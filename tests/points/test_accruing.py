import datetime

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from notifications.models import Notification
from points import accounts, accruing, balances, reading
from points.models import Accrual, Lot, Rule, Transfer

Kind = Activity.Kind
NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))


@pytest.fixture
def did(db):
    """Record a deed and weigh it: did(member, kind, number, at=…)."""

    def _did(member, kind, number=1, *, at=NOON, weigh=True, **more):
        with transaction.atomic():
            row = activity.record(member, kind, cause=f"thing:{number}", happened_at=at, **more)
        if weigh:
            accruing.weigh(row.pk)
        return row

    return _did


def undo(kind, number=1):
    with transaction.atomic():
        row = activity.undo(kind, cause=f"thing:{number}")
    accruing.weigh(row.pk)


def restore(kind, number=1):
    with transaction.atomic():
        row = activity.restore(kind, cause=f"thing:{number}")
    accruing.weigh(row.pk)


def points_of(member):
    return reading.balance_of(member)


def test_a_deed_earns_what_its_rule_says_and_the_member_is_told_why(alice, did):
    did(alice, Kind.THREAD_STARTED, title="Paper that does not curl", url="/forum/threads/1/")
    assert points_of(alice) == 2
    told = Notification.objects.get(member=alice, kind=Notification.Kind.POINTS_EARNED)
    assert (told.title, told.url, told.details["points"]) == ("Paper that does not curl", "/forum/threads/1/", 2)


def test_the_doorbell_weighs_after_commit(alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        activity.record(alice, Kind.REPLY_POSTED, cause="post:1")
    assert points_of(alice) == 1


def test_a_broken_rule_breaks_no_deed_and_the_catch_up_weighs_it(alice, django_capture_on_commit_callbacks, monkeypatch):
    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(accruing.RuleBook, "rules_for", lambda book, activity: 1 / 0)
        with transaction.atomic():
            activity.record(alice, Kind.REPLY_POSTED, cause="post:1")
    assert points_of(alice) == 0
    call_command("accrue_points")
    call_command("accrue_points")
    assert points_of(alice) == 1


def test_weighing_twice_pays_once(alice, did):
    row = did(alice, Kind.REPLY_POSTED)
    assert accruing.weigh(row.pk) is False
    assert points_of(alice) == 1


@pytest.mark.parametrize("order", [range(12), reversed(range(12))])
def test_the_first_ten_of_a_day_are_paid_whatever_order_they_arrive_in(alice, did, order):
    for number in order:
        did(alice, Kind.REPLY_POSTED, number, at=NOON + datetime.timedelta(minutes=number))
    assert points_of(alice) == 10
    paid = Accrual.objects.filter(outcome="awarded").values_list("activity__cause", flat=True)
    assert set(paid) == {f"thing:{number}" for number in range(10)}
    did(alice, Kind.REPLY_POSTED, 99, at=NOON + datetime.timedelta(days=1))
    assert points_of(alice) == 11


def test_a_post_taken_back_makes_room_for_the_next_and_restored_takes_its_place_again(alice, did):
    for number in range(11):
        did(alice, Kind.REPLY_POSTED, number, at=NOON + datetime.timedelta(minutes=number))
    undo(Kind.REPLY_POSTED, 0)
    assert points_of(alice) == 10
    assert Accrual.objects.get(activity__cause="thing:10").outcome == "awarded"
    restore(Kind.REPLY_POSTED, 0)
    assert points_of(alice) == 10
    assert Accrual.objects.get(activity__cause="thing:10").outcome == "capped"


def test_a_deed_taken_back_costs_its_points_and_restored_they_lapse_on_the_first_day_again(alice, did):
    did(alice, Kind.BLOG_ENTRY_POSTED)
    first = Lot.objects.get()
    assert timezone.localtime(first.lapses_at).date() == datetime.date(2028, 12, 1)
    undo(Kind.BLOG_ENTRY_POSTED)
    assert points_of(alice) == 0
    restore(Kind.BLOG_ENTRY_POSTED)
    assert points_of(alice) == 4
    assert Lot.objects.get(remaining=4).lapses_at == first.lapses_at


def test_points_lapse_counted_from_the_deed_and_not_from_when_it_is_weighed(alice, did):
    """Also of one that was taken back and restored meanwhile."""
    row = did(alice, Kind.BLOG_ENTRY_POSTED, at=NOON - datetime.timedelta(days=200))
    assert timezone.localtime(row.happened_at).month == 4
    undo(Kind.BLOG_ENTRY_POSTED)
    restore(Kind.BLOG_ENTRY_POSTED)
    assert {timezone.localtime(lot.lapses_at).date() for lot in Lot.objects.all()} == {datetime.date(2028, 5, 1)}


def test_a_deed_taken_back_before_it_was_weighed_earns_nothing(alice, did):
    did(alice, Kind.BLOG_ENTRY_POSTED, weigh=False)
    undo(Kind.BLOG_ENTRY_POSTED)
    call_command("accrue_points")
    assert points_of(alice) == 0


def test_a_complete_profile_tops_up_to_five(alice, bob, did):
    did(alice, Kind.PROFILE_PARTLY_COMPLETED, 1)
    assert points_of(alice) == 3
    did(alice, Kind.PROFILE_COMPLETED, 2)
    assert points_of(alice) == 5
    did(bob, Kind.PROFILE_COMPLETED, 3)
    did(bob, Kind.PROFILE_PARTLY_COMPLETED, 4, at=NOON + datetime.timedelta(minutes=1))
    assert points_of(bob) == 5


def test_a_referral_pays_both_sides(alice, bob, did):
    did(alice, Kind.COLLEAGUE_REGISTERED, counterpart=bob)
    assert (points_of(alice), points_of(bob)) == (2, 2)
    assert {row.origin for row in Transfer.objects.filter(kind="single")} == {"internal_referral"}


def test_an_invitation_names_its_own_amount_within_the_rules_permission(alice, bob, did):
    did(alice, Kind.SURVEY_COMPLETED, 1, details={"points": 12})
    did(bob, Kind.SURVEY_COMPLETED, 2, details={"points": 9_000})
    did(bob, Kind.REPLY_POSTED, 3, details={"points": 500})
    assert (points_of(alice), points_of(bob)) == (12, 201)


@pytest.mark.parametrize(("months", "points"), [(3, 10), (4, 10), (6, 5), (9, 0)])
def test_a_rules_condition_reads_the_deeds_details(alice, did, months, points):
    did(alice, Kind.REVENUE_TARGET_MET, details={"months": months})
    assert points_of(alice) == points


def test_a_rule_out_of_force_or_in_draft_pays_nothing(alice, did):
    Rule.objects.filter(activity_kind=Kind.REPLY_POSTED).update(is_active=False)
    Rule.objects.filter(activity_kind=Kind.THREAD_STARTED).update(live=False)
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(starts_on="2026-11-11")
    for number, kind in enumerate([Kind.REPLY_POSTED, Kind.THREAD_STARTED, Kind.EVENT_ATTENDED]):
        did(alice, kind, number)
    assert points_of(alice) == 0


def test_points_spent_before_the_deed_was_taken_back_become_a_debt(alice, did, redeemed, move):
    did(alice, Kind.REPLY_ACCEPTED)
    wallet = accounts.wallet_of(alice)
    move(wallet, redeemed, 6)
    undo(Kind.REPLY_ACCEPTED)
    assert points_of(alice) == 0
    assert balances.sum_of(accounts.debt_of(wallet)) == -6


def test_tiers_follow_what_was_earned_and_not_what_was_spent(alice, did, redeemed, move):
    assert reading.tier_of(alice).slug == "member"
    did(alice, Kind.SURVEY_COMPLETED, details={"points": 80}, at=timezone.now())
    assert reading.tier_of(alice).slug == "silver"
    move(accounts.wallet_of(alice), redeemed, 70)
    accruing.standings.recompute(alice)
    assert reading.tier_of(alice).slug == "silver"


def test_history_is_recorded_at_its_own_time(alice, did):
    did(alice, Kind.REPLY_POSTED, weigh=False)
    call_command("accrue_points", "--at-their-time", "--quiet")
    assert Transfer.objects.get().recorded_at == NOON
    assert not Notification.objects.exists()
