"""Test against control: what a rule gave, beside what it would have given to the companies that it leaves out."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from members.models import Member
from points import budgeting, trials
from points.lapsing import end_of
from points.models import Accrual, Budget, Rule
from points.trials import Arm

Outcome = Accrual.Outcome
# Below this a mean of companies is too far from normal for an interval of this kind.
ENOUGH = 30
Z_95 = 1.96
# Chi-squared of one degree of freedom at p = 0.001: beyond it the groups are not those that were asked for.
MISMATCH = 10.83


@dataclass(frozen=True)
class Side:
    """One group of a trial. units: all its companies (members without one stand alone), whether or not they did anything."""

    units: int
    units_active: int
    members: int
    awards: int
    points: int
    points_each: float


@dataclass(frozen=True)
class Bound:
    """A rule's budget and what is given of it, whatever the period asked for.

    is_reached: the smallest award does not fit any more, or one that was asked for does not.
    """

    points: int
    given_points: int
    is_reached: bool


@dataclass(frozen=True)
class Trial:
    """points_each of the test group less that of the control group, with the half width of its 95 % interval where it can be given."""

    rule: Rule
    test: Side
    control: Side
    difference: float
    half_width: float | None
    is_mismatched: bool
    budget: Bound | None


def trials_of(since: datetime.date | None = None, until: datetime.date | None = None) -> list[Trial]:
    """Every rule with a control group, oldest first, by when the activity happened. Two queries, and up to three for each rule.

    By intention to treat: the sum is divided by all companies of a group. Points are those that stand, in the test group those paid.
    """
    rules = list(Rule.objects.exclude(control_percent=0).select_related("programme").order_by("pk"))
    if not rules:
        return []
    people = Member.objects.filter(is_active=True, erased_at=None, is_staff=False).values_list("pk", "company_id")
    units = {trials.unit_of(pk, company) for pk, company in people}
    return [_trial(rule, [unit for unit in units if not _is_elsewhere(rule, unit)], since, until) for rule in rules]


def _is_elsewhere(rule: Rule, unit: str) -> bool:
    """Whether its programme leaves a unit out of all its rules, so that it says nothing of this one."""
    return not rule.keeps_a_promise and trials.is_left_out(rule.programme, unit)


def _trial(rule: Rule, units: Iterable[str], since: datetime.date | None, until: datetime.date | None) -> Trial:
    # What the rule holds for a while is counted at once for the control group, so for the test group too.
    rows = Accrual.objects.filter(rule=rule, outcome__in=[Outcome.AWARDED, Outcome.DEFERRED, Outcome.SHADOW]).exclude(arm=Arm.NONE)
    if since:
        rows = rows.filter(activity__happened_at__gte=end_of(since - datetime.timedelta(days=1)))
    if until:
        rows = rows.filter(activity__happened_at__lt=end_of(until))
    points: dict[str, dict[str, int]] = {Arm.TEST: {}, Arm.CONTROL: {}}
    for unit in units:
        points[trials.arm_of(rule.pk, rule.control_percent, unit)][unit] = 0
    awards: dict[str, int] = defaultdict(int)
    members: dict[str, set[int]] = defaultdict(set)
    for arm, amount, member, company in rows.values_list("arm", "amount_points", "member", "member__company_id").iterator():
        unit = trials.unit_of(member, company)
        if _is_elsewhere(rule, unit):
            continue
        points[arm][unit] = points[arm].get(unit, 0) + amount
        awards[arm] += 1
        members[arm].add(member)
    test, control = (_side(list(points[arm].values()), awards[arm], len(members[arm])) for arm in (Arm.TEST, Arm.CONTROL))
    half_width = _half_width(*(list(points[arm].values()) for arm in (Arm.TEST, Arm.CONTROL)))
    is_odd = is_mismatched(rule.control_percent, test.units, control.units)
    return Trial(rule, test, control, test.points_each - control.points_each, half_width, is_odd, _bound(rule))


def _bound(rule: Rule) -> Bound | None:
    if not rule.budget_points:
        return None
    row = Budget.objects.filter(rule=rule).first()
    given = row.given_points if row else budgeting.given(rule)
    left = rule.budget_points - given
    # A tier's own amount may be smaller than the rule's, and units, tiers or an invitation may have asked for more than it.
    smallest = min([rule.amount_points, *rule.tier_amounts.values()])
    refused = Accrual.objects.filter(rule=rule, outcome=Outcome.CAPPED, full_points__gt=left).exclude(arm=Arm.CONTROL)
    return Bound(rule.budget_points, given, left < smallest or refused.exists())


def _side(sums: Sequence[int], awards: int, members: int) -> Side:
    total = sum(sums)
    return Side(len(sums), sum(1 for each in sums if each), members, awards, total, total / len(sums) if sums else 0.0)


def _half_width(test: Sequence[int], control: Sequence[int]) -> float | None:
    """Of the interval of the difference of two means with variances of their own; None for few companies."""
    if min(len(test), len(control)) < ENOUGH:
        return None
    return Z_95 * sqrt(_variance(test) / len(test) + _variance(control) / len(control))


def _variance(sums: Sequence[int]) -> float:
    mean = sum(sums) / len(sums)
    return sum((each - mean) ** 2 for each in sums) / (len(sums) - 1)


def is_mismatched(percent: float, test: int, control: int) -> bool:
    """Whether a control group of so many units is not what was drawn, by more than chance allows. percent: of all, 0..90."""
    both = test + control
    wanted = both * percent / 100
    if not 0 < wanted < both:
        return False
    return (control - wanted) ** 2 * (1 / wanted + 1 / (both - wanted)) > MISMATCH
