"""The lots behind a balance: what came in together and lapses together. Called by the ledger only, under the account's lock."""

import datetime

from django.db.models import F, Sum

from points.models import Account, Lot, LotUse, Transfer

Kind = Transfer.Kind


def due(account: Account, now: datetime.datetime) -> list[Lot]:
    """Lots of the account whose day has come, first to lapse first."""
    if not account.keeps_lots:
        return []
    return list(Lot.objects.filter(account=account, remaining__gt=0, lapses_at__lte=now).order_by("lapses_at", "id"))


def follow(row: Transfer, source: Account | None, target: Account | None) -> None:
    """Let the lots of both sides follow a transfer that was just applied."""
    taken: list[tuple[Lot, int]] = []
    if source is not None and source.keeps_lots:
        taken = _at_source(row, source)
    moves = row.kind not in (Kind.PENDING, Kind.VOID) and not (row.kind == Kind.LAPSE and row.settles_id)
    if target is not None and target.keeps_lots and moves:
        _at_target(row, target, taken)


def _at_source(row: Transfer, source: Account) -> list[tuple[Lot, int]]:
    if row.kind == Kind.LAPSE and row.settles_id is None:
        return _take(row, row.amount_points, Lot.objects.filter(pk=row.object_id or 0))
    if row.kind == Kind.REVERSAL and row.part == "left":
        return _take(row, row.amount_points, Lot.objects.filter(account=source, transfer_id=row.reverses_id or 0))
    if row.settles_id is not None:
        return _release(row)
    return _take(row, row.amount_points, Lot.objects.filter(account=source))


def _take(row: Transfer, amount: int, among: object) -> list[tuple[Lot, int]]:
    """Use up lots, first to lapse first. Returns what was taken of each."""
    taken = []
    for lot in among.filter(remaining__gt=0).order_by(F("lapses_at").asc(nulls_last=True), "id"):  # type: ignore[attr-defined]
        part = min(amount, lot.remaining)
        taken.append((lot, part))
        amount -= part
        if not amount:
            break
    if amount:
        raise AssertionError(f"lots of account {row.source_id} hold {amount} points less than its balance")
    _use(row, taken)
    return taken


def _use(row: Transfer, parts: list[tuple[Lot, int]]) -> None:
    LotUse.objects.bulk_create([LotUse(lot=lot, transfer=row, amount=part) for lot, part in parts])


def _release(row: Transfer) -> list[tuple[Lot, int]]:
    """Settle a reservation's lots: what is posted stays taken, first to lapse first; the rest is given back."""
    moved = row.amount_points if row.kind == Kind.POST else 0
    kept, back = [], []
    for lot, held in used_by(row.settles_id):
        part = min(moved, held)
        moved -= part
        kept += [(lot, part)] if part else []
        back += [(lot, part - held)] if held > part else []
    _use(row, back)
    return kept


def used_by(transfer_id: int | None) -> list[tuple[Lot, int]]:
    """What a transfer took from each lot, first to lapse first."""
    uses = LotUse.objects.filter(transfer_id=transfer_id or 0, amount__gt=0).select_related("lot")
    return [(use.lot, use.amount) for use in uses.order_by(F("lot__lapses_at").asc(nulls_last=True), "lot_id")]


def _at_target(row: Transfer, target: Account, taken: list[tuple[Lot, int]]) -> None:
    """Points from another wallet keep their day; an award brings its own; a reversed spending goes back where it came from."""
    if row.kind == Kind.REVERSAL:
        _give_back(row, target)
    elif taken:
        Lot.objects.bulk_create([_lot(row, target, part, row.lapses_at or lot.lapses_at) for lot, part in taken])
    else:
        _lot(row, target, row.amount_points, row.lapses_at).save(force_insert=True)


def _give_back(row: Transfer, target: Account) -> None:
    """Return a reversed spending to the lots it was taken from, last to lapse first; what finds no lot makes a new one."""
    amount, back = row.amount_points, []
    original = row.reverses
    others = Transfer.objects.filter(reverses=original).values_list("pk", flat=True) if original else []
    touched = [original.pk, original.settles_id or 0, *others] if original else []
    for lot, used in reversed(net_uses(touched)):
        part = min(amount, used, lot.original - lot.remaining)
        if lot.account_id == target.pk and part > 0:
            back.append((lot, -part))
            amount -= part
    _use(row, back)
    if amount:
        _lot(row, target, amount, None).save(force_insert=True)


def net_uses(transfer_ids: list[int]) -> list[tuple[Lot, int]]:
    """What transfers together took from each lot (a reservation, its posting, what was given back), first to lapse first."""
    rows = LotUse.objects.filter(transfer__in=transfer_ids).values("lot").annotate(used=Sum("amount"))
    used = {row["lot"]: int(row["used"]) for row in rows}
    found = Lot.objects.filter(pk__in=used).order_by(F("lapses_at").asc(nulls_last=True), "id")
    return [(lot, used[lot.pk]) for lot in found if used[lot.pk] > 0]


def _lot(row: Transfer, account: Account, amount: int, lapses_at: datetime.datetime | None) -> Lot:
    return Lot(transfer=row, account=account, lapses_at=lapses_at, original=amount, remaining=amount)
