"""Transfers that other systems ask for: done by the ledger, and the members' standings with them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import OperationalError, transaction

from members.models import Member
from notifications.models import Notification
from notifications.telling import tell
from points import ledger, standings
from points.models import Account, Asset, Transfer
from points.refusals import LedgerRefusal

T = TypeVar("T")
TRIES = 4


def accept(order: ledger.Order) -> Transfer:
    """Do one order. A member who gains by it is told. Raises as `ledger.transfer` does."""

    @transaction.atomic
    def do() -> Transfer:
        row = ledger.transfer(order)
        if not row.is_replay:
            for member in _members_of([row]):
                standings.recompute(member, programme=row.asset.programme)
                if row.kind == Transfer.Kind.SINGLE and row.target.kind == Account.Kind.WALLET and _is(row.target, member):
                    _tell(row, member)
        return row

    return patiently(do)


def accept_batch(orders: list[ledger.Order], *, linked: bool) -> list[Transfer | LedgerRefusal]:
    """Do orders in their turn: all or none where linked (raising the refusal with its `position`), else each for itself."""
    if linked:
        rows: list[Transfer | LedgerRefusal] = list(patiently(lambda: ledger.batch(orders)))
    else:
        rows = _all_at_once(orders) or [_each(order) for order in orders]
    _refresh([row for row in rows if isinstance(row, Transfer)])
    return rows


def _all_at_once(orders: list[ledger.Order]) -> list[Transfer | LedgerRefusal] | None:
    """Many together are cheaper; where one of them is refused, each stands for itself."""
    try:
        return list(patiently(lambda: ledger.batch(orders))) if len(orders) > 1 else None
    except LedgerRefusal:
        return None


def _each(order: ledger.Order) -> Transfer | LedgerRefusal:
    try:
        return patiently(lambda: ledger.transfer(order))
    except LedgerRefusal as refusal:
        return refusal


def post(row: Transfer, *, amount_points: int | None = None) -> Transfer:
    done = patiently(lambda: ledger.post(row, amount_points=amount_points))
    _refresh([done])
    return done


def void(row: Transfer) -> Transfer:
    return patiently(lambda: ledger.void(row))


def reverse(row: Transfer) -> list[Transfer]:
    parts = patiently(lambda: ledger.reverse(row))
    _refresh(parts)
    return parts


def patiently(work: Callable[[], T]) -> T:
    """Repeat work that lost a deadlock or waited too long for a lock: it is whole or absent, so doing it again is harmless."""
    for _try in range(TRIES - 1):
        try:
            return work()
        except OperationalError:
            if transaction.get_connection().in_atomic_block:
                raise
    return work()


def _refresh(rows: list[Transfer]) -> None:
    """Standings follow what moved now, in each of the programmes that it is of."""
    new = [row for row in rows if not row.is_replay]
    for asset in Asset.objects.filter(pk__in={row.asset_id for row in new}).select_related("programme").order_by("pk"):
        for member in _members_of(row for row in new if row.asset_id == asset.pk):
            standings.recompute(member, programme=asset.programme)


def _members_of(rows: Iterable[Transfer]) -> list[Member]:
    sides = {side for row in rows for side in (row.source_id, row.target_id)}
    wallets = Account.objects.filter(pk__in=sides, kind=Account.Kind.WALLET)
    return list(Member.objects.filter(points_accounts__account__in=wallets).distinct().order_by("pk")) if sides else []


def _is(account: Account, member: Member) -> bool:
    return account.code == f"member:{member.public_id}"


def _tell(row: Transfer, member: Member) -> None:
    details = {"points": row.amount_points, "reason": row.reason}
    tell(member, Notification.Kind.POINTS_EARNED, cause=f"transfer:{row.pk}", title=row.reason, url="/points/", details=details)
