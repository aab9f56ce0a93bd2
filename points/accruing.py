"""Weighing what members did: each activity once, against the rules in force, into transfers.

Limits do not depend on the order in which activities arrive: the first by time are paid. So one that arrives late, or is
taken back, may move the payment of another of the same day (`points.limits`).
"""

import datetime
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from members import facts, once
from members.models import Activity, Member
from members.ready import Ready
from points import announcing, awards, budgeting, capping, deferring, granting, guarding, ledger, limits, reading, scoring, standings
from points.delays import Wait
from points.facts import Payee, deed
from points.lapsing import lapse_moment
from points.models import Accrual, Enrolment, Review, Rule, Transfer, Weighing
from points.models.programme import DEFAULT_PROGRAMME
from points.models.transfer import BONUS
from points.purses import NotAtHand, Purses
from points.refusals import AccountClosed
from points.rulebook import RuleBook
from points.trials import Arm

log = logging.getLogger(__name__)
Outcome = Accrual.Outcome
# What is multiplied together: activity, member, programme, whether the points only count for the tier.
_Base = tuple[int, int, int, bool]


def hear(sender: Any, activity_id: int, **_more: Any) -> None:
    """The doorbell: weigh now. Whatever goes wrong here breaks no deed; `accrue_points` weighs it later."""
    try:
        weigh(activity_id)
    except Exception:
        log.exception("activity %s was not weighed", activity_id)


def weigh(
    activity_id: int, *, now: datetime.datetime | None = None, quiet: bool = False, settle: bool = True, book: RuleBook | None = None
) -> bool:
    """Weigh an activity once. Returns whether this call did it. quiet: nobody is told.

    now      the moment at which the books record it; by default the present
    settle   bring the standings of those it pays up to date as well
    book     the rules, where they were read for a batch that this activity belongs to
    """
    try:
        return _weigh(activity_id, now, quiet, settle, book, is_strict=True)
    except NotAtHand as found:
        found.open()
        return _weigh(activity_id, now, quiet, settle, book)


@transaction.atomic
def _weigh(
    activity_id: int, now: datetime.datetime | None, quiet: bool, settle: bool, book: RuleBook | None, *, is_strict: bool = False
) -> bool:
    activity = _taken_up(activity_id)
    if Weighing.objects.filter(activity=activity).exists():
        return False
    tiers = reading.tiers_of(payee for payee in (activity.member, activity.counterpart) if payee)
    Weighing.objects.create(activity=activity, tier_slug=tiers[activity.member_id])
    book = book or RuleBook([(activity.kind, activity.happened_at)])
    scale = _Scale(now or timezone.now(), quiet, settle, tiers, book)
    if activity.undoes is not None:
        weigh(activity.undoes.pk, now=now, quiet=True, settle=settle)
        scale.take_back(activity.undoes)
    elif not activity.is_undone:
        scale.put(activity, is_strict=is_strict)
    return True


_TAKEN_UP = Ready(
    lambda activity_id: (
        Activity.objects.select_related("member", "counterpart")
        .select_for_update(of=("self",), no_key=True)
        .annotate(is_undone=Exists(Activity.objects.filter(undoes=OuterRef("pk"))))
        .filter(pk=activity_id)
    )
)


def _taken_up(activity_id: int) -> Any:
    """The activity with all that weighing asks of it. Its row is locked: of two that weigh it at once the second waits, and then sees."""
    if (found := _TAKEN_UP.first(activity_id=activity_id)) is None:
        raise Activity.DoesNotExist(activity_id)
    return found


def missed(*, batch: int = 500) -> Iterator[list[tuple[int, str, datetime.datetime]]]:
    """Activities that nobody weighed yet, as (id, kind, when it happened), in batches by id."""
    last = 0
    rows = Activity.objects.filter(weighing=None).order_by("pk").values_list("pk", "kind", "happened_at")
    while found := list(rows.filter(pk__gt=last)[:batch]):
        yield found
        last = found[-1][0]


def weigh_missed(*, at_their_time: bool = False, quiet: bool = False) -> Iterator[tuple[int, int]]:
    """Weigh what the doorbell missed; yields (done, failed) after each batch.

    at_their_time   record each at the moment the deed happened: for loading history
    """
    done = failed = 0
    for found in missed():
        book = RuleBook([(kind, moment) for _pk, kind, moment in found])
        for pk, _kind, moment in sorted(found, key=lambda row: (row[2], row[0])) if at_their_time else found:
            try:
                done += weigh(pk, now=moment if at_their_time else None, quiet=quiet, settle=not at_their_time, book=book)
            except Exception:
                log.exception("activity %s was not weighed", pk)
                failed += 1
        if at_their_time:
            # Of a long history only where it leads matters: each member's standing once a batch.
            paid = Accrual.objects.filter(activity__in=[pk for pk, _kind, _moment in found])
            for member in Member.objects.filter(pk__in=paid.values("member")).order_by("pk"):
                standings.recompute(member)
        yield done, failed


def given_by(rules: list[Rule], activity: Activity, tiers: dict[int, str]) -> list[tuple[Rule, Member, int, Arm]]:
    """What these rules give for an activity before limits: (rule, member, points, group in the rule's trial), by rule and member.

    Those that multiply come last, with percent in place of points; 0 points are of a rule that gives other things.
    tiers   slugs by member, in the club's own programme; a rule of another one asks for the tier in that
    """
    payees = {member.pk: member for member in (activity.member, activity.counterpart) if member and member.erased_at is None}
    if not rules or not payees:
        return []
    facts_of = facts.of(payees)
    tiers_in = cache(lambda programme: tiers if programme == DEFAULT_PROGRAMME else reading.tiers_of(payees.values(), programme))
    done = deed(
        activity.pk, activity.kind, activity.title, activity.details, activity.url, activity.cause, timezone.localtime(activity.happened_at)
    )
    given = []
    for rule in rules:
        scorer = scoring.Scorer(rule, enrolments_of(rule, payees))
        for pk in sorted(_paid_by(rule, activity) & payees.keys()):
            payee = Payee(pk, facts_of[pk], tiers_in(rule.programme.slug)[pk])
            if amount := scorer.points(done, payee):
                given.append((scorer, payee, amount))
    given.sort(key=lambda each: (each[0].multiplies, each[0].pk))
    return [
        (scorer.rule, payees[payee.pk], 0 if scorer.without_points else amount, arm)
        for scorer, payee, amount, arm in scoring.parted(given, done.day)
    ]


def enrolments_of(rule: Rule, members: Iterable[int] | None = None) -> dict[int, datetime.datetime]:
    """Who joined a promotion, and when; nobody for a rule that nobody needs to join."""
    if not rule.needs_enrolment:
        return {}
    rows = Enrolment.objects.filter(rule=rule.pk)
    return dict((rows.filter(member__in=members) if members is not None else rows).values_list("member", "enrolled_at"))


class _Scale:
    """One weighing: whom it pays, which awards stand, told when done."""

    def __init__(self, now: datetime.datetime, quiet: bool, settle: bool, tiers: dict[int, str], book: RuleBook) -> None:
        self.now, self.quiet, self.settle, self.tiers, self.book = now, quiet, settle, tiers, book
        self._purses = Purses(book)
        # (activity, member) of awards that moved: what multiplies them follows.
        self._moved: set[tuple[int, int]] = set()
        # Rules with limits that many members share, and whom they moved.
        self._capped: Sequence[Rule] = ()
        self._touched: set[Member] = set()
        self._decided: dict[int, Accrual] = {}

    def put(self, activity: Activity, *, is_strict: bool = False) -> None:
        given = self._given(activity)
        self._lock(capping.asks_of(given, activity), arrives=True, is_strict=is_strict)
        for rule, member, amount, arm in given:
            percent = amount if rule.multiplies else None
            if percent is not None:
                amount = scoring.bonus(_bases([activity.pk])[activity.pk, member.pk, rule.programme_id, rule.is_qualifying], percent)
            accrual = Accrual(
                activity=activity,
                rule=rule,
                member=member,
                amount_points=amount,
                full_points=amount,
                bonus_percent=percent,
                outcome=Outcome.CAPPED,
                arm=arm,
            )
            # The weighing's own row has said already that nobody did this before.
            once.keep(accrual)
            self._bring(limits.arriving(accrual, self._capped))
        self._follow({each for each in self._moved if each[0] != activity.pk})
        self._finish({member for _rule, member, _amount, arm in given if arm != Arm.CONTROL})

    def take_back(self, activity: Activity) -> None:
        self.let_fall(Accrual.objects.filter(activity=activity), Outcome.TAKEN_BACK, note="taken back")

    def let_fall(self, wanted: QuerySet[Accrual], outcome: str, *, note: str, moves: bool = True) -> None:
        """Awards of one activity fall, and others move up into the room that they leave.

        moves   whether others do
        """
        wanted = wanted.select_related("rule__programme", "member", "activity", "transfer")
        self._lock([capping.ask_of(row) for row in wanted], arrives=False, moves=moves)
        # Read again now that nobody else can move them.
        rows = list(wanted.all())
        moved = limits.leaving(rows, self._capped) if moves else []
        for row in rows:
            if row.outcome in awards.STANDING and not self._undo(row, note):
                row.outcome = Outcome.KEPT
            else:
                row.outcome = outcome
            self._save(row)
        self._bring(moved)
        # Of one deed taken back everything falls by itself.
        self._follow(self._moved | ({(row.activity_id, row.member_id) for row in rows} if outcome != Outcome.TAKEN_BACK else set()))
        self._finish({row.member for row in rows if not row.is_shadow})

    def _given(self, activity: Activity) -> list[tuple[Rule, Member, int, Arm]]:
        """As `given_by`; a deed that is restored asks for what it asked for at first, whatever became of the rules since."""
        if activity.restores_id is None or not Weighing.objects.filter(activity=activity.restores_id).exists():
            return given_by(self.book.rules_for(activity), activity, self.tiers)
        rows = Accrual.objects.filter(activity=activity.restores_id, member__erased_at=None).select_related("rule__programme", "member")
        given = []
        for row in rows.order_by("rule__effect", "rule_id", "member_id"):
            asked = row.amount_points if row.full_points is None else row.full_points
            left = scoring.kept(row.rule, asked, activity.details) if activity.kind == Activity.Kind.PURCHASED else asked
            amount = left if row.bonus_percent is None else row.bonus_percent
            if amount or row.is_without_points:
                given.append((row.rule, row.member, amount, Arm(row.arm)))
        return given

    def _follow(self, moved: set[tuple[int, int]]) -> None:
        """What multiplies awards that moved moves with them. moved: (activity, member)"""
        if not moved:
            return
        rows = Accrual.objects.filter(bonus_percent__isnull=False, activity__in={activity for activity, _member in moved})
        rows = rows.exclude(outcome__in=awards.FALLEN).order_by("activity__happened_at", "activity_id", "rule_id")
        found = [
            row
            for row in rows.select_related("rule__programme", "member", "activity", "transfer")
            if (row.activity_id, row.member_id) in moved
        ]
        bases = _bases({row.activity_id for row in found})
        for row in found:
            full = scoring.bonus(bases[_base_of(row)], row.bonus_percent or 0)
            if full != row.full_points:
                self._bring(limits.changing(row, full, self._capped))

    def _lock(self, asks: list[capping.Ask], *, arrives: bool, moves: bool = True, is_strict: bool = False) -> None:
        """All wallets at once, in the order of their ids: two weighings never wait for each other in a circle."""
        self._capped = capping.capped_in(ask.rule for ask in asks) if moves else ()
        wanted = [(ask.rule, ask.member, ask.is_shadow) for ask in asks] + capping.lock(asks, self._capped, arrives=arrives)
        self._purses.lock(wanted, is_strict=is_strict)

    def _bring(self, decided: list[tuple[Accrual, int]]) -> None:
        """Bring awards to what their limits leave them. What falls, first: its budget is then free for what comes."""
        self._moved |= {(row.activity_id, row.member_id) for row, _amount in decided if row.bonus_percent is None}
        self._touched |= {row.member for row, _amount in decided if not row.is_shadow}
        for row, amount in decided:
            if row.outcome in awards.STANDING and awards.standing(row) != amount:
                self._undo(row, "beyond the limit")
                row.outcome = Outcome.CAPPED
                self._save(row)
        for row, amount in decided:
            if amount and row.outcome not in awards.STANDING:
                self._award(row, amount)

    def _award(self, row: Accrual, amount: int) -> None:
        if row.is_without_points:
            amount = 0
        if amount and row.rule.budget_points and not row.is_shadow and not budgeting.take(row.rule, amount):
            return
        suspicion, wait = self._suspicion_of(row), deferring.wait_of(row, self.now) if row.rule.holds or row.rule.multiplies else None
        row.transfer = self._transfer(row, amount, wait, is_held=bool(suspicion or wait)) if amount else None
        row.amount_points, row.times_awarded = amount, row.times_awarded + 1
        row.outcome = Outcome.HELD if suspicion else Outcome.SHADOW if row.is_shadow else Outcome.DEFERRED if wait else Outcome.AWARDED
        self._save(row)
        if suspicion:
            guarding.hold(row, suspicion)
        elif wait:
            deferring.lay(row, wait)
        elif not (self.quiet or row.is_shadow):
            announcing.tell_of_award(row)

    def _transfer(self, row: Accrual, amount: int, wait: Wait | None, *, is_held: bool) -> Transfer:
        # What is held counts from when it comes, and lapses so much later.
        earned_at = wait.due_at if wait else row.activity.happened_at
        order = ledger.Order(
            kind=Transfer.Kind.PENDING if is_held and not row.is_shadow else Transfer.Kind.SINGLE,
            source=self._purses.source(row.rule, row.is_shadow),
            target=self._purses.target(row.rule, row.member, row.is_shadow),
            amount_points=amount,
            reference=f"accrual:{row.pk}:{row.times_awarded + 1}",
            reason=row.activity.kind if row.bonus_percent is None else BONUS,
            **awards.named_in_order(row),
            lapses_at=None if row.is_shadow or row.rule.is_qualifying else lapse_moment(row.rule.programme, earned_at),
        )
        return ledger.transfer(order, now=self.now)

    def _suspicion_of(self, row: Accrual) -> guarding.Suspicion | None:
        """Why the award should wait. What a person released is not looked at again; nobody gains by what is only counted."""
        if row.is_shadow:
            return None
        if row.times_awarded and (looked := Review.objects.filter(accrual=row).first()):
            return None if looked.status == Review.Status.RELEASED else guarding.Suspicion(looked.reason, looked.evidence)
        return guarding.suspicion_of(row.activity, row.member) if self.settle else None

    def _undo(self, row: Accrual, note: str) -> bool:
        """Returns False where the books stay as they are: the member was erased since, their account is closed and nothing is in it."""
        if row.outcome == Outcome.HELD:
            if row.transfer:
                ledger.void(row.transfer, now=self.now)
            guarding.close(row, note)
        elif row.outcome == Outcome.DEFERRED:
            deferring.end(row, self.now)
        # What the control group was counted went with the member.
        elif row.transfer and not (row.is_shadow and row.member.erased_at):
            try:
                ledger.reverse(row.transfer, now=self.now)
            except AccountClosed:
                log.warning("award %s stays as it is: the member is gone, and the account is closed", row.pk)
                return False
        if row.is_shadow:
            deferring.end(row, self.now)
        if row.transfer and row.rule.budget_points and not row.is_shadow:
            budgeting.give_back(row.rule, row.amount_points)
        return True

    def _save(self, row: Accrual) -> None:
        row.decided_at = self.now
        self._decided[row.pk] = row
        once.change(row, "amount_points", "outcome", "transfer", "times_awarded", "decided_at")

    def _finish(self, members: set[Member]) -> None:
        granting.follow(self._decided.values(), quiet=self.quiet)
        if not self.settle:
            return
        for member in sorted(members | self._touched, key=lambda member: member.pk):
            if member.erased_at:
                continue
            for programme, wallet in self._purses.standings_of(member):
                standings.recompute(member, programme=programme, wallet=wallet)


@transaction.atomic
def lock_for(accrual: Accrual) -> None:
    """Whatever may move when this award falls, locked as weighing locks it."""
    done = accrual.activity
    scale = _Scale(timezone.now(), False, True, {}, RuleBook([(done.kind, done.happened_at)]))
    scale._lock([capping.ask_of(accrual)], arrives=False)


@transaction.atomic
def refuse(accrual: Accrual, *, note: str, outcome: str = Outcome.REFUSED, moves: bool = True) -> None:
    """An award that waits falls; those that its limits kept back move up, unless moves is False."""
    done = accrual.activity
    scale = _Scale(timezone.now(), False, True, {}, RuleBook([(done.kind, done.happened_at)]))
    scale.let_fall(Accrual.objects.filter(pk=accrual.pk), outcome, note=note, moves=moves)


def _base_of(row: Accrual) -> _Base:
    return row.activity_id, row.member_id, row.rule.programme_id, row.rule.is_qualifying


def _bases(activities: Collection[int]) -> dict[_Base, int]:
    """Points that stand for these activities, by activity, member, programme and whether they qualify: what may be multiplied."""
    rows = Accrual.objects.filter(activity__in=activities, bonus_percent=None, rule__is_total=False)
    sums = (
        rows.filter(outcome__in=(Outcome.AWARDED, Outcome.HELD, Outcome.DEFERRED))
        .order_by()
        .values("activity", "member", "rule__programme", "rule__is_qualifying")
    )
    found: dict[_Base, int] = defaultdict(int)
    for row in sums.annotate(points=Sum("amount_points")):
        found[row["activity"], row["member"], row["rule__programme"], row["rule__is_qualifying"]] = row["points"]
    return found


def _paid_by(rule: Rule, activity: Activity) -> set[int]:
    named: dict[str, set[int | None]] = {
        Rule.Pays.MEMBER: {activity.member_id},
        Rule.Pays.COUNTERPART: {activity.counterpart_id},
        Rule.Pays.BOTH: {activity.member_id, activity.counterpart_id},
    }
    return {pk for pk in named[Rule.Pays(rule.pays)] if pk is not None}
