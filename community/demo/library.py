"""The demo's words, read from the files under content/: TOML, and Markdown behind a TOML front matter."""

import datetime
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from community.demo.dates import event_day, later

CONTENT = Path(__file__).parent / "content"
FENCE = "+++\n"


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def definition(name: str) -> dict[str, Any]:
    """A SurveyJS definition."""
    found: dict[str, Any] = json.loads((CONTENT / "surveys" / name).read_text(encoding="utf-8"))
    return found


def documents(folder: str) -> list[tuple[str, dict[str, Any], str]]:
    """(name without suffix, front matter, text) of each Markdown file of a folder, by name."""
    return [(path.stem, *split(path.read_text(encoding="utf-8"))) for path in sorted((CONTENT / folder).glob("*.md"))]


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter (TOML, with or without a fence above) and what follows the fence below it."""
    head, _fence, body = text.removeprefix(FENCE).partition(FENCE)
    return tomllib.loads(head), body.strip()


def day_of(head: dict[str, Any], today: datetime.date) -> int:
    """When a conversation or a survey begins: a day of its own, or so many days after a club event."""
    if "event" not in head:
        return int(head["day"])
    event = next(event for event in toml("events/events.toml")["event"] if event["slug"] == head["event"])
    return event_day(today, event["near"]) + int(head["after_event_days"])


@dataclass
class Turn:
    """One post of a conversation, so long after the one before."""

    author: str
    body: str
    after: datetime.timedelta = datetime.timedelta()
    likes: list[str] = field(default_factory=list)
    is_solution: bool = False


def turns(text: str) -> list[Turn]:
    """`=== who +2h solution likes: one other`, then the words, as often as there are posts."""
    found = []
    for part in text.removeprefix("=== ").split("\n=== "):
        head, _line, body = part.partition("\n")
        said, _colon, likes = head.partition(" likes:")
        author, *marks = said.split()
        after = next((later(mark) for mark in marks if mark.startswith("+")), datetime.timedelta())
        found.append(Turn(author, body.strip(), after, likes.split(), "solution" in marks))
    return found
