"""GET /api/v1/groups/ID/events: what the room's socket says, for places that block sockets, and for audits.

The session cookie is the key: one reads as the member that one is.
"""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router, Schema
from pydantic import WithJsonSchema

from focusgroups import audiences, rooms
from focusgroups.refusals import NoSuchGroup, NotAdmitted
from live import streams
from members.models import Member
from members.problems import Problem

router = Router(tags=["groups"])


# One event, in the words of the socket: what else it says goes by its type.
EventOut = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "title": "EventOut",
            "type": "object",
            "required": ["type", "stream", "seq", "at"],
            "properties": {
                "type": {"type": "string"},
                "stream": {"type": "string", "enum": ["all", "staff", "me"]},
                "seq": {"type": "integer", "minimum": 1},
                "at": {"type": "string", "format": "date-time"},
            },
        }
    ),
]


class EventsOut(Schema):
    items: list[EventOut]
    heads: dict[str, int]
    epoch: str
    next: str | None


@router.get("/groups/{group_id}/events", response=EventsOut, summary="What happened in a focus group, as far as you may read")
def events(request: HttpRequest, group_id: Annotated[int, Path(ge=1, lt=2**63)], after: str = "") -> dict[str, Any]:
    """`items` behind `after` (such as `all:17,me:3`), oldest first; `heads` of each stream; `next`, the next page's `after`, or null."""
    if not isinstance(request.user, Member):
        raise Problem(401, "not-signed-in", "Send the session cookie of somebody who is in the room.")
    try:
        seat = rooms.seat_of(group_id, request.user)
    except (NoSuchGroup, NotAdmitted):
        raise Http404 from None
    if not seat.may_enter:
        raise Http404
    labels = audiences.streams_of(seat)
    given = audiences.parse_after(after)
    cursor = {label: given.get(label, 0) for label in labels}
    items = rooms.events_after(seat, cursor)
    for item in items:
        cursor[item["stream"]] = item["seq"]
    known = streams.heads(labels.values())
    following = audiences.print_after(cursor) if len(items) == rooms.PAGE else None
    heads = {label: known[name] for label, name in labels.items()}
    return {"items": items, "heads": heads, "epoch": seat.group.epoch, "next": following}
