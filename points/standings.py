"""Where members stand: points earned within the window, and the tier that this reaches."""

import datetime
from collections.abc import Iterator

from django.db.models import Q, Sum
from django.utils import timezone

from members.models import Member
from points.models import Account, Programme, Standing, Tier, Transfer
from points.models.programme import DEFAULT_PROGRAMME

Kind = Transfer.Kind


def earned(wallet: Account, *, since: datetime.datetime | None = None) -> int:
    """Points awarded to a wallet less what was taken back again, in whole points; purchases with points change nothing."""
    awards = Q(target=wallet, source__kind=Account.Kind.ISSUED, kind__in=[Kind.SINGLE, Kind.POST])
    taken = Q(reverses__target=wallet, reverses__source__kind=Account.Kind.ISSUED, kind=Kind.REVERSAL)
    if since is not None:
        awards, taken = awards & Q(effective_at__gte=since), taken & Q(reverses__effective_at__gte=since)
    return _sum(awards) - _sum(taken)


def _sum(which: Q) -> int:
    return int(Transfer.objects.filter(which).aggregate(total=Sum("amount_points"))["total"] or 0)


def recompute(member: Member, *, programme: Programme | None = None) -> Standing:
    """Bring a member's standing up to date. Repeating it changes nothing."""
    programme = programme or Programme.objects.get(slug=DEFAULT_PROGRAMME)
    tiers = list(Tier.objects.filter(programme=programme).order_by("threshold_points"))
    window = max((tier.window_months for tier in tiers), default=12)
    wallet = Account.objects.redeemable(programme.slug).filter(code=f"member:{member.public_id}").first()
    points = earned(wallet, since=months_ago(window)) if wallet else 0
    ever = earned(wallet) if wallet else 0
    tier = next((tier for tier in reversed(tiers) if points >= tier.threshold_points), None)
    now = timezone.now()
    standing, is_new = Standing.objects.get_or_create(
        programme=programme, member=member, defaults={"tier": tier, "earned_points": points, "earned_ever_points": ever}
    )
    if not is_new:
        since = now if standing.tier_id != (tier.pk if tier else None) else standing.since
        figures = {"tier": tier, "earned_points": points, "earned_ever_points": ever, "since": since, "computed_at": now}
        Standing.objects.filter(pk=standing.pk).update(**figures)
    return standing


def months_ago(months: int) -> datetime.datetime:
    today = timezone.localtime()
    month = today.year * 12 + today.month - 1 - months
    return timezone.make_aware(datetime.datetime(month // 12, month % 12 + 1, min(today.day, 28)))


def recompute_all(*, batch: int = 500) -> Iterator[int]:
    """Every member with a wallet, as windows move on; yields how many are done."""
    done = last = 0
    while members := list(Member.objects.filter(pk__gt=last, points_accounts__account__kind="wallet").order_by("pk").distinct()[:batch]):
        for member in members:
            recompute(member)
        done, last = done + len(members), members[-1].pk
        yield done
