"""What surveys asked of members, for the limit that holds over all research."""

import datetime
from collections.abc import Iterable

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from surveys.models import SurveyInvitation


def asked_since(since: datetime.datetime) -> Iterable[tuple[int, int]]:
    """(member's number, invitations and reminders). Of two reminders only the last one's moment is known: both count with it. One query."""
    invited, reminded = Q(created_at__gte=since), Q(reminded_at__gte=since)
    rows = SurveyInvitation.objects.filter(invited | reminded).order_by().values("member")
    times = Count("pk", filter=invited) + Coalesce(Sum("reminders", filter=reminded), 0)
    return rows.annotate(times=times).values_list("member", "times")
