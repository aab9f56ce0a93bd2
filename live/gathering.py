"""Many events of one transaction written in one go: numbered and chained here, while their streams are locked; one statement writes all."""

import json
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from live import streams
from live.models import Stream
from live.news import News
from members import once
from members.cursors import asked, done
from members.models import Member

HEAD = "SELECT id, last_seq, digest FROM live_stream WHERE name = %s"
NEW_HEAD = "UPDATE live_stream SET last_seq = %s, digest = %s WHERE id = %s"
# The same for many: names in one value, and new heads in one.
HEADS = {
    "postgresql": (
        "SELECT name, id, last_seq, digest FROM live_stream WHERE name IN (SELECT json_array_elements_text(%s::json)) "
        "ORDER BY id FOR UPDATE"
    ),
    "sqlite": "SELECT name, id, last_seq, digest FROM live_stream WHERE name IN (SELECT value FROM json_each(%s))",
}
NEW_HEADS = {
    "postgresql": (
        "UPDATE live_stream SET last_seq = new.last_seq, digest = new.digest "
        "FROM json_to_recordset(%s::json) AS new(id bigint, last_seq bigint, digest text) WHERE live_stream.id = new.id"
    ),
    "sqlite": (
        "UPDATE live_stream SET last_seq = json_extract(new.value, '$.last_seq'), digest = json_extract(new.value, '$.digest') "
        "FROM json_each(%s) AS new WHERE live_stream.id = json_extract(new.value, '$.id')"
    ),
}
COLUMNS = ("stream_id", "seq", "kind", "body", "author_id", "client_id", "at", "salt", "fingerprint", "digest")
INTO = "INSERT INTO live_event (stream_id, seq, kind, body, author_id, client_id, at, salt, fingerprint, digest) SELECT "
# Any number of rows in one value, so that the statement is one and stays prepared. In the order given, for their ids tell it later.
INSERT_ALL = {
    "postgresql": (
        INTO + "stream_id, seq, kind, body::jsonb, author_id, client_id, at, salt, fingerprint, digest "
        "FROM ROWS FROM (json_to_recordset(%s::json) AS (stream_id bigint, seq bigint, kind text, body text, "
        "author_id bigint, client_id uuid, at timestamptz, salt text, fingerprint text, digest text)) WITH ORDINALITY AS each "
        "ORDER BY each.ordinality"
    ),
    "sqlite": (
        INTO + ", ".join(f"json_extract(each.value, '$.{column}')" for column in COLUMNS) + " FROM json_each(%s) AS each ORDER BY each.key"
    ),
}
# Each looked up for itself in the index of who wrote what: LIMIT and CROSS keep it so, however few rows the table is thought to hold.
WRITTEN_OF = {
    "postgresql": (
        "SELECT mine.place, found.name, found.seq FROM json_to_recordset(%s::json) AS mine(place int, author_id bigint, client_id uuid, "
        "name text) JOIN LATERAL (SELECT live_stream.name, live_event.seq FROM live_stream JOIN live_event "
        "ON live_event.stream_id = live_stream.id AND live_event.author_id = mine.author_id AND live_event.client_id = mine.client_id "
        "WHERE live_stream.name = mine.name LIMIT 1) AS found ON true"
    ),
    "sqlite": (
        "SELECT json_extract(mine.value, '$.place'), live_stream.name, live_event.seq FROM json_each(%s) AS mine CROSS JOIN live_stream "
        "ON live_stream.name = json_extract(mine.value, '$.name') CROSS JOIN live_event ON live_event.stream_id = live_stream.id "
        "AND live_event.author_id = json_extract(mine.value, '$.author_id') "
        "AND live_event.client_id = json_extract(mine.value, '$.client_id')"
    ),
}


class Gathered:
    """Events of the caller's transaction that are written at its end by `write()`. Nobody may read the streams in between."""

    def __init__(self) -> None:
        database: Any = transaction.get_connection()
        if not database.in_atomic_block:
            raise RuntimeError("events are gathered in the transaction of the deeds they tell of")
        self.database, self.vendor = database, database.vendor
        # On SQLite the transaction has the file to itself.
        self.asks_head = HEAD + (" FOR UPDATE" if self.vendor == "postgresql" else "")
        self.heads: dict[str, list[Any]] = {}
        self.rows: list[list[Any]] = []
        self.news: list[News] = []

    def expect(self, names: Collection[str]) -> None:
        """Ask for several streams' heads at once: they will be appended to."""
        if len(names) > 1:
            for name, *head in asked(HEADS[self.vendor], [json.dumps(sorted(names))], self.database):
                self.heads[name] = head

    def append(
        self,
        stream: str,
        kind: str,
        body: dict[str, Any],
        *,
        author: Member | None = None,
        client_id: uuid.UUID | None = None,
        is_new: bool,
    ) -> News:
        """As `streams.append` for what is_new; the event has its number at once."""
        head = self.heads.get(stream) or self._lock(stream)
        drawn = streams.draw(stream, head[1] + 1, head[2], kind, body)
        head[1:] = drawn.news.seq, drawn.digest
        self.rows.append(drawn.row(head[0], author.pk if author else None, client_id))
        self.news.append(drawn.news)
        return drawn.news

    def _lock(self, stream: str) -> list[Any]:
        rows = asked(self.asks_head, [stream], self.database)
        if not rows:
            once.keep(Stream(name=stream))
            rows = asked(self.asks_head, [stream], self.database)
        head = self.heads[stream] = list(rows[0])
        return head

    def write(self) -> None:
        if not self.rows:
            return
        if len(self.rows) == 1:
            asked(streams.INSERT, self.rows[0], self.database)
        else:
            rows = [dict(zip(COLUMNS, row, strict=True)) for row in self.rows]
            done(INSERT_ALL[self.vendor], [json.dumps(rows, default=str)], self.database)
        heads = [self.heads[name] for name in {news.stream: None for news in self.news}]
        if len(heads) == 1:
            [[stream_id, last_seq, digest]] = heads
            done(NEW_HEAD, [last_seq, digest, stream_id], self.database)
        else:
            new = [dict(zip(("id", "last_seq", "digest"), head, strict=True)) for head in heads]
            done(NEW_HEADS[self.vendor], [json.dumps(new)], self.database)
        streams.ring(self.news)


def written_of(asking: Sequence[tuple[Sequence[str], int, uuid.UUID]]) -> list[tuple[str, int] | None]:
    """`streams.written` for many at once: (names, author's id, client_id) of each."""
    if len(asking) == 1:
        return [streams.written(*asking[0])]
    mine = [
        {"place": place, "author_id": author_id, "client_id": streams.prepared(client_id), "name": name}
        for place, (names, author_id, client_id) in enumerate(asking)
        for name in names
    ]
    found: list[tuple[str, int] | None] = [None] * len(asking)
    for place, name, seq in asked(WRITTEN_OF[connections[DEFAULT_DB_ALIAS].vendor], [json.dumps(mine, default=str)]):
        found[place] = (name, seq)
    return found
