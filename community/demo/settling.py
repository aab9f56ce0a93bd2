"""What members of a year have long seen: the demo opens with a few unread things, not with a year of them."""

import datetime
import zlib

from django.db.models import F
from django.utils import timezone

from community.demo.club import Club
from forum.models import Board, BoardMember, Post
from notifications.models import Notification

SEEN_AFTER = datetime.timedelta(hours=6)
LEAST_DAYS, MORE_DAYS = 5, 9


def settle(club: Club) -> None:
    """Each member was last here a few days ago, not all on the same day, and has seen what was there then."""
    for handle, member in club.members.items():
        days = LEAST_DAYS + zlib.crc32(handle.encode()) % MORE_DAYS
        last_here = timezone.now() - datetime.timedelta(days=days)
        told = Notification.objects.filter(member=member, created_at__lt=last_here, read_at=None)
        told.update(read_at=F("created_at") + SEEN_AFTER)
        _see_boards(member.pk, last_here)


def _see_boards(member_id: int, last_here: datetime.datetime) -> None:
    seen = Post.objects.filter(created_at__lt=last_here).order_by("-id").values_list("id", flat=True).first() or 0
    for board in Board.objects.all():
        BoardMember.objects.update_or_create(member_id=member_id, board=board, defaults={"read_up_to_post_id": seen})
