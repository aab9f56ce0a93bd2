"""Recomputing the books from the transfers and saying where they differ. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Sum

from points import guards
from points.models import Account, Asset, Entry, Lot, LotUse, Transfer

Kind = Transfer.Kind


@dataclass
class Audit:
    """The outcome: how much was looked at, and each difference in words."""

    accounts: int = 0
    transfers: int = 0
    total_points: int = 0
    differences: list[str] = field(default_factory=list)


def audit() -> Audit:
    """Check I1 to I9 over everything. total_points is what members, companies and partners hold together."""
    found = Audit()
    moved = _Recount()
    for row in Transfer.objects.select_related("settles", "reverses").order_by("id").iterator(chunk_size=2_000):
        found.transfers += 1
        found.differences += moved.add(row)
    accounts = {account.pk: account for account in Account.objects.order_by("id")}
    found.accounts = len(accounts)
    found.total_points = sum(row.posted for row in accounts.values() if row.floor is not None and row.kind != Account.Kind.SHADOW)
    found.differences += moved.differences(accounts)
    found.differences += _entries(accounts, moved)
    found.differences += _lots(accounts)
    found.differences += _reversals(moved)
    found.differences += _shadows()
    from points import sealing

    found.differences += sealing.differences()
    if not guards.stand(connection):
        found.differences.append("guards: a trigger that keeps the books is missing")
    return found


class _Recount:
    """Balances as the transfers alone make them."""

    def __init__(self) -> None:
        self.posted: dict[int, int] = defaultdict(int)
        self.held: dict[int, int] = defaultdict(int)
        self.touched: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        self.reversed: dict[int, int] = defaultdict(int)
        self.amounts: dict[int, int] = {}
        self.assets: list[tuple[int, int, int, int]] = []

    def add(self, row: Transfer) -> Iterator[str]:
        moves = row.kind in (Kind.SINGLE, Kind.POST, Kind.REVERSAL) or (row.kind == Kind.LAPSE and row.settles_id is None)
        posted = row.amount_points if moves else 0
        held = row.amount_points if row.kind == Kind.PENDING else 0
        if row.settles is not None:
            held = -row.settles.amount_points
            if row.settles.kind != Kind.PENDING or row.amount_points > row.settles.amount_points:
                yield f"transfer {row.pk}: settles what is not reserved, or more of it"
        if row.amount_points <= 0 or row.source_id == row.target_id:
            yield f"transfer {row.pk}: moves nothing, or nowhere"
        if row.reverses_id:
            self.reversed[row.reverses_id] += row.amount_points
        self.amounts[row.pk] = row.amount_points
        self.assets.append((row.pk, row.asset_id, row.source_id, row.target_id))
        for account, delta, hold in ((row.source_id, -posted, held), (row.target_id, posted, 0)):
            self.posted[account] += delta
            self.held[account] += hold
            if delta or hold:
                self.touched[account][row.pk] = (delta, hold)

    def differences(self, accounts: dict[int, Account]) -> Iterator[str]:
        for pk, account in accounts.items():
            if account.floor is None:
                continue
            for name, is_now, should in (("posted", account.posted, self.posted[pk]), ("held", account.held, self.held[pk])):
                if is_now != should:
                    yield f"account {account.code}: {name} is {is_now}, its transfers make {should}"
            if account.posted - account.held < account.floor or account.held < 0:
                yield f"account {account.code}: below its floor"
        for pk, asset, source, target in self.assets:
            sides = [accounts.get(source), accounts.get(target)]
            if any(side is None or side.asset_id != asset for side in sides):
                yield f"transfer {pk}: an account is missing or of another asset"
        sums: dict[int, int] = defaultdict(int)
        for pk, total in self.posted.items():
            if pk in accounts:
                sums[accounts[pk].asset_id] += total
        yield from (f"asset {asset}: all accounts together hold {total}, not 0" for asset, total in sums.items() if total)


def _entries(accounts: dict[int, Account], moved: _Recount) -> Iterator[str]:
    seen: dict[int, set[int]] = defaultdict(set)
    last: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for entry in Entry.objects.order_by("account_id", "seq").iterator(chunk_size=2_000):
        name = f"entry {entry.account_id}#{entry.seq}"
        seq, balance, held = last[entry.account_id]
        if entry.seq != seq + 1:
            yield f"{name}: the line before it is missing"
        delta, hold = moved.touched[entry.account_id].get(entry.transfer_id, (0, 0))
        if entry.delta != delta or entry.balance_after != balance + entry.delta or entry.held_after != held + hold:
            yield f"{name}: does not say what transfer {entry.transfer_id} did"
        if entry.transfer_id in seen[entry.account_id]:
            yield f"{name}: a second line for transfer {entry.transfer_id}"
        seen[entry.account_id].add(entry.transfer_id)
        last[entry.account_id] = (entry.seq, entry.balance_after, entry.held_after)
    for pk, account in accounts.items():
        if account.floor is None:
            continue
        if missing := set(moved.touched[pk]) - seen[pk]:
            yield f"account {account.code}: no line for transfer {min(missing)}"
        if last[pk][0] != account.seq:
            yield f"account {account.code}: says {account.seq} lines, there are {last[pk][0]}"


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
    for pk, total in moved.reversed.items():
        if total != moved.amounts.get(pk):
            yield f"transfer {pk}: {total} of its {moved.amounts.get(pk)} points were taken back"


def _shadows() -> Iterator[str]:
    """Points of the control group lie where they cannot be spent, and went nowhere but back."""
    others = Account.objects.exclude(asset__kind=Asset.Kind.SHADOW).filter(kind=Account.Kind.SHADOW)
    purses = Account.objects.filter(asset__kind=Asset.Kind.SHADOW, floor__isnull=False).exclude(kind=Account.Kind.SHADOW)
    yield from (f"account {account.code}: shadow points and others in one place" for account in (others | purses).order_by("id"))
    gone = Transfer.objects.filter(source__kind=Account.Kind.SHADOW).exclude(target__kind=Account.Kind.LAPSED)
    for pk in gone.exclude(kind=Kind.REVERSAL, target__kind=Account.Kind.ISSUED).order_by("id").values_list("pk", flat=True):
        yield f"transfer {pk}: shadow points were spent"
