"""Forgetting whose points they were: no sum changes, no row of the books is touched."""

from django.db.models import Q
from django.utils import timezone

from members.models import Member
from points import gifting, granting, ledger, maturing, redeeming, reviewing
from points.models import (
    Account,
    AccountOwner,
    Accrual,
    BoardChoice,
    Budget,
    Deferral,
    DeviceUse,
    Enrolment,
    PartnerUser,
    Redemption,
    Review,
    Reward,
    SetAside,
    Standing,
    TierChange,
    Transfer,
    TransferNote,
)


def erase(member: Member) -> None:
    """In the caller's transaction: reservations go, what is left lapses, the accounts close, owner and notes are dropped."""
    _lock(member)
    gifting.end_all(member)
    for redemption in Redemption.objects.filter(member=member, status=Redemption.Status.RESERVED):
        redeeming.cancel(redemption, by=member)
    for held in Review.objects.filter(accrual__member=member, status=Review.Status.WAITING).order_by("pk"):
        reviewing.drop(held, note="erased")
    for waiting in Deferral.objects.filter(accrual__member=member, status=Deferral.Status.WAITING).order_by("pk"):
        maturing.drop(waiting)
    accounts = list(Account.objects.filter(owner__member=member).order_by("pk"))
    _let_go(accounts)
    for account in ledger.lock(accounts).values():
        _empty(account)
    TransferNote.objects.filter(transfer__source__in=accounts).delete()
    TransferNote.objects.filter(transfer__target__in=accounts).delete()
    AccountOwner.objects.filter(member=member).delete()
    Account.objects.filter(pk__in=[account.pk for account in accounts]).update(closed_at=timezone.now())
    granting.forget(member)
    Standing.objects.filter(member=member).delete()
    SetAside.objects.filter(member=member).update(until=timezone.now())
    DeviceUse.objects.filter(member=member).delete()
    PartnerUser.objects.filter(member=member).delete()
    TierChange.objects.filter(member=member).delete()
    BoardChoice.objects.filter(member=member).delete()
    Enrolment.objects.filter(member=member).delete()


def _lock(member: Member) -> None:
    """All that others may decide at this moment, before anything is moved, in the order in which they lock it.

    First gifts, reservations and their rewards; then the accounts, others' among them for which something of the member's is held, at once
    and by their ids, as whoever weighs a deed does; then the budgets of what falls, by their rules.
    """
    gifts = gifting.lock_open(member)
    reserved = Redemption.objects.filter(member=member, status=Redemption.Status.RESERVED).order_by("pk")
    redemptions = list(reserved.select_for_update(no_key=True, of=("self",)).select_related("transfer"))
    shelves = Reward.objects.filter(pk__in=[row.reward_id for row in redemptions]).order_by("pk")
    list(shelves.select_for_update(no_key=True).values_list("pk"))
    own = Account.objects.filter(owner__member=member).values("pk")
    held = Transfer.objects.filter(Q(source__in=own) | Q(target__in=own), kind=Transfer.Kind.PENDING, settled_by=None)
    sides: list[Transfer] = [*(gift.transfer for gift in gifts), *(row.transfer for row in redemptions), *held]
    ends = {pk for row in sides for pk in (row.source_id, row.target_id)}
    ledger.lock(Account.objects.filter(Q(pk__in=own) | Q(pk__in=ends)))
    waiting = Accrual.objects.filter(member=member, outcome__in=(Accrual.Outcome.HELD, Accrual.Outcome.DEFERRED))
    list(Budget.objects.filter(rule__in=waiting.values("rule")).order_by("rule").select_for_update(no_key=True).values_list("pk"))


def _let_go(accounts: list[Account]) -> None:
    """Also of what somebody else holds for them: once an account is closed, nothing could let go of it any more."""
    held = Transfer.objects.filter(Q(source__in=accounts) | Q(target__in=accounts), kind=Transfer.Kind.PENDING)
    for pending in held.exclude(settled_by__isnull=False).order_by("pk"):
        ledger.void(pending)


def _empty(account: Account) -> None:
    # A reservation made since; and what is due lapses first, as before any spending.
    _let_go([account])
    ledger.lapse_due(account, now=timezone.now())
    account.refresh_from_db()
    if account.available <= 0:
        return
    order = ledger.Order(
        source=account,
        target=ledger.system_account(account, Account.Kind.LAPSED),
        amount_points=account.available,
        reference=f"erased:{account.pk}",
        client=ledger.OURSELVES,
        reason="erased",
    )
    ledger.transfer(order)
