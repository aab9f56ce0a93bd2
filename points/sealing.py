"""Sealing transfers in blocks, each hashed with the one before. Done afterwards, never while a transfer is written."""

import hashlib
import json
import time
from collections.abc import Iterator

from django.db import connection, transaction

from points.models import SealBlock, Transfer

BLOCK = 1_000
FIRST = "0" * 64
PATIENCE_SECONDS = 10
# The key of the advisory lock by which one seals after another.
ONE_AT_A_TIME = 0x7365616C
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
    """The highest id below which nothing can still appear; 0 where somebody writes for longer than we wait, and the next round seals.

    Whoever will yet show an older row took its number before the newest was shown, and so holds a lock on the table until it ends. Waiting
    for those takes no right to change the table, and keeps nobody waiting.
    """
    newest = Transfer.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if connection.vendor != "postgresql":
        return newest
    until, writing = time.monotonic() + PATIENCE_SECONDS, _in_the_middle_of_writing()
    while writing:
        if time.monotonic() > until:
            return 0
        time.sleep(0.01)
        writing &= _in_the_middle_of_writing()
    return newest


def _in_the_middle_of_writing() -> set[str]:
    """The transactions of others that may be writing transfers at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [Transfer._meta.db_table])
        return {row[0] for row in cursor.fetchall()}


WRITERS = """
SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted AND mode = 'RowExclusiveLock' AND relation = %s::regclass
AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid IS DISTINCT FROM pg_backend_pid()
"""


@transaction.atomic
def _seal_next(newest: int, block: int) -> bool:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    last = SealBlock.objects.order_by("-id").first()
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
