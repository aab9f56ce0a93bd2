"""/groups/ID/frames/: the room for a page that gets no socket: greets it and takes its frames. What happens it reads from the API's list.

A visit is asked for again and again, so a lease holds the seat for as long as the asking goes on; there is nothing to close.
"""

import uuid
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from focusgroups import attending, audiences, framing, rooms
from focusgroups.models import Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from focusgroups.views import asker
from live import hub, streams
from live.frames import BadFrame, FrameTooLong, number, parse
from live.sockets import FRAME_TOO_LONG, NO_SUCH_ROOM, NOT_ADMITTED, NOT_SIGNED_IN

# As many frames as a socket may send in as long a time.
SPAN_SECONDS, SPAN_FRAMES = 10, 200
OURS = uuid.UUID("0f3f6d4e-56f5-4f0e-9d53-d7ad3f1c2b60")


@require_http_methods(["GET", "POST"])
def frames(request: HttpRequest, pk: int) -> HttpResponse:
    """`{"frames": […]}`: `hello` to a GET, what a socket would answer to the frame that is POSTed; or `{"close": CODE}` with 403."""
    if not request.user.is_authenticated:
        return _closed(NOT_SIGNED_IN)
    try:
        seat = rooms.seat_of(pk, asker(request))
        if not seat.may_enter:
            raise NotAdmitted
        return JsonResponse({"frames": _answers(request, seat) if request.method == "POST" else [_greeting(request, seat)]})
    except NoSuchGroup:
        return _closed(NO_SUCH_ROOM)
    except NotAdmitted:
        return _closed(NOT_ADMITTED)
    except FrameTooLong:
        return _closed(FRAME_TOO_LONG)


def _closed(code: int) -> HttpResponse:
    return JsonResponse({"close": code}, status=403)


def _greeting(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    """Heads first, then the room: what happens in between comes as an event."""
    heads = _heads(seat)
    _be_here(request, seat)
    return {"type": "hello", "heads": heads, **rooms.hello(rooms.seat_of(seat.group_id, seat.member))}


def _heads(seat: Seat) -> dict[str, int]:
    names = audiences.streams_of(seat)
    known = streams.heads(names.values())
    return {label: known[name] for label, name in names.items()}


def _be_here(request: HttpRequest, seat: Seat) -> None:
    was_here = seat.is_here()
    attending.be_here(seat.pk, uuid.uuid5(OURS, f"{seat.pk} {request.session.session_key}"))
    if not was_here:
        hub.ring(audiences.bell(seat), {"type": "presence", "seat": seat.pk, "name": seat.pseudonym, "role": seat.role, "is_here": True})


def _answers(request: HttpRequest, seat: Seat) -> list[dict[str, Any]]:
    client_id: Any = None
    try:
        frame = parse({"text": request.body.decode("utf-8", "replace")})
        client_id = frame.get("client_id")
        if _is_too_fast(seat):
            refusal = _refusal(seat, "too-fast", _("That was too fast. Take a breath and try again."), client_id)
            return [refusal | {"retry_after": SPAN_SECONDS}]
        match frame["type"]:
            case "ping":
                _be_here(request, seat)
                return [{"type": "pong", "heads": _heads(seat)}, {"type": "presence", "here": rooms.here(seat)}]
            case "seen":
                _note_reading(seat, frame.get("seq"))
                return []
            case "typing":
                hub.ring(audiences.bell(seat), {"type": "typing", "seat": seat.pk, "name": seat.pseudonym})
                return []
            case "checked":
                if seat.is_participant and attending.pass_check(seat.pk):
                    hub.ring(audiences.moderators_bell(seat.group_id), {"type": "checked", "seat": seat.pk})
                return []
        known, deed = framing.understood(frame, seat.group_id, seat.member)
        return [framing.acknowledged(known, deed())]
    except (BadFrame, Refused) as error:
        return [_refusal(seat, error.code, error.message, client_id)]
    except DatabaseError:
        return [_refusal(seat, "unavailable", _("The club is busy. Try again in a moment."), client_id) | {"retry_after": 1}]


def _note_reading(seat: Seat, seen: Any) -> None:
    seq = number(seen.get(audiences.ALL)) if isinstance(seen, dict) else None
    if seq is not None and seat.is_participant:
        hub.ring(audiences.moderators_bell(seat.group_id), {"type": "read", "seat": seat.pk, "seq": seq})


def _is_too_fast(seat: Seat) -> bool:
    key = f"room-frames:{seat.pk}"
    if cache.add(key, 1, SPAN_SECONDS):
        return False
    try:
        return cache.incr(key) > SPAN_FRAMES
    except ValueError:
        return False


def _refusal(seat: Seat, code: str, message: Any, client_id: Any) -> dict[str, Any]:
    with translation.override(seat.member.locale):
        frame = {"type": "error", "code": code, "message": str(message)}
    return frame if client_id is None else {**frame, "client_id": str(client_id)}
