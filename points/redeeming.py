"""Turning points into rewards: reserved when asked for, moved when fulfilled, given back when cancelled. Never oversold."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from members.models import Member
from points import accounts, ledger, reading
from points.models import Account, Redemption, Reward, Transfer, VoucherCode

Status = Redemption.Status
CLIENT = "redeeming"


class RewardRefused(Exception):  # noqa: N818
    """Why a reward cannot be had. `reason` is one of gone, sold_out, tier, limit, decided."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def redeem(reward: Reward, *, member: Member, reference: str) -> Redemption:
    """Reserve a reward and its points. The same reference again returns the same redemption.

    A reward that gives a code is fulfilled at once. Raises RewardRefused, InsufficientPoints.
    """
    reward = Reward.objects.select_for_update(no_key=True, of=("self",)).select_related("least_tier", "programme").get(pk=reward.pk)
    reference = f"{member.pk}:{reference}"[:100]
    if earlier := Redemption.objects.filter(transfer__client=CLIENT, transfer__reference=reference).first():
        return earlier
    _check(reward, member)
    if reward.stock is not None and not Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):
        raise RewardRefused("sold_out")
    asset = accounts.default_asset(reward.programme.slug)
    order = ledger.Order(
        source=accounts.wallet_of(member, asset),
        target=accounts.system(Account.Kind.REDEEMED, asset),
        amount_points=reward.price_points,
        reference=reference,
        client=CLIENT,
        kind=Transfer.Kind.PENDING,
        reason="reward",
        object_type="reward",
        object_id=reward.pk,
    )
    row = ledger.transfer(order)
    redemption = Redemption.objects.create(reward=reward, member=member, transfer=row, price_points=reward.price_points)
    return fulfil(redemption, by=member) if reward.gives_code else redemption


def _check(reward: Reward, member: Member) -> None:
    if not reward.live:
        raise RewardRefused("gone")
    tier = reading.tier_of(member)
    if reward.least_tier and (tier is None or tier.threshold_points < reward.least_tier.threshold_points):
        raise RewardRefused("tier")
    had = Redemption.objects.filter(reward=reward, member=member).exclude(status=Status.CANCELLED)
    if reward.limit_per_member is not None and had.count() >= reward.limit_per_member:
        raise RewardRefused("limit")


@transaction.atomic
def fulfil(redemption: Redemption, *, by: Member) -> Redemption:
    """The reward was handed over: its points move, and a code is given where the reward has them. Again: nothing."""
    redemption = _locked(redemption)
    if redemption.status == Status.FULFILLED:
        return redemption
    if redemption.status != Status.RESERVED:
        raise RewardRefused("decided")
    if redemption.reward.gives_code:
        _give_code(redemption)
    ledger.post(redemption.transfer)
    return _decide(redemption, Status.FULFILLED, by)


@transaction.atomic
def cancel(redemption: Redemption, *, by: Member) -> Redemption:
    """Give the points back, and the piece to the shelf. Again: nothing. Raises RewardRefused once it was fulfilled."""
    redemption = _locked(redemption)
    if redemption.status == Status.CANCELLED:
        return redemption
    if redemption.status != Status.RESERVED:
        raise RewardRefused("decided")
    Reward.objects.filter(pk=redemption.reward_id, stock__isnull=False).update(stock=F("stock") + 1)
    ledger.void(redemption.transfer)
    return _decide(redemption, Status.CANCELLED, by)


def _locked(redemption: Redemption) -> Redemption:
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("reward", "transfer")
    return rows.get(pk=redemption.pk)


def _give_code(redemption: Redemption) -> None:
    free = VoucherCode.objects.filter(reward=redemption.reward_id, redemption=None).order_by("pk")
    code = free.select_for_update(no_key=True, skip_locked=True).first()
    if code is None:
        raise RewardRefused("sold_out")
    VoucherCode.objects.filter(pk=code.pk).update(redemption=redemption)


def _decide(redemption: Redemption, status: str, by: Member) -> Redemption:
    redemption.status, redemption.decided_at, redemption.decided_by = status, timezone.now(), by
    redemption.save(update_fields=["status", "decided_at", "decided_by"])
    return redemption
