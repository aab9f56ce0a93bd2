"""Who was in a room: a lease while they are, and the moderator's word afterwards, which is what counts."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups import audiences, statements
from focusgroups.models import Answer, Group, Lease, Seat
from focusgroups.refusals import Refused
from focusgroups.seating import address
from live import clock, streams
from live.models import Event
from members import activity
from members.models import Activity, Member

LEASE = datetime.timedelta(seconds=45)
LEADERLESS = datetime.timedelta(seconds=60)


@transaction.atomic
def be_here(seat_id: int, socket: uuid.UUID | None = None) -> uuid.UUID:
    """Take or renew the lease of a socket that is open in a seat. Returns the socket's id, which gives it back."""
    now, socket = clock.now(), socket or uuid.uuid4()
    if not statements.stay(seat_id, now + LEASE):
        return socket
    if not statements.renew(socket, now + LEASE):
        Lease.objects.filter(seat=seat_id, until__lt=now).delete()
        Lease.objects.create(socket=socket, seat_id=seat_id, until=now + LEASE)
        Seat.objects.filter(pk=seat_id, first_here_at=None).update(first_here_at=now)
    return socket


def was_here(seat: Seat) -> None:
    """Note that somebody took part in a board, where nobody has to be in a room at a time."""
    Seat.objects.filter(pk=seat.pk, first_here_at=None).update(first_here_at=timezone.now())


@transaction.atomic
def be_gone(seat_id: int, socket: uuid.UUID) -> bool:
    """Give a socket's lease back. Returns whether the seat is empty now: no other socket of it is open, in this process or another."""
    now = clock.now()
    if not Lease.objects.filter(socket=socket).delete()[0]:
        return False
    last = Lease.objects.filter(seat=seat_id, until__gt=now).aggregate(last=Max("until"))["last"]
    # The moment itself where nobody is left: it says since when.
    Seat.objects.filter(pk=seat_id, here_until__isnull=False).update(here_until=last or now)
    return last is None


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
    """What a moderator goes by: how often a participant said something to the room, and how many items they answered."""

    seat: Seat
    said: int
    answered: int

    @property
    def may_be_confirmed(self) -> bool:
        is_open = self.seat.is_participant and self.seat.first_here_at is not None and self.seat.attended_confirmed_at is None
        return is_open and not self.seat.group.is_rehearsal and bool(self.said or self.answered)


def facts(group: Group) -> list[Facts]:
    """One for each seat, in their order."""
    spoken = Event.objects.filter(stream__name=audiences.stream(group.pk, audiences.ALL), kind="message").values_list("body__seat")
    said = dict(spoken.annotate(times=Count("id")).order_by())
    answered = dict(Answer.objects.filter(item__group=group).values_list("seat_id").annotate(times=Count("id")).order_by())
    seats = group.seats.select_related("member", "member__company", "group")
    return [Facts(seat, said.get(seat.pk, 0), answered.get(seat.pk, 0)) for seat in seats]


def pass_check(seat_id: int) -> bool:
    """Note that the waiting room's technical check has passed. Returns whether it is news."""
    return bool(Seat.objects.filter(pk=seat_id, checked_at=None).update(checked_at=timezone.now()))


@transaction.atomic
def confirm(seat: Seat, *, by: Member) -> Seat:
    """A moderator confirms that a participant took part, which earns the group's points once.

    Raises Refused for whoever is no participant, or never came in.
    """
    seat = Seat.objects.select_for_update(of=("self",)).select_related("group", "member").get(pk=seat.pk)
    if seat.group.is_rehearsal:
        raise Refused("rehearsal", _("A rehearsal earns nothing."))
    if not seat.is_participant or seat.first_here_at is None:
        raise Refused("not-there", _("Only a participant who was in the room can be confirmed."))
    if seat.attended_confirmed_at is None:
        seat.attended_confirmed_at = timezone.now()
        seat.save(update_fields=["attended_confirmed_at"])
    group = seat.group
    details = {"points": group.incentive_points, "confirmed_by": by.pk}
    cause = f"group:{group.pk}:member:{seat.member_id}"
    activity.record(seat.member, Activity.Kind.GROUP_ATTENDED, cause=cause, title=group.title, url=address(group), details=details)
    return seat
