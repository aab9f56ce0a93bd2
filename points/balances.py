"""What an account holds now or held at a moment, and how far a reservation got: read from the books, never written."""

import datetime

from django.db import models

from points.models import Account, Entry, Transfer

Kind = Transfer.Kind
# What moves posted points: all but what only reserves, or lets a reservation go.
MOVES = models.Q(kind__in=[Kind.SINGLE, Kind.POST, Kind.REVERSAL]) | models.Q(kind=Kind.LAPSE, settles=None)


def sum_of(account: Account, *, until: datetime.datetime | None = None) -> int:
    """The balance of an account from its transfers alone, in points: for accounts that cache none, and for the audit."""
    rows = Transfer.objects.filter(MOVES)
    if until is not None:
        rows = rows.filter(recorded_at__lte=until)
    into = rows.filter(target=account).aggregate(total=models.Sum("amount_points"))["total"]
    out = rows.filter(source=account).aggregate(total=models.Sum("amount_points"))["total"]
    # PostgreSQL answers SUM(bigint) with a Decimal.
    return int(into or 0) - int(out or 0)


def balance_as_of(account: Account, moment: datetime.datetime | None = None) -> tuple[int, int]:
    """(posted, held) in points, now or as it was recorded at a moment: one look-up for an account with a floor."""
    if account.floor is None:
        return sum_of(account, until=moment), 0
    if moment is None:
        return account.posted, account.held
    entry = Entry.objects.filter(account=account, at__lte=moment).order_by("-at", "-seq").first()
    return (entry.balance_after, entry.held_after) if entry else (0, 0)


def status_of(row: Transfer) -> str:
    """posted, or of a reservation: pending, posted, voided, lapsed (timed out). One query for a reservation."""
    if row.kind != Kind.PENDING:
        return str(Transfer.Status.POSTED)
    settled = next(iter(row.settled_by.all()), None)
    words = {Kind.POST: Transfer.Status.POSTED, Kind.VOID: Transfer.Status.VOIDED, Kind.LAPSE: Transfer.Status.LAPSED}
    return str(words[Kind(settled.kind)] if settled else Transfer.Status.PENDING)
