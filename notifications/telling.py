"""How any part of the club tells a member something."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from live import streams
from members import once
from members.models import ContactPreference, Member
from members.ready import Ready
from notifications import mailing
from notifications.models import Notification
from notifications.wishes import wishes_of

Channel = ContactPreference.Channel

# Whoever reads it on the site within this time is spared the mail.
MAIL_AFTER = datetime.timedelta(minutes=2)
ACTORS_KEPT = 50


def tell(
    member: Member,
    kind: Notification.Kind,
    *,
    cause: str,
    subject: str = "",
    title: str = "",
    url: str = "",
    actor: Member | None = None,
    details: dict[str, Any] | None = None,
) -> Notification | None:
    """Tell a member something once per (kind, cause), inside the caller's transaction, by the channels they want.

    subject      what it is about, such as `post:17` (`subjects`): its title and words are asked for whenever it is read
    title, url   what it is called where it has no subject, and where it leads (without a language prefix)
    actor        who did it; nobody is told of their own deeds
    details      what the sentence needs beside, such as `{"points": 5}`
    Returns None where there was nothing to tell: the member's own deed, told before, or not wanted.
    Reactions to one post that nobody has read about yet become one notification (cause `post:17:by:5`), and so do points for one thing.
    """
    if (actor is not None and actor.pk == member.pk) or not member.is_active:
        return None
    wanted = wishes_of(member)
    on_site, by_mail = wanted[Channel.SITE, kind], wanted[Channel.EMAIL, kind]
    if not (on_site or by_mail):
        return None
    fields: dict[str, Any] = {"actor": actor, "subject": subject, "title": title[:200], "url": url[:300]}
    fields |= {"details": details or {}, "is_shown": on_site}
    # No savepoint of its own: nothing here fails but what ends the caller's transaction too.
    with transaction.atomic(savepoint=False):
        if kind == Notification.Kind.REACTION and actor is not None:
            if _joins_an_earlier_one(member, cause, actor):
                return None
            fields["details"] = fields["details"] | {"actors": [actor.pk]}
        if kind == Notification.Kind.POINTS_EARNED and (title or subject) and not by_mail:
            if _adds_to_an_earlier_one(member, cause, fields):
                return None
            fields["details"] = fields["details"] | {"causes": [cause]}
        notification = Notification(member=member, kind=kind, cause=cause, **fields)
        if not once.keep(notification):
            return None
        if on_site:
            streams.spread([f"member:{member.pk}"], "notification", {"id": notification.pk, "kind": kind})
        if by_mail:
            _mail(notification)
    return notification


def correct(kind: Notification.Kind, *, calendar: str, details: dict[str, Any]) -> int:
    """Put right what was told of something with a time, by its name in calendars (`details["calendar"]`), in the caller's transaction.

    Pages and letters that have not gone out say what is in `details` from now on. Returns how many rows were changed.
    """
    rows = list(Notification.objects.filter(kind=kind, details__calendar=calendar).select_for_update())
    for row in rows:
        row.details = row.details | details
    Notification.objects.bulk_update(rows, ["details"], batch_size=200)
    return len(rows)


def _joins_an_earlier_one(member: Member, cause: str, actor: Member) -> bool:
    """Add a reaction to what the member was told of the same post: unread rows take it in, read rows only remember who."""
    about = cause.partition(":by:")[0]
    rows = Notification.objects.filter(member=member, kind=Notification.Kind.REACTION, cause__startswith=f"{about}:by:")
    for row in rows.select_for_update():
        actors = row.details.get("actors", [])
        if actor.pk in actors:
            return True
        if row.read_at is None:
            row.details["actors"] = [*actors, actor.pk][-ACTORS_KEPT:]
            row.actor = actor
            row.save(update_fields=["details", "actor"])
            return True
    return False


def _unread_points(of: Q) -> Any:
    rows = Notification.objects.filter(of, kind=Notification.Kind.POINTS_EARNED, read_at=None)
    return rows.select_for_update()[:ACTORS_KEPT]


_CALLED_SO = Ready(lambda member, title: _unread_points(Q(member=member, title=title, subject="")))
_AT = Ready(lambda member, page: _unread_points(Q(member=member, url__startswith=page) & ~Q(subject="")))


def _adds_to_an_earlier_one(member: Member, cause: str, fields: dict[str, Any]) -> bool:
    """Add points to what the member was told of the same thing and has not read: of what stands on one page, or is called the same."""
    activity_kind = fields["details"].get("activity_kind")
    if fields["subject"]:
        rows = _AT.all(member=member.pk, page=fields["url"].partition("?")[0])
    else:
        rows = _CALLED_SO.all(member=member.pk, title=fields["title"])
    row = next((row for row in rows if row.details.get("activity_kind") == activity_kind), None)
    causes = row.details.get("causes", []) if row else []
    if row is None or len(causes) >= ACTORS_KEPT:
        return False
    if cause not in causes:
        row.details["points"] = int(row.details.get("points", 0)) + int(fields["details"].get("points", 0))
        row.details["causes"], row.url, row.subject = [*causes, cause], fields["url"], fields["subject"]
        row.save(update_fields=["details", "url", "subject"])
    return True


def _mail(notification: Notification) -> None:
    member = notification.member
    mailing.write(
        member.email,
        mailing.NOTIFICATION,
        reference=f"notification:{notification.pk}",
        context={"notification": notification.pk},
        locale=member.locale,
        member=member,
        due_at=timezone.now() + MAIL_AFTER,
    )
