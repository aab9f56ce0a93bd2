"""Another time for a group, or none: everybody with a seat is told, their calendars follow, and they are reminded anew.

How often a group's time was set is counted in the staff's part of the record; calendars take the file with the highest number.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, turns
from focusgroups.models import Group, Seat
from focusgroups.refusals import Refused
from focusgroups.seating import address, sequence, when
from live import streams
from members.models import Member
from notifications.models import Notification
from notifications.telling import correct, tell

KIND = Notification.Kind.GROUP_INVITATION
Times = tuple[datetime.datetime | None, datetime.datetime | None]


def times_of(group_id: int) -> Times:
    """When a group starts and ends, as the database has it; its row is locked until the transaction ends."""
    group = Group.objects.select_for_update().get(pk=group_id)
    return group.starts_at, group.ends_at


@transaction.atomic
def move(group: Group, *, before: Times, by: Member) -> int:
    """Tell of a planned group's new time, in the transaction that sets it. Returns how many were told.

    before   the times as `times_of` gave them; the same as now: nothing happens
    """
    is_same = before == (group.starts_at, group.ends_at) or (before[0] is None and group.starts_at is None)
    if is_same or group.status != Group.Status.PLANNED or group.is_rehearsal:
        return 0
    _note(group, "moved", by)
    group.seats.update(reminded="")
    if group.starts_at is None:
        off = {"is_off": True, "is_put_off": True} | _entry(group, before)
        return _tell(group, "moved", by, off)
    # Neither a page nor a letter that has not gone out yet tells of the old hour.
    correct(KIND, calendar=_uid(group), details=when(group))
    return _tell(group, "moved", by, {"is_moved": True} | when(group))


@transaction.atomic
def call_off(group: Group, *, by: Member) -> int:
    """Say that a planned group does not take place, and close it. Returns how many were told.

    Raises Refused for one that was opened.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if group.status != Group.Status.PLANNED:
        raise Refused("not-planned", _("Only a group that has not been opened yet can be called off."))
    group.status, group.closed_at = Group.Status.CLOSED, timezone.now()
    group.save(update_fields=["status", "closed_at"])
    seat = Seat.objects.admitted(by).filter(group=group).first()
    signed = turns.who(seat) if seat and seat.is_moderator else {}
    streams.append(audiences.stream(group.pk, audiences.ALL), "status", signed | {"status": group.status}, author=by)
    return tell_called_off(group, by=by)


def tell_called_off(group: Group, *, by: Member) -> int:
    """To everybody with a seat in a group that ended before it was opened, in the caller's transaction."""
    if group.is_rehearsal:
        return 0
    _note(group, "called_off", by)
    return _tell(group, "off", by, {"is_off": True} | _entry(group, (group.starts_at, group.ends_at)))


def _note(group: Group, kind: str, by: Member) -> None:
    streams.append(audiences.stream(group.pk, audiences.STAFF), kind, when(group), author=by)


def _uid(group: Group) -> str:
    return f"group-{group.pk}"


def _entry(group: Group, times: Times) -> dict[str, Any]:
    """What the calendar holds, for a file that takes it out again."""
    starts_at, ends_at = times
    if starts_at is None:
        return {}
    ended = ends_at.isoformat() if ends_at else None
    return {"calendar": _uid(group), "starts_at": starts_at.isoformat(), "ends_at": ended, "sequence": sequence(group)}


def _tell(group: Group, step: str, by: Member, details: dict[str, Any]) -> int:
    told, cause = 0, f"group:{group.pk}:{step}:{sequence(group)}"
    for seat in group.seats.filter(removed_at=None).select_related("member"):
        told += tell(seat.member, KIND, cause=cause, title=group.title, url=address(group), actor=by, details=details) is not None
    return told
