"""What the notifications hear from the members themselves: a newcomer to greet, an invitation to send."""

from typing import Any

from django.db import transaction

from members import activity, inviting
from members.models import Activity, Invitation
from notifications import mailing
from notifications.models import Notification
from notifications.telling import tell


def listen() -> None:
    inviting.invited.connect(_invited, dispatch_uid="notifications.invited")
    activity.recorded.connect(_recorded, dispatch_uid="notifications.recorded")


def _invited(invitation: Invitation, locale: str, **_ignored: Any) -> None:
    context = {
        "inviter": invitation.invited_by.display_name,
        "company": invitation.company.name if invitation.company else "",
        "path": f"/members/invitations/{invitation.token}/",
    }
    mailing.write(invitation.email, "invitation", reference=f"invitation:{invitation.pk}", context=context, locale=locale)


def _recorded(activity_id: int, kind: str, **_ignored: Any) -> None:
    if kind == Activity.Kind.REGISTERED:
        row = Activity.objects.select_related("member").get(pk=activity_id)
        with transaction.atomic():
            tell(row.member, Notification.Kind.WELCOME, cause=f"member:{row.member_id}", url="/members/settings/")
