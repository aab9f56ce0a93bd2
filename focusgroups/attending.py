"""Who was in a room: a lease while they are, and the moderator's word afterwards, which is what counts."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focusgroups.models import Seat
from focusgroups.refusals import Refused
from focusgroups.seating import address
from members import activity
from members.models import Activity, Member

LEASE = datetime.timedelta(seconds=45)


def be_here(seat_id: int) -> datetime.datetime:
    """Take or renew the lease of somebody whose socket is open. Returns when it runs out."""
    now = timezone.now()
    lease = now + LEASE
    Seat.objects.filter(pk=seat_id, removed_at=None).update(here_until=lease)
    Seat.objects.filter(pk=seat_id, first_here_at=None).update(first_here_at=now)
    return lease


def be_gone(seat_id: int, lease: datetime.datetime) -> bool:
    """Give a lease back, unless a newer one was taken: a socket that came back elsewhere. Returns whether the seat is empty now."""
    return Seat.objects.filter(pk=seat_id, here_until=lease).update(here_until=None) == 1


@transaction.atomic
def confirm(seat: Seat, *, by: Member) -> Seat:
    """A moderator confirms that a participant took part, which earns the group's points once.

    Raises Refused for whoever is no participant, or never came in.
    """
    seat = Seat.objects.select_for_update(of=("self",)).select_related("group", "member").get(pk=seat.pk)
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
