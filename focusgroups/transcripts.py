"""A room's events as people read them afterwards: who, when, what, in one list. Names are the room's own."""

import csv
import datetime
import io
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from focusgroups.models import Group

LONGEST = 20_000


@dataclass(frozen=True)
class Line:
    """One line: `kind` is the event's; `is_staff` for what stayed behind the glass, `is_private` for what was whispered."""

    stream: str
    seq: int
    at: datetime.datetime
    kind: str
    role: str
    name: str
    text: str
    is_staff: bool
    is_private: bool


def lines(events: list[dict[str, Any]]) -> list[Line]:
    """The lines of a room's events, in their order; what is only a sign (reactions, votes, spotlight) is left out."""
    made: list[Line] = []
    seen: set[tuple[int, str]] = set()
    for event in events:
        if (text := _text(event)) is None:
            continue
        # A masked answer is told to several, and once more when it is revealed; it is one answer.
        answers = [event] if event["type"] == "answer" else event.get("answers", [])
        fresh = [answer for answer in answers if (answer["answer"], answer["body"]) not in seen]
        seen |= {(answer["answer"], answer["body"]) for answer in fresh}
        if event["type"] != "answer":
            made.append(_line(event, text))
        made += [_line({**event, **answer, "type": "answer"}, answer["body"]) for answer in fresh]
    return made


def _line(event: dict[str, Any], text: str) -> Line:
    is_private = event["type"] == "probe" or bool(event.get("is_private"))
    return Line(
        stream=event["stream"],
        seq=event["seq"],
        at=datetime.datetime.fromisoformat(event["at"]),
        kind=event["type"],
        role=event.get("role", ""),
        name=event.get("name", "") if event["type"] in ("message", "probe", "answer") else "",
        text=text,
        is_staff=event["stream"] == "staff" and not is_private,
        is_private=is_private,
    )


def _text(event: dict[str, Any]) -> str | None:
    match event["type"]:
        case "message" | "answer":
            return event["body"]
        case "probe":
            return f"→ {event['to_name']}: {event['body']}"
        case "item":
            return "\n".join([event["text"], *(f"· {choice}" for choice in event["choices"])])
        case "reveal":
            return _("The answers were shown to everybody.")
        case "status":
            return {"open": _("The room opened."), "paused": _("The room paused."), "closed": _("The room closed.")}.get(event["status"])
        case "seated":
            return _("%(name)s sat down.") % {"name": event["name"]}
        case "removed":
            return _("%(name)s was shown out.") % {"name": event["name"]}
    return None


def as_text(group: Group, lines: list[Line]) -> str:
    """A plain file to read: a head, then a line for each event."""
    head = [group.title, _("Transcript under the names of the room"), ""]
    body = [f"[{_clock(line)}] {_mark(line)}{line.name + ': ' if line.name else '— '}{line.text}" for line in lines]
    return "\n".join([*head, *body, ""])


def as_csv(group: Group, lines: list[Line]) -> str:
    """A table for a spreadsheet, with a byte order mark so that Excel reads Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["stream", "seq", "at", "kind", "role", "name", "private", "text"])
    for line in lines:
        row = [line.stream, line.seq, line.at.isoformat(), line.kind, line.role, line.name, int(line.is_private), line.text]
        writer.writerow([_harmless(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is made text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _clock(line: Line) -> str:
    return timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S")


def _mark(line: Line) -> str:
    return f"({_('private')}) " if line.is_private else f"({_('back room')}) " if line.is_staff else ""
