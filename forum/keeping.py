"""Bookmarks, with a word to oneself and a day to be reminded."""

import datetime

from django.db import transaction
from django.utils import timezone

from forum.addresses import stored_url
from forum.models import Bookmark, Post
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell

A_ROUND = 500


@transaction.atomic
def keep(post: Post, *, member: Member, note: str = "", remind_on: datetime.date | None = None) -> Bookmark:
    """Bookmark a post, or change what is noted with it."""
    words = {"note": note[:200], "remind_on": remind_on, "reminded_at": None}
    return Bookmark.objects.update_or_create(member=member, post=post, defaults=words)[0]


def let_go(post: Post, *, member: Member) -> None:
    """Harmless when repeated."""
    Bookmark.objects.filter(member=member, post=post).delete()


def remind_due(today: datetime.date | None = None) -> int:
    """Tell members of bookmarks whose day has come, if they may still read them. Safe to repeat. Returns how many were told."""
    today = today or timezone.localdate()
    due = Bookmark.objects.filter(remind_on__lte=today, reminded_at=None).select_related("member", "post", "post__thread")[:A_ROUND]
    return sum(_remind(bookmark) for bookmark in due)


@transaction.atomic
def _remind(bookmark: Bookmark) -> bool:
    if not Bookmark.objects.filter(pk=bookmark.pk, reminded_at=None).update(reminded_at=timezone.now()):
        return False
    if not Post.objects.visible_to(bookmark.member).filter(pk=bookmark.post_id).exists():
        return False
    told = tell(
        bookmark.member,
        Notification.Kind.REMINDER,
        cause=f"bookmark:{bookmark.pk}:{bookmark.remind_on}",
        subject=f"post:{bookmark.post_id}",
        url=stored_url(bookmark.post),
        details={"excerpt": bookmark.note},
    )
    return told is not None
