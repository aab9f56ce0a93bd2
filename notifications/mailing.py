"""Mails: written as rows in the deed's transaction, sent by a round that may run in two processes at once."""

from typing import Any

from members.models import Member
from notifications.models import EmailOut


def write(
    to: str,
    template: str,
    *,
    reference: str,
    context: dict[str, Any] | None = None,
    locale: str = "en",
    member: Member | None = None,
) -> EmailOut:
    """Put a mail into the outbox, inside the caller's transaction, once per reference.

    template   the name under templates/notifications/email/
    context    small JSON values that the template needs
    """
    fields = {"to": to, "member": member, "template": template, "context": context or {}, "locale": locale}
    return EmailOut.objects.get_or_create(reference=reference[:200], defaults=fields)[0]
