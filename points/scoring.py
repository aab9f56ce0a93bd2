"""What rules make of activities: pure, so that the living club and a back-test reckon alike."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from math import ceil, floor
from typing import Any, NamedTuple

from members import conditions, segments
from members.models import Activity
from points import caps, facts
from points.caps import Cap, month_of, week_of
from points.facts import Deed, Payee
from points.models import Rule
from points.models.rule import MOST_POINTS
from points.trials import Arm, arm_of, is_held_out, unit_of

Kind = Activity.Kind
ROUNDED: dict[str, Callable[[float], int]] = {"down": floor, "nearest": lambda units: floor(units + 0.5), "up": ceil}


class Scorer:
    """A rule made ready to be asked many times."""

    def __init__(self, rule: Rule, enrolled: dict[int, datetime.datetime] | None = None, *, all_join: bool = False) -> None:
        self.rule, self.pk = rule, rule.pk
        self.starts_on = rule.starts_on or datetime.date.min
        self.ends_on = rule.ends_on or datetime.date.max
        self._meets = conditions.predicate(rule.condition, facts.getter)
        self._is_in = segments.belongs(rule.segment) if rule.segment else None
        self._units = facts.getter(rule.per_field) if rule.per_field else None
        self._enrolled = (enrolled or {}) if rule.needs_enrolment and not all_join else None
        self.limits = Limits.of(rule)
        # Also one without a limit of its own uses up those of its group.
        self.is_limited = self.limits.any or self.limits.is_shared
        self.is_one_of = bool(rule.best_of)
        self.multiplies = rule.multiplies
        self.without_points = not rule.gives_points
        self.control_percent = rule.control_percent
        self._programme = rule.programme if rule.programme.control_percent and not rule.keeps_a_promise else None
        # Whether anybody may be only counted.
        self.is_tried = bool(rule.control_percent or self._programme)

    def points(self, deed: Deed, payee: Payee) -> int | None:
        """What the rule gives for a deed before limits: points; of one that multiplies, percent; 1 of one that gives other things only.

        None where it does not apply.
        """
        if not self.starts_on <= deed.day <= self.ends_on or not self._meets(deed, payee):
            return None
        if self._is_in and not self._is_in(payee.who, deed.day):
            return None
        if self._enrolled is not None:
            joined = self._enrolled.get(payee.pk)
            if joined is None or joined > deed.at:
                return None
        return self._amount(deed, payee)

    def arm(self, payee: Payee, day: datetime.date | None = None) -> Arm:
        """The payee's group in the rule's trial; with a day also whether the programme leaves the payee out on it."""
        unit = unit_of(payee.pk, payee.who.company_id)
        if day and self._programme and is_held_out(self._programme, unit, day):
            return Arm.CONTROL
        return arm_of(self.pk, self.control_percent, unit)

    def _amount(self, deed: Deed, payee: Payee) -> int:
        rule = self.rule
        if rule.factor_percent:
            return rule.factor_percent - 100
        if self.without_points:
            return 1
        named = deed.details.get("points")
        if rule.amount_up_to and type(named) is int and named >= 0:
            return min(named, rule.amount_up_to)
        each = int(rule.tier_amounts.get(payee.tier, rule.amount_points)) if rule.tier_amounts else rule.amount_points
        if self._units is not None:
            number = self._units(deed, payee)
            if type(number) not in (int, float) or not 0 <= number < 10**12:
                return 0
            each = min(MOST_POINTS, each * ROUNDED[rule.rounding](number / rule.per_size))
        return kept(rule, each, deed.details) if deed.kind == Kind.PURCHASED else each


def kept(rule: Rule, points: int, details: dict[str, Any]) -> int:
    """What is left of the points for an order of which some went back: by units where the rule counts its amount, else a share."""
    if "kept" not in details or not details["amount"]:
        return points
    if rule.per_field == "amount":
        part, whole = (ROUNDED[rule.rounding](details[name] / rule.per_size) for name in ("kept", "amount"))
    else:
        part, whole = (round(details[name] * 100) for name in ("kept", "amount"))
    return points * part // whole if whole else 0


class Limits(NamedTuple):
    """A rule's limits, and with whom it shares them."""

    sharing: str
    per_day: int | None
    per_object: int | None
    in_all: int | None
    points_per_day: int | None
    total: int | None
    topping_up: str
    is_shared: bool
    per_week: int | None
    per_month: int | None
    points_per_week: int | None
    points_per_month: int | None
    points_in_all: int | None
    is_long: bool
    caps: tuple[Cap, ...]

    @classmethod
    def of(cls, rule: Rule) -> "Limits":
        return cls(
            sharing=f"{rule.programme_id} {rule.group}" if rule.group and not rule.is_total else f"rule {rule.pk}",
            per_day=rule.cap_per_day,
            per_object=rule.cap_per_object,
            in_all=rule.cap_in_all,
            points_per_day=rule.cap_points_per_day,
            total=rule.amount_points if rule.is_total else None,
            topping_up=f"{rule.programme_id} {rule.group}",
            is_shared=bool(rule.group and not rule.is_total),
            per_week=rule.cap_per_week,
            per_month=rule.cap_per_month,
            points_per_week=rule.cap_points_per_week,
            points_per_month=rule.cap_points_per_month,
            points_in_all=rule.cap_points_in_all,
            is_long=rule.is_capped_beyond_the_day,
            caps=caps.of(rule.caps),
        )

    @property
    def any(self) -> bool:
        return bool(self.per_day or self.per_object or self.in_all or self.points_per_day or self.total or self.is_long or self.caps)


class Before(NamedTuple):
    """What was counted before an award: awards, points of those that are limited in points, and what a total has of them."""

    today: int = 0
    of_object: int = 0
    in_all: int = 0
    points_today: int = 0
    topped: int = 0
    week: int = 0
    month: int = 0
    points_week: int = 0
    points_month: int = 0
    points_in_all: int = 0


class Counting:
    """Counts what one member got, by time, and says what of the next award the limits leave. What gets nothing uses up nothing."""

    __slots__ = ("_counts", "_points")

    def __init__(self) -> None:
        self._counts: dict[Any, int] = {}
        self._points: dict[Any, int] = {}

    def allow(self, limits: Limits, amount: int, day: datetime.date, thing: Any) -> int:
        """Points that are left of an amount; those asked for in the order in which they happened."""
        counts, sharing = self._counts, limits.sharing
        if (cap := limits.per_day) is not None and counts.get((sharing, day), 0) >= cap:
            return 0
        if (cap := limits.per_object) is not None and counts.get((sharing, "object", thing), 0) >= cap:
            return 0
        if (cap := limits.in_all) is not None and counts.get(sharing, 0) >= cap:
            return 0
        if limits.total is not None:
            amount = max(0, limits.total - self._points.get(limits.topping_up, 0))
        elif limits.points_per_day is not None:
            amount = min(amount, max(0, limits.points_per_day - self._points.get((sharing, day), 0)))
        if limits.is_long:
            amount = self._left_of_long(limits, amount, day)
        if amount:
            self._add(limits, day, thing, 1, 1, 1, amount, amount)
            if limits.is_long or limits.is_shared:
                self._add_long(limits, day, 1, 1, amount, amount, amount)
        return amount

    def _left_of_long(self, limits: Limits, amount: int, day: datetime.date) -> int:
        """Points that the limits of a week, a month and of all leave."""
        counts, points, sharing, week, month = self._counts, self._points, limits.sharing, week_of(day), month_of(day)
        if (cap := limits.per_week) is not None and counts.get((sharing, "week", week), 0) >= cap:
            return 0
        if (cap := limits.per_month) is not None and counts.get((sharing, "month", month), 0) >= cap:
            return 0
        if (cap := limits.points_per_week) is not None:
            amount = min(amount, cap - points.get((sharing, "week", week), 0))
        if (cap := limits.points_per_month) is not None:
            amount = min(amount, cap - points.get((sharing, "month", month), 0))
        if (cap := limits.points_in_all) is not None:
            amount = min(amount, cap - points.get((sharing, "in all"), 0))
        return max(0, amount)

    def count(self, limits: Limits, amount: int, day: datetime.date, thing: Any) -> None:
        """Count an award of so many points, whatever the limits leave."""
        if amount:
            self._add(limits, day, thing, 1, 1, 1, amount, amount)
            self._add_long(limits, day, 1, 1, amount, amount, amount)

    def know(self, limits: Limits, day: datetime.date, thing: Any, before: Before) -> None:
        """Count awards of before together."""
        self._add(limits, day, thing, before.today, before.of_object, before.in_all, before.points_today, before.topped)
        self._add_long(limits, day, before.week, before.month, before.points_week, before.points_month, before.points_in_all)

    def _add(
        self, limits: Limits, day: datetime.date, thing: Any, today: int, of_object: int, in_all: int, points_today: int, topped: int
    ) -> None:
        counts, points, sharing, shared = self._counts, self._points, limits.sharing, limits.is_shared
        if limits.per_day is not None or shared:
            counts[sharing, day] = counts.get((sharing, day), 0) + today
        if limits.per_object is not None or shared:
            counts[sharing, "object", thing] = counts.get((sharing, "object", thing), 0) + of_object
        if limits.in_all is not None or shared:
            counts[sharing] = counts.get(sharing, 0) + in_all
        if limits.total is not None:
            points[limits.topping_up] = points.get(limits.topping_up, 0) + topped
        if limits.points_per_day is not None:
            points[sharing, day] = points.get((sharing, day), 0) + points_today

    def _add_long(
        self, limits: Limits, day: datetime.date, week: int, month: int, points_week: int, points_month: int, points_in_all: int
    ) -> None:
        counts, points, sharing, shared = self._counts, self._points, limits.sharing, limits.is_shared
        in_week, in_month, in_all = (sharing, "week", week_of(day)), (sharing, "month", month_of(day)), (sharing, "in all")
        if limits.per_week is not None or shared:
            counts[in_week] = counts.get(in_week, 0) + week
        if limits.per_month is not None or shared:
            counts[in_month] = counts.get(in_month, 0) + month
        if limits.points_per_week is not None:
            points[in_week] = points.get(in_week, 0) + points_week
        if limits.points_per_month is not None:
            points[in_month] = points.get(in_month, 0) + points_month
        if limits.points_in_all is not None:
            points[in_all] = points.get(in_all, 0) + points_in_all


Given = tuple[Scorer, Payee, int]


def bonus(base_points: int, percent: int) -> int:
    """Points that a rule which multiplies adds to what others gave; parts of a point are dropped."""
    return base_points * percent // 100


def stacked(given: Iterable[Given]) -> Iterator[Given]:
    """Of rules that are not to be added up, the one that gives a member most; of equals the oldest. Points and factors apart."""
    rows = list(given)
    best: dict[tuple[str, bool, int], tuple[int, int]] = {}
    for scorer, payee, amount in rows:
        if word := scorer.rule.best_of:
            key = (word, scorer.multiplies, payee.pk)
            best[key] = max(best.get(key, (-1, 0)), (amount, -scorer.pk))
    for scorer, payee, amount in rows:
        word = scorer.rule.best_of
        if not word or best[word, scorer.multiplies, payee.pk] == (amount, -scorer.pk):
            yield scorer, payee, amount


def parted(given: Iterable[Given], day: datetime.date) -> Iterator[tuple[Scorer, Payee, int, Arm]]:
    """What is paid for a deed of a day and what is only counted for a control group, stacked.

    Paid is what would be if a rule that holds the payee in its control group were not there; counted, what it would have given if it were.
    """
    rows = [(each, each[0].arm(each[1], day) if each[0].is_tried else Arm.NONE) for each in given]
    control = [each for each, arm in rows if arm == Arm.CONTROL]
    arms = {(scorer.pk, payee.pk): arm for (scorer, payee, _amount), arm in rows}
    found = [*stacked(each for each, arm in rows if arm != Arm.CONTROL)]
    if control:
        found += [each for each in stacked(each for each, _arm in rows) if each in control]
    for scorer, payee, amount in found:
        yield scorer, payee, amount, arms[scorer.pk, payee.pk]
