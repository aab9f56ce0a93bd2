"""Reading a room and a seat at the beginning of every turn: every deed in a room asks these two questions."""

from focusgroups.models import Group, Seat
from members.models import Member
from members.ready import Ready

_GROUP = Ready(lambda pk: Group.objects.select_for_update().order_by().filter(pk=pk))
_SEAT = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group))


def hold(group_id: int) -> Group | None:
    """The room, locked until the transaction ends."""
    group: Group | None = _GROUP.first(pk=group_id)
    return group


def seat_in(group: Group, member: Member) -> Seat | None:
    """The seat that a member may sit in now, with its room and member at hand."""
    seat: Seat | None = _SEAT.first(group=group.pk, member=member.pk)
    if seat is not None:
        seat.group, seat.member = group, member
    return seat
