"""Who is here now. Of those who hide it nothing is written down, so that no page, count or export can betray them."""

import datetime

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from forum.models import Presence
from members.models import Member

SECONDS_BETWEEN = 60
HERE_FOR = datetime.timedelta(minutes=5)


def note(member: Member) -> None:
    """The member has opened a page; written at most once a minute."""
    if not cache.add(f"presence:{member.pk}", True, SECONDS_BETWEEN):
        return
    if not Presence.objects.filter(member=member, is_hidden=False).update(seen_at=timezone.now()):
        Presence.objects.bulk_create([Presence(member=member, seen_at=timezone.now())], ignore_conflicts=True)


@transaction.atomic
def hide(member: Member, is_hidden: bool) -> None:
    """Whether others may see that the member is here. What was seen before is forgotten."""
    Presence.objects.update_or_create(member=member, defaults={"is_hidden": is_hidden, "seen_at": None})
    cache.delete(f"presence:{member.pk}")


def is_here(member: Member) -> bool:
    """Needs `member.presence` selected with the member."""
    presence = getattr(member, "presence", None)
    return bool(presence and presence.seen_at and presence.seen_at > timezone.now() - HERE_FOR)
