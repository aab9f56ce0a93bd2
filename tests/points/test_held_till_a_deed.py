"""Rules that hold what they give until another deed follows in time."""

import datetime

import pytest
from django.db import transaction

from members import activity
from points import accruing, backtesting, budgeting, reading
from points.models import Accrual, Deferral, Rule
from points.trials import Arm
from tests.points.held import DAY, NOON, NOW, Kind, attend, change, confirm, evening_rule, outcomes, sound, tick
from tests.points.lots import draw


@pytest.fixture
def rule(asset):
    return evening_rule(asset)


@pytest.fixture
def confirmed(rule):
    """Held until a reported deed about the same thing follows within 14 days."""
    change(rule, hold_event=Kind.REPORTED, hold_same=True)
    Rule.objects.filter(activity_kind=Kind.REPORTED).update(is_active=False)
    return rule


def test_what_waits_for_another_deed_comes_with_it(client, alice, bob, confirmed):
    attend(alice, details={"object": "evening-1"})
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert "comes once this follows: “Reported by another system”, by " in page
    assert "(about the same thing)" in page
    confirm(bob, number=1)
    confirm(alice, "evening-2", number=2)
    confirm(alice, at=NOON - DAY, number=3)
    tick(1)
    assert reading.balance_of(alice) == 0
    confirm(alice, number=4)
    tick(1)
    tick(30)
    assert (reading.balance_of(alice), outcomes()) == (20, ["awarded"])
    assert sound()


def test_what_nothing_followed_falls_and_others_move_up_into_its_room(alice, confirmed):
    change(confirmed, cap_in_all=1, budget_points=20)
    attend(alice, 1, details={"object": "evening-1"})
    attend(alice, 2, at=NOON + datetime.timedelta(minutes=1), details={"object": "evening-2"})
    assert outcomes() == ["deferred", "capped"]
    assert budgeting.given(confirmed) == 20
    confirm(alice, "evening-2")
    tick(13.9)
    assert outcomes() == ["unmet", "awarded"]
    assert (reading.balance_of(alice), budgeting.given(confirmed)) == (20, 20)
    assert sound()


def test_a_confirmation_that_was_taken_back_or_comes_too_late_is_none(alice, confirmed):
    attend(alice, details={"object": "evening-1"})
    confirm(alice)
    with transaction.atomic():
        accruing.weigh(activity.undo(Kind.REPORTED, cause="reported::1").pk)
    confirm(alice, at=NOON + 15 * DAY, number=2)
    tick(10)
    assert outcomes() == ["deferred"]
    tick(15)
    assert (outcomes(), reading.balance_of(alice)) == (["unmet"], 0)
    assert sound()


def test_what_followed_before_the_deed_is_weighed_is_held_for_nobody(alice, confirmed):
    confirm(alice)
    attend(alice, details={"object": "evening-1"})
    assert (reading.balance_of(alice), outcomes()) == (20, ["awarded"])


def test_a_control_group_is_counted_at_once_and_falls_where_nothing_follows(alice, charlie, confirmed):
    draw(confirmed, alice, Arm.TEST)
    draw(confirmed, charlie, Arm.CONTROL)
    change(confirmed, control_percent=50)
    for number, member in enumerate((alice, charlie), 1):
        attend(member, number, details={"object": f"evening-{number}"})
    assert sorted(outcomes()) == ["deferred", "shadow"]
    assert Deferral.objects.filter(status="waiting").count() == 2
    tick(15)
    assert outcomes() == ["unmet", "unmet"]
    assert sound()


def test_a_back_test_of_what_was_really_held_comes_to_what_was_really_given(alice, bob, confirmed):
    start = NOW - 60 * DAY
    change(confirmed, cap_per_week=1)
    for number in range(8):
        attend(alice if number % 2 else bob, number, at=start + number * DAY, details={"object": f"evening-{number}"})
        if number % 3:
            confirm(alice if number % 2 else bob, f"evening-{number}", at=start + (number + 2) * DAY, number=100 + number)
    tick()
    (row,) = [row for row in backtesting.replay(backtesting.live_rules())["rules"] if row["rule"] == confirmed.pk]
    assert row["sets"][0]["points"] == sum(Accrual.objects.filter(outcome="awarded").values_list("amount_points", flat=True)) > 0
    assert sound()
