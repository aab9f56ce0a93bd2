"""Who was in a room: a lease while they are, and the moderator's word afterwards, which is what counts."""

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, statements
from focusgroups.models import Answer, Group, Seat
from focusgroups.refusals import Refused
from focusgroups.seating import address
from focusgroups.turns import who
from live import clock, streams
from live.models import Event
from members import activity
from members.models import Activity, Member

LEASE = datetime.timedelta(seconds=45)
LEADERLESS = datetime.timedelta(seconds=60)


@transaction.atomic
def be_here(seat_id: int, socket: uuid.UUID | None = None) -> uuid.UUID:
    """Take or renew the lease of a socket that is open in a seat. Returns the socket's id, which gives it back.

    With a seat's first socket its owner comes in, which the record says.
    """
    now, socket = clock.now(), socket or uuid.uuid4()
    if statements.renew(socket, now + LEASE):
        statements.stay(seat_id, now + LEASE)
        return socket
    seat = statements.hold_room_of(seat_id)
    was_here_until = seat.here_until if seat else None
    if seat is None or not statements.stay(seat_id, now + LEASE):
        return socket
    statements.lease(socket, seat_id, now + LEASE, now)
    statements.first_here(seat_id, now)
    if seat.came_at and was_here_until and was_here_until < now:
        # Their process was killed, or their page slept: nobody said that they had left.
        _note_left(seat, was_here_until)
    if seat.came_at is None:
        _note_came(seat, now)
    return socket


def _note_came(seat: Seat, at: datetime.datetime) -> None:
    """To the staff's stream only, whoever it is: participants see who is there, and no number of theirs moves with who comes and goes."""
    if seat.group.is_closed:
        return
    seat.came_at = at
    statements.come(seat.pk, at)
    _note(seat, is_here=True)


def _note_left(seat: Seat, at: datetime.datetime) -> None:
    """`seconds`: for how long they were in this time, by the clock of the leases."""
    seconds = max(0, round((at - seat.came_at).total_seconds())) if seat.came_at else 0
    seat.came_at = None
    statements.leave(seat.pk)
    if not seat.group.emptied_at:
        _note(seat, is_here=False, seconds=seconds)


def _note(seat: Seat, *, author: Member | None = None, **said: Any) -> None:
    streams.append(audiences.stream(seat.group_id, audiences.STAFF), "attendance", who(seat) | said, author=author or seat.member)


def was_here(seat: Seat) -> None:
    """Note that somebody took part in a board, where nobody has to be in a room at a time."""
    statements.first_here(seat.pk, timezone.now())


@transaction.atomic
def be_gone(seat_id: int, socket: uuid.UUID) -> bool:
    """Give a socket's lease back. Returns whether the seat is empty now: no other socket of it is open, in this process or another."""
    now, seat = clock.now(), statements.hold_room_of(seat_id)
    if not statements.give_back(socket):
        return False
    last = statements.last_lease(seat_id, now)
    # The moment itself where nobody is left: it says since when.
    statements.empty_from(seat_id, last or now)
    if last is None and seat and seat.came_at:
        _note_left(seat, now)
    return last is None


def note_gone() -> int:
    """Write down that people have left whose leases ran out: nobody was there to say so. Returns how many."""
    noted = 0
    for seat_id in Seat.objects.filter(came_at__isnull=False).filter(_is_out(clock.now())).order_by().values_list("pk", flat=True):
        noted += _note_gone(seat_id)
    return noted


def _is_out(now: datetime.datetime) -> Q:
    return Q(here_until=None) | Q(here_until__lt=now)


@transaction.atomic
def _note_gone(seat_id: int) -> int:
    seat, now = statements.hold_room_of(seat_id), clock.now()
    if seat is None or seat.came_at is None or seat.is_here(now):
        return 0
    # Whoever was shown out left when that was written.
    _note_left(seat, seat.here_until or seat.removed_at or now)
    return 1


def pause_leaderless() -> int:
    """Pause live rooms whose moderators have all been away for a while; whichever comes back opens them again. Returns how many."""
    now, paused = clock.now(), 0
    rooms = Group.objects.filter(status=Group.Status.OPEN, kind=Group.Kind.LIVE)
    led = rooms.filter(seats__role=Seat.Role.MODERATOR, seats__removed_at=None).annotate(last=Max("seats__here_until"))
    for group_id in led.filter(last__lt=now - LEADERLESS).values_list("pk", flat=True):
        paused += _pause(group_id)
    return paused


@transaction.atomic
def _pause(group_id: int) -> int:
    group = Group.objects.select_for_update().get(pk=group_id)
    if group.status != Group.Status.OPEN:
        return 0
    group.status = Group.Status.PAUSED
    group.save(update_fields=["status"])
    streams.append(audiences.stream(group_id, audiences.ALL), "status", {"status": group.status, "is_automatic": True})
    return 1


@dataclass(frozen=True)
class Facts:
    """What a moderator goes by: how often a participant said something to the room, how many items they answered, how long they were in."""

    seat: Seat
    said: int
    answered: int
    minutes: int = 0

    @property
    def may_be_confirmed(self) -> bool:
        is_open = self.seat.is_participant and self.seat.first_here_at is not None and self.seat.attended_confirmed_at is None
        return is_open and not self.seat.group.is_rehearsal and bool(self.said or self.answered)


def facts(group: Group) -> list[Facts]:
    """One for each seat, in their order."""
    spoken = Event.objects.filter(stream__name=audiences.stream(group.pk, audiences.ALL), kind="message").values_list("body__seat")
    spoken = spoken.exclude(body__has_key="is_withdrawn")
    said = dict(spoken.annotate(times=Count("id")).order_by())
    stand = Answer.objects.filter(item__group=group).exclude(mark__has_key="is_hidden")
    answered = dict(stand.values_list("seat_id").annotate(times=Count("id")).order_by())
    seats, inside = group.seats.select_related("member", "member__company", "group"), _seconds_in(group)
    return [Facts(seat, said.get(seat.pk, 0), answered.get(seat.pk, 0), round(inside.get(seat.pk, 0) / 60)) for seat in seats]


def _seconds_in(group: Group) -> dict[int, float]:
    """seat → for how long its owner has been in, as the record says; whoever is in now counts up to now."""
    now, inside = clock.now(), defaultdict[int, float](float)
    staff = audiences.stream(group.pk, audiences.STAFF)
    for body in Event.objects.filter(stream__name=staff, kind="attendance").order_by().values_list("body", flat=True):
        inside[body.get("seat", 0)] += body.get("seconds", 0)
    for seat_id, came_at in group.seats.filter(came_at__isnull=False).order_by().values_list("pk", "came_at"):
        inside[seat_id] += max(0.0, (now - came_at).total_seconds())
    return inside


def pass_check(seat_id: int) -> bool:
    """Note that the waiting room's technical check has passed. Returns whether it is news."""
    return bool(Seat.objects.filter(pk=seat_id, checked_at=None).update(checked_at=timezone.now()))


@transaction.atomic
def confirm(seat: Seat, *, by: Member) -> Seat:
    """A moderator confirms that a participant took part, which earns the group's points once.

    Raises Refused for whoever is no participant, or never came in.
    """
    held = statements.hold_room_of(seat.pk)
    if held is None:
        raise Refused("not-there", _("Only a participant who was in the room can be confirmed."))
    seat = held
    if seat.group.is_rehearsal:
        raise Refused("rehearsal", _("A rehearsal earns nothing."))
    if not seat.is_participant or seat.first_here_at is None:
        raise Refused("not-there", _("Only a participant who was in the room can be confirmed."))
    if seat.attended_confirmed_at is None:
        seat.attended_confirmed_at = timezone.now()
        seat.save(update_fields=["attended_confirmed_at"])
        _note(seat, author=by, is_confirmed=True)
    group = seat.group
    details = {"points": group.incentive_points, "confirmed_by": by.pk}
    cause = f"group:{group.pk}:member:{seat.member_id}"
    activity.record(seat.member, Activity.Kind.GROUP_ATTENDED, cause=cause, title=group.title, url=address(group), details=details)
    return seat
