"""Telling members that points are about to lapse: 60, 30 and 7 days before, once each."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from points.models import Account, Lot

DAYS_BEFORE = (60, 30, 7)


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
