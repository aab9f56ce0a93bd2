"""Telling members that points are about to lapse (60, 30 and 7 days before, once each), and what their points buy."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone, translation

from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from points.models import Account, Lot, Redemption, Reward, Standing
from points.models.programme import DEFAULT_PROGRAMME

DAYS_BEFORE = (60, 30, 7)
REWARD_EVERY_DAYS, REWARDS_READ = 30, 200


def remind(*, now: datetime.datetime | None = None, batch: int = 500) -> Iterator[int]:
    """Tell every member whose points lapse within the next 60 days; yields how many were told. Repeating it tells nobody twice."""
    now = now or timezone.now()
    told = last = 0
    horizon = now + datetime.timedelta(days=DAYS_BEFORE[0])
    due = Lot.objects.filter(remaining__gt=0, lapses_at__gt=now, lapses_at__lte=horizon, account__kind=Account.Kind.WALLET)
    while wallets := list(due.filter(account__gt=last).order_by("account").values_list("account", flat=True).distinct()[:batch]):
        rows = due.filter(account__in=wallets, account__owner__member__isnull=False)
        for row in rows.values("account__owner__member", "lapses_at").annotate(points=Sum("remaining")):
            if (lapses_at := row["lapses_at"]) is not None:
                told += _tell(row["account__owner__member"], lapses_at, int(row["points"]), now)
        last = wallets[-1]
        yield told


def _tell(member_id: int, lapses_at: datetime.datetime, points: int, now: datetime.datetime) -> int:
    left = (lapses_at - now).days
    step = min(days for days in DAYS_BEFORE if left <= days)
    day = timezone.localtime(lapses_at - datetime.timedelta(microseconds=1)).date().isoformat()
    kind, cause = Notification.Kind.POINTS_LAPSING, f"lapse:{day}:{step}"
    with transaction.atomic():
        member = Member.objects.get(pk=member_id)
        return int(tell(member, kind, cause=cause, url="/points/", details={"points": points, "on": day}) is not None)


def remind_of_rewards(*, now: datetime.datetime | None = None, batch: int = 500) -> Iterator[int]:
    """Tell members of the dearest reward that their points buy now: of each reward once, and of one in 30 days at most; yields how many."""
    now = now or timezone.now()
    offered = Reward.objects.filter(live=True, programme__slug=DEFAULT_PROGRAMME).exclude(stock=0).select_related("least_tier")
    rewards = list(offered.order_by("-price_points", "pk")[:REWARDS_READ])
    if not rewards:
        return
    wallets = Account.objects.redeemable().filter(kind=Account.Kind.WALLET, owner__member__is_active=True, owner__member__erased_at=None)
    rich = wallets.annotate(free=F("posted") - F("held")).filter(free__gte=min(reward.price_points for reward in rewards))
    told = last = 0
    while rows := list(rich.filter(pk__gt=last).order_by("pk").values_list("pk", "free", "owner__member")[:batch]):
        told += _tell_what_they_buy({member: free for _pk, free, member in rows}, rewards, now)
        last = rows[-1][0]
        yield told


def _tell_what_they_buy(free: dict[int, int], rewards: list[Reward], now: datetime.datetime) -> int:
    heard: dict[int, set[str]] = {}
    lately = set()
    for member, cause, at in Notification.objects.filter(member__in=free, kind=Notification.Kind.REWARD).values_list(
        "member", "cause", "created_at"
    ):
        heard.setdefault(member, set()).add(cause)
        if now - at < datetime.timedelta(days=REWARD_EVERY_DAYS):
            lately.add(member)
    had = set(Redemption.objects.filter(member__in=free).values_list("member", "reward"))
    standings = Standing.objects.filter(member__in=free, programme__slug=DEFAULT_PROGRAMME).exclude(tier=None)
    rung = dict(standings.values_list("member", "tier__threshold_points"))
    told = 0
    for member in Member.objects.filter(pk__in=free.keys() - lately):
        can = (reward for reward in rewards if reward.price_points <= free[member.pk] and _is_open(reward, rung.get(member.pk, 0)))
        reward = next(can, None)
        if reward is None or _cause(reward) in heard.get(member.pk, ()) or (member.pk, reward.pk) in had:
            continue
        with transaction.atomic(), translation.override(member.locale):
            details = {"price": reward.price_points}
            kind = Notification.Kind.REWARD
            told += tell(member, kind, cause=_cause(reward), title=reward.label, url="/points/rewards/", details=details) is not None
    return told


def _cause(reward: Reward) -> str:
    return f"reward:{reward.pk}"


def _is_open(reward: Reward, threshold_points: int) -> bool:
    return reward.least_tier is None or reward.least_tier.threshold_points <= threshold_points
