"""GET /api/v1/groups/ID/events: what the room's socket says, for places that block sockets, and for audits. The session cookie is the key."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from focusgroups import audiences, rooms
from focusgroups.refusals import NoSuchGroup, NotAdmitted
from live import streams
from members.models import Member


@never_cache
@require_GET
def events(request: HttpRequest, pk: int) -> JsonResponse:
    """`{"items": […], "heads": {…}, "next": the next page's `after` or null}`, as far as this member may read."""
    if not isinstance(request.user, Member):
        return _problem(401, "not-signed-in", "Sign in.")
    try:
        seat = rooms.seat_of(pk, request.user)
    except (NoSuchGroup, NotAdmitted):
        return _problem(404, "not-found", "There is no such group.")
    if not seat.may_enter:
        return _problem(404, "not-found", "There is no such group.")
    labels = audiences.streams_of(seat)
    given = audiences.parse_after(request.GET.get("after", ""))
    cursor = {label: given.get(label, 0) for label in labels}
    items = rooms.events_after(seat, cursor)
    for item in items:
        cursor[item["stream"]] = item["seq"]
    known = streams.heads(labels.values())
    heads = {label: known[name] for label, name in labels.items()}
    following = audiences.print_after(cursor) if len(items) == rooms.PAGE else None
    return JsonResponse({"items": items, "heads": heads, "next": following})


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    body = {"type": f"urn:clubroom:problem:{code}", "title": detail, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
