"""Who really came: the host ticks a name at the door, and the visit becomes a fact that points can weigh."""

from django.db import transaction
from django.utils import timezone

from cms import seating
from cms.models import EventPage, Seat
from members import activity
from members.models import Activity, Member


class NotYet(Exception):  # noqa: N818
    """Nobody can have come to an event that is days away."""


class NoSeat(Exception):  # noqa: N818
    """The member has no seat at this event."""


OPENS_BEFORE_SECONDS = 4 * 3600


@transaction.atomic
def check_in(seat: Seat, *, by: Member) -> Seat:
    """Note that the guest came. Harmless when repeated. Raises NotYet, or NoSeat for somebody on the waiting list."""
    seat = Seat.objects.select_for_update(of=("self",)).select_related("event", "member").get(pk=seat.pk)
    if seat.state != Seat.State.TAKEN:
        raise NoSeat
    if (seat.event.starts_at - timezone.now()).total_seconds() > OPENS_BEFORE_SECONDS:
        raise NotYet
    if seat.attended_at is None:
        seat.attended_at, seat.checked_in_by = timezone.now(), by
        seat.save(update_fields=["attended_at", "checked_in_by"])
    _record(seat)
    return seat


@transaction.atomic
def take_back_check_in(seat: Seat) -> Seat:
    """The wrong name was ticked: the visit is taken back, and its points with it."""
    seat = Seat.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    if seat.attended_at:
        seat.attended_at, seat.checked_in_by = None, None
        seat.save(update_fields=["attended_at", "checked_in_by"])
        activity.undo(Activity.Kind.EVENT_ATTENDED, cause=f"seat:{seat.pk}")
    return seat


@transaction.atomic
def walk_in(event: EventPage, *, member: Member, by: Member) -> Seat:
    """Somebody without a seat stands at the door: give them a free one and check them in. Raises seating.RoomFull, NotYet."""
    return check_in(seating.seat_at_the_door(event, member=member), by=by)


def _record(seat: Seat) -> None:
    kind, cause = Activity.Kind.EVENT_ATTENDED, f"seat:{seat.pk}"
    details = {"event": seat.event.slug, "starts_at": seat.event.starts_at.isoformat()}
    activity.record(seat.member, kind, cause=cause, title=seat.event.title, url=seat.event.door, details=details)
    activity.restore(kind, cause=cause)
