"""Back-test: what members did, replayed through the rules as they are and as they would be. Nothing is written but progress and result.

Reckons with the code of the living club (`points.scoring`). What it cannot know: the tier of who is only named by an activity or in
another programme than the club's own, and facts about members and companies that changed since; it takes those of today. A budget
is spent in the order of what happened.
"""

import datetime
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import cache
from typing import Any

from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from members import facts, reporting
from members.models import Activity, Member
from points import accruing, reading, rulebook
from points.caps import Together, Unit
from points.facts import Payee, deed
from points.followers import Followers
from points.lapsing import end_of
from points.models import BackTest, Rule, Standing
from points.models.programme import DEFAULT_PROGRAMME
from points.scoring import Counting, Given, Scorer, bonus, stacked
from points.trials import Arm

log = logging.getLogger(__name__)
Status = BackTest.Status
BEAT = 5_000
AT_ONCE = 20_000
DEAD_AFTER = datetime.timedelta(minutes=2)
COLUMNS = ("pk", "kind", "title", "details", "url", "cause", "happened_at", "member_id", "counterpart_id", "weighing__tier_slug")

_running = threading.Lock()


# Of a scorer, by its id, and a payee.
Until = dict[tuple[int, int], datetime.date]


class Tally:
    """What one rule gave in one set of rules."""

    __slots__ = ("awards", "cut", "held", "held_points", "members", "months", "points", "told", "without_points")

    def __init__(self, *, without_points: bool = False) -> None:
        self.without_points = without_points
        self.points = self.awards = self.cut = 0
        self.members: set[int] = set()
        self.months: dict[str, int] = {}
        # By month, how much more is held at its end than at the end of the one before; whom its notice had reached before.
        self.held: dict[str, int] = {}
        self.held_points = 0
        self.told: set[int] = set()

    def hold(self, amount: int, month: str, until: str) -> None:
        self.held_points += amount
        self.held[month] = self.held.get(month, 0) + amount
        self.held[until] = self.held.get(until, 0) - amount

    def add(self, payee: int, amount: int, asked: int, month: str) -> None:
        """asked: what the rule gives before limits; for one that tops up, what there was to top up."""
        if amount < asked:
            self.cut += 1
        if amount:
            self.awards += 1
            self.members.add(payee)
        if amount and not self.without_points:
            self.points += amount
            self.months[month] = self.months.get(month, 0) + amount

    def figures(self) -> dict[str, Any]:
        said = {"points": self.points, "awards": self.awards, "cut": self.cut, "members": len(self.members), "months": self.months}
        return said | {"held_points": self.held_points, "held": self.held}


class Books:
    """One set of rules and what it gave."""

    def __init__(self, scorers: Iterable[Scorer], since: datetime.date) -> None:
        self.since = since
        self.tallies = {scorer.pk: Tally(without_points=scorer.without_points) for scorer in scorers}
        self.by_kind: dict[str, list[Scorer]] = {}
        ordered = sorted(scorers, key=lambda scorer: (scorer.multiplies, scorer.pk))
        for kind in {scorer.rule.activity_kind for scorer in ordered if scorer.rule.activity_kind}:
            self.by_kind[kind] = [scorer for scorer in ordered if scorer.rule.activity_kind in (kind, "")]
        self._months: dict[datetime.date, str] = {}
        self._counting: dict[int, Counting] = {}
        self._given: dict[int, int] = {}
        self._together = Together((scorer.limits.sharing, scorer.limits.caps) for scorer in ordered)

    def _month(self, day: datetime.date) -> str:
        if day not in self._months:
            self._months[day] = f"{day:%Y-%m}"
        return self._months[day]

    def put(self, given: list[Given], day: datetime.date, thing: str, until: Until) -> None:
        """until: the day on which what a rule holds of this deed comes."""
        rows = list(stacked(given)) if _is_any_one_of(given) else given
        # Those that multiply come last.
        if not rows or not rows[-1][0].multiplies:
            for scorer, payee, asked in rows:
                self._give(scorer, payee, asked, day, thing, until.get((id(scorer), payee.pk)))
            return
        bases: dict[tuple[int, int, bool], int] = {}
        waits: dict[tuple[int, int, bool], datetime.date] = {}
        for scorer, payee, asked in rows:
            key = (payee.pk, scorer.rule.programme_id, scorer.rule.is_qualifying)
            if scorer.multiplies:
                if full := bonus(bases.get(key, 0), asked):
                    self._give(scorer, payee, full, day, thing, waits.get(key))
            else:
                held = until.get((id(scorer), payee.pk))
                amount = self._give(scorer, payee, asked, day, thing, held)
                if held and amount:
                    waits[key] = max(held, waits.get(key, held))
                bases[key] = bases.get(key, 0) + (0 if scorer.rule.is_total or scorer.without_points else amount)

    def _give(self, scorer: Scorer, payee: Payee, asked: int, day: datetime.date, thing: str, held: datetime.date | None) -> int:
        """Points that limits and budget leave."""
        amount, limits = asked, scorer.limits
        unit = Unit(payee.pk, payee.who.company_id) if self._together.counts(limits.sharing) else None
        if unit:
            amount = self._together.left(limits.sharing, limits.caps, amount, day, unit)
        if scorer.is_limited and amount:
            counting = self._counting.get(payee.pk)
            if counting is None:
                counting = self._counting[payee.pk] = Counting()
            amount = counting.allow(limits, amount, day, thing)
        if unit:
            self._together.add(limits.sharing, amount, day, unit)
        budget = scorer.rule.budget_points
        if budget and amount:
            amount = amount if self._given.get(scorer.pk, 0) + amount <= budget else 0
            self._given[scorer.pk] = self._given.get(scorer.pk, 0) + amount
        if day >= self.since:
            tops_up = amount and limits.total is not None
            self.tallies[scorer.pk].add(payee.pk, amount, amount if tops_up else asked, self._month(day))
        if held and amount and not scorer.without_points and held >= self.since:
            self.tallies[scorer.pk].hold(amount, self._month(max(day, self.since)), self._month(held))
        if amount and day < self.since:
            self.tallies[scorer.pk].told.add(payee.pk)
        return amount


def _is_any_one_of(given: list[Given]) -> bool:
    for scorer, _payee, _asked_points in given:  # noqa: SIM110 - a generator for each activity costs more than the look
        if scorer.is_one_of:
            return True
    return False


def live_rules() -> list[Rule]:
    return list(Rule.objects.filter(live=True, is_active=True).select_related("programme", "segment").order_by("pk"))


def with_draft(rules: list[Rule], draft: Rule) -> list[Rule]:
    """The rules in force if the draft were one of them."""
    others = [rule for rule in rules if rule.pk != draft.pk]
    return sorted([*others, draft], key=lambda rule: rule.pk) if draft.is_active else others


def activities(rules: Iterable[Rule], until: datetime.date | None) -> Any:
    """What counts for these rules and was not taken back."""
    rows = Activity.objects.filter(kind__in={rule.activity_kind for rule in rules}, undone_by=None)
    return rows.filter(happened_at__lt=end_of(until)) if until else rows


def replay(
    today: list[Rule],
    draft: Rule | None = None,
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    beat: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Points by rule and month, as the rules are (`today`) and, with a draft, as they would be (`draft`).

    since   counts from this day on; what happened before still uses up limits
    beat    called with the number of activities done, every 5,000
    A draft that begins only some day is tried as if its days were those that are replayed.
    """
    is_to_come = bool(draft and draft.starts_on and draft.starts_on > timezone.localdate())
    if draft and is_to_come:
        draft = copy(draft)
        draft.starts_on = draft.ends_on = None
    sets = [today, with_draft(today, draft)] if draft else [today]
    scorers: dict[int, Scorer] = {}
    for rule in [rule for rules in sets for rule in rules]:
        if id(rule) not in scorers:
            scorers[id(rule)] = Scorer(rule, accruing.enrolments_of(rule), all_join=rule is draft and not rule.live)
    books = [Books([scorers[id(rule)] for rule in rules], since or datetime.date.min) for rules in sets]
    elsewhere = _tiers_elsewhere(scorer.rule for scorer in scorers.values())
    followers = Followers(scorer.rule for scorer in scorers.values())
    done = 0
    for done, row in enumerate(_rows([rule for rules in sets for rule in rules], until), start=1):
        _weigh(books, elsewhere, followers, *row)
        if done % BEAT == 0:
            beat(done)
    beat(done)
    return _result(books, sets, draft, done) | {"is_to_come": is_to_come}


def _tiers_elsewhere(rules: Iterable[Rule]) -> dict[int, dict[int, str]]:
    """Of other programmes than the club's own, by their ids: the slug of each member's tier; under 0 that of who has earned nothing yet."""
    found = {}
    for programme in {rule.programme for rule in rules if rule.programme.slug != DEFAULT_PROGRAMME}:
        known = Standing.objects.filter(programme=programme, tier__isnull=False).values_list("member", "tier__slug")
        found[programme.pk] = {0: reading.lowest_tier(programme.slug)} | dict(known)
    return found


def _rows(rules: list[Rule], until: datetime.date | None) -> Iterator[tuple[Any, Any, Any, rulebook.Reach | None]]:
    """(deed, its member, the other party, which programmes' rules weigh it where not all do) by time."""
    told = reporting.told_twice()
    programme_of = cache(rulebook.programme_of)
    who = facts.everybody()
    tiers = dict(Standing.objects.filter(programme__slug=DEFAULT_PROGRAMME, tier__isnull=False).values_list("member", "tier__slug"))
    lowest = reading.lowest_tier()
    now = {pk: Payee(pk, each, tiers.get(pk, lowest)) for pk, each in who.items()}
    zone = timezone.get_current_timezone()
    rows = activities(rules, until).order_by("happened_at", "pk").values_list(*COLUMNS)
    for pk, kind, title, details, url, cause, at, member, other, tier in rows.iterator(chunk_size=2_000):
        payee = now[member]
        if tier and tier != payee.tier:
            payee = payee._replace(tier=tier)
        reach = rulebook.reach_of(kind, cause, member, title, details, told, programme_of)
        done = deed(pk, kind, title, details, url, cause, at.astimezone(zone))
        yield done, payee, now[other] if other and other != member else None, reach


def _weigh(
    books: list[Books],
    elsewhere: dict[int, dict[int, str]],
    followers: Followers,
    done: Any,
    member: Payee,
    other: Payee | None,
    reach: rulebook.Reach | None,
) -> None:
    known: dict[int, list[Given]] = {}
    until: Until = {}
    for book in books:
        given: list[Given] = []
        for scorer in book.by_kind.get(done.kind, ()):
            found = known.get(id(scorer))
            if found is None:
                is_meant = reach is None or reach.covers(scorer.rule)
                tiers = elsewhere.get(scorer.rule.programme_id) if elsewhere else None
                found = known[id(scorer)] = _asked(scorer, done, member, other, tiers) if is_meant else []
                if found and scorer.rule.holds:
                    found = known[id(scorer)] = _held(found, done, followers, until)
            given += found
        if given:
            book.put(given, done.day, done.thing, until)


def _held(given: list[Given], done: Any, followers: Followers, until: Until) -> list[Given]:
    """What stands of what a rule holds, each with its day in `until`. What nothing followed fell, and took up no room."""
    standing = []
    for scorer, payee, asked in given:
        comes_at = followers.until(scorer.rule, done, payee.pk)
        if comes_at is not False:
            standing.append((scorer, payee, asked))
        if comes_at:
            until[id(scorer), payee.pk] = timezone.localtime(comes_at).date()
    return standing


def _asked(scorer: Scorer, done: Any, member: Payee, other: Payee | None, tiers: dict[int, str] | None) -> list[Given]:
    pays = scorer.rule.pays
    payees = [member] if pays == Rule.Pays.MEMBER else [other] if pays == Rule.Pays.COUNTERPART else [member, other]
    if tiers:
        payees = [payee and payee._replace(tier=tiers.get(payee.pk, tiers[0])) for payee in payees]
    found = []
    for payee in payees:
        # A control group gets nothing: a back-test says what would be paid.
        if scorer.is_tried and payee is not None and scorer.arm(payee, done.day) == Arm.CONTROL:
            continue
        if payee is not None and (amount := scorer.points(done, payee)):
            found.append((scorer, payee, amount))
    return found


def _result(books: list[Books], sets: list[list[Rule]], draft: Rule | None, done: int) -> dict[str, Any]:
    rules = {rule.pk: rule for rules in sets for rule in rules}
    versions = [{rule.pk: rule for rule in each} for each in sets]
    rows: list[dict[str, Any]] = []
    for pk, rule in sorted(rules.items()):
        figures = [_figures(book.tallies.get(pk), found.get(pk)) for book, found in zip(books, versions, strict=True)]
        rows.append({"rule": pk, "name": rule.name, "name_zh": rule.name_zh, "is_draft": bool(draft and draft.pk == pk), "sets": figures})
    totals = []
    for n, book in enumerate(books):
        tallies = book.tallies.values()
        members: set[int] = set().union(*(tally.members for tally in tallies)) if book.tallies else set()
        months: dict[str, int] = {}
        # What only counts for the tier costs nothing.
        spendable = {pk: tally for pk, tally in book.tallies.items() if not versions[n][pk].is_qualifying}
        for tally in spendable.values():
            for month, points in tally.months.items():
                months[month] = months.get(month, 0) + points
        sums = {name: sum(getattr(tally, name) for tally in tallies) for name in ("awards", "cut")}
        held: dict[str, int] = {}
        for tally in spendable.values():
            for month, more in tally.held.items():
                held[month] = held.get(month, 0) + more
        sums["held_points"] = sum(tally.held_points for tally in spendable.values())
        sums["points"] = sum(tally.points for tally in spendable.values())
        # Each programme's points have a cost of their own.
        sums["cost_fen"] = sum(tally.points * versions[n][pk].programme.point_cost_fen for pk, tally in spendable.items())
        brought = {name: sum(row["sets"][n][name] for row in rows) for name in ("badges", "vouchers", "lifts", "qualifying", "notices")}
        totals.append({**sums, **brought, "members": len(members), "months": months, "held": held})
    return {"activities": done, "rules": rows, "totals": totals}


def _figures(tally: Tally | None, rule: Rule | None) -> dict[str, Any]:
    """With what the awards bring beside points: a badge is worn once, however often it is given, and each is told once."""
    tally = tally or Tally()
    badges = len(tally.members) if rule and rule.badge_id else 0
    vouchers, lifts = (tally.awards if rule and key else 0 for key in (rule and rule.voucher_of_id, rule and rule.lifts_to_id))
    qualifying = tally.awards * ((rule and rule.qualifying_points) or 0) + (tally.points if rule and rule.is_qualifying else 0)
    notices = len(tally.members - tally.told) if rule and rule.notice else 0
    return tally.figures() | {"badges": badges, "vouchers": vouchers, "lifts": lifts, "qualifying": qualifying, "notices": notices}


def order(*, by: Member, rule: Rule | None = None, since: datetime.date | None = None, until: datetime.date | None = None) -> BackTest:
    """Lay down a back-test of a rule's latest version; a short one is done at once, a long one by the next round."""
    revision = rule.latest_revision_id if rule else None
    test = BackTest(rule=rule, revision_id=revision, asked_by=by, since=since, until=until)
    rules, draft = _subject(test)
    test.total_count = activities(with_draft(rules, draft) if draft else rules, until).count()
    test.save()
    if test.total_count <= AT_ONCE:
        run(test.pk)
        test.refresh_from_db()
    return test


def _subject(test: BackTest) -> tuple[list[Rule], Rule | None]:
    draft = None
    if test.rule:
        revision = test.rule.revisions.filter(pk=test.revision_id).first() if test.revision_id else None
        draft = revision.as_object() if revision else Rule.objects.select_related("segment").get(pk=test.rule.pk)
    return live_rules(), draft


def run(pk: int) -> bool:
    """Do a back-test that waits, or whose process died. Returns whether this call did it."""
    now = timezone.now()
    free = Q(status=Status.WAITING) | Q(status=Status.RUNNING, beat_at__lt=now - DEAD_AFTER)
    if not BackTest.objects.filter(free, pk=pk).update(status=Status.RUNNING, beat_at=now, done_count=0):
        return False
    test = BackTest.objects.select_related("rule").get(pk=pk)
    rows = BackTest.objects.filter(pk=pk)
    try:
        rules, draft = _subject(test)
        result = replay(rules, draft, since=test.since, until=test.until, beat=lambda done: _beat(pk, done))
    except Exception:
        log.exception("back-test %s failed", pk)
        rows.update(status=Status.FAILED, finished_at=timezone.now())
        return True
    rows.update(status=Status.DONE, result=result, finished_at=timezone.now(), total_count=result["activities"])
    return True


def _beat(pk: int, done: int) -> None:
    BackTest.objects.filter(pk=pk).update(done_count=done, beat_at=timezone.now())


def run_waiting() -> None:
    """Do what waits in a thread of its own, one at a time, so that no other round waits for it."""
    now = timezone.now()
    due = BackTest.objects.filter(Q(status=Status.WAITING) | Q(status=Status.RUNNING, beat_at__lt=now - DEAD_AFTER))
    pks = list(due.order_by("pk").values_list("pk", flat=True)[:10])
    if pks and _running.acquire(blocking=False):
        threading.Thread(target=_run_all, args=(pks,), name="back-tests", daemon=True).start()


def _run_all(pks: list[int]) -> None:
    try:
        for pk in pks:
            run(pk)
    finally:
        close_old_connections()
        _running.release()
