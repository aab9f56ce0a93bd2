"""Turning points into rewards: reserved when asked for, moved when fulfilled, given back when cancelled or returned. Never oversold."""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from members.models import Company, Member
from points import accounts, ledger, reading
from points.models import Account, Redemption, Reward, SetAside, Transfer, VoucherCode
from points.refusals import AccountClosed

Status = Redemption.Status
CLIENT = "redeeming"


class RewardRefused(Exception):  # noqa: N818
    """Why a reward cannot be had. `reason` is one of gone, sold_out, tier, limit, decided, left."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def redeem(reward: Reward, *, member: Member, reference: str, company: Company | None = None) -> Redemption:
    """Reserve a reward and its points. The same reference again returns the same redemption.

    company   whose pool pays, by its administrator; None: the member's own wallet
    A reward that gives a code is fulfilled at once. Raises RewardRefused, InsufficientPoints.
    """
    reward = Reward.objects.select_for_update(no_key=True, of=("self",)).select_related("least_tier", "programme").get(pk=reward.pk)
    reference = f"{member.pk}:{reference}"[:100]
    if earlier := Redemption.objects.filter(transfer__client=CLIENT, transfer__reference=reference).first():
        return earlier
    _check(reward, member, company)
    was_set_aside = bool(SetAside.objects.filter(reward=reward, member=member, until__gt=timezone.now()).delete()[0])
    if not was_set_aside and reward.stock is not None and not Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):
        raise RewardRefused("sold_out")
    asset = accounts.default_asset(reward.programme.slug)
    order = ledger.Order(
        source=accounts.pool_of(company, asset) if company else accounts.wallet_of(member, asset),
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
    redemption = Redemption.objects.create(reward=reward, member=member, transfer=row, price_points=reward.price_points, company=company)
    return fulfil(redemption, by=member) if reward.gives_code else redemption


@transaction.atomic
def set_aside(reward: Reward, *, member: Member) -> SetAside:
    """Keep a piece off the shelf while the member gathers the points for it: one at a time. Again: the same.

    Raises RewardRefused where the tier does not open this, or nothing is left.
    """
    # The member before any reward, as erasing locks them.
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    # With what of the member's goes back to its shelf, in the order of their ids: two members never wait for each other in a circle.
    over = SetAside.objects.filter(member=member, until__lte=timezone.now()).values_list("reward", flat=True)
    wanted = Reward.objects.filter(pk__in={reward.pk, *over}).order_by("pk")
    rows = wanted.select_for_update(no_key=True, of=("self",)).select_related("least_tier", "programme").in_bulk()
    if reward.pk not in rows:
        raise RewardRefused("gone")
    reward = rows[reward.pk]
    if earlier := SetAside.objects.filter(reward=reward, member=member, until__gt=timezone.now()).first():
        return earlier
    _check(reward, member, None)
    tier = reading.tier_of(member, reward.programme.slug)
    if tier is None or not tier.set_aside_days or reward.stock is None:
        raise RewardRefused("tier")
    if SetAside.objects.filter(member=member, until__gt=timezone.now()).exists():
        raise RewardRefused("one")
    put_back(member=member)
    if not Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):
        raise RewardRefused("sold_out")
    until = timezone.now() + datetime.timedelta(days=tier.set_aside_days)
    return SetAside.objects.create(reward=reward, member=member, until=until)


@transaction.atomic
def put_back(*, member: Member | None = None) -> int:
    """Pieces set aside whose time is over go back to the shelf. Returns how many; repeating it changes nothing."""
    over = SetAside.objects.filter(until__lte=timezone.now()).order_by("reward_id", "pk")
    done = 0
    for row in over.filter(member=member) if member else over[:500]:
        if SetAside.objects.filter(pk=row.pk).delete()[0]:
            Reward.objects.filter(pk=row.reward_id, stock__isnull=False).update(stock=F("stock") + 1)
            done += 1
    return done


def _check(reward: Reward, member: Member, company: Company | None) -> None:
    if company and (member.company_id != company.pk or member.company_role != Member.CompanyRole.ADMIN):
        raise RewardRefused("gone")
    if not reward.live:
        raise RewardRefused("gone")
    tier = reading.tier_of(member, reward.programme.slug)
    if reward.least_tier and (tier is None or tier.threshold_points < reward.least_tier.threshold_points):
        raise RewardRefused("tier")
    had = Redemption.objects.filter(reward=reward, member=member).kept()
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


@transaction.atomic
def give_back(redemption: Redemption, *, by: Member, note: str = "", is_whole: bool = True) -> Redemption:
    """A reward that was handed over comes back: its points go where they came from, as a visible line. Again: nothing.

    is_whole   the piece goes back to the shelf, where pieces are counted; a code does not, it is void from now on
    Points whose day has passed meanwhile lapse at once. Raises RewardRefused for what was not handed over, or where nobody is left.
    """
    redemption = _locked(redemption)
    if redemption.status == Status.RETURNED:
        return redemption
    if redemption.status != Status.FULFILLED:
        raise RewardRefused("decided")
    try:
        ledger.reverse(redemption.transfer, reason="reward_returned")
    except AccountClosed:
        raise RewardRefused("left") from None
    ledger.lapse_due(redemption.transfer.source, now=timezone.now())
    is_code = VoucherCode.objects.filter(redemption=redemption).update(voided_at=timezone.now())
    if is_whole and not is_code:
        Reward.objects.filter(pk=redemption.reward_id, stock__isnull=False).update(stock=F("stock") + 1)
    redemption.note = note.strip()[:200]
    return _decide(redemption, Status.RETURNED, by)


def _locked(redemption: Redemption) -> Redemption:
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("reward", "transfer__source")
    return rows.get(pk=redemption.pk)


def _give_code(redemption: Redemption) -> None:
    code = VoucherCode.objects.free(redemption.reward_id).select_for_update(no_key=True, skip_locked=True).first()
    if code is None:
        raise RewardRefused("sold_out")
    VoucherCode.objects.filter(pk=code.pk).update(redemption=redemption)


def _decide(redemption: Redemption, status: str, by: Member) -> Redemption:
    redemption.status, redemption.decided_at, redemption.decided_by = status, timezone.now(), by
    redemption.save(update_fields=["status", "decided_at", "decided_by", "note"])
    return redemption
