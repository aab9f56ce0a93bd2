"""Sealing transfers in blocks, each hashed with the one before. Done afterwards, never while a transfer is written."""

import hashlib
import json
from collections.abc import Iterator

from django.db import connection, transaction

from points.models import SealBlock, Transfer

BLOCK = 1_000
FIRST = "0" * 64
SEALED = [
    *("id", "public_id", "asset_id", "source_id", "target_id", "amount_points", "kind", "reason", "origin", "object_type", "object_id"),
    *("rule_version", "arm", "client", "reference", "digest", "settles_id", "reverses_id", "part", "group"),
    *("effective_at", "recorded_at", "lapses_at", "times_out_at"),
]


def seal(*, block: int = BLOCK) -> int:
    """Seal every whole transfer that no open transaction could still slip before. Returns the number of new blocks."""
    newest, made = _newest_settled(), 0
    while _seal_next(newest, block):
        made += 1
    return made


def _newest_settled() -> int:
    """The highest id below which nothing can still appear: with the table locked for a moment, nobody is in the middle of writing."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE points_transfer IN SHARE MODE")
        return Transfer.objects.order_by("-id").values_list("id", flat=True).first() or 0


@transaction.atomic
def _seal_next(newest: int, block: int) -> bool:
    last = SealBlock.objects.order_by("-id").select_for_update().first()
    rows = list(Transfer.objects.filter(id__gt=last.last_id if last else 0, id__lte=newest).order_by("id").values_list(*SEALED)[:block])
    if not rows:
        return False
    previous = last.hash if last else FIRST
    SealBlock.objects.create(first_id=rows[0][0], last_id=rows[-1][0], previous_hash=previous, hash=_hash(previous, rows))
    return True


def _hash(previous: str, rows: list[tuple]) -> str:
    said = [[value.isoformat() if hasattr(value, "isoformat") else value for value in row] for row in rows]
    return hashlib.sha256((previous + json.dumps(said, default=str)).encode()).hexdigest()


def differences() -> Iterator[str]:
    """Blocks whose seal is broken."""
    previous, last = FIRST, 0
    for block in SealBlock.objects.order_by("id"):
        rows = list(Transfer.objects.filter(id__gt=last, id__lte=block.last_id).order_by("id").values_list(*SEALED))
        if block.previous_hash != previous or block.hash != _hash(previous, rows):
            yield f"seal {block.first_id}–{block.last_id}: broken"
        previous, last = block.hash, block.last_id
