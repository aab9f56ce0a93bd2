"""What focus groups asked of members, for the limit that holds over all research."""

import datetime
from collections.abc import Iterable

from django.db.models import Count

from focusgroups.models import Seat
from notifications.models import Notification


def asked_since(since: datetime.datetime) -> Iterable[tuple[int, int]]:
    """(member's number, invitations to take part). Reminders of a group that one has a seat in, and rehearsals, ask nothing. One query."""
    told = Notification.objects.filter(kind=Notification.Kind.GROUP_INVITATION, created_at__gte=since)
    asks = told.filter(details__role=Seat.Role.PARTICIPANT.value, details__reminder__isnull=True, details__is_rehearsal__isnull=True)
    rows = asks.order_by().values("member")
    return rows.annotate(times=Count("pk")).values_list("member", "times")
