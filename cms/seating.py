"""Seats at club events: asking for one, giving it up, and the waiting list that moves by itself.

Every deed first locks the event's original page, so that two hands never reach for the same chair.
"""

from django.db import transaction
from django.utils import timezone

from cms.models import EventPage, Seat
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell


class RoomFull(Exception):  # noqa: N818
    """Every chair has a guest."""


class SignUpClosed(Exception):  # noqa: N818
    """The deadline has passed, or the event is not announced any more."""


@transaction.atomic
def take_seat(event: EventPage, *, member: Member) -> Seat:
    """Give the member a seat, or a place on the waiting list where all are taken. Asking twice changes nothing.

    Raises SignUpClosed.
    """
    event = _locked(event)
    if not event.takes_sign_ups:
        raise SignUpClosed
    seat = Seat.objects.filter(event=event, member=member).first() or Seat(event=event, member=member, state=Seat.State.GIVEN_UP)
    if seat.state != Seat.State.GIVEN_UP:
        return seat
    seat.asked_at = timezone.now()
    seat.number = _free_number(event) if not event.seats.waiting().exists() else None
    seat.state = Seat.State.TAKEN if seat.number else Seat.State.WAITING
    seat.save()
    return seat


@transaction.atomic
def give_up_seat(event: EventPage, *, member: Member) -> Seat | None:
    """Take the member off the list; whoever waited longest moves up and is told. Returns None where there was nothing to give up.

    Raises SignUpClosed once the event has begun: who came, came.
    """
    event = _locked(event)
    seat = Seat.objects.filter(event=event, member=member).exclude(state=Seat.State.GIVEN_UP).first()
    if seat is None:
        return None
    if event.starts_at <= timezone.now():
        raise SignUpClosed
    seat.state, seat.number = Seat.State.GIVEN_UP, None
    seat.save(update_fields=["state", "number"])
    fill(event)
    return seat


@transaction.atomic
def seat_at_the_door(event: EventPage, *, member: Member) -> Seat:
    """A seat for somebody who came without one, past the deadline too, before those who wait at home. Returns the seat they have."""
    event = _locked(event)
    seat = Seat.objects.filter(event=event, member=member).first() or Seat(event=event, member=member)
    if seat.state == Seat.State.TAKEN:
        return seat
    seat.number = _free_number(event)
    if seat.number is None:
        raise RoomFull
    seat.state = Seat.State.TAKEN
    seat.save()
    return seat


@transaction.atomic
def fill(event: EventPage) -> int:
    """Move members up from the waiting list while there are free seats, oldest wish first. Returns how many moved."""
    event = _locked(event)
    moved = 0
    if event.starts_at <= timezone.now():
        return moved
    for seat in event.seats.waiting().select_related("member"):
        seat.number = _free_number(event)
        if seat.number is None:
            break
        seat.state = Seat.State.TAKEN
        seat.save(update_fields=["state", "number"])
        _tell_moved_up(event, seat)
        moved += 1
    return moved


def _locked(event: EventPage) -> EventPage:
    return EventPage.objects.select_for_update(of=("self",)).get(pk=event.original.pk)


def _free_number(event: EventPage) -> int | None:
    """The lowest seat that nobody has; None where the room is full."""
    taken = set(event.seats.taken().values_list("number", flat=True))
    if len(taken) >= event.capacity:
        return None
    return next(number for number in range(1, event.capacity + len(taken) + 1) if number not in taken)


def _tell_moved_up(event: EventPage, seat: Seat) -> None:
    cause = f"seat:{seat.pk}:{seat.asked_at:%Y%m%d%H%M%S}"
    tell(seat.member, Notification.Kind.EVENT, cause=cause, title=event.title, url=event.door, details={"seat": seat.number})
