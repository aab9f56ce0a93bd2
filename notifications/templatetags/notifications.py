from typing import Any

from django import template

from members.ready import Ready
from notifications.models import Notification

register = template.Library()

SHOWN_AT_MOST = 99


_UNREAD = Ready(
    lambda member: Notification.objects.filter(member=member, is_shown=True, read_at=None).order_by().values_list("pk")[: SHOWN_AT_MOST + 1]
)


@register.inclusion_tag("notifications/_bell.html", takes_context=True)
def bell(context: dict[str, Any]) -> dict[str, Any]:
    """The header's bell: how much a signed-in member has not read yet. One query; none for a visitor."""
    request = context.get("request")
    member = getattr(request, "user", None)
    if member is None or not member.is_authenticated:
        return {"member": None}
    unread = len(_UNREAD.all(member=member.pk))
    return {"member": member, "unread": unread, "most": SHOWN_AT_MOST, "is_more": unread > SHOWN_AT_MOST}
