"""What awards bring beside points: given as they come to stand, taken back as they fall. In the weighing's transaction.

An award has at most one grant of each kind, so that weighing again gives nothing twice. One that comes back gets what it had before;
a voucher then has another code, for the first was void.
"""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members.models import Activity, Member
from points import accounts, announcing, awards, ledger, scoring, standings
from points.models import Accrual, Asset, Deferral, Grant, Programme, Review, Reward, Rule, VoucherCode

Kind, Status = Grant.Kind, Grant.Status
HAD = (Status.STANDING, Status.WAITING)
# What a grant is of, by kind one or two of them.
FIELDS = ("badge_id", "reward_id", "tier_id", "until", "points")


def _brought_by(row: Accrual) -> dict[str, dict[str, Any]]:
    """What the award brings, by kind: the fields of a grant.

    Of a deed that is restored what it brought before, whatever became of the rule since; a voucher that was used is not given once more.
    """
    earlier = _earlier(row)
    if earlier is None:
        found = _said_by(row.rule, timezone.localtime(row.activity.happened_at).date())
    else:
        found = {grant.kind: {name: getattr(grant, name) for name in FIELDS} for grant in earlier if grant.status != Status.KEPT}
    if Kind.POINTS in found and row.activity.kind == Activity.Kind.PURCHASED:
        found[Kind.POINTS]["points"] = scoring.kept(row.rule, found[Kind.POINTS]["points"], row.activity.details)
    return {kind: fields for kind, fields in found.items() if kind != Kind.POINTS or fields["points"]}


def _earlier(row: Accrual) -> list[Grant] | None:
    """What the same deed brought by the rule before it was undone, of each kind the first, or the voucher that was used.

    None where it never had an award.
    """
    first = row.activity.restores_id
    if first is None:
        return None
    same = Accrual.objects.filter(Q(activity=first) | Q(activity__restores=first), rule=row.rule_id, member=row.member_id)
    same = same.filter(times_awarded__gt=0).exclude(pk=row.pk).select_related("deferral", "review").order_by("pk")
    # What fell while it waited, for its rule or for a person, had brought nothing yet.
    before = [each for each in same.prefetch_related("grants") if each.grants.all() or not _fell_while_it_waited(each)]
    found: dict[str, Grant] = {}
    for grant in (grant for accrual in before for grant in accrual.grants.all()):
        if grant.status == Status.KEPT or grant.kind not in found:
            found[grant.kind] = grant
    return list(found.values()) if before else None


def _fell_while_it_waited(row: Accrual) -> bool:
    held, looked = getattr(row, "deferral", None), getattr(row, "review", None)
    return bool((held and held.status == Deferral.Status.FALLEN) or (looked and looked.status == Review.Status.REFUSED))


def _said_by(rule: Rule, day: datetime.date) -> dict[str, dict[str, Any]]:
    """What a deed of this day brings by the rule."""
    found: dict[str, dict[str, Any]] = {}
    if rule.badge_id:
        found[Kind.BADGE] = {"badge_id": rule.badge_id}
    if rule.voucher_of_id:
        found[Kind.VOUCHER] = {"reward_id": rule.voucher_of_id}
    if rule.lifts_to_id and rule.lift_days:
        found[Kind.TIER] = {"tier_id": rule.lifts_to_id, "until": day + datetime.timedelta(days=rule.lift_days)}
    if rule.qualifying_points:
        found[Kind.POINTS] = {"points": rule.qualifying_points}
    return found


def follow(rows: Collection[Accrual], *, quiet: bool = False) -> None:
    """Bring what these awards brought to where they are now. Again: nothing. quiet: nobody is told."""
    asked = [row for row in rows if _may_bring(row) or row.times_awarded > 1 or (row.times_awarded and not _stands(row))]
    if not asked:
        return
    known: dict[int, dict[str, Grant]] = {}
    for grant in (
        Grant.objects.filter(accrual__in=asked).select_related("transfer").order_by("pk").select_for_update(no_key=True, of=("self",))
    ):
        known.setdefault(grant.accrual_id, {})[grant.kind] = grant
    lifted: dict[tuple[int, int], tuple[Member, Programme]] = {}
    for row in sorted(asked, key=lambda row: row.pk):
        moved = _give(row, known.get(row.pk, {})) if _stands(row) else _take_back(known.get(row.pk, {}).values())
        if not quiet:
            announcing.tell_of(moved.values(), row)
        if Kind.TIER in moved:
            lifted[row.member_id, row.rule.programme_id] = (row.member, row.rule.programme)
    for key in sorted(lifted):
        standings.lift(*lifted[key])


def _may_bring(row: Accrual) -> bool:
    return row.rule.brings_more or row.activity.restores_id is not None


def _stands(row: Accrual) -> bool:
    return row.outcome == Accrual.Outcome.AWARDED


def _give(row: Accrual, known: dict[str, Grant]) -> dict[str, Grant]:
    """Returns what was given, by kind."""
    if known:
        back = [grant for grant in known.values() if grant.status not in HAD]
        for grant in back:
            grant.status, grant.ended_at = Status.STANDING, None
            grant.save(update_fields=["status", "ended_at"])
    else:
        back = [Grant.objects.create(accrual=row, member=row.member, kind=kind, **fields) for kind, fields in _brought_by(row).items()]
    for grant in back:
        if grant.kind == Kind.VOUCHER:
            _hand_out(grant)
        elif grant.kind == Kind.POINTS:
            _count(grant, row)
    return {grant.kind: grant for grant in back}


def _take_back(grants: Iterable[Grant]) -> dict[str, Grant]:
    """Returns what was taken back, by kind. A voucher that was used stays with its member."""
    gone = [grant for grant in grants if grant.status in HAD]
    now = timezone.now()
    for grant in gone:
        grant.status, grant.ended_at = Status.TAKEN_BACK, now
        if grant.kind == Kind.VOUCHER:
            live = VoucherCode.objects.filter(grant=grant, voided_at=None)
            if not live.filter(used_at=None).update(voided_at=now) and live.exists():
                grant.status = Status.KEPT
        elif grant.transfer:
            ledger.reverse(grant.transfer)
        grant.save(update_fields=["status", "ended_at"])
    return {grant.kind: grant for grant in gone}


def _count(grant: Grant, row: Accrual) -> None:
    """Give qualifying points. Their account is locked with the award's, or belongs to the member whose wallet is."""
    programme = row.rule.programme.slug
    source = accounts.issuing(programme, Asset.Kind.QUALIFYING)
    grant.transfer = ledger.transfer(
        ledger.Order(
            source=source,
            target=accounts.wallet_of(row.member, source.asset),
            amount_points=grant.points or 0,
            reference=f"grant:{grant.pk}:{row.times_awarded}",
            reason=row.activity.kind,
            **awards.named_in_order(row),
        )
    )
    grant.save(update_fields=["transfer"])


def _hand_out(grant: Grant) -> bool:
    """Give a code, if there is a free one and the grant has none; else it waits."""
    if VoucherCode.objects.filter(grant=grant, voided_at=None).exists():
        return True
    code = VoucherCode.objects.free(grant.reward_id).select_for_update(no_key=True, skip_locked=True).first()
    if code:
        VoucherCode.objects.filter(pk=code.pk).update(grant=grant)
    status = Status.STANDING if code else Status.WAITING
    if status != grant.status:
        grant.status = status
        grant.save(update_fields=["status"])
    return code is not None


@transaction.atomic
def hand_out_waiting(reward: Reward) -> int:
    """Give codes that came in to whoever waits for one, the first first. Returns how many."""
    done = 0
    waiting = Grant.objects.filter(reward=reward, status=Status.WAITING).select_related("accrual", "member").order_by("pk")
    for grant in waiting.select_for_update(no_key=True, skip_locked=True, of=("self",)):
        if not _hand_out(grant):
            break
        announcing.tell_of([grant], grant.accrual)
        done += 1
    return done


def use(grant: Grant) -> bool:
    """The voucher was used: from now on it stays. Returns whether it could be, which a void one cannot."""
    code = VoucherCode.objects.filter(grant=grant, voided_at=None)
    return bool(code.filter(used_at=None).update(used_at=timezone.now())) or code.exists()


def of(member: Member, *, most: int = 30, programme: str = "") -> list[Grant]:
    """What rules (of a programme) brought a member, newest first, with the codes of vouchers in `codes`. At most two queries."""
    rows = Grant.objects.filter(member=member).select_related("badge", "reward", "tier", "accrual__rule")
    if programme:
        rows = rows.filter(accrual__rule__programme__slug=programme)
    return list(rows.prefetch_related("codes").order_by("-given_at", "-pk")[:most])


def forget(member: Member) -> None:
    """In the caller's transaction: what a member who leaves had goes, and nobody else gets their codes."""
    VoucherCode.objects.filter(grant__member=member, voided_at=None).update(voided_at=timezone.now())
    Grant.objects.filter(member=member).delete()
