"""Limits: what they leave of an award, what moves when one comes or goes, and what happens when the limits themselves change."""

import datetime
import random

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accruing, limits, reading, scoring
from points.auditing import audit
from points.models import Accrual, Review, Rule, Transfer
from tests.seeds import FRESH

Kind = Activity.Kind
NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))


@pytest.fixture
def rule(asset):
    """Four points for each club event, and nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    return Rule.objects.create(programme=asset.programme, name="Events", activity_kind=Kind.EVENT_ATTENDED, amount_points=4, live=True)


def attend(member, number, *, minutes=None, thing="", kind=Kind.EVENT_ATTENDED, **more):
    at = NOON + datetime.timedelta(minutes=number if minutes is None else minutes)
    with transaction.atomic():
        row = activity.record(member, kind, cause=f"event:{number}", happened_at=at, details={"object": thing} if thing else {}, **more)
    accruing.weigh(row.pk)
    return row


def undo(number, kind=Kind.EVENT_ATTENDED):
    with transaction.atomic():
        row = activity.undo(kind, cause=f"event:{number}")
    accruing.weigh(row.pk)


def change(rule, **limits):
    Rule.objects.filter(pk=rule.pk).update(**limits)


def paid(member):
    rows = Accrual.objects.filter(member=member, outcome="awarded").order_by("activity__happened_at")
    return [int(cause.partition(":")[2]) for cause in rows.values_list("activity__cause", flat=True)]


@pytest.mark.parametrize("limit", ["cap_in_all", "cap_per_day", "cap_per_object", "cap_per_week"])
def test_a_lower_limit_takes_nothing_back(alice, rule, limit):
    change(rule, **{limit: 5})
    for number in range(5):
        attend(alice, number, thing="event:autumn")
    change(rule, **{limit: 2})
    attend(alice, 9, thing="event:autumn")
    assert paid(alice) == [0, 1, 2, 3, 4]
    assert reading.balance_of(alice) == 20


@pytest.mark.parametrize("limit", ["cap_in_all", "cap_per_day", "cap_per_object"])
def test_a_higher_limit_pays_what_comes_and_nothing_that_was_refused_before(alice, rule, limit):
    change(rule, **{limit: 2})
    for number in range(5):
        attend(alice, number, thing="event:autumn")
    change(rule, **{limit: 4})
    for number in (6, 7, 8):
        attend(alice, number, thing="event:autumn")
    assert paid(alice) == [0, 1, 6, 7]


def test_a_limit_laid_over_a_rule_that_paid_without_one_takes_nothing_back(alice, rule):
    for number in range(4):
        attend(alice, number)
    change(rule, cap_in_all=2, cap_points_per_day=5)
    attend(alice, 9)
    attend(alice, 10, minutes=-30)
    assert paid(alice) == [0, 1, 2, 3]


def test_a_limit_lowered_and_put_back_takes_nothing_back(alice, rule):
    for number, cap in enumerate((5, 5, 5, 8, 8, 8, 8, 5, 5)):
        change(rule, cap_in_all=cap)
        attend(alice, number)
    assert paid(alice) == list(range(7))
    attend(alice, 20, minutes=-30)
    assert len(paid(alice)) == 7


def test_one_taken_back_under_a_lower_limit_takes_no_other_with_it(alice, rule):
    change(rule, cap_in_all=5)
    for number in range(7):
        attend(alice, number)
    change(rule, cap_in_all=2)
    undo(1)
    assert paid(alice) == [0, 2, 3, 4]
    change(rule, cap_in_all=5)
    undo(0)
    assert paid(alice) == [2, 3, 4]
    assert audit().differences == []


def test_points_a_day_that_change_touch_no_award_of_before(alice, rule):
    change(rule, cap_points_per_day=10)
    for number in range(4):
        attend(alice, number)
    assert reading.balance_of(alice) == 10
    change(rule, cap_points_per_day=6)
    attend(alice, 5)
    assert reading.balance_of(alice) == 10
    change(rule, cap_points_per_day=13)
    attend(alice, 6)
    assert reading.balance_of(alice) == 13


LIMITS = [
    {"cap_in_all": 5},
    {"cap_per_day": 2},
    {"cap_per_object": 1},
    {"cap_in_all": 6, "cap_per_day": 2},
    {"cap_per_day": 2, "cap_per_object": 2},
    {"cap_points_per_day": 10},
    {"cap_in_all": 5, "cap_per_day": 3, "cap_per_object": 2, "cap_points_per_day": 9},
]
LONG_LIMITS = [
    {"cap_per_week": 2},
    {"cap_per_month": 3, "cap_points_in_all": 18},
    {"cap_points_per_week": 6, "cap_per_day": 1},
    {"cap_per_week": 2, "cap_per_month": 5, "cap_points_per_month": 13, "cap_per_object": 3},
]


@pytest.mark.parametrize("limited", LIMITS + LONG_LIMITS)
@pytest.mark.parametrize("group", ["", "together"])
def test_whatever_order_deeds_come_and_go_in_the_first_by_time_are_paid(alice, rule, limited, group):
    """Beside a reckoning of the whole from the start, which knows nothing of what came when."""
    draw = random.Random(f"{FRESH} {limited} {group}")
    change(rule, group=group, **limited)
    if group:
        what = {"activity_kind": Kind.GROUP_ATTENDED, "amount_points": 3, "group": group, "cap_per_day": 4}
        Rule.objects.filter(activity_kind=Kind.GROUP_ATTENDED).update(is_active=False)
        Rule.objects.create(programme=rule.programme, name="Groups", live=True, **what)
        times = {"effect": "multiply", "factor_percent": 250, "cap_points_per_week": 17, "cap_per_day": 3}
        Rule.objects.create(programme=rule.programme, name="Two and a half times", live=True, **times)
    deeds = [
        (
            number,
            draw.randrange((40 if limited in LONG_LIMITS else 4) * 24 * 60),
            draw.choice("abc"),
            draw.choice([Kind.EVENT_ATTENDED, Kind.GROUP_ATTENDED]),
        )
        for number in range(16)
    ]
    standing = []
    for number, minutes, thing, kind in deeds:
        attend(alice, number, minutes=minutes, thing=thing, kind=kind if group else Kind.EVENT_ATTENDED)
        standing.append(number)
        if draw.random() < 0.3:
            gone = standing.pop(draw.randrange(len(standing)))
            undo(gone, kind=deeds[gone][3] if group else Kind.EVENT_ATTENDED)
    counting, wanted, base = scoring.Counting(), {}, {}
    rows = Accrual.objects.exclude(outcome="taken_back").select_related("activity", "rule")
    for row in rows.order_by("activity__happened_at", "activity_id", "rule__effect", "rule_id"):
        day = timezone.localtime(row.activity.happened_at).date()
        asked = base[row.activity_id] * 150 // 100 if row.rule.multiplies else row.full_points
        wanted[row.pk] = counting.allow(scoring.Limits.of(row.rule), asked, day, row.activity.details["object"])
        base.setdefault(row.activity_id, wanted[row.pk])
    assert {row.pk: row.amount_points if row.outcome == "awarded" else 0 for row in rows} == wanted
    assert reading.balance_of(alice) == sum(wanted.values())
    assert audit().differences == []


def test_a_deed_beyond_one_limit_uses_up_no_other(alice, rule):
    change(rule, cap_per_day=1, cap_in_all=3)
    for number in range(5):
        attend(alice, number)
    for number in range(5, 9):
        attend(alice, number, minutes=24 * 60 * number)
    assert paid(alice) == [0, 5, 6]


@pytest.mark.parametrize(("limit", "days", "kept"), [("cap_per_week", (0, 5, 6), [0, 2]), ("cap_per_month", (0, 20, 21), [0, 2])])
def test_a_week_begins_on_monday_and_a_month_on_its_first_day(alice, rule, limit, days, kept):
    """The first deed is of Tuesday, 10 November 2026."""
    change(rule, **{limit: 1})
    for number, day in enumerate(days):
        attend(alice, number, minutes=day * 24 * 60)
    assert paid(alice) == kept


def test_points_of_a_week_a_month_and_in_all_are_cut_to_fit(alice, rule):
    change(rule, cap_points_per_week=6, cap_points_per_month=13, cap_points_in_all=15)
    given = []
    for number, day in enumerate((0, 1, 6, 7, 13, 21, 22)):
        before = reading.balance_of(alice)
        attend(alice, number, minutes=day * 24 * 60)
        given.append(reading.balance_of(alice) - before)
    assert given == [4, 2, 4, 2, 1, 2, 0]


def load(member, rule, count, *, thing="", outcome="capped"):
    """So many deeds of before, as they lie in the books once they were weighed; those that stand are paid."""
    start = NOON - datetime.timedelta(days=400)
    deeds = [
        Activity(
            member=member,
            kind=rule.activity_kind,
            cause=f"old:{thing}:{outcome}:{number}",
            details={"object": thing},
            happened_at=start + datetime.timedelta(minutes=number),
        )
        for number in range(count)
    ]
    Activity.objects.bulk_create(deeds)
    Accrual.objects.bulk_create(
        Accrual(activity=deed, rule=rule, member=member, amount_points=4, full_points=4, outcome=outcome) for deed in deeds
    )


@pytest.mark.parametrize("limited", [{"cap_per_object": 2}, {"cap_in_all": 2_005}, {"cap_in_all": 2_005, "cap_per_object": 2}])
def test_the_newest_is_paid_however_many_there_were_before(alice, rule, limited):
    change(rule, **limited)
    rule.refresh_from_db()
    load(alice, rule, 2_001, thing="event:old", outcome="awarded")
    attend(alice, 1, thing="event:new")
    assert Accrual.objects.get(activity__cause="event:1").outcome == "awarded"


@pytest.mark.parametrize(
    "limited",
    [
        {"cap_per_object": 2},
        {"cap_in_all": 5_000},
        {"cap_per_day": 3},
        {"cap_per_day": 3, "group": "together"},
        {"cap_per_month": 3, "cap_points_in_all": 9_000},
    ],
)
def test_a_deed_costs_the_same_however_many_there_were_before(alice, rule, limited, django_assert_num_queries, monkeypatch):
    change(rule, **limited)
    rule.refresh_from_db()
    attend(alice, 1, thing="event:1")
    with transaction.atomic():
        row = activity.record(
            alice, Kind.EVENT_ATTENDED, cause="event:2", happened_at=NOON + datetime.timedelta(minutes=2), details={"object": "event:2"}
        )
    load(alice, rule, 300, outcome="awarded")
    read = []
    monkeypatch.setattr(limits, "_beside", lambda *each: read.append(each))
    with django_assert_num_queries(1 + bool(limited.get("cap_per_object"))):
        accrual = Accrual(activity=row, rule=rule, member=alice, amount_points=4, full_points=4, outcome="capped")
        assert limits.arriving(accrual) == [(accrual, 4)]
    assert read == []


def test_a_deed_of_two_rules_that_share_a_limit_goes_with_both(alice, rule):
    """Neither moves up into the other's place on the way out."""
    change(rule, group="together", cap_in_all=1)
    what = {"activity_kind": Kind.EVENT_ATTENDED, "amount_points": 3, "group": "together", "cap_in_all": 1}
    Rule.objects.create(programme=rule.programme, name="Also events", live=True, **what)
    attend(alice, 1)
    assert reading.balance_of(alice) == 4
    undo(1)
    assert reading.balance_of(alice) == 0
    assert Transfer.objects.filter(object_type="activity", kind="single").count() == 1
    assert set(Accrual.objects.values_list("outcome", flat=True)) == {"taken_back"}


def test_a_rule_without_a_limit_uses_up_those_of_its_group_in_any_order(alice, rule):
    change(rule, group="together", cap_in_all=1)
    what = {"activity_kind": Kind.GROUP_ATTENDED, "amount_points": 3, "group": "together"}
    Rule.objects.filter(activity_kind=Kind.GROUP_ATTENDED).update(is_active=False)
    Rule.objects.create(programme=rule.programme, name="Groups", live=True, **what)
    attend(alice, 5)
    attend(alice, 1, kind=Kind.GROUP_ATTENDED)
    assert reading.balance_of(alice) == 3
    assert not Review.objects.exists()
