"""Reminding those who are to come: a day before, and an hour before."""

import datetime

from django.db import transaction
from django.utils import timezone

from focusgroups.models import Group, Seat
from focusgroups.seating import address, sequence, when
from notifications.models import Notification
from notifications.telling import tell

AHEAD = (("hour", datetime.timedelta(hours=1)), ("day", datetime.timedelta(days=1)))


def remind_due() -> int:
    """Tell everybody with a seat in a group that starts within a day or an hour, once each. Returns how many were told."""
    now, told = timezone.now(), 0
    for name, ahead in AHEAD:
        coming = Group.objects.filter(status=Group.Status.PLANNED, starts_at__gt=now, starts_at__lte=now + ahead, is_rehearsal=False)
        seats = Seat.objects.filter(group__in=coming, removed_at=None).exclude(role=Seat.Role.OBSERVER).exclude(reminded__in=_after(name))
        for seat in seats.select_related("group", "member"):
            told += _remind(seat, name)
    return told


def _after(name: str) -> list[str]:
    """What makes a reminder needless: itself, and the one that comes later."""
    return ["hour"] if name == "hour" else ["hour", "day"]


@transaction.atomic
def _remind(seat: Seat, name: str) -> int:
    if not Seat.objects.filter(pk=seat.pk).exclude(reminded__in=_after(name)).update(reminded=name):
        return 0
    group = seat.group
    # For a time that was set anew one is reminded anew.
    times = sequence(group)
    cause, kind = f"group:{group.pk}:{name}{f':{times}' if times else ''}", Notification.Kind.GROUP_INVITATION
    tell(seat.member, kind, cause=cause, title=group.title, url=address(group), details={"reminder": name} | when(group))
    return 1
