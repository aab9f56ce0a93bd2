"""Writing to a stream: the event takes the stream's next number in the transaction of the deed that it tells of."""

import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from live.models import Event, Stream
from members.models import Member

# Rung after commit with `stream` (its name) and `seq`: a hint for whoever holds open sockets. The database is the truth.
appended = Signal()


def append(stream: str, kind: str, body: dict[str, Any], *, author: Member | None = None, client_id: uuid.UUID | None = None) -> Event:
    """Add an event to a stream, inside the caller's transaction; the same author and client_id again returns the first event.

    The row lock that the number takes makes commit order the order of numbers, and leaves no hole behind.
    Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("append() belongs in the transaction of the deed it tells of")
    row, _is_new = Stream.objects.get_or_create(name=stream)
    Stream.objects.filter(pk=row.pk).update(last_seq=F("last_seq") + 1)
    row.refresh_from_db()
    if client_id and (earlier := Event.objects.filter(stream=row, author=author, client_id=client_id).first()):
        Stream.objects.filter(pk=row.pk).update(last_seq=F("last_seq") - 1)
        return earlier
    event = Event.objects.create(stream=row, seq=row.last_seq, kind=kind, body=body, author=author, client_id=client_id)
    transaction.on_commit(partial(appended.send_robust, sender=Stream, stream=stream, seq=event.seq))
    return event
