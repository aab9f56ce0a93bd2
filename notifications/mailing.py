"""Mails: written as rows in the deed's transaction, sent by a round that may run in two processes at once."""

import datetime
import logging
from typing import Any

from django.db.models import F
from django.utils import timezone

from members import once
from members.models import Member
from notifications import letters
from notifications.models import EmailOut

log = logging.getLogger(__name__)

NOTIFICATION = letters.NOTIFICATION
State = EmailOut.State

# A process that dies while sending leaves the row claimed for this long.
CLAIM = datetime.timedelta(minutes=10)
# After the first, second … failure; then the mail is given up.
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]
A_ROUND = 200
KEPT = datetime.timedelta(days=90)


def write(
    to: str,
    template: str,
    *,
    reference: str,
    context: dict[str, Any] | None = None,
    locale: str = "en",
    member: Member | None = None,
    due_at: datetime.datetime | None = None,
) -> EmailOut:
    """Put a mail into the outbox, inside the caller's transaction, once per reference.

    template   the name under templates/notifications/email/
    context    small JSON values that the template needs; `path` becomes the mail's one address
    """
    fields: dict[str, Any] = {"to": to, "member": member, "template": template, "context": context or {}, "locale": locale}
    mail = EmailOut(reference=reference[:200], due_at=due_at or timezone.now(), **fields)
    return mail if once.keep(mail) else EmailOut.objects.get(reference=mail.reference)


def send_due(now: datetime.datetime | None = None) -> int:
    """Send every mail that is due. Safe to repeat and to run in several processes. Returns how many were sent."""
    now = now or timezone.now()
    due = EmailOut.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "id").values_list("pk", "due_at")
    return sum(_send(pk, now) for pk, due_at in list(due[:A_ROUND]) if _claim(pk, due_at, now))


def _claim(pk: int, due_at: datetime.datetime, now: datetime.datetime) -> bool:
    """Whoever moves the due time first has the mail; to everybody else it is no longer due."""
    free = EmailOut.objects.filter(pk=pk, state=State.WAITING, due_at=due_at)
    return bool(free.update(due_at=now + CLAIM, attempts=F("attempts") + 1))


def _send(pk: int, now: datetime.datetime) -> bool:
    mail = EmailOut.objects.select_related("member").get(pk=pk)
    try:
        message = letters.compose(mail)
        if message is None:
            EmailOut.objects.filter(pk=pk).update(state=State.DROPPED)
            return False
        message.send()
    except Exception as error:
        _postpone(mail, error, now)
        return False
    EmailOut.objects.filter(pk=pk).update(state=State.SENT, sent_at=timezone.now(), last_error="")
    return True


def _postpone(mail: EmailOut, error: Exception, now: datetime.datetime) -> None:
    log.warning("mail %s failed, attempt %s: %s", mail.reference, mail.attempts, type(error).__name__)
    changes: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:300]}
    if mail.attempts > len(PAUSES):
        changes["state"] = State.DEAD
    else:
        changes["due_at"] = now + PAUSES[mail.attempts - 1]
    EmailOut.objects.filter(pk=mail.pk).update(**changes)


def forget_sent(now: datetime.datetime | None = None) -> int:
    """Mails that were sent or dropped long ago are not kept: they hold addresses. Returns how many went."""
    old = (now or timezone.now()) - KEPT
    return EmailOut.objects.filter(state__in=[State.SENT, State.DROPPED], created_at__lt=old).delete()[0]
