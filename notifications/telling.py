"""How any part of the club tells a member something."""

from typing import Any

from django.db import transaction

from live import streams
from members.models import Member
from notifications.models import Notification


def tell(
    member: Member,
    kind: Notification.Kind,
    *,
    cause: str,
    title: str = "",
    url: str = "",
    actor: Member | None = None,
    details: dict[str, Any] | None = None,
) -> Notification | None:
    """Tell a member something once per (kind, cause), inside the caller's transaction.

    title, url   what it is about and where it leads (without a language prefix)
    actor        who did it; nobody is told of their own deeds
    details      what the sentence needs beside, such as `{"points": 5}`
    Returns None where there was nothing to tell: the member's own deed, or told before.
    """
    if actor is not None and actor.pk == member.pk:
        return None
    fields = {"actor": actor, "title": title[:200], "url": url[:300], "details": details or {}}
    with transaction.atomic():
        notification, is_new = Notification.objects.get_or_create(member=member, kind=kind, cause=cause, defaults=fields)
        if not is_new:
            return None
        streams.append(f"member:{member.pk}", "notification", {"id": notification.pk, "kind": kind})
    return notification
