"""Writing to a stream and reading from it: an event takes the stream's next number in the transaction of the deed that it tells of."""

import json
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.dispatch import Signal
from django.utils import timezone

from live import chain, in_postgres
from live.models import Event, Stream
from live.news import News
from members import once
from members.cursors import asked, done
from members.models import Member

# Rung after commit with `news`, a list in the order in which it was written: a hint for whoever holds open sockets.
# The database is the truth.
appended = Signal(use_caching=True)
REDACTED = "redacted"
# JSON gives these back as they are.
PLAIN = frozenset({str, int, bool, type(None)})


def append(
    stream: str,
    kind: str,
    body: dict[str, Any],
    *,
    author: Member | None = None,
    client_id: uuid.UUID | None = None,
    is_new: bool = False,
) -> Event:
    """Add an event to a stream, inside the caller's transaction; the same author and client_id again returns the first event.

    The row lock that the number takes makes commit order the order of numbers, and leaves no hole behind.
    is_new   the caller holds a lock of its own, under which it has asked for this client_id already
    Raises RuntimeError outside a transaction.
    """
    _insist_on_transaction()
    if client_id and not is_new and (earlier := _earlier(stream, author, client_id)):
        return earlier
    author_id = author.pk if author else None
    [(pk, stream_id, drawn)] = _write([stream], kind, body, author_id, client_id)
    event = Event(pk=pk, stream_id=stream_id, author_id=author_id, client_id=client_id, **drawn.fields)
    event._state.adding = False
    return event


def spread(names: Sequence[str], kind: str, body: dict[str, Any], *, author: Member | None = None) -> None:
    """Add the same event to several streams, as `append` does to one, where nothing of it is wanted back.

    They are locked in no certain order: all but one must be streams to which nobody else can be writing just now.
    """
    _insist_on_transaction()
    _write(names, kind, body, author.pk if author else None, None)


def _insist_on_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event belongs in the transaction of the deed it tells of")


def _write(
    names: Sequence[str], kind: str, body: dict[str, Any], author_id: int | None, client_id: uuid.UUID | None
) -> list[tuple[int, int, "Drawn"]]:
    """Write an event to each stream and ring for all. Returns its id, the stream's id and the event, for each."""
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        written = _at_once(names, kind, body, author_id, client_id)
    else:
        written = [_by_steps(name, kind, body, author_id, client_id) for name in names]
    ring([drawn.news for _pk, _stream_id, drawn in written])
    return written


def _by_steps(name: str, kind: str, body: dict[str, Any], author_id: int | None, client_id: uuid.UUID | None) -> tuple[int, int, "Drawn"]:
    stream_id, seq, before = _next_number(name)
    drawn = draw(name, seq, before, kind, body)
    [[pk]] = asked(INSERT, drawn.row(stream_id, author_id, client_id))
    done(NEW_HEAD, [drawn.digest, stream_id])
    return pk, stream_id, drawn


def _at_once(
    names: Sequence[str], kind: str, body: dict[str, Any], author_id: int | None, client_id: uuid.UUID | None
) -> list[tuple[int, int, "Drawn"]]:
    database: Any = connections[DEFAULT_DB_ALIAS]
    at = timezone.now()
    sealed = {name: seal(body) for name in names}
    said = [(name, chain.rest_of(kind, at, each.fingerprint), each.salt, each.fingerprint) for name, each in sealed.items()]
    shared = [kind, sealed[names[0]].text, author_id, prepared(client_id), database.ops.adapt_datetimefield_value(at)]
    rows = in_postgres.append(said, shared)
    written = []
    for name, each in sealed.items():
        pk, stream_id, seq, digest = rows[each.salt]
        written.append((pk, stream_id, Drawn(News(name, seq, kind, each.body, at), each.text, each.salt, each.fingerprint, digest)))
    return written


class Sealed(NamedTuple):
    """A body as the database will give it back, its text, and the fingerprint of both its text and a salt of its own."""

    body: dict[str, Any]
    text: str
    salt: str
    fingerprint: str


def seal(body: dict[str, Any]) -> Sealed:
    if not all(type(value) in PLAIN for value in body.values()):
        body = json.loads(json.dumps(body, default=str))
    text, salt = chain.text_of(body), secrets.token_hex(16)
    return Sealed(body, text, salt, chain.fingerprint_of(text, salt))


@dataclass(frozen=True, slots=True)
class Drawn:
    """An event with its number and its link of the chain, not yet written."""

    news: News
    text: str
    salt: str
    fingerprint: str
    digest: str

    @property
    def fields(self) -> dict[str, Any]:
        news = self.news
        said = {"seq": news.seq, "kind": news.kind, "body": news.body, "at": news.at}
        return said | {"salt": self.salt, "fingerprint": self.fingerprint, "digest": self.digest}

    def row(self, stream_id: int, author_id: int | None, client_id: uuid.UUID | None) -> list[Any]:
        """Its values in the order of INSERT, as the database takes them."""
        database: Any = connections[DEFAULT_DB_ALIAS]
        news = self.news
        at = database.ops.adapt_datetimefield_value(news.at)
        known = [stream_id, news.seq, news.kind, self.text, author_id, prepared(client_id), at]
        return [*known, self.salt, self.fingerprint, self.digest]


def draw(stream: str, seq: int, before: str, kind: str, body: dict[str, Any]) -> Drawn:
    """The event that takes a number, and the stream's digest `before` it."""
    at, sealed = timezone.now(), seal(body)
    digest = chain.link(before, stream=stream, seq=seq, kind=kind, at=at, body_fingerprint=sealed.fingerprint)
    return Drawn(News(stream, seq, kind, sealed.body, at), sealed.text, sealed.salt, sealed.fingerprint, digest)


def ring(news: list[News]) -> None:
    """Tell of events once they are committed."""
    transaction.on_commit(partial(appended.send_robust, sender=Stream, news=news))


def rewrite(
    stream: str, bodies: Mapping[int, dict[str, Any]], *, author: Member | None = None, client_id: uuid.UUID | None = None
) -> Event:
    """Take words out of events for good (number → new body), and tell whoever has read them, with an event of its own.

    Numbers and chain stay; what stood there is gone, here, from what was told of it when words of it were taken out before, and from the
    memory of every process.
    """
    row = Stream.objects.select_for_update().get(name=stream)
    told = []
    for event in row.events.filter(seq__in=bodies).order_by("seq"):
        _put(event, bodies[event.seq])
        told.append({"target": event.seq, "kind": event.kind, "body": event.body})
    for event in row.events.filter(kind=REDACTED).exclude(seq__in=bodies):
        # Whoever was told then is told again now, of the events themselves.
        earlier = event.body.get("rewrites", [])
        if any(each["target"] in bodies for each in earlier):
            _put(event, {"rewrites": [{**each, "body": bodies.get(each["target"], each["body"])} for each in earlier]})
    return append(stream, REDACTED, {"rewrites": told}, author=author, client_id=client_id)


def _put(event: Event, body: dict[str, Any]) -> None:
    event.body, event.salt, event.rewritten_at = body, "", timezone.now()
    event.save(update_fields=["body", "salt", "rewritten_at"])


def _earlier(stream: str, author: Member | None, client_id: uuid.UUID) -> Event | None:
    """What was written before under this client_id. Asked under the stream's lock, so that of two at once the second sees the first."""
    Stream.objects.get_or_create(name=stream)
    row = Stream.objects.select_for_update().get(name=stream)
    return Event.objects.filter(stream=row, author=author, client_id=client_id).first()


def _next_number(stream: str) -> tuple[int, int, str]:
    """The stream's id, its next number and its last digest, in one statement that keeps the row locked until commit."""
    rows = asked(NEXT_NUMBER, [stream])
    if not rows:
        once.keep(Stream(name=stream))
        rows = asked(NEXT_NUMBER, [stream])
    return rows[0][0], rows[0][1], rows[0][2]


_CLIENT_ID: Any = Event._meta.get_field("client_id")


def prepared(client_id: uuid.UUID | None) -> Any:
    """A client_id as the database keeps it."""
    return client_id and _CLIENT_ID.get_db_prep_value(client_id, connections[DEFAULT_DB_ALIAS])


# Said once: this is written more often than anything else in the club, and making the statement costs more than doing it.
INSERT = (
    "INSERT INTO live_event (stream_id, seq, kind, body, author_id, client_id, at, salt, fingerprint, digest) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
WRITTEN_ANYWHERE = "SELECT 1 FROM live_event WHERE author_id = %s AND client_id = %s LIMIT 1"
WRITTEN = (
    "SELECT live_stream.name, live_event.seq FROM live_event JOIN live_stream ON live_stream.id = live_event.stream_id "
    "WHERE live_event.author_id = %%s AND live_event.client_id = %%s AND live_stream.name IN (%s)"
)
NEW_HEAD = "UPDATE live_stream SET digest = %s WHERE id = %s"
NEXT_NUMBER = "UPDATE live_stream SET last_seq = last_seq + 1 WHERE name = %s RETURNING id, last_seq, digest"


def written(names: Collection[str], author_id: int, client_id: uuid.UUID) -> tuple[str, int] | None:
    """Where an author wrote something under this client_id before: the stream's name and the number; None where nowhere."""
    known, database = prepared(client_id), connections[DEFAULT_DB_ALIAS]
    if not asked(WRITTEN_ANYWHERE, [author_id, known], database):
        # As nearly always, and then there is no stream to be looked up.
        return None
    rows = asked(WRITTEN % ", ".join(["%s"] * len(names)), [author_id, known, *names], database)
    return (rows[0][0], rows[0][1]) if rows else None


def heads(names: Iterable[str]) -> dict[str, int]:
    """The last number of each stream; 0 for one that nothing was written to."""
    wanted = list(names)
    return dict.fromkeys(wanted, 0) | dict(Stream.objects.filter(name__in=wanted).values_list("name", "last_seq"))


# Each name looked up for itself, however many are asked for, and only what is news comes back.
AHEAD = {
    "postgresql": (
        "SELECT live_stream.name, live_stream.last_seq FROM json_each_text(%s::json) AS known "
        "JOIN live_stream ON live_stream.name = known.key WHERE live_stream.last_seq > known.value::bigint"
    ),
    "sqlite": (
        "SELECT live_stream.name, live_stream.last_seq FROM json_each(%s) AS known CROSS JOIN live_stream "
        "ON live_stream.name = known.key WHERE live_stream.last_seq > known.value"
    ),
}


def ahead(known: Mapping[str, int]) -> dict[str, int]:
    """The last number of each stream that has gone past the number that is known of it."""
    return dict(asked(AHEAD[connections[DEFAULT_DB_ALIAS].vendor], [json.dumps(known)]))


def after(name: str, seq: int, limit: int = 200) -> list[News]:
    """A stream's events behind a number, in order, at most `limit`."""
    rows = Event.objects.filter(stream__name=name, seq__gt=seq).order_by("seq")[:limit]
    return [News(name, *row) for row in rows.values_list("seq", "kind", "body", "at")]
