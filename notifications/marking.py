"""A member has read what they were told."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from live import streams
from members.models import Member
from members.ready import Ready
from notifications.models import Notification


def mark_read(member: Member, notification_id: int) -> bool:
    """Returns whether there was such a notification of theirs. Harmless when repeated."""
    mine = Notification.objects.visible_to(member).filter(pk=notification_id)
    return bool(mine.filter(read_at=None).update(read_at=timezone.now())) or mine.exists()


def mark_all_read(member: Member) -> int:
    """Returns how many were unread."""
    return Notification.objects.visible_to(member).filter(read_at=None).update(read_at=timezone.now())


_UNREAD_AT = Ready(
    lambda member, addresses: (
        Notification.objects.filter(member=member, is_shown=True).filter(read_at=None, url__in=addresses).order_by().values_list("pk")[:500]
    )
)


def mark_read_at(member: Member, addresses: Iterable[str]) -> int:
    """The member has seen what stands at these addresses: nothing there is news any more, on any of their devices.

    addresses   as notifications keep them, without a language
    One query where there is nothing to mark. Returns how many were unread.
    """
    ids = [pk for (pk,) in _UNREAD_AT.all(member=member.pk, addresses=list(addresses))]
    if not ids:
        return 0
    with transaction.atomic():
        marked = Notification.objects.filter(pk__in=ids, read_at=None).update(read_at=timezone.now())
        if marked:
            streams.append(f"member:{member.pk}", "read", {"n": marked})
    return marked
