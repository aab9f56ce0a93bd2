"""What a room asks with every deed, and every socket in it with every breath."""

import datetime
import uuid
from collections.abc import Sequence

from focusgroups.models import Group, Lease, Seat
from members.models import Member
from members.ready import Ready, ReadyUpdate

_GROUP = Ready(lambda pk: Group.objects.select_for_update().order_by().filter(pk=pk))
_SEAT = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group))
_SEATS = Ready(lambda group, members: Seat.objects.admitted_among(members).order_by().filter(group=group))
_SEAT_AND_ROOM = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group).select_related("group", "member"))
_SAT = ReadyUpdate(lambda seat, until: (Seat.objects.filter(pk=seat, removed_at=None), {"here_until": until}))
_LEASED = ReadyUpdate(lambda socket, until: (Lease.objects.filter(socket=socket), {"until": until}))


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


def seats_in(group: Group, members: Sequence[Member]) -> dict[int, Seat]:
    """`seat_in` for many members, by their ids."""
    known = {member.pk: member for member in members}
    if len(known) == 1:
        only = seat_in(group, members[0])
        return {only.member_id: only} if only else {}
    # Of few lengths, each of which is a statement of its own.
    asked = list(known) + [members[0].pk] * ((1 << (len(known) - 1).bit_length()) - len(known))
    seats = _SEATS.all(group=group.pk, members=asked)
    for seat in seats:
        seat.group, seat.member = group, known[seat.member_id]
    return {seat.member_id: seat for seat in seats}


def seat_with_room(group_id: int, member: Member) -> Seat | None:
    """The seat that a member may sit in now, read together with its room."""
    seat: Seat | None = _SEAT_AND_ROOM.first(group=group_id, member=member.pk)
    return seat


def stay(seat_id: int, until: datetime.datetime) -> bool:
    """Put off the moment from which a seat counts as empty. Returns whether somebody may sit there at all."""
    return bool(_SAT.do(seat=seat_id, until=until))


def renew(socket: uuid.UUID, until: datetime.datetime) -> bool:
    """Put off the end of a socket's lease. Returns whether it had one."""
    return bool(_LEASED.do(socket=socket, until=until))
