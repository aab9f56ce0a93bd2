"""What a room asks with every deed, and every socket in it with every breath."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence

from focusgroups.models import Group, Lease, Seat
from members import once
from members.models import Member
from members.ready import Ready, ReadyDelete, ReadyUpdate

_GROUP = Ready(lambda pk: Group.objects.select_for_update().order_by().filter(pk=pk))
# What saying something asks for; whatever else is wanted of them is asked for then.
_OF_ROOM = ("id", "status", "kind", "consent_version")
_OF_SEAT = ("id", "group", "member", "role", "pseudonym", "consented_at", "consent_version", "is_muted")
_GROUP_TO_SPEAK = Ready(lambda pk: Group.objects.select_for_update().order_by().filter(pk=pk).only(*_OF_ROOM))
_GROUPS_TO_SPEAK = Ready(lambda pks: Group.objects.select_for_update().order_by("pk").filter(pk__in=pks).only(*_OF_ROOM))
_SEAT_TO_SPEAK = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group).only(*_OF_SEAT))
_SEAT = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group))
_SEATS_TO_SPEAK = Ready(
    lambda groups, members: Seat.objects.admitted_among(members).order_by().filter(group__pk__in=groups).only(*_OF_SEAT)
)
_SEAT_AND_ROOM = Ready(lambda group, member: Seat.objects.admitted(member).order_by().filter(group=group).select_related("group", "member"))
_SAT = ReadyUpdate(lambda seat, until: (Seat.objects.filter(pk=seat, removed_at=None), {"here_until": until}))
_ROOM_OF = Ready(lambda seat: Seat.objects.order_by().filter(pk=seat).values_list("group_id"))
_SEAT_AND_MEMBER = Ready(lambda seat: Seat.objects.order_by().filter(pk=seat).select_related("member"))
_BEEN_HERE = ReadyUpdate(lambda seat, at: (Seat.objects.filter(pk=seat, first_here_at=None), {"first_here_at": at}))
_CAME = ReadyUpdate(lambda seat, at: (Seat.objects.filter(pk=seat), {"came_at": at}))
_LEFT = ReadyUpdate(lambda seat: (Seat.objects.filter(pk=seat), {"came_at": None}))
_EMPTY = ReadyUpdate(lambda seat, at: (Seat.objects.filter(pk=seat, here_until__isnull=False), {"here_until": at}))
_RUN_OUT = ReadyDelete(lambda seat, now: Lease.objects.filter(seat=seat, until__lt=now))
_GIVEN_BACK = ReadyDelete(lambda socket: Lease.objects.filter(socket=socket))
_LAST = Ready(lambda seat, now: Lease.objects.filter(seat=seat, until__gt=now).order_by("-until").values_list("until")[:1])
_LEASED = ReadyUpdate(lambda socket, until: (Lease.objects.filter(socket=socket), {"until": until}))


def hold(group_id: int) -> Group | None:
    """The room, locked until the transaction ends."""
    group: Group | None = _GROUP.first(pk=group_id)
    return group


def hold_to_speak(group_ids: Collection[int]) -> dict[int, Group]:
    """`hold` for one room or many, by their ids, with little more of each than saying something in it asks for."""
    if len(group_ids) == 1:
        return {group.pk: group for group in _GROUP_TO_SPEAK.all(pk=next(iter(group_ids)))}
    # In the order of their ids, so that no two processes wait for each other.
    return {group.pk: group for group in _GROUPS_TO_SPEAK.all(pks=_filled_up(group_ids))}


def seat_in(group: Group, member: Member) -> Seat | None:
    """The seat that a member may sit in now, with its room and member at hand."""
    seat: Seat | None = _SEAT.first(group=group.pk, member=member.pk)
    if seat is not None:
        _put_at_hand(seat, group, member)
    return seat


def _put_at_hand(seat: Seat, group: Group, member: Member) -> None:
    """As assigning them does, past its checks: the seat has their ids already."""
    seat._state.fields_cache.update(group=group, member=member)


def seats_to_speak(groups: Mapping[int, Group], members: Sequence[Member]) -> dict[tuple[int, int], Seat]:
    """`seat_in` for many, by the ids of room and member, with little more of each than saying something asks for."""
    known = {member.pk: member for member in members}
    if not groups:
        return {}
    if len(groups) == len(known) == 1:
        found = _SEAT_TO_SPEAK.all(group=next(iter(groups)), member=members[0].pk)
    else:
        found = _SEATS_TO_SPEAK.all(groups=_filled_up(groups), members=_filled_up(known))
    for seat in found:
        _put_at_hand(seat, groups[seat.group_id], known[seat.member_id])
    return {(seat.group_id, seat.member_id): seat for seat in found}


def _filled_up(ids: Collection[int]) -> list[int]:
    """In lists of few lengths, for each is a statement of its own."""
    some = sorted(ids)
    return some + some[:1] * ((1 << (len(some) - 1).bit_length()) - len(some))


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


def lease(socket: uuid.UUID, seat_id: int, until: datetime.datetime, now: datetime.datetime) -> None:
    """Give a socket its lease of a seat, and let go of those that have run out there."""
    _RUN_OUT.do(seat=seat_id, now=now)
    once.keep(Lease(socket=socket, seat_id=seat_id, until=until))


def give_back(socket: uuid.UUID) -> bool:
    """End a socket's lease. Returns whether it had one."""
    return bool(_GIVEN_BACK.do(socket=socket))


def last_lease(seat_id: int, now: datetime.datetime) -> datetime.datetime | None:
    """Until when the last of a seat's leases runs; None where none does."""
    row = _LAST.first(seat=seat_id, now=now)
    return row[0] if row else None


def hold_room_of(seat_id: int) -> Seat | None:
    """The seat with its member, read while its room is held still; the room first, as every deed takes it."""
    row = _ROOM_OF.first(seat=seat_id)
    group = hold(row[0]) if row else None
    if group is None:
        return None
    seat: Seat | None = _SEAT_AND_MEMBER.first(seat=seat_id)
    if seat is not None:
        seat.group = group
    return seat


def first_here(seat_id: int, at: datetime.datetime) -> None:
    """Note when somebody was here first, once."""
    _BEEN_HERE.do(seat=seat_id, at=at)


def come(seat_id: int, at: datetime.datetime) -> None:
    _CAME.do(seat=seat_id, at=at)


def leave(seat_id: int) -> None:
    _LEFT.do(seat=seat_id)


def empty_from(seat_id: int, at: datetime.datetime) -> None:
    """From when a seat counts as empty, where somebody was there."""
    _EMPTY.do(seat=seat_id, at=at)
