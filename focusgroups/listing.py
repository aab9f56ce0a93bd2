"""A member's groups, sorted by what can be done with them."""

from typing import Any

from focusgroups.models import Group, Seat
from members.models import Member

SHOWN = 30
Status = Group.Status


def of(member: Member) -> dict[str, Any]:
    """`now`, `coming`, `past`: the member's seats with their groups; `free`: groups with open seats that they do not sit in."""
    seats = list(Seat.objects.admitted(member).select_related("group").order_by("-group_id")[: SHOWN * 3])
    mine = {seat.group_id for seat in seats}
    free = Group.objects.visible_to(member).filter(open_seats__gt=0).exclude(status=Status.CLOSED).exclude(pk__in=mine)
    return {
        "now": [seat for seat in seats if seat.group.status in (Status.OPEN, Status.PAUSED)],
        "coming": [seat for seat in seats if seat.group.status == Status.PLANNED],
        "past": [seat for seat in seats if seat.group.is_closed],
        "free": list(free[:SHOWN]),
    }
