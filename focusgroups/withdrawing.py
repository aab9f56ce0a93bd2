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
    copy = correcting.copy_of(said) if audience == ME and not said.body.get("is_masked") else None
    places = [said, *([copy] if copy else [])]
    forget_marks(turn.group.pk, places)
    for picture in turn.seat.pictures.filter(pk=said.body.get("picture")):
        transaction.on_commit(partial(picture.file.storage.delete, str(picture.file.name)))
        picture.delete()
    return take_out(turn, audience, places, {"is_withdrawn": True})


def take_out(turn: Turn, audience: str, places: list[Event], mark: dict[str, Any]) -> Written:
    """Take a message's words out of the record, wherever it was told, and say so there with a mark; out of the spotlight, too.

    places   where it stands: first the one by which it was named, in `audience`; then its copy, where it has one
    """
    rewritten, named = _bodies(turn.group.pk, places, mark), places[0]
    first = streams.rewrite(named.stream.name, rewritten.pop(named.stream.name), author=turn.seat.member, client_id=turn.client_id)
    for name, bodies in sorted(rewritten.items()):
        streams.rewrite(name, bodies, author=turn.seat.member)
    if audience == ALL and turn.group.spotlight_seq == named.seq:
        turn.group.spotlight_seq = None
        turn.group.save(update_fields=["spotlight_seq"])
        turn.write(ALL, "spotlight", {"target": None}, is_copy=True)
    return Written(audience, first.seq)


def _bodies(group_id: int, places: list[Event], mark: dict[str, Any]) -> dict[str, dict[int, dict[str, Any]]]:
    """stream → number → what stands there from now on."""
    made: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    said = places[0]
    for event in [*places, *(edit for place in places for edit in wordings.edits_of(place)), *_told(group_id, said)]:
        made[event.stream.name][event.seq] = _without(event.body, said.body.get("post"), mark)
    return made


def _told(group_id: int, said: Event) -> list[Event]:
    """What is said under a task that hides its answers is told to each who may read it, and once more when the answers are shown."""
    post = said.body.get("post")
    if not post:
        return []
    in_room = Event.objects.filter(stream__name__startswith=audiences.stream(group_id, "")).select_related("stream")
    told = list(in_room.filter(kind="message", body__post=post))
    shown = in_room.filter(kind="reveal", body__item=said.body.get("item"))
    return told + [event for event in shown if any(each.get("post") == post for each in event.body.get("messages", []))]


def _without(body: dict[str, Any], post: str | None, mark: dict[str, Any]) -> dict[str, Any]:
    if "messages" in body:
        return body | {"messages": [_without(each, None, mark) if each.get("post") == post else each for each in body["messages"]]}
    return {name: value for name, value in body.items() if name not in WORDS} | {"body": ""} | mark


def forget_marks(group_id: int, places: list[Event]) -> None:
    """What coders made of a message that is taken out, and the quotes that were picked of it."""
    said = places[0]
    said_as = [said.body.get("body", ""), *(edit.body.get("body", "") for edit in wordings.edits_of(said))]
    Coding.objects.filter(event__in=[each.pk for each in [*places, *_told(group_id, said)]]).delete()
    picked = Quote.objects.filter(group=group_id, name=said.body.get("name", ""))
    Quote.objects.filter(pk__in=[quote.pk for quote in picked if any(quote.text in words for words in said_as)]).delete()
