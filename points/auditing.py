"""Recomputing the books from the transfers and saying where they differ. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection
from django.db.models import Q, Sum

from points import guards
from points.models import Account, AccountOwner, Accrual, Asset, Deferral, Entry, Lot, LotUse, Transfer

Kind = Transfer.Kind


@dataclass
class Audit:
    """The outcome: how much was looked at, and each difference in words."""

    accounts: int = 0
    transfers: int = 0
    total_points: int = 0
    differences: list[str] = field(default_factory=list)


def audit() -> Audit:
    """Check I1 to I9 over everything, in one snapshot. total_points is what members, companies and partners hold together.

    Memory is by account, and by transfer only for those that were reversed.
    """
    with _snapshot():
        return _audit()


@contextmanager
def _snapshot() -> Iterator[None]:
    """The books as of one moment, though the club goes on writing: what is read first and what is read last belong together."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _audit() -> Audit:
    found = Audit()
    accounts = {account.pk: account for account in Account.objects.order_by("id")}
    moved = _Recount(accounts)
    for row in Transfer.objects.select_related("settles", "reverses").order_by("id").iterator(chunk_size=2_000):
        found.transfers += 1
        found.differences += moved.add(row)
    found.accounts = len(accounts)
    found.total_points = sum(row.posted for row in accounts.values() if row.floor is not None and row.kind != Account.Kind.SHADOW)
    found.differences += moved.differences()
    found.differences += _floors(accounts)
    found.differences += _owners(accounts)
    found.differences += _entries(accounts, moved)
    found.differences += _lots(accounts)
    found.differences += _terms()
    found.differences += _reversals(moved)
    found.differences += _shadows()
    found.differences += _qualifying()
    found.differences += _held()
    from points import sealing

    found.differences += sealing.differences()
    if not guards.stand(connection):
        found.differences.append("guards: a trigger that keeps the books is missing")
    return found


def _effect(row: Transfer) -> tuple[int, int]:
    """(points moved from source to target, change of what is held of the source) of one transfer."""
    moves = row.kind in (Kind.SINGLE, Kind.POST, Kind.REVERSAL) or (row.kind == Kind.LAPSE and row.settles_id is None)
    held = -row.settles.amount_points if row.settles else row.amount_points if row.kind == Kind.PENDING else 0
    return (row.amount_points if moves else 0), held


class _Recount:
    """Balances as the transfers alone make them, and how many lines each account should have."""

    def __init__(self, accounts: dict[int, Account]) -> None:
        self.accounts = accounts
        self.posted: dict[int, int] = defaultdict(int)
        self.held: dict[int, int] = defaultdict(int)
        self.lines: dict[int, int] = defaultdict(int)
        # Reversed transfer: its points, and how many of them were taken back.
        self.reversed: dict[int, tuple[int, int]] = {}

    def add(self, row: Transfer) -> Iterator[str]:
        posted, held = _effect(row)
        if row.settles is not None and (row.settles.kind != Kind.PENDING or row.amount_points > row.settles.amount_points):
            yield f"transfer {row.pk}: settles what is not reserved, or more of it"
        if row.amount_points <= 0 or row.source_id == row.target_id:
            yield f"transfer {row.pk}: moves nothing, or nowhere"
        sides = [self.accounts.get(row.source_id), self.accounts.get(row.target_id)]
        if any(side is None or side.asset_id != row.asset_id for side in sides):
            yield f"transfer {row.pk}: an account is missing or of another asset"
        if row.reverses is not None:
            amount, back = self.reversed.get(row.reverses.pk, (row.reverses.amount_points, 0))
            self.reversed[row.reverses.pk] = amount, back + row.amount_points
        for account, delta, hold in ((row.source_id, -posted, held), (row.target_id, posted, 0)):
            self.posted[account] += delta
            self.held[account] += hold
            if delta or hold:
                self.lines[account] += 1

    def differences(self) -> Iterator[str]:
        sums: dict[int, int] = defaultdict(int)
        for pk, account in self.accounts.items():
            sums[account.asset_id] += self.posted[pk]
            if account.floor is None:
                continue
            for name, is_now, should in (("posted", account.posted, self.posted[pk]), ("held", account.held, self.held[pk])):
                if is_now != should:
                    yield f"account {account.code}: {name} is {is_now}, its transfers make {should}"
            if account.posted - account.held < account.floor or account.held < 0:
                yield f"account {account.code}: below its floor"
        yield from (f"asset {asset}: all accounts together hold {total}, not 0" for asset, total in sums.items() if total)


def _floors(accounts: dict[int, Account]) -> Iterator[str]:
    """A partner's block reaches as far below 0 as its limit says, other accounts of anybody not at all."""
    limits = dict(AccountOwner.objects.filter(partner__isnull=False).values_list("account", "partner__credit_limit_points"))
    for pk, account in accounts.items():
        if account.floor is None:
            continue
        should = -limits.get(pk, 0)
        if account.floor != should:
            yield f"account {account.code}: its floor is {account.floor}, it should be {should}"


def _owners(accounts: dict[int, Account]) -> Iterator[str]:
    """An account is of whom its name says, so that nobody was given another's; one that is nobody's was closed when its member left."""
    names = AccountOwner.objects.values_list("account", "member__public_id", "company__public_id", "partner__slug")
    owners = {
        pk: f"member:{member}" if member else f"company:{company}" if company else f"partner:{slug}" for pk, member, company, slug in names
    }
    for pk, account in accounts.items():
        if account.kind in (Account.Kind.ISSUED, Account.Kind.LAPSED, Account.Kind.REDEEMED, Account.Kind.GOODWILL):
            continue
        owner = owners.get(pk)
        if owner is None and account.closed_at is None:
            yield f"account {account.code}: is nobody's, and open"
        if owner is not None and account.code.removesuffix(":debt") != owner:
            yield f"account {account.code}: belongs to {owner}"


def _entries(accounts: dict[int, Account], moved: _Recount) -> Iterator[str]:
    """Every line against its transfer, account after account, so that only one account's lines are in memory."""
    with connection.cursor() as cursor:
        cursor.execute(OF_NOTHING)
        yield from (f"entry {account}#{seq}: does not say what transfer {pk} did" for account, seq, pk in cursor.fetchall())
    rows = Entry.objects.select_related("transfer", "transfer__settles").order_by("account_id", "seq").iterator(chunk_size=2_000)
    lines: dict[int, int] = {}
    ends: dict[int, int] = {}
    for pk, own in groupby(rows, key=lambda entry: entry.account_id):
        seen: set[int] = set()
        last = (0, 0, 0)
        for entry in own:
            yield from _line(entry, last, seen)
            seen.add(entry.transfer_id)
            last = (entry.seq, entry.balance_after, entry.held_after)
        lines[pk], ends[pk] = len(seen), last[0]
    for pk, account in accounts.items():
        if account.floor is None:
            continue
        if lines.get(pk, 0) != moved.lines[pk]:
            yield f"account {account.code}: no line for transfer {_without_line(pk)}"
        if ends.get(pk, 0) != account.seq:
            yield f"account {account.code}: says {account.seq} lines, there are {ends.get(pk, 0)}"


def _line(entry: Entry, last: tuple[int, int, int], seen: set[int]) -> Iterator[str]:
    name = f"entry {entry.account_id}#{entry.seq}"
    seq, balance, held = last
    if entry.seq != seq + 1:
        yield f"{name}: the line before it is missing"
    delta, hold = _effect_on(entry.account_id, entry.transfer)
    if entry.delta != delta or entry.balance_after != balance + entry.delta or entry.held_after != held + hold:
        yield f"{name}: does not say what transfer {entry.transfer_id} did"
    if entry.transfer_id in seen:
        yield f"{name}: a second line for transfer {entry.transfer_id}"


def _effect_on(account: int, row: Transfer) -> tuple[int, int]:
    posted, held = _effect(row)
    return (-posted, held) if account == row.source_id else (posted, 0) if account == row.target_id else (0, 0)


def _without_line(account: int) -> int | None:
    """The first transfer of an account that has no line in it."""
    rows = Transfer.objects.filter(Q(source=account) | Q(target=account)).exclude(
        pk__in=Entry.objects.filter(account=account).values("transfer")
    )
    for row in rows.select_related("settles").order_by("id").iterator(chunk_size=2_000):
        if any(_effect_on(account, row)):
            return row.pk
    return None


OF_NOTHING = """
SELECT e.account_id, e.seq, e.transfer_id FROM points_entry e LEFT JOIN points_transfer t ON t.id = e.transfer_id
WHERE t.id IS NULL ORDER BY e.account_id, e.seq
"""


def _terms() -> Iterator[str]:
    """A lot lapses when its award says, or with one of the lots that it was taken from."""
    with connection.cursor() as cursor:
        cursor.execute(OTHER_TERMS)
        yield from (f"lot {pk}: lapses at another time than the points that came in" for (pk,) in cursor.fetchall())


OTHER_TERMS = """
SELECT l.id FROM points_lot l JOIN points_transfer t ON t.id = l.transfer_id
WHERE (t.lapses_at IS NOT NULL AND (l.lapses_at IS NULL OR l.lapses_at <> t.lapses_at))
   OR (t.lapses_at IS NULL AND l.lapses_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM points_lotuse u JOIN points_lot s ON s.id = u.lot_id
        WHERE u.transfer_id IN (t.id, t.settles_id, t.reverses_id) AND s.lapses_at = l.lapses_at))
ORDER BY l.id
"""


def _lots(accounts: dict[int, Account]) -> Iterator[str]:
    used = {row["lot"]: int(row["total"]) for row in LotUse.objects.values("lot").annotate(total=Sum("amount"))}
    left: dict[int, int] = defaultdict(int)
    came: dict[int, int] = defaultdict(int)
    for lot in Lot.objects.order_by("id").iterator(chunk_size=2_000):
        left[lot.account_id] += lot.remaining
        came[lot.transfer_id] += lot.original
        if lot.remaining != lot.original - used.get(lot.pk, 0) or not 0 <= lot.remaining <= lot.original:
            yield f"lot {lot.pk}: {lot.remaining} remain, its uses leave {lot.original - used.get(lot.pk, 0)}"
    for pk, account in accounts.items():
        if account.keeps_lots and left[pk] != account.available:
            yield f"account {account.code}: its lots hold {left[pk]}, it has {account.available} available"
    amounts = dict(Transfer.objects.filter(pk__in=came).values_list("pk", "amount_points")) if len(came) < 500 else None
    if amounts is None:
        amounts = dict(Transfer.objects.filter(lots__isnull=False).values_list("pk", "amount_points"))
    yield from (f"lots of transfer {pk}: {total} came in, it moved {amounts[pk]}" for pk, total in came.items() if total > amounts[pk])


def _reversals(moved: _Recount) -> Iterator[str]:
    for pk, (amount, total) in moved.reversed.items():
        if total != amount:
            yield f"transfer {pk}: {total} of its {amount} points were taken back"


def _shadows() -> Iterator[str]:
    """Points of the control group lie where they cannot be spent, and went nowhere but back."""
    others = Account.objects.exclude(asset__kind=Asset.Kind.SHADOW).filter(kind=Account.Kind.SHADOW)
    purses = Account.objects.filter(asset__kind=Asset.Kind.SHADOW, floor__isnull=False).exclude(kind=Account.Kind.SHADOW)
    yield from (f"account {account.code}: shadow points and others in one place" for account in (others | purses).order_by("id"))
    gone = Transfer.objects.filter(source__kind=Account.Kind.SHADOW).exclude(target__kind=Account.Kind.LAPSED)
    for pk in gone.exclude(kind=Kind.REVERSAL, target__kind=Account.Kind.ISSUED).order_by("id").values_list("pk", flat=True):
        yield f"transfer {pk}: shadow points were spent"


def _qualifying() -> Iterator[str]:
    """Points that only count for a tier went nowhere but back, or with their member."""
    gone = Transfer.objects.filter(asset__kind=Asset.Kind.QUALIFYING, source__kind=Account.Kind.WALLET)
    gone = gone.exclude(target__kind=Account.Kind.LAPSED).exclude(kind=Kind.REVERSAL, target__kind=Account.Kind.ISSUED)
    for pk in gone.order_by("id").values_list("pk", flat=True):
        yield f"transfer {pk}: qualifying points were spent"


def _held() -> Iterator[str]:
    """What rules hold is pending for as long as it waits, of the amount that was accrued, and settled as its end says."""
    waits, outcome = Deferral.Status.WAITING, Accrual.Outcome.DEFERRED
    rows = Deferral.objects.select_related("accrual", "transfer").prefetch_related("transfer__settled_by").order_by("id")
    for row in rows.iterator(chunk_size=2_000):
        settled = [each.kind for each in row.transfer.settled_by.all()] if row.transfer else []
        if row.status == waits and (settled or (row.transfer and row.transfer.amount_points != row.accrual.amount_points)):
            yield f"held award {row.pk}: waits, and transfer {row.transfer_id} does not"
        if row.status == waits and not (row.accrual.outcome == outcome or row.accrual.is_shadow):
            yield f"held award {row.pk}: waits, and accrual {row.accrual_id} is {row.accrual.outcome}"
        if row.status != waits and row.transfer and settled != [Kind.POST if row.status == Deferral.Status.POSTED else Kind.VOID]:
            yield f"held award {row.pk}: is {row.status}, and transfer {row.transfer_id} is {settled or 'pending'}"
    lost = Accrual.objects.filter(outcome=outcome).exclude(deferral__status=waits).order_by("id").values_list("pk", flat=True)
    yield from (f"accrual {pk}: is held, and waits for nothing" for pk in lost)
