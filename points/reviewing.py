"""A person decides about an award that was held: its points move, or it falls and others move up into the room that it leaves."""

from django.db import transaction
from django.utils import timezone

from members.models import Member
from points import accounts, accruing, announcing, deferring, granting, ledger, standings
from points.models import Account, Accrual, Review
from points.refusals import NotPending

Status = Review.Status


@transaction.atomic
def release(review: Review, *, by: Member, note: str = "") -> Review:
    """The award stands: its points move, and the member is told. Again: nothing. Raises NotPending once it was refused or fell by itself.

    One that its rule holds as well waits for what is left of that time.

    Limits are not asked again: while an award is held it takes up its room, and falls as others do where that goes.
    """
    review = _locked(review, Status.RELEASED)
    if review.status == Status.WAITING:
        accrual = review.accrual
        _decide(review, Status.RELEASED, by, note)
        if wait := deferring.wait_of(accrual, timezone.now()):
            accrual.outcome = Accrual.Outcome.DEFERRED
            accrual.save(update_fields=["outcome"])
            deferring.lay(accrual, wait)
        else:
            _give(review, accrual)
    return review


def _give(review: Review, accrual: Accrual) -> None:
    if review.transfer:
        ledger.post(review.transfer)
    accrual.outcome = Accrual.Outcome.AWARDED
    accrual.save(update_fields=["outcome"])
    granting.follow([accrual])
    announcing.tell_of_award(accrual)
    standings.recompute(accrual.member, programme=accrual.rule.programme)


@transaction.atomic
def refuse(review: Review, *, by: Member, note: str) -> Review:
    """The award falls. Again: nothing. Raises NotPending once it was released."""
    # Together with the wallets that may be paid in its place.
    accruing.lock_for(Accrual.objects.select_related("rule__programme", "member", "activity").get(review=review.pk))
    review = _locked(review, Status.REFUSED)
    if review.status == Status.WAITING:
        accruing.refuse(review.accrual, note=note)
        _decide(review, Status.REFUSED, by, note)
    return review


def drop(review: Review, *, note: str) -> None:
    """In the caller's transaction: the award falls because its member leaves. Nothing moves up."""
    review = _locked(review, Status.REFUSED)
    if review.status == Status.WAITING:
        accruing.refuse(review.accrual, note=note, moves=False)


def _locked(review: Review, wanted: str) -> Review:
    # The wallet first, as weighing does: it may be about to move this award.
    found = Review.objects.select_related("transfer__target", "accrual__member", "accrual__rule__programme").get(pk=review.pk)
    ledger.lock([found.transfer.target if found.transfer else _wallet_of(found.accrual)])
    rows = Review.objects.select_for_update(no_key=True, of=("self",))
    review = rows.select_related("transfer", "accrual__member", "accrual__activity", "accrual__rule__programme").get(pk=review.pk)
    if review.status not in (Status.WAITING, wanted):
        raise NotPending
    return review


def _wallet_of(accrual: Accrual) -> Account:
    return accounts.wallet_of(accrual.member, accounts.default_asset(accrual.rule.programme.slug))


def _decide(review: Review, status: str, by: Member, note: str) -> None:
    review.status, review.decided_at, review.decided_by, review.note = status, timezone.now(), by, note.strip()[:500]
    review.save(update_fields=["status", "decided_at", "decided_by", "note"])
