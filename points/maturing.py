"""The clock of what rules hold (`points.deferring`): it comes when it is due, or falls where what had to follow did not. Safe to repeat."""

import datetime
import logging
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from points import accounts, accruing, announcing, deferring, granting, ledger, standings
from points.delays import Wait
from points.models import Account, Accrual, Deferral

log = logging.getLogger(__name__)
Outcome, Status = Accrual.Outcome, Deferral.Status


def decide_due(*, now: datetime.datetime | None = None, most: int = 2_000) -> Iterator[tuple[int, int]]:
    """Give what is due, drop what nothing followed. Yields (given, fallen) so far. What one raises stops no other.

    most   what is left is for the next round, so that a day on which very much comes keeps no other round waiting for long
    """
    now = now or timezone.now()
    given = fallen = 0
    for row in deferring.due(now):
        try:
            ended = decide(row, now=now)
        except Exception:
            log.exception("held award %s was not decided", row.pk)
            continue
        given, fallen = given + (ended == Status.POSTED), fallen + (ended == Status.FALLEN)
        yield given, fallen
        if given + fallen >= most:
            return


def decide(row: Deferral, *, now: datetime.datetime) -> str | None:
    """Post it, or let it fall. Returns what became of it by this call, None where nothing did: too early, or somebody else was first."""
    if row.event and not deferring.followed(row.accrual.activity, row.accrual.member_id, Wait(row.due_at, row.event, row.is_same)):
        return _drop(row, Outcome.UNMET, note="not followed") if row.due_at <= now else None
    return _post(row, now=now)


@transaction.atomic
def _post(row: Deferral, *, now: datetime.datetime) -> str | None:
    row = _locked(row)
    if row.status != Status.WAITING:
        return None
    accrual = row.accrual
    if accrual.outcome == Outcome.DEFERRED:
        if row.transfer:
            accrual.transfer = ledger.post(row.transfer, now=now)
        accrual.outcome = Outcome.AWARDED
        accrual.save(update_fields=["outcome", "transfer"])
        granting.follow([accrual])
        announcing.tell_of_award(accrual)
        standings.recompute(accrual.member, programme=accrual.rule.programme)
    row.status, row.ended_at = Status.POSTED, timezone.now()
    row.save(update_fields=["status", "ended_at"])
    return Status.POSTED


def drop(row: Deferral) -> None:
    """In the caller's transaction: it falls because its member leaves. Nothing moves up."""
    _drop(row, Outcome.TAKEN_BACK, note="erased", moves=False)


@transaction.atomic
def _drop(row: Deferral, outcome: str, *, note: str, moves: bool = True) -> str | None:
    # Together with the wallets that may be paid in its place.
    if moves:
        accruing.lock_for(Accrual.objects.select_related("rule__programme", "member", "activity").get(deferral=row.pk))
    row = _locked(row)
    if row.status != Status.WAITING:
        return None
    accruing.refuse(row.accrual, note=note, outcome=outcome, moves=moves)
    return Status.FALLEN


def _locked(row: Deferral) -> Deferral:
    # The wallet first, as weighing does: it may be about to move this award.
    ledger.lock([_purse_of(row)])
    rows = Deferral.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("transfer", "accrual__member", "accrual__activity", "accrual__rule__programme").get(pk=row.pk)


def _purse_of(row: Deferral) -> Account:
    found = Accrual.objects.select_related("transfer__target", "member", "rule__programme").get(deferral=row.pk)
    if found.transfer:
        return found.transfer.target
    return accounts.wallet_of(found.member, accounts.default_asset(found.rule.programme.slug))
