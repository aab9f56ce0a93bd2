"""Events, their numbers and their links of the chain in one statement: PostgreSQL forges each link itself, just as `chain.link` does.

The row of a stream is locked and changed once, where the next number and then the new head would each be a statement of their own.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from live.models import Stream
from members import once
from members.cursors import asked

# What comes after a stream's name and the number in what a digest is of: kind, moment, fingerprint.
_APPEND = """WITH head AS (
    UPDATE live_stream SET last_seq = last_seq + 1, digest =
        encode(sha256(convert_to(concat_ws(chr(10), digest, live_stream.name, last_seq + 1, said.rest), 'UTF8')), 'hex')
    FROM (VALUES {rows}) AS said (name, rest, salt, fingerprint) WHERE live_stream.name = said.name
    RETURNING live_stream.id, last_seq, digest, said.salt, said.fingerprint
) INSERT INTO live_event (stream_id, seq, kind, body, author_id, client_id, at, salt, fingerprint, digest)
SELECT id, last_seq, %s, %s, %s, %s, %s, salt, fingerprint, digest FROM head RETURNING salt, id, stream_id, seq, digest"""


def append(said: Sequence[tuple[str, str, str, str]], shared: list[Any]) -> dict[str, tuple[int, int, int, str]]:
    """Write one event to each stream. Locks the streams in no certain order: of several, one at most may be wanted by others.

    said     for each stream its name, the rest of what its digest is of, the salt, the fingerprint; salts differ
    shared   kind, body, author's id, client_id and moment, as the database takes them
    returns  salt → the event's id, the stream's id, the number, the digest
    """
    rows = asked(_statement(len(said)), [*(part for each in said for part in each), *shared])
    if len(rows) < len(said):
        there = {row[0] for row in rows}
        missing = [each for each in said if each[2] not in there]
        for name, *_rest in missing:
            once.keep(Stream(name=name))
        rows += asked(_statement(len(missing)), [*(part for each in missing for part in each), *shared])
    return {row[0]: tuple(row[1:]) for row in rows}


@cache
def _statement(count: int) -> str:
    return _APPEND.format(rows=", ".join(["(%s, %s, %s, %s)"] * count))
