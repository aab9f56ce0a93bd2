"""What limits leave of an award, and which others move when one comes, goes or asks for another amount. Writes no more than that amount.

Of the awards that share a limit the first by time are paid, whatever order they arrive in. Limits bind what comes after them: what was
decided under others stays as it was decided, and only what a deed that comes or goes makes a difference to is moved.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from members import once
from members.models import Activity
from members.ready import Ready
from points.lapsing import end_of
from points.models import Accrual, Rule
from points.scoring import Before, Counting, Limits

Outcome = Accrual.Outcome
# What takes up room: also an award that waits for a person to decide.
STANDING = (Outcome.AWARDED, Outcome.SHADOW, Outcome.HELD)
Moved = list[tuple[Accrual, int]]


def arriving(accrual: Accrual) -> Moved:
    """What becomes of an award that was just written, and of those that its coming moves: each with the points it gets."""
    limits = Limits.of(accrual.rule)
    if not (limits.any or limits.is_shared):
        return [(accrual, accrual.amount_points)]
    # In a group, what a control group is counted follows from more than what stands.
    if not (accrual.is_shadow and limits.is_shared):
        counting = _of_the_last(accrual, limits)
        if counting is not None:
            return [(accrual, counting.allow(limits, _full(accrual), _day(accrual.activity), _thing(accrual.activity)))]
    return _moved([accrual], arrives=True)


def leaving(gone: Iterable[Accrual]) -> Moved:
    """What becomes of those beside awards of one activity that are about to fall; asked before they do."""
    sharing: dict[Any, list[Accrual]] = {}
    for row in gone:
        limits = Limits.of(row.rule)
        if limits.any or limits.is_shared:
            key = (row.rule.programme_id, row.rule.group) if row.rule.group else row.rule_id
            sharing.setdefault((row.member_id, key), []).append(row)
    # What takes up no room leaves none.
    return [moved for rows in sharing.values() if any(map(_standing, rows)) for moved in _moved(rows, arrives=False)]


def changing(accrual: Accrual, full_points: int) -> Moved:
    """What becomes of an award that asks for another amount than before, which is kept, and of those that this moves."""
    own = Limits.of(accrual.rule)
    rows = _beside(accrual) if own.any or own.is_shared else [accrual]
    if not accrual.is_shadow:
        rows = [row for row in rows if not row.is_shadow]
    fixed = _fixed(rows, is_mixed=accrual.is_shadow)
    was = {row.pk: amount for row, amount in _allowed(rows, fixed)}
    # As it was read just now: another that changed may have moved this one.
    changed = next(row for row in rows if row.pk == accrual.pk)
    changed.full_points = full_points
    once.change(changed, "full_points")
    # Decided otherwise it stays so, as far as there is still so much to give.
    fixed = {pk: min(amount, full_points) if pk == changed.pk else amount for pk, amount in fixed.items()}
    becomes = _allowed(rows, fixed)
    return [(row, amount) for row, amount in becomes if amount != was[row.pk] and row.is_shadow == changed.is_shadow]


def _of_the_last(accrual: Accrual, limits: Limits) -> Counting | None:
    """What was counted before an award that none follows, so that it moves no other; None where some do. One query, two for an object."""
    done, rule, thing = accrual.activity, accrual.rule, _thing(accrual.activity)
    moments: dict[str, Any] = {"at": done.happened_at, "activity": done.pk, "rule": rule.pk, "member": accrual.member_id}
    for period in LONG if limits.is_long else ("day",):
        moments[f"{period}_begins"], moments[f"{period}_ends"] = _bounds(done, period)
    group = {"group": rule.group, "programme": rule.programme_id} if limits.is_shared else {}
    known = _KNOWN[limits.is_shared, accrual.is_shadow, limits.is_long].first(**moments, **group)
    follow, counts = (known[0], dict(zip(_NAMES[limits.is_long], known[1:], strict=True))) if known else (0, {})
    if limits.total is not None:
        # Rules that top up share no counts, but one total.
        beside = _sharing(rule).filter(member=accrual.member_id, rule__is_total=True, outcome__in=STANDING)
        if beside.filter(activity__happened_at__gte=done.happened_at).exclude(activity=done.pk, rule=rule.pk).exists():
            return None
        counts["topped"] = sum(beside.values_list("amount_points", flat=True))
    if follow:
        return None
    if limits.per_object:
        counted = _counted(limits.is_shared, accrual.is_shadow, rule.pk) & _before(done.happened_at, done.pk, rule.pk)
        stand = _sharing(rule).filter(counted, member=accrual.member_id)
        counts["of_object"] = sum(_thing(row.activity) == thing for row in _about(stand, thing))
    counting = Counting()
    counting.know(limits, _day(done), thing, Before(**{name: count or 0 for name, count in counts.items()}))
    return counting


def _counted(is_shared: bool, is_shadow: bool, rule: Any) -> Q:
    """What takes up the room that an award asks for."""
    standing = STANDING if is_shadow else (Outcome.AWARDED, Outcome.HELD)
    return Q(outcome__in=standing) & (Q(rule__is_total=False) if is_shared else Q(rule=rule))


def _before(at: Any, activity: Any, rule: Any) -> Q:
    """Awards that come first: by time, then by activity, then by rule."""
    moment = Q(activity__happened_at=at)
    return Q(activity__happened_at__lt=at) | moment & Q(activity__lt=activity) | moment & Q(activity=activity, rule__lt=rule)


LONG = ("day", "week", "month")
_NAMES = {
    False: ("today", "in_all", "points_today"),
    True: ("today", "in_all", "points_today", "week", "month", "points_week", "points_month", "points_in_all"),
}
# Limits that reach beyond the day.
_LASTING = (
    "cap_in_all",
    "cap_per_object",
    "cap_per_week",
    "cap_per_month",
    "cap_points_per_week",
    "cap_points_per_month",
    "cap_points_in_all",
)


def _known(is_shared: bool, is_shadow: bool, is_long: bool) -> Ready:
    """(how many follow that an award may move, what is counted before it by the names of `_NAMES`) of one member."""

    def build(**at: Any) -> Any:
        rows = Accrual.objects.exclude(outcome__in=(Outcome.TAKEN_BACK, Outcome.REFUSED)).filter(member=at["member"])
        rows = rows.filter(rule__group=at["group"], rule__programme=at["programme"]) if is_shared else rows.filter(rule=at["rule"])
        moment = Q(activity__happened_at=at["at"])
        follows = Q(activity__happened_at__gt=at["at"]) | moment & Q(activity__gt=at["activity"])
        follows |= moment & Q(activity=at["activity"], rule__gt=at["rule"])
        # Of what follows on another day only that which is limited beyond its day.
        lasting = Q(rule__is_total=True)
        for name in _LASTING:
            lasting |= Q(**{f"rule__{name}__isnull": False})
        # What follows and is not moved takes up room behind it, not before.
        counted = _counted(is_shared, is_shadow, at["rule"]) & _before(at["at"], at["activity"], at["rule"])

        def within(period: str) -> Q:
            return counted & Q(activity__happened_at__gte=at[f"{period}_begins"], activity__happened_at__lt=at[f"{period}_ends"])

        def points(of: Q, limit: str) -> Sum:
            return Sum("amount_points", filter=of & Q(**{f"rule__{limit}__isnull": False}))

        counts = {
            "follow": Count("pk", filter=follows & (lasting | Q(activity__happened_at__lt=at["day_ends"]))),
            "today": Count("pk", filter=within("day")),
            "in_all": Count("pk", filter=counted),
            "points_today": points(within("day"), "cap_points_per_day"),
        }
        if is_long:
            counts |= {
                "week": Count("pk", filter=within("week")),
                "month": Count("pk", filter=within("month")),
                "points_week": points(within("week"), "cap_points_per_week"),
                "points_month": points(within("month"), "cap_points_per_month"),
                "points_in_all": points(counted, "cap_points_in_all"),
            }
        return rows.order_by().values("member").annotate(**counts).values_list(*counts)

    return Ready(build)


_KNOWN = {each: _known(*each) for each in product((False, True), repeat=3)}


def _moved(changed: list[Accrual], *, arrives: bool) -> Moved:
    """What becomes of the awards beside those that come or go, and of what comes. changed: of one member, sharing their limits."""
    rows, keys = _beside(changed[0]), {row.pk for row in changed}
    paid = [row for row in rows if not row.is_shadow]
    found: Moved = []
    # What was paid is decided as if no control group were counted; what is counted for one, as if it were paid.
    if any(not row.is_shadow for row in changed):
        found += _differing(paid, keys, arrives=arrives)
    if len(paid) < len(rows):
        found += [(row, amount) for row, amount in _differing(rows, keys, arrives=arrives) if row.is_shadow]
    given = {row.pk: row for row in changed}
    return [(given.get(row.pk, row), amount) for row, amount in found]


def _differing(rows: list[Accrual], changed: Collection[int], *, arrives: bool) -> Moved:
    others = [row for row in rows if row.pk not in changed]
    before, after = (others, rows) if arrives else (rows, others)
    fixed = _fixed(before, is_mixed=any(row.is_shadow for row in rows))
    was = {row.pk: amount for row, amount in _allowed(before, fixed)}
    becomes = _allowed(after, fixed)
    return [(row, amount) for row, amount in becomes if row.pk in changed or (row.pk not in fixed and amount != was[row.pk])]


def _fixed(rows: list[Accrual], *, is_mixed: bool) -> dict[int, int]:
    """What was decided under other limits than today's, or for want of budget: the points of each."""
    return {row.pk: _standing(row) for row, amount in _allowed(rows) if amount != _standing(row) and row.is_shadow >= is_mixed}


def _allowed(rows: list[Accrual], fixed: dict[int, int] | None = None) -> Iterator[tuple[Accrual, int]]:
    """Each award with the points it gets: its amount while its limits have room, what tops up to a total, or 0.

    rows    by time
    fixed   points of those that are decided: they take up their room before any other
    """
    counting, fixed = Counting(), fixed or {}
    for row in rows:
        if row.pk in fixed:
            counting.count(Limits.of(row.rule), fixed[row.pk], _day(row.activity), _thing(row.activity))
    for row in rows:
        left = fixed.get(row.pk)
        if left is None:
            left = counting.allow(Limits.of(row.rule), _full(row), _day(row.activity), _thing(row.activity))
        yield row, left


def _beside(accrual: Accrual) -> list[Accrual]:
    """All that may share a limit with an award, itself included, by time: of its day, week, month or object where no more is limited."""
    rule = accrual.rule
    rules = {each.pk: each for each in _rules_beside(rule)} | {rule.pk: rule}
    limits = [Limits.of(each) for each in rules.values()]
    rows = _sharing(rule).filter(member=accrual.member_id)
    period, for_objects = _period_of(limits), any(each.per_object for each in limits)
    if period in LONG and not for_objects:
        begins, ends = _bounds(accrual.activity, period)
        rows = rows.filter(activity__happened_at__gte=begins, activity__happened_at__lt=ends)
    elif for_objects and not period:
        rows = _about(rows, _thing(accrual.activity))
    found = list(rows.select_related("activity").order_by("activity__happened_at", "activity_id", "rule_id"))
    for row in found:
        row.rule, row.member = rules[row.rule_id], accrual.member
    return found


def _period_of(limits: Iterable[Limits]) -> str:
    """The period that nothing limited together reaches beyond: "day", "week", "month", "all", or "" where no time is limited."""
    limits = list(limits)
    weekly, monthly = (
        any(each.per_week or each.points_per_week for each in limits),
        any(each.per_month or each.points_per_month for each in limits),
    )
    # Weeks and months cut each other: what moves in one moves the other's neighbours.
    if any(each.in_all or each.total or each.points_in_all for each in limits) or (weekly and monthly):
        return "all"
    if weekly or monthly:
        return "week" if weekly else "month"
    return "day" if any(each.per_day or each.points_per_day for each in limits) else ""


def _rules_beside(rule: Rule) -> Iterable[Rule]:
    """The other rules of a group, drafts among them: they may have been in force."""
    if not rule.group:
        return []
    return Rule.objects.filter(group=rule.group, programme=rule.programme_id).exclude(pk=rule.pk).select_related("programme")


def _sharing(rule: Rule) -> QuerySet[Accrual]:
    """What was refused by a person or taken back takes up no room, and is given none."""
    group = Q(rule__group=rule.group, rule__programme=rule.programme_id) if rule.group else Q(rule=rule.pk)
    return Accrual.objects.filter(group).exclude(outcome__in=(Outcome.TAKEN_BACK, Outcome.REFUSED))


def _about(rows: QuerySet[Accrual], thing: str) -> QuerySet[Accrual]:
    """Those that may be about an object: which of its names counts is for `_thing` to say."""
    return rows.filter(Q(activity__details__object=thing) | Q(activity__url=thing) | Q(activity__cause=thing)).select_related("activity")


def _full(row: Accrual) -> int:
    return row.amount_points if row.full_points is None else row.full_points


def _standing(row: Accrual) -> int:
    return row.amount_points if row.outcome in STANDING else 0


def _thing(done: Activity) -> Any:
    return done.details.get("object") or done.url or done.cause


def _day(done: Activity) -> datetime.date:
    return timezone.localtime(done.happened_at).date()


def _bounds(done: Activity, period: str) -> tuple[datetime.datetime, datetime.datetime]:
    """Begin and end of the activity's day, week (from Monday) or month."""
    first = last = _day(done)
    if period == "week":
        first -= datetime.timedelta(days=first.weekday())
        last = first + datetime.timedelta(days=6)
    elif period == "month":
        first = first.replace(day=1)
        last = (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    return end_of(first - datetime.timedelta(days=1)), end_of(last)
