"""Taking back what one has said, for as long as it may be put right. Its words go for good, wherever they stand; that somebody took
something back stays in the record, under its number."""

import uuid
from collections import defaultdict
from functools import partial
from typing import Any

from django.db import transaction

from focusgroups import audiences, correcting, turns, wordings
from focusgroups.discussing import require_audience
from focusgroups.models import Coding, Quote, Seat
from focusgroups.turns import ALL, ME, STAFF, Turn, Written
from live import streams
from live.models import Event
from members.models import Member

# What says something, beside who, when and where.
WORDS = ("body", "picture", "reply_to")


@transaction.atomic
def withdraw(group_id: int, *, member: Member, client_id: uuid.UUID, target: int, stream: str = "") -> Written:
    """Take back a message of one's own, also one under a task that hides its answers.

    target   its number in `stream` (all; behind the glass: staff; to the moderators alone: me)
    Raises Refused: no-edits, no-such-message, too-late, and what `say` raises.
    """
    turn = turns.take(group_id, member, client_id)
    if turn.done:
        return turn.done
    audience = stream or (STAFF if turn.seat.role == Seat.Role.OBSERVER else ALL)
    require_audience(turn, audience)
    said = correcting.own(turn, audience, target)
    correcting.require_in_time(turn, said)
    _forget(turn, said)
    rewritten = _bodies(turn, audience, said)
    own = said.stream.name
    first = streams.rewrite(own, rewritten.pop(own), author=member, client_id=client_id)
    for name, bodies in sorted(rewritten.items()):
        streams.rewrite(name, bodies, author=member)
    if audience == ALL and turn.group.spotlight_seq == target:
        turn.group.spotlight_seq = None
        turn.group.save(update_fields=["spotlight_seq"])
        turn.write(ALL, "spotlight", {"target": None}, is_copy=True)
    return Written(audience, first.seq)


def _bodies(turn: Turn, audience: str, said: Event) -> dict[str, dict[int, dict[str, Any]]]:
    """stream → number → what stands there from now on, wherever the message was told."""
    made: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    copy = correcting.copy_of(turn, said) if audience == ME and not said.body.get("is_masked") else None
    for event in [said, *wordings.edits_of(said), *([copy, *wordings.edits_of(copy)] if copy else []), *_told(turn, said)]:
        made[event.stream.name][event.seq] = _without(event.body, said.body.get("post"))
    return made


def _told(turn: Turn, said: Event) -> list[Event]:
    """What is said under a task that hides its answers is told to each who may read it, and once more when the answers are shown."""
    post = said.body.get("post")
    if not post:
        return []
    in_room = Event.objects.filter(stream__name__startswith=audiences.stream(turn.group.pk, "")).select_related("stream")
    told = list(in_room.filter(kind="message", body__post=post))
    shown = in_room.filter(kind="reveal", body__item=said.body.get("item"))
    return told + [event for event in shown if any(each.get("post") == post for each in event.body.get("messages", []))]


def _without(body: dict[str, Any], post: str | None) -> dict[str, Any]:
    if "messages" in body:
        return body | {"messages": [_without(each, None) if each.get("post") == post else each for each in body["messages"]]}
    return {name: value for name, value in body.items() if name not in WORDS} | {"body": "", "is_withdrawn": True}


def _forget(turn: Turn, said: Event) -> None:
    """What coders made of it, and the picture that came with it."""
    wordings_of_it = [said.body.get("body", ""), *(edit.body.get("body", "") for edit in wordings.edits_of(said))]
    Coding.objects.filter(event__in=[said.pk, *(each.pk for each in _told(turn, said))]).delete()
    picked = Quote.objects.filter(group=turn.group, name=turn.seat.pseudonym)
    Quote.objects.filter(pk__in=[quote.pk for quote in picked if any(quote.text in words for words in wordings_of_it)]).delete()
    for picture in turn.seat.pictures.filter(pk=said.body.get("picture")):
        transaction.on_commit(partial(picture.file.storage.delete, str(picture.file.name)))
        picture.delete()
