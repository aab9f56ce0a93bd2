"""Limits that many members share (`points.caps`), in the database: the locks that make their awards queue, and whether one moves others.

Whoever decides under such a limit locks the companies, then the programmes, each in the order of their ids, and only then wallets.
Most awards move nobody else's: that a limit has room for one, or has none left, is asked in one query; all the others are read only
where one comes before others that used a limit up, or leaves room in it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum

from members.models import Activity, Company, Member
from points import awards, scoring
from points.caps import Cap, Unit
from points.models import Accrual, Programme, Rule
from points.scoring import Limits
from points.trials import Arm

PERIODS = ("day", "week", "month", "year")


class Ask(NamedTuple):
    """An award that comes or goes. points: at most, where they are not known yet; 1 where it brings other things only."""

    rule: Rule
    member: Member
    activity: Activity
    points: int
    is_shadow: bool


class Room(NamedTuple):
    """is_full   it gets nothing, whatever else it may get; would_move: its coming may move others; keeps_back: its going may"""

    is_full: bool
    would_move: bool
    keeps_back: bool


# Of a rule, of whom, whether only counted for a control group.
Wanted = tuple[Rule, Member, bool]


def ask_of(row: Accrual) -> Ask:
    return Ask(row.rule, row.member, row.activity, awards.full(row), row.is_shadow)


def unit_of(member: Member) -> Unit:
    return Unit(member.pk, member.company_id)


def capped_in(rules: Iterable[Rule]) -> Sequence[Rule]:
    """The rules with limits that many share, of these rules' programmes. One query, none where a rule book said that there are none."""
    programmes = {rule.programme_id for rule in rules if getattr(rule, "has_capped_beside", True)}
    return list(Rule.objects.filter(programme__in=programmes).exclude(caps={}).order_by("pk")) if programmes else []


def beside(rule: Rule, capped: Sequence[Rule]) -> Sequence[Rule]:
    """Of the capped rules those whose limits count this one's awards."""
    return [rule if each.pk == rule.pk else each for each in capped if _shares(rule, each)]


def _shares(rule: Rule, other: Rule) -> bool:
    if other.pk == rule.pk:
        return True
    is_group = rule.group and not (rule.is_total or other.is_total)
    return bool(is_group) and (rule.programme_id, rule.group) == (other.programme_id, other.group)


def room_of(ask: Ask, mates: Sequence[Rule]) -> Room:
    """One query. mates: as of `beside`; some."""
    at, limits = ask.activity, Limits.of(ask.rule)
    before = awards.before(at.happened_at, at.pk, ask.rule.pk)
    mine = awards.counted(limits.is_shared, ask.is_shadow, ask.rule.pk) & before
    stands = awards.counted(limits.is_shared, True, ask.rule.pk)
    counts: dict[str, Any] = {"later": Count("pk", filter=stands & ~before)}
    caps = [(cap, rule.pk == ask.rule.pk) for rule in mates for cap in Limits.of(rule).caps]
    for n, (cap, is_own) in enumerate(caps):
        within = _of(cap.whose, [ask.member]) & _within(cap, at)
        counts[f"all{n}"] = _sum(cap, stands & within)
        if is_own:
            counts[f"before{n}"] = _sum(cap, mine & within)
    found = awards.sharing(ask.rule).filter(scope_of([ask.member], mates)).aggregate(**counts)
    is_full = is_cut = is_over = keeps_back = False
    for n, (cap, is_own) in enumerate(caps):
        asked = ask.points if cap.counted == "points" else 1
        stands_now, came_before = found[f"all{n}"] or 0, found.get(f"before{n}") or 0
        is_full |= is_own and came_before >= cap.most
        is_cut |= is_own and came_before + asked > cap.most
        is_over |= stands_now + asked > cap.most
        keeps_back |= stands_now >= cap.most
    return Room(is_full, is_cut or (is_over and bool(found["later"])), keeps_back)


def _sum(cap: Cap, of: Q) -> Any:
    return Count("pk", filter=of) if cap.counted == "awards" else Sum("amount_points", filter=of)


def _within(cap: Cap, at: Activity) -> Q:
    if cap.time == "ever":
        return Q()
    begins, ends = awards.bounds(at, cap.time)
    return Q(activity__happened_at__gte=begins, activity__happened_at__lt=ends)


def scope_of(members: Iterable[Member], mates: Sequence[Rule]) -> Q:
    """Whose awards share a limit with those of these members: theirs, their companies', or everybody's."""
    members, whose = list(members), {cap.whose for rule in mates for cap in Limits.of(rule).caps}
    return _of("all" if "all" in whose else "company" if "company" in whose else "member", members)


def _of(whose: str, members: list[Member]) -> Q:
    if whose == "all":
        return Q()
    companies = {member.company_id for member in members if member.company_id} if whose == "company" else set()
    own = Q(member__in=[member.pk for member in members])
    return own | Q(member__company__in=companies) if companies else own


def lock(asks: Sequence[Ask], capped: Sequence[Rule], *, arrives: bool) -> list[Wanted]:
    """Lock what the asks' limits are shared by. Returns whose wallets may be moved beside those that ask.

    What multiplies an award follows it, so that where such a rule is capped the whole programme queues. Where it then moves yet
    others', their wallets are locked as they come: two that wait in a circle are parted by the database, and weighed again.
    """
    if not capped:
        return []
    shared = [(ask, mates) for ask in asks if (mates := beside(ask.rule, capped))]
    whose = [(ask, cap.whose) for ask, mates in shared for rule in mates for cap in Limits.of(rule).caps]
    companies = {ask.member.company_id for ask, of in whose if of == "company" and ask.member.company_id}
    programmes = {ask.rule.programme_id for ask, of in whose if of == "all"}
    programmes |= {rule.programme_id for rule in capped if rule.multiplies} & {ask.rule.programme_id for ask in asks}
    for model, keys in ((Company, companies), (Programme, programmes)):
        if keys:
            list(model._default_manager.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found: set[tuple[int, int, bool]] = set()
    rules = {ask.rule.programme_id: ask.rule for ask in asks}
    for ask, mates in shared:
        room = room_of(ask, mates)
        if (room.would_move and not room.is_full) if arrives else room.keeps_back:
            found |= {(ask.rule.programme_id, *each) for each in _later(ask, mates)}
    members = Member.objects.filter(erased_at=None).in_bulk([pk for _programme, pk, _is_shadow in found])
    return [(rules[programme], members[pk], is_shadow) for programme, pk, is_shadow in sorted(found) if pk in members]


def _later(ask: Ask, mates: Sequence[Rule]) -> set[tuple[int, bool]]:
    """(member, whether of a control group) of the awards that come after this one, and of what multiplies them."""
    at = ask.activity
    rows = awards.sharing(ask.rule).filter(scope_of([ask.member], mates)).exclude(awards.before(at.happened_at, at.pk, ask.rule.pk))
    follow = Accrual.objects.filter(
        bonus_percent__isnull=False, rule__programme=ask.rule.programme_id, activity__in=rows.values("activity")
    )
    found = [*rows.order_by().values_list("member", "arm").distinct(), *follow.values_list("member", "arm").distinct()]
    return {(member, arm == Arm.CONTROL) for member, arm in found}


def asks_of(given: Sequence[tuple[Rule, Member, int, Arm]], activity: Activity) -> list[Ask]:
    """What is about to come. given: as of `accruing.given_by`; of a rule that multiplies its points are at most what it may come to."""
    sums: dict[int, int] = {}
    for rule, member, amount, _arm in given:
        if not rule.multiplies:
            sums[member.pk] = sums.get(member.pk, 0) + amount
    return [
        Ask(rule, member, activity, scoring.bonus(sums.get(member.pk, 0), amount) if rule.multiplies else amount or 1, arm == Arm.CONTROL)
        for rule, member, amount, arm in given
    ]
