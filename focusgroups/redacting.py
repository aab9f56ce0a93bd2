"""Taking names and numbers out of what was said, for good and everywhere, with a trace that somebody did."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import CharField

from codebooks.models import Code
from focusgroups import audiences, wordings
from focusgroups.models import Answer, Coding, Group, HiddenMessage, Item, Quote, Redaction, Remains
from live import streams
from live.models import Event, Stream
from members.models import Member

MARKS = {Redaction.Kind.NAME: "[name]", Redaction.Kind.NUMBER: "[number]", Redaction.Kind.OTHER: "[…]"}
LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
# What people wrote stands under these words of an event; the rest are numbers and the room's own names.
WRITTEN = {"body", "text", "comment", "notes", "choices", "answers", "pins", "given", "rewrites", "groups", "title"}


@transaction.atomic
def redact(group: Group, *, by: Member, words: Sequence[str], kind: Redaction.Kind, reason: str = "") -> Redaction:
    """Replace words wherever they stand in the group's record: events of every stream, guide, answers, codings and their codes, quotes.

    The numbers and the chain of the record stay. Whoever has the words on their screen is told to replace them.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    finds, mark = _pattern(words), MARKS[kind]
    places = 0
    for stream in Stream.objects.filter(name__startswith=audiences.stream(group.pk, "")).order_by("name"):
        bodies = _rewritten(stream, finds, mark)
        if bodies:
            streams.rewrite(stream.name, bodies, author=by)
        places += len(bodies)
    _redact_rows(group, finds, mark)
    _redact_codes(group, finds, mark)
    # Why they went must not say them again.
    return Redaction.objects.create(group=group, by=by, kind=kind, reason=finds.sub(mark, reason)[:200], places=places)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    wanted = sorted({word.strip() for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        raise ValueError("nothing to take out")
    return re.compile("|".join(_whole(word) for word in wanted), re.IGNORECASE)


def _whole(word: str) -> str:
    """Ann is not in "planning". Only Latin letters hold a word together: Chinese stands beside it without a space, as numbers do."""
    before = f"(?<![{LATIN}])" if re.match(f"[{LATIN}]", word) else ""
    after = f"(?![{LATIN}])" if re.match(f"[{LATIN}]", word[-1]) else ""
    return before + re.escape(word) + after


def _rewritten(stream: Stream, finds: re.Pattern[str], mark: str) -> dict[int, dict[str, Any]]:
    bodies: dict[int, dict[str, Any]] = {}
    for event in Event.objects.filter(stream=stream).order_by("seq").iterator(chunk_size=500):
        body = _without(event.body, finds, mark)
        if body != event.body:
            bodies[event.seq] = body
    return bodies


def _without(value: Any, finds: re.Pattern[str], mark: str, *, is_written: bool = False) -> Any:
    if isinstance(value, str):
        return finds.sub(mark, value) if is_written else value
    if isinstance(value, list):
        return [_without(each, finds, mark, is_written=is_written) for each in value]
    if isinstance(value, dict):
        return {
            name: _without(each, finds, mark, is_written=is_written or name in WRITTEN) if name != "name" else each
            for name, each in value.items()
        }
    return value


def _redact_rows(group: Group, finds: re.Pattern[str], mark: str) -> None:
    for item in Item.objects.filter(group=group):
        _redact_fields(item, ("text", "note", "options", "categories"), finds, mark)
        if (board := _without(item.board, finds, mark)) != item.board:
            item.board = board
            item.save(update_fields=["board"])
    for answer in Answer.objects.filter(item__group=group):
        body, given = finds.sub(mark, answer.body), _without(answer.given, finds, mark, is_written=True)
        if (body, given) != (answer.body, answer.given):
            answer.body, answer.given = body, given
            answer.save(update_fields=["body", "given"])
    for left in Remains.objects.filter(group=group):
        left.outcomes = _without(left.outcomes, finds, mark, is_written=True)
        left.words = [row for row in left.words if not finds.search(row[0])]
        left.save(update_fields=["outcomes", "words"])
    for quote in Quote.objects.filter(group=group):
        _redact_fields(quote, ("text", "note"), finds, mark)
    for hidden in HiddenMessage.objects.filter(group=group):
        hidden.wordings = _without(hidden.wordings, finds, mark, is_written=True)
        hidden.save(update_fields=["wordings"])
    edited = wordings.latest(group.pk)
    for coding in Coding.objects.filter(group=group).select_related("event"):
        _redact_fields(coding, ("memo",), finds, mark)
        text = edited.get((coding.event.stream_id, coding.event.seq), str(coding.event.body.get("body", "")))
        _move(coding, text, finds, mark)


def _redact_codes(group: Group, finds: re.Pattern[str], mark: str) -> None:
    """What coders call it and note under it goes with every project file; two codes of a book cannot bear the same mark as their name."""
    codes = list(group.study.codes)
    names = {code.name for code in codes}
    for code in codes:
        name = finds.sub(mark, code.name)[:90]
        if finds.search(code.name):
            names.discard(code.name)
            free = (name if number == 1 else f"{name} {number}" for number in count(1))
            code.name = next(each for each in free if each not in names)
            names.add(code.name)
            code.save(update_fields=["name"])
        _redact_fields(code, ("memo",), finds, mark)


def _redact_fields(row: Item | Quote | Coding | Code, names: Sequence[str], finds: re.Pattern[str], mark: str) -> None:
    changed = []
    for name in names:
        before = getattr(row, name)
        if finds.search(before):
            field = row._meta.get_field(name)
            # A mark may be longer than what it stands for.
            setattr(row, name, finds.sub(mark, before)[: field.max_length if isinstance(field, CharField) else None])
            changed.append(name)
    if changed:
        row.save(update_fields=changed)


def _move(coding: Coding, text: str, finds: re.Pattern[str], mark: str) -> None:
    """A coding's words may have changed, and where they stand in the text, too."""
    quoted = finds.sub(mark, coding.quoted)
    start = text.find(quoted)
    if (start, quoted) == (coding.start, coding.quoted):
        return
    if start < 0:
        # The words to be taken out lay across the mark's edge: all of the line is marked.
        start, quoted = 0, text or mark
    coding.start, coding.end, coding.quoted = start, start + len(quoted), quoted
    coding.save(update_fields=["start", "end", "quoted"])
