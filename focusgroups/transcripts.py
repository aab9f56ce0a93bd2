"""A room's events as people read them afterwards: who, when, what, in one list. Names are the room's own."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from focusgroups import identities, wordings
from focusgroups.models import Group

SPOKEN = ("message", "answer")
# Taken back by whoever said it: its line stays and says so.
WITHDRAWN = "withdrawn"
# Taken out by a moderator: so, too, and with whom and when.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Line:
    """One line: `kind` is the event's; `is_staff` for what stayed behind the glass, `is_private` for what was whispered.

    seat, item   who said it, and under which item of the guide; None where nobody or nothing
    edits        how often its sayer put it right: `text` is the last wording, `earlier` are those before it
    hidden_by, hidden_at   which moderator took it out, or words of it, under their name in the room; empty where nobody did
    answer       its number where it is one; `parts` are the notes or comments that it is made of, `is_choice` says that there are no words
    """

    stream: str
    seq: int
    at: datetime.datetime
    kind: str
    role: str
    name: str
    text: str
    is_staff: bool
    is_private: bool
    seat: int | None = None
    item: int | None = None
    picture: int | None = None
    edits: int = 0
    earlier: tuple[str, ...] = ()
    hidden_by: str = ""
    hidden_at: datetime.datetime | None = None
    answer: int | None = None
    parts: tuple[str, ...] = ()
    is_choice: bool = False

    @property
    def is_spoken(self) -> bool:
        """A participant's own words: what coders mark."""
        return self.kind in SPOKEN and self.role == "participant" and bool(self.text)

    @property
    def is_removable(self) -> bool:
        """Words that a moderator may take out: those of participants and observers. An exercise that only chooses has none."""
        return self.kind in SPOKEN and self.role != "moderator" and not self.is_choice


def lines(events: list[dict[str, Any]]) -> list[Line]:
    """The lines of a room's events, in their order; what is only a sign (reactions, votes, spotlight) is left out."""
    made: list[Line] = []
    seen: set[tuple[int, str, str]] = set()
    before: int | None = None
    edited = wordings.by_line(events)
    for event in events:
        if event["type"] == "item" and "item" in event:
            before = event["item"]
        if (text := _text(event)) is None:
            continue
        # What is masked is told to several, and once more when it is revealed; it was said once.
        if event["type"] == "message" and event.get("post"):
            if (0, event["post"], "") in seen:
                continue
            seen.add((0, event["post"], ""))
        answers = [event] if event["type"] == "answer" else event.get("answers", [])
        fresh = [answer for answer in answers if _wording(answer) not in seen]
        # Wordings that were taken out together are one line.
        fresh = list({_wording(answer): answer for answer in fresh}.values())
        seen |= {_wording(answer) for answer in fresh}
        if event["type"] != "answer":
            made.append(_reworded(_line(event, text, before), edited.get((event["stream"], event["seq"]), [])))
        given = [{**event, **answer, "type": "answer"} for answer in fresh]
        made += [_line(answer, text, before) for answer in given if (text := _text(answer))]
        said = [each for each in event.get("messages", []) if (0, each["post"], "") not in seen]
        seen |= {(0, each["post"], "") for each in said}
        made += [_line({**event, **each, "type": "message"}, each["body"], before) for each in said if each.get("body")]
    return made


def _wording(answer: dict[str, Any]) -> tuple[int, str, str]:
    return answer["answer"], answer["body"], answer.get("hidden_at", "") if answer.get("is_hidden") else ""


def _reworded(line: Line, later: list[str]) -> Line:
    return replace(line, text=later[-1], edits=len(later), earlier=(line.text, *later[:-1])) if later and line.kind == "message" else line


def _line(event: dict[str, Any], text: str, before: int | None) -> Line:
    is_private = event["type"] == "probe" or bool(event.get("is_private"))
    parts = _parts(event.get("given") or {}) if event["type"] == "answer" else ()
    return Line(
        stream=event["stream"],
        seq=event["seq"],
        at=datetime.datetime.fromisoformat(event["at"]),
        kind=_gone(event) or event["type"],
        role=event.get("role", ""),
        name=event.get("name", "") if event["type"] in ("message", "probe", "answer") else "",
        text=text,
        # What is masked comes to the staff by their own stream, but was not said behind the glass.
        is_staff=event["stream"] == "staff" and not is_private and event["type"] != "answer" and not event.get("is_masked"),
        is_private=is_private,
        seat=event.get("seat"),
        item=event.get("item") or before,
        picture=event.get("picture"),
        hidden_by=event.get("hidden_by", ""),
        hidden_at=datetime.datetime.fromisoformat(event["hidden_at"]) if "hidden_at" in event else None,
        answer=event["answer"] if event["type"] == "answer" else None,
        parts=parts,
        is_choice=bool(event.get("given")) and not parts,
    )


def _parts(given: dict[str, Any]) -> tuple[str, ...]:
    words = given.get("notes") or [pin.get("comment", "") for pin in given.get("pins", [])]
    return tuple(dict.fromkeys(each for each in words if each))


def _gone(event: dict[str, Any]) -> str:
    return HIDDEN if event.get("is_hidden") else WITHDRAWN if event.get("is_withdrawn") else ""


def _text(event: dict[str, Any]) -> str | None:
    match event["type"]:
        case "answer":
            return _("(answer removed by a moderator)") if _gone(event) else event.get("body")
        case "message":
            return {HIDDEN: _("(message removed by a moderator)"), WITHDRAWN: _("(taken back)")}.get(_gone(event)) or event.get("body")
        case "probe":
            return f"→ {event['to_name']}: {event['body']}" if "body" in event else None
        case "item":
            return "\n".join([event["text"], *(f"· {choice}" for choice in event["choices"])]) if "text" in event else None
        case "reveal":
            return _("The answers were shown to everybody.")
        case "status":
            status = event.get("status", "")
            return {"open": _("The room opened."), "paused": _("The room paused."), "closed": _("The room closed.")}.get(status)
        case "seated":
            return _("%(name)s sat down.") % {"name": event["name"]} if "name" in event else None
        case "removed":
            said = _("%(name)s does not come.") if event.get("is_own") else _("%(name)s was shown out.")
            return said % {"name": event["name"]} if "name" in event else None
        case "lead":
            said = _("%(name)s leads from now on.") if event.get("is_leading") else _("%(name)s has handed over the lead.")
            return said % {"name": event["name"]} if "name" in event else None
        case "attendance":
            return _attendance(event) % {"name": event["name"]} if "name" in event else None
    return None


def _attendance(event: dict[str, Any]) -> str:
    if event.get("is_confirmed"):
        return _("%(name)s took part, as a moderator confirmed.")
    return _("%(name)s came in.") if event.get("is_here") else _("%(name)s left.")


def for_client(group: Group, lines: list[Line]) -> list[Line]:
    """The copy for those who paid for the answers: what the whole room heard, and nothing that tells who anybody is.

    Moderators are called so; names, addresses, companies and long numbers of the participants are taken out of what was said.
    """
    names = identities.known(group)
    hosts = list(dict.fromkeys(line.name for line in lines if line.role == "moderator" and line.name))
    called = {name: _("Moderator") + (f" {place}" if len(hosts) > 1 else "") for place, name in enumerate(hosts, start=1)}
    public = [line for line in lines if not line.is_staff and not line.is_private and line.kind not in ("seated", "removed", "lead")]
    return [
        replace(
            line,
            name=called.get(line.name, line.name),
            text=identities.masked(line.text, names),
            stream="all",
            seat=None,
            earlier=(),
            hidden_by="",
            picture=None,
            answer=None,
            parts=(),
        )
        for line in public
    ]
