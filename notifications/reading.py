"""What the page of notifications reads."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from members.models import Member
from notifications.addresses import in_language
from notifications.models import Notification
from notifications.sentences import sentence

A_PAGE = 30


@dataclass(frozen=True)
class Told:
    """A notification in the reader's words; `address` is in the reader's language."""

    row: Notification
    sentence: str
    address: str
    excerpt: str


def page_of(member: Member, *, before: str = "", only_unread: bool = False) -> dict[str, Any]:
    """Newest first; `older` is the cursor of the next page or None."""
    rows = Notification.objects.visible_to(member).select_related("actor")
    if only_unread:
        rows = rows.filter(read_at=None)
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    shown = found[:A_PAGE]
    for row in shown:
        row.member = member
    locale = get_language() or "en"
    told = [
        Told(row, sentence(row), in_language(row.url, locale) if row.url else "", str(row.details.get("excerpt", ""))[:200])
        for row in shown
    ]
    return {"told": told, "older": shown[-1].pk if len(found) > A_PAGE else None, "only_unread": only_unread}
