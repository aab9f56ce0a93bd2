"""The only writer of accounts, transfers, lots: the books of the club.

Every call is one transaction, idempotent by (client, reference), and safe under race: the balance is checked on the
locked row and by the database's own CHECK, never on a number read before. Accounts are locked in the order of their ids.
"""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from points import accounts, balances, in_postgres, lots, outbox
from points.models import Account, Lot, LotUse, Transfer, TransferNote
from points.orders import Order, check, is_sound
from points.refusals import (
    AccountClosed,
    AmountTooLarge,
    InsufficientPoints,
    NotPending,
    NotReversible,
    ReferenceReused,
)

Kind = Transfer.Kind
OURSELVES = "ledger"


def transfer(order: Order, *, now: datetime.datetime | None = None) -> Transfer:
    """Do what the order says, once. Returns the transfer; `is_replay` tells whether it was stored already.

    Raises InsufficientPoints, ReferenceReused, AssetsDiffer, AccountClosed, BadAmount. A refused order does not use up its reference.
    """
    now = now or timezone.now()
    check(order)
    done = in_postgres.move(order, now) if in_postgres.knows(order) else None
    return done or _transfer(order, now)


@transaction.atomic
def _transfer(order: Order, now: datetime.datetime, locked: dict[int, Account] | None = None) -> Transfer:
    """The same in plain steps: on SQLite, and on PostgreSQL wherever more has to happen than an ordinary transfer.

    locked   the order's accounts, where the caller has locked them already
    """
    row = _insert(order, now)
    if row.is_replay:
        return row
    locked = lock([order.source, order.target]) if locked is None else locked
    if any(account.closed_at for account in locked.values()):
        raise AccountClosed
    if row.kind in (Kind.SINGLE, Kind.PENDING, Kind.REVERSAL) and (source := locked.get(order.source.pk)):
        _make_room(source, order.amount_points, now)
    _apply(row, locked, now)
    outbox.put(row)
    if row.kind in (Kind.SINGLE, Kind.POST, Kind.REVERSAL):
        offset_debt(locked.get(order.target.pk), group=row.group, now=now)
    return row


def lock(wanted: Iterable[Account]) -> dict[int, Account]:
    """Lock those of the accounts that have a floor, in the order of their ids, and return them fresh. Two wallets never deadlock."""
    rows = Account.objects.filter(pk__in={account.pk for account in wanted}, floor__isnull=False)
    return {account.pk: account for account in rows.order_by("pk").select_for_update(no_key=True)}


def _insert(order: Order, now: datetime.datetime) -> Transfer:
    """Write the row first: whoever asks with the same reference waits for it here and then finds it."""
    times_out_at = now + datetime.timedelta(seconds=order.seconds) if order.seconds else None
    row = Transfer(
        asset_id=order.source.asset_id,
        source_id=order.source.pk,
        target_id=order.target.pk,
        effective_at=order.occurred_at or now,
        recorded_at=now,
        times_out_at=times_out_at,
        digest=order.digest,
        **{name: getattr(order, name) for name in _COPIED},
    )
    # An account that was closed answers what it did before, and takes nothing new.
    try:
        with transaction.atomic():
            Transfer.objects.bulk_create([row], ignore_conflicts=True)
    except IntegrityError:
        if not Account.objects.filter(pk__in=[order.source.pk, order.target.pk], closed_at__isnull=False).exists():
            raise
    stored = Transfer.objects.select_related("note").filter(client=order.client, reference=order.reference).first()
    if stored is None:
        raise AccountClosed
    if stored.public_id != row.public_id:
        if stored.digest != row.digest:
            raise ReferenceReused
        stored.is_replay = True
    elif order.text or order.metadata:
        TransferNote.objects.create(transfer=stored, text=order.text, metadata=order.metadata)
    return stored


_COPIED = [
    *("amount_points", "kind", "reason", "origin", "object_type", "object_id", "rule_version", "arm", "client", "reference"),
    *("settles", "reverses", "part", "group", "lapses_at"),
]


def _make_room(source: Account, amount_points: int, now: datetime.datetime) -> None:
    """Lapse what is due and let go of what timed out before anything is spent; then refuse what is not there."""
    for lot in lots.due(source, now):
        _lapse(lot, source, now)
    if source.available - (source.floor or 0) < amount_points:
        for pending in overdue(now, source):
            settle(pending, Kind.LAPSE, now=now)
            source.refresh_from_db()
        for lot in lots.due(source, now):
            _lapse(lot, source, now)
    if source.available - (source.floor or 0) < amount_points:
        raise InsufficientPoints(available=max(0, source.available - (source.floor or 0)), wanted=amount_points)


def _apply(row: Transfer, locked: dict[int, Account], now: datetime.datetime) -> None:
    """Change both balances, in the order of the accounts' ids, and the lots behind them. The database writes the statement lines."""
    moves = row.kind in (Kind.SINGLE, Kind.POST, Kind.REVERSAL) or (row.kind == Kind.LAPSE and row.settles_id is None)
    held = {Kind.PENDING: row.amount_points}.get(Kind(row.kind), -row.settles.amount_points if row.settles else 0)
    posted = row.amount_points if moves else 0
    changes = {row.source_id: (-posted, held), row.target_id: (posted, 0)}
    for pk in sorted(changes):
        if pk in locked and changes[pk] != (0, 0):
            _change(locked[pk], row, *changes[pk], now=now)
    lots.follow(row, locked.get(row.source_id), locked.get(row.target_id))


def _change(account: Account, row: Transfer, posted: int, held: int, *, now: datetime.datetime) -> None:
    moved_at = max(now, account.moved_at) if account.moved_at else now
    Account.objects.filter(pk=account.pk).update(
        posted=F("posted") + posted, held=F("held") + held, seq=F("seq") + 1, last_transfer=row, moved_at=moved_at
    )
    account.posted, account.held, account.seq, account.moved_at = account.posted + posted, account.held + held, account.seq + 1, moved_at


def overdue(now: datetime.datetime, source: Account | None = None) -> list[Transfer]:
    """Reservations whose time is over and that nobody settled."""
    found = Transfer.objects.filter(kind=Kind.PENDING, times_out_at__lte=now).filter(
        ~Exists(Transfer.objects.filter(settles=OuterRef("pk")))
    )
    if source is not None:
        found = found.filter(source=source)
    return list(found.order_by("id")[:500])


def _lapse(lot: Any, account: Account, now: datetime.datetime) -> Transfer:
    order = Order(
        source=account,
        target=system_account(account, Account.Kind.LAPSED),
        amount_points=lot.remaining,
        reference=f"lapse:{lot.pk}:{lot.uses.count()}",
        client=OURSELVES,
        kind=Kind.LAPSE,
        reason="lapsed",
        object_type="lot",
        object_id=lot.pk,
    )
    row = _insert(order, now)
    if not row.is_replay:
        _apply(row, {account.pk: account}, now)
        outbox.put(row)
    return row


@transaction.atomic
def lapse_due(account: Account, *, now: datetime.datetime) -> int:
    """Lapse every lot of the account that is due. Returns the points that lapsed; repeating it changes nothing."""
    locked = lock([account]).get(account.pk)
    if locked is None:
        return 0
    return sum(_lapse(lot, locked, now).amount_points for lot in lots.due(locked, now))


@transaction.atomic
def settle(pending: Transfer, kind: str, *, amount_points: int | None = None, now: datetime.datetime | None = None) -> Transfer:
    """Post (in full or less), void or time out a reservation, once; the same settlement again returns the first.

    Raises NotPending if it was settled otherwise or is no reservation, AmountTooLarge.
    """
    now = now or timezone.now()
    pending = Transfer.objects.select_related("source", "target").get(pk=pending.pk)
    amount = pending.amount_points if amount_points is None else amount_points
    if pending.kind != Kind.PENDING:
        raise NotPending
    if not 0 < amount <= pending.amount_points:
        raise AmountTooLarge
    # Whoever settles it asks for its accounts first: what is read once they are locked stays so. The journal's own rows are locked by
    # nobody, which on PostgreSQL would take the right to change them.
    locked = lock([pending.source, pending.target])
    done = Transfer.objects.filter(settles=pending).select_related("settles", "source", "target").first()
    if done:
        if done.kind != kind or (kind == Kind.POST and done.amount_points != amount):
            raise NotPending
        done.is_replay = True
        return done
    if kind == Kind.POST and pending.times_out_at and pending.times_out_at <= now:
        raise NotPending
    order = Order(
        source=pending.source,
        target=pending.target,
        amount_points=amount,
        reference=f"settle:{pending.pk}",
        client=OURSELVES,
        kind=kind,
        reason=pending.reason,
        origin=pending.origin,
        object_type=pending.object_type,
        object_id=pending.object_id,
        rule_version=pending.rule_version,
        arm=pending.arm,
        group=pending.group,
        lapses_at=pending.lapses_at,
        settles=pending,
    )
    try:
        return _transfer(order, now, locked)
    except ReferenceReused:
        # Between two accounts that nobody locks: somebody settled it otherwise at this moment.
        raise NotPending from None


def post(pending: Transfer, *, amount_points: int | None = None, now: datetime.datetime | None = None) -> Transfer:
    """Move what was reserved, or a smaller amount of it; the rest is free again."""
    return settle(pending, Kind.POST, amount_points=amount_points, now=now)


def void(pending: Transfer, *, now: datetime.datetime | None = None) -> Transfer:
    """Let a reservation go."""
    return settle(pending, Kind.VOID, now=now)


@transaction.atomic
def reverse(original: Transfer, *, reason: str = "", now: datetime.datetime | None = None) -> list[Transfer]:
    """Undo a posted transfer once, in full. Returns its parts; the same again returns the same.

    What is left of an award goes back from the wallet; what lapsed, from the programme's lapsed account; what was
    spent becomes the member's debt, so that a wallet never falls below 0. Raises NotReversible, InsufficientPoints.
    """
    now = now or timezone.now()
    moved = _movement_of(original)
    locked = lock([moved.source, moved.target])
    if done := list(Transfer.objects.filter(reverses=moved).select_related("source", "target").order_by("id")):
        for part in done:
            part.is_replay = True
        return done
    if holder := locked.get(moved.target_id):
        moved.target = holder
        for lot in lots.due(holder, now):
            _lapse(lot, holder, now)
    common: dict[str, Any] = {
        "target": moved.source,
        "kind": Kind.REVERSAL,
        "client": OURSELVES,
        "reason": reason or moved.reason,
        "origin": moved.origin,
        "arm": moved.arm,
    }
    common |= {"object_type": moved.object_type, "object_id": moved.object_id, "group": moved.group or uuid.uuid4(), "reverses": moved}
    parts = []
    for word, source, amount in _trace(moved):
        reference = f"reverse:{moved.pk}:{word}"
        parts.append(transfer(Order(source=source, amount_points=amount, reference=reference, part=word, **common), now=now))
    return parts


def _movement_of(original: Transfer) -> Transfer:
    """The row that moved the points: of a reservation, its posting."""
    rows = Transfer.objects.select_related("source", "target")
    row = rows.get(pk=original.pk)
    if row.kind == Kind.PENDING:
        row = rows.filter(settles=row, kind=Kind.POST).first() or row
    if row.kind not in (Kind.SINGLE, Kind.POST):
        raise NotReversible
    return row


def _trace(moved: Transfer) -> list[tuple[str, Account, int]]:
    """Where the points of a transfer are now, as (part, account, points): left, lapsed or spent."""
    target = moved.target
    if not target.keeps_lots:
        return [("left", target, moved.amount_points)]
    mine = Lot.objects.filter(transfer=moved)
    left = int(mine.aggregate(total=models.Sum("remaining"))["total"] or 0)
    used = LotUse.objects.filter(lot__in=mine, transfer__kind=Kind.LAPSE, transfer__settles=None)
    lapsed = int(used.aggregate(total=models.Sum("amount"))["total"] or 0)
    found = [("left", target, left), ("lapsed", system_account(target, Account.Kind.LAPSED), lapsed)]
    spent = moved.amount_points - left - lapsed
    if spent:
        if target.closed_at:
            raise AccountClosed  # nobody is left to owe it
        found.append(("spent", accounts.debt_of(target), spent))
    return [part for part in found if part[2]]


def system_account(beside: Account, kind: str) -> Account:
    """The account of that kind (issued, lapsed, redeemed, goodwill) in the same asset."""
    return Account.objects.get(asset_id=beside.asset_id, kind=kind)


def offset_debt(wallet: Account | None, *, group: uuid.UUID | None = None, now: datetime.datetime | None = None) -> Transfer | None:
    """Pay a member's debt from what just arrived, as a visible line, until the debt is 0."""
    if wallet is None or wallet.kind != Account.Kind.WALLET:
        return None
    debt = accounts.debt_if_any(wallet)
    owed = -balances.sum_of(debt) if debt else 0
    if debt is None or owed <= 0:
        return None
    now = now or timezone.now()
    for lot in lots.due(wallet, now):
        _lapse(lot, wallet, now)
    if wallet.available <= 0:
        return None
    order = Order(
        source=wallet,
        target=debt,
        amount_points=min(owed, wallet.available),
        reference=f"offset:{wallet.pk}:{wallet.seq}",
        client=OURSELVES,
        reason="debt_offset",
        group=group,
    )
    return transfer(order, now=now)


def batch(orders: Sequence[Order], *, now: datetime.datetime | None = None) -> list[Transfer]:
    """Do all of the orders or none, locking every account first. Raises the first refusal, with its `position` in the batch."""
    now = now or timezone.now()
    if len(orders) > 1 and all(is_sound(order) and in_postgres.knows(order) for order in orders):
        done = in_postgres.move_all(orders, now)
        if done is not None:
            return done
    with transaction.atomic():
        lock([account for order in orders for account in (order.source, order.target)])
        done = []
        for position, order in enumerate(orders):
            try:
                done.append(transfer(order, now=now))
            except Exception as refusal:
                refusal.position = position  # type: ignore[attr-defined]
                raise
        return done
