"""What was said, as it reads now: a message's last wording, and those before it."""

from collections import defaultdict
from typing import Any

from focusgroups import audiences
from live.models import Event

EDITED = "edited"


def edits_of(event: Event) -> "list[Event]":
    """The edits of a message, in their order."""
    return list(Event.objects.filter(stream=event.stream_id, kind=EDITED, body__target=event.seq).select_related("stream").order_by("seq"))


def latest(group_id: int) -> dict[tuple[int, int], str]:
    """(stream's id, number) → the last wording, of everything in a group that was edited."""
    name = audiences.stream(group_id, "")
    rows = Event.objects.filter(stream__name__startswith=name, kind=EDITED, body__has_key="target").order_by("id")
    return {(stream, body["target"]): str(body.get("body", "")) for stream, body in rows.values_list("stream_id", "body")}


def text_of(event: Event) -> str:
    """A message's words as they read now."""
    edits = edits_of(event)
    return str((edits[-1] if edits else event).body.get("body", ""))


def by_line(events: list[dict[str, Any]]) -> dict[tuple[str, int], list[str]]:
    """(stream, number) → the wordings that came after the first, of a room's events as a reader was given them."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for event in events:
        if event["type"] == EDITED and "target" in event:
            found[event["stream"], event["target"]].append(event.get("body", ""))
    return found
