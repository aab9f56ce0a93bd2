"""What limits leave of an award, and which others move when one comes, goes or asks for another amount. Writes no more than that amount.

Of the awards that share a limit the first by time are paid, whatever order they arrive in. Limits bind what comes after them: what was
decided under others stays as it was decided, and only what a deed that comes or goes makes a difference to is moved.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from members import once
from members.ready import Ready
from points import awards, capping
from points.caps import Together
from points.models import Accrual, Rule
from points.scoring import Before, Counting, Limits

Moved = list[tuple[Accrual, int]]
Capped = Sequence[Rule]


def arriving(accrual: Accrual, capped: Capped = ()) -> Moved:
    """What becomes of an award that was just written, and of those that its coming moves: each with the points it gets.

    capped   the rules of the programme that have limits which many members share; here and below
    """
    limits = Limits.of(accrual.rule)
    if mates := capping.beside(accrual.rule, capped):
        room = capping.room_of(capping.ask_of(accrual), mates)
        if room.is_full:
            return [(accrual, 0)]
        if room.would_move:
            return _moved([accrual], mates, arrives=True)
    if not (limits.any or limits.is_shared):
        return [(accrual, awards.full(accrual))]
    # In a group, what a control group is counted follows from more than what stands.
    if not (accrual.is_shadow and limits.is_shared):
        counting = _of_the_last(accrual, limits)
        if counting is not None:
            return [(accrual, counting.allow(limits, awards.full(accrual), awards.day(accrual.activity), awards.thing(accrual.activity)))]
    return _moved([accrual], (), arrives=True)


def leaving(gone: Iterable[Accrual], capped: Capped = ()) -> Moved:
    """What becomes of those beside awards of one activity that are about to fall; asked before they do."""
    sharing: dict[Any, tuple[list[Accrual], Capped]] = {}
    for row in gone:
        limits, mates = Limits.of(row.rule), capping.beside(row.rule, capped)
        if mates and not capping.room_of(capping.ask_of(row), mates).keeps_back:
            mates = ()
        if mates or limits.any or limits.is_shared:
            key = (row.rule.programme_id, row.rule.group) if row.rule.group else row.rule_id
            # Those that many wait for go together, whoever they belong to.
            sharing.setdefault((0 if mates else row.member_id, key), ([], mates))[0].append(row)
    # What takes up no room leaves none.
    found = [_moved(rows, mates, arrives=False) for rows, mates in sharing.values() if any(map(awards.standing, rows))]
    return [moved for each in found for moved in each]


def changing(accrual: Accrual, full_points: int, capped: Capped = ()) -> Moved:
    """What becomes of an award that asks for another amount than before, which is kept, and of those that this moves."""
    own, mates = Limits.of(accrual.rule), capping.beside(accrual.rule, capped)
    rows = _beside([accrual], mates) if own.any or own.is_shared else [accrual]
    if not accrual.is_shadow:
        rows = [row for row in rows if not row.is_shadow]
    fixed = _fixed(rows, mates, is_mixed=accrual.is_shadow)
    was = {row.pk: amount for row, amount in _allowed(rows, mates, fixed)}
    # As it was read just now: another that changed may have moved this one.
    changed = next(row for row in rows if row.pk == accrual.pk)
    changed.full_points = full_points
    once.change(changed, "full_points")
    # Decided otherwise it stays so, as far as there is still so much to give.
    fixed = {pk: min(amount, full_points) if pk == changed.pk else amount for pk, amount in fixed.items()}
    becomes = _allowed(rows, mates, fixed)
    return [(row, amount) for row, amount in becomes if amount != was[row.pk] and row.is_shadow == changed.is_shadow]


def _of_the_last(accrual: Accrual, limits: Limits) -> Counting | None:
    """What was counted before an award that none follows, so that it moves no other; None where some do. One query, two for an object."""
    done, rule, thing = accrual.activity, accrual.rule, awards.thing(accrual.activity)
    moments: dict[str, Any] = {"at": done.happened_at, "activity": done.pk, "rule": rule.pk, "member": accrual.member_id}
    for period in LONG if limits.is_long else ("day",):
        moments[f"{period}_begins"], moments[f"{period}_ends"] = awards.bounds(done, period)
    group = {"group": rule.group, "programme": rule.programme_id} if limits.is_shared else {}
    known = _KNOWN[limits.is_shared, accrual.is_shadow, limits.is_long].first(**moments, **group)
    follow, counts = (known[0], dict(zip(_NAMES[limits.is_long], known[1:], strict=True))) if known else (0, {})
    if limits.total is not None:
        # Rules that top up share no counts, but one total.
        beside = awards.sharing(rule).filter(member=accrual.member_id, rule__is_total=True, outcome__in=awards.STANDING)
        if beside.filter(activity__happened_at__gte=done.happened_at).exclude(activity=done.pk, rule=rule.pk).exists():
            return None
        counts["topped"] = sum(beside.values_list("amount_points", flat=True))
    if follow:
        return None
    if limits.per_object:
        counted = awards.counted(limits.is_shared, accrual.is_shadow, rule.pk) & awards.before(done.happened_at, done.pk, rule.pk)
        stand = awards.sharing(rule).filter(counted, member=accrual.member_id)
        counts["of_object"] = sum(awards.thing(row.activity) == thing for row in _about(stand, thing))
    counting = Counting()
    counting.know(limits, awards.day(done), thing, Before(**{name: count or 0 for name, count in counts.items()}))
    return counting


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
        rows = Accrual.objects.exclude(outcome__in=awards.FALLEN).filter(member=at["member"])
        rows = rows.filter(rule__group=at["group"], rule__programme=at["programme"]) if is_shared else rows.filter(rule=at["rule"])
        moment = Q(activity__happened_at=at["at"])
        follows = Q(activity__happened_at__gt=at["at"]) | moment & Q(activity__gt=at["activity"])
        follows |= moment & Q(activity=at["activity"], rule__gt=at["rule"])
        # Of what follows on another day only that which is limited beyond its day.
        lasting = Q(rule__is_total=True)
        for name in _LASTING:
            lasting |= Q(**{f"rule__{name}__isnull": False})
        # What follows and is not moved takes up room behind it, not before.
        counted = awards.counted(is_shared, is_shadow, at["rule"]) & awards.before(at["at"], at["activity"], at["rule"])

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


def _moved(changed: list[Accrual], mates: Capped, *, arrives: bool) -> Moved:
    """What becomes of the awards beside those that come or go, and of what comes. changed: sharing their limits.

    mates   the rules whose limits, shared by many, count here; none: the changed are of one member, and no other's are moved
    """
    rows, keys = _beside(changed, mates), {row.pk for row in changed}
    paid = [row for row in rows if not row.is_shadow]
    found: Moved = []
    # What was paid is decided as if no control group were counted; what is counted for one, as if it were paid.
    if any(not row.is_shadow for row in changed):
        found += _differing(paid, mates, keys, arrives=arrives)
    if len(paid) < len(rows):
        found += [(row, amount) for row, amount in _differing(rows, mates, keys, arrives=arrives) if row.is_shadow]
    given = {row.pk: row for row in changed}
    return [(given.get(row.pk, row), amount) for row, amount in found]


def _differing(rows: list[Accrual], mates: Capped, changed: Collection[int], *, arrives: bool) -> Moved:
    others = [row for row in rows if row.pk not in changed]
    before, after = (others, rows) if arrives else (rows, others)
    fixed = _fixed(before, mates, is_mixed=any(row.is_shadow for row in rows))
    was = {row.pk: amount for row, amount in _allowed(before, mates, fixed)}
    becomes = _allowed(after, mates, fixed)
    return [(row, amount) for row, amount in becomes if row.pk in changed or (row.pk not in fixed and amount != was[row.pk])]


def _fixed(rows: list[Accrual], mates: Capped, *, is_mixed: bool) -> dict[int, int]:
    """What was decided under other limits than today's, for want of budget, or for who left since: the points of each."""
    gone = {row.pk: awards.standing(row) for row in rows if row.member.erased_at}
    decided = [(row, amount) for row, amount in _allowed(rows, mates, gone) if amount != awards.standing(row)]
    return gone | {row.pk: awards.standing(row) for row, _amount in decided if row.is_shadow >= is_mixed}


def _allowed(rows: list[Accrual], mates: Capped, fixed: dict[int, int] | None = None) -> Iterator[tuple[Accrual, int]]:
    """Each award with the points it gets: its amount while its limits have room, what tops up to a total, or 0.

    rows    by time
    fixed   points of those that are decided: they take up their room before any other
    """
    countings: dict[int, Counting] = defaultdict(Counting)
    together, fixed = Together((limits.sharing, limits.caps) for limits in map(Limits.of, mates)), fixed or {}
    for row in rows:
        if row.pk in fixed:
            limits, day = Limits.of(row.rule), awards.day(row.activity)
            countings[row.member_id].count(limits, fixed[row.pk], day, awards.thing(row.activity))
            together.add(limits.sharing, fixed[row.pk], day, capping.unit_of(row.member))
    for row in rows:
        left = fixed.get(row.pk)
        if left is None:
            limits, day, unit = Limits.of(row.rule), awards.day(row.activity), capping.unit_of(row.member)
            left = together.left(limits.sharing, limits.caps, awards.full(row), day, unit)
            left = left and countings[row.member_id].allow(limits, left, day, awards.thing(row.activity))
            together.add(limits.sharing, left, day, unit)
        yield row, left


def _beside(changed: list[Accrual], mates: Capped) -> list[Accrual]:
    """All that may share a limit with these awards, they included, by time: of their day, month or object where no more is limited."""
    accrual = changed[0]
    rule = accrual.rule
    rules = {each.pk: each for each in _rules_beside(rule)} | {row.rule_id: row.rule for row in changed}
    limits = [Limits.of(each) for each in rules.values()]
    rows = awards.sharing(rule).filter(capping.scope_of([row.member for row in changed], mates))
    period, for_objects = _period_of(limits, mates), any(each.per_object for each in limits)
    if period in capping.PERIODS and not for_objects:
        begins, ends = awards.bounds(accrual.activity, period)
        rows = rows.filter(activity__happened_at__gte=begins, activity__happened_at__lt=ends)
    elif for_objects and not period:
        rows = _about(rows, awards.thing(accrual.activity))
    members = {row.member_id: row.member for row in changed}
    if mates:
        rows = rows.select_related("member")
    found = list(rows.select_related("activity").order_by("activity__happened_at", "activity_id", "rule_id"))
    for row in found:
        row.rule = rules[row.rule_id]
        row.member = members.get(row.member_id) or row.member
    return found


def _period_of(limits: Iterable[Limits], mates: Capped) -> str:
    """The period that nothing limited together reaches beyond: "day", "week", "month", "year", "all", or "" where no time is limited."""
    limits = list(limits)
    times = {cap.time for rule in mates for cap in Limits.of(rule).caps}
    if any(each.per_day or each.points_per_day for each in limits):
        times.add("day")
    if any(each.per_week or each.points_per_week for each in limits):
        times.add("week")
    if any(each.per_month or each.points_per_month for each in limits):
        times.add("month")
    # Weeks cut months and years: what moves in one moves the other's neighbours.
    if (
        any(each.in_all or each.total or each.points_in_all for each in limits)
        or "ever" in times
        or ("week" in times and times & {"month", "year"})
    ):
        return "all"
    return next((period for period in reversed(capping.PERIODS) if period in times), "")


def _rules_beside(rule: Rule) -> Iterable[Rule]:
    """The other rules of a group, drafts among them: they may have been in force."""
    if not rule.group:
        return []
    return Rule.objects.filter(group=rule.group, programme=rule.programme_id).exclude(pk=rule.pk).select_related("programme")


def _about(rows: QuerySet[Accrual], thing: str) -> QuerySet[Accrual]:
    """Those that may be about an object: which of its names counts is for `awards.thing` to say."""
    return rows.filter(Q(activity__details__object=thing) | Q(activity__url=thing) | Q(activity__cause=thing)).select_related("activity")
