"""A member has read what they were told."""

from django.utils import timezone

from members.models import Member
from notifications.models import Notification


def mark_read(member: Member, notification_id: int) -> bool:
    """Returns whether there was such a notification of theirs. Harmless when repeated."""
    mine = Notification.objects.visible_to(member).filter(pk=notification_id)
    return bool(mine.filter(read_at=None).update(read_at=timezone.now())) or mine.exists()


def mark_all_read(member: Member) -> int:
    """Returns how many were unread."""
    return Notification.objects.visible_to(member).filter(read_at=None).update(read_at=timezone.now())
