"""When points lapse, and letting them."""

import datetime
from collections.abc import Iterator
from contextlib import suppress

from django.db.models import Q
from django.utils import timezone

from points import ledger
from points.models import Account, Lot, Programme, Transfer
from points.refusals import NotPending


def lapse_moment(programme: Programme, earned_at: datetime.datetime) -> datetime.datetime | None:
    """The end of the month, as many months after the earning as the programme says; None where points never lapse."""
    if programme.lapse_months is None:
        return None
    earned = timezone.localtime(earned_at)
    month = earned.year * 12 + earned.month - 1 + programme.lapse_months + 1
    return timezone.make_aware(datetime.datetime(month // 12, month % 12 + 1, 1))


def end_of(day: datetime.date) -> datetime.datetime:
    """The moment at which a day is over, here."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()))


def last_day(moment: datetime.datetime) -> datetime.date:
    """The day that is over at a moment of lapse."""
    return timezone.localtime(moment - datetime.timedelta(microseconds=1)).date()


def expire(*, now: datetime.datetime | None = None, batch: int = 500) -> Iterator[tuple[int, int]]:
    """Let go of reservations whose time is over, then lapse what is due, a wallet at a time.

    Yields (wallets done, points lapsed) after each batch. Safe to run twice and in two processes at once.
    """
    now = now or timezone.now()
    while overdue := ledger.overdue(now):
        for pending in overdue:
            # Somebody may have voided it a moment ago.
            with suppress(NotPending):
                ledger.settle(pending, Transfer.Kind.LAPSE, now=now)
    wallets = points = last = 0
    due = Q(lots__remaining__gt=0, lots__lapses_at__lte=now)
    while accounts := list(Account.objects.filter(due, pk__gt=last).order_by("pk").distinct()[:batch]):
        for account in accounts:
            points += ledger.lapse_due(account, now=now)
        wallets, last = wallets + len(accounts), accounts[-1].pk
        yield wallets, points


def next_lapses(account: Account, *, most: int = 3) -> list[tuple[datetime.date, int]]:
    """(last day on which they count, points) of what lapses next, soonest first."""
    found: dict[datetime.date, int] = {}
    lots = Lot.objects.filter(account=account, remaining__gt=0, lapses_at__isnull=False).order_by("lapses_at", "id")
    for lot in lots[:500]:
        if lot.lapses_at is not None:
            day = last_day(lot.lapses_at)
            found[day] = found.get(day, 0) + lot.remaining
    return list(found.items())[:most]
