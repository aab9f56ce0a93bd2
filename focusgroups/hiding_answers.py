"""Taking an answer out of a room, or one note or one pin's comment of it: as with a message, and out of charts and results, too."""

import uuid
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, exercises, hiding
from focusgroups.models import Answer, Coding, HiddenMessage, Item, Quote
from focusgroups.refusals import Refused
from focusgroups.turns import ALL, STAFF, Turn, Written
from live import streams
from live.models import Event
from members.models import Member

Bodies = dict[str, dict[int, dict[str, Any]]]


@transaction.atomic
def hide_answer(group_id: int, *, member: Member, client_id: uuid.UUID | None, answer: int, words: str = "") -> Written:
    """A moderator takes out what somebody answered, in every wording that it ever had.

    words   the one note of a brainstorm, or comment of a pin, that goes; empty: all that was written. A pin stays where it was put.
    What was chosen, ranked, rated or sorted is no words and stays. Raises Refused: not-yours, no-such-answer.
    """
    turn = hiding.take_turn(group_id, member, client_id)
    if turn.done:
        return turn.done
    held = Answer.objects.select_related("item", "seat").filter(item__group=turn.group, pk=answer).first()
    told = _told(turn, held) if held else []
    gone = _words_gone(held, told, words) if held else []
    if held is None or not gone:
        raise Refused("no-such-answer", _("There are no such words any more."))
    mark = {"hidden_by": turn.seat.pseudonym, "hidden_at": timezone.now().isoformat()}
    first = _first_shown(told, held.pk, set(gone))
    HiddenMessage.objects.create(group=turn.group, event=first, seat=held.seat, wordings=gone, by=turn.seat.member)
    rewritten = _rewritten(held.item, told, held.pk, set(gone), mark)
    _forget_marks(turn, held, told, rewritten)
    kept = _without(held.item, exercises.answer_shown(held, held.seat), set(gone), mark)
    held.body, held.given = kept["body"], kept.get("given", {})
    held.mark = {name: value for name, value in kept.items() if name in exercises.MARKS}
    held.save(update_fields=["body", "given", "mark"])
    return _write(turn, rewritten)


def _told(turn: Turn, held: Answer) -> list[Event]:
    """Where its wordings stand: told to all, or to each who may read them, and once more when the answers were shown."""
    in_room = Event.objects.filter(stream__name__startswith=audiences.stream(turn.group.pk, "")).select_related("stream").order_by("id")
    given = in_room.filter(kind="answer", body__answer=held.pk)
    shown = in_room.filter(kind="reveal", body__item=held.item_id)
    return [*given, *(event for event in shown if _of(event.body, held.pk))]


def _of(body: dict[str, Any], answer: int) -> list[dict[str, Any]]:
    """The wordings of an answer that an event's body carries."""
    return [each for each in body.get("answers", [body]) if each.get("answer") == answer]


def _words_gone(held: Answer, told: list[Event], words: str) -> list[str]:
    """What goes, each wording once, as it was first said; nothing where it does not stand there."""
    said = [text for event in told for each in _of(event.body, held.pk) for text in exercises.written(held.item, each)]
    found = list(dict.fromkeys(said))
    return [text for text in found if not words or text == words]


def _first_shown(told: list[Event], answer: int, gone: set[str]) -> Event:
    """The line of the transcript, as the staff read it, under which the words stood first."""
    staff = [event for event in told if event.stream.name.rpartition(":")[2] in (ALL, STAFF)]
    stood = [event for event in staff if any(words in gone for each in _of(event.body, answer) for words in _lines(each))]
    return min(stood or staff or told, key=lambda event: event.pk)


def _lines(shown: dict[str, Any]) -> list[str]:
    given = shown.get("given") or {}
    return [shown.get("body", ""), *given.get("notes", []), *(pin.get("comment", "") for pin in given.get("pins", []))]


def _rewritten(item: Item, told: list[Event], answer: int, gone: set[str], mark: dict[str, Any]) -> Bodies:
    made: Bodies = defaultdict(dict)
    for event in told:
        if "answers" in event.body:
            shown = [_without(item, each, gone, mark) if each.get("answer") == answer else each for each in event.body["answers"]]
            body = event.body | {"answers": shown}
        else:
            body = _without(item, event.body, gone, mark)
        if body != event.body:
            made[event.stream.name][event.seq] = body
    return made


def _without(item: Item, shown: dict[str, Any], gone: set[str], mark: dict[str, Any]) -> dict[str, Any]:
    """An answer as the room is shown it, without these words: notes and pins keep their places, for columns go by them."""
    given = shown.get("given") or {}
    lines = given.get("notes") or [pin.get("comment", "") for pin in given.get("pins", [])]
    if not lines:
        return shown | {"body": ""} | mark | {"is_withdrawn": True, "is_hidden": True} if shown.get("body") in gone else shown
    places = [place for place, words in enumerate(lines) if words in gone]
    if not places:
        return shown
    left = ["" if place in places else words for place, words in enumerate(lines)]
    if "notes" in given:
        given = given | {"notes": left}
    else:
        given = given | {"pins": [{**pin, "comment": words} for pin, words in zip(given["pins"], left, strict=True)]}
    hidden = sorted({*places, *shown.get("hidden_parts", [])})
    made = shown | {"given": given, "hidden_parts": hidden} | mark
    if "notes" in given and not any(left):
        return made | {"body": "", "is_withdrawn": True, "is_hidden": True}
    return made | {"body": exercises.in_words(item, given, hidden=hidden)}


def _forget_marks(turn: Turn, held: Answer, told: list[Event], rewritten: Bodies) -> None:
    """Coders' marks and picked quotes that hold words which are gone; what else was marked moves to where it stands now."""
    quotes = Quote.objects.filter(group=turn.group, name=held.seat.pseudonym)
    codings: dict[int, list[Coding]] = defaultdict(list)
    for coding in Coding.objects.filter(event__in=told):
        codings[coding.event_id].append(coding)
    for event in told:
        now = rewritten.get(event.stream.name, {}).get(event.seq)
        if now is None:
            continue
        for before, after in zip(_of(event.body, held.pk), _of(now, held.pk), strict=True):
            torn = [each.pk for each in quotes if each.text in before["body"] and each.text not in after["body"]]
            Quote.objects.filter(pk__in=torn).delete()
        for coding in codings[event.pk]:
            start = str(now.get("body", "")).find(coding.quoted)
            if start < 0:
                coding.delete()
            elif start != coding.start:
                coding.start, coding.end = start, start + len(coding.quoted)
                coding.save(update_fields=["start", "end"])


def _write(turn: Turn, rewritten: Bodies) -> Written:
    """To all who read it, each by their own stream; the first that the moderator reads answers their deed."""
    labels = {audiences.stream(turn.group.pk, label): label for label in (ALL, STAFF)}
    answered = next(name for name in labels if name in rewritten)
    event = streams.rewrite(answered, rewritten.pop(answered), author=turn.seat.member, client_id=turn.client_id)
    for name, bodies in sorted(rewritten.items()):
        streams.rewrite(name, bodies, author=turn.seat.member)
    return Written(labels[answered], event.seq)
