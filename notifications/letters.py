"""A mail as it goes out: in the reader's language, as HTML and as text, with a way to stop it."""

import hashlib
from typing import Any

import css_inline
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from members.models import ContactPreference, Member
from notifications import addresses, calendar, subjects
from notifications.models import Digest, EmailOut, MutedAddress, Notification
from notifications.reading import DECISIONS, as_read
from notifications.wishes import wants

NOTIFICATION = "notification"
DIGEST = "digest"
SALT = "notifications.stop"
# Told for the sake of the words: where these are taken back before the letter goes, there is nothing to tell.
ITS_WORDS = (Notification.Kind.REPLY, Notification.Kind.MENTION, Notification.Kind.MESSAGE)


def compose(mail: EmailOut) -> EmailMultiAlternatives | None:
    """The message, or None where it is no longer wanted: read on the site meanwhile, preference changed, address muted.

    Nor where what it tells of is no longer its reader's to read.
    """
    locale = mail.member.locale if mail.member else mail.locale
    with translation.override(locale):
        context = _context(mail, locale)
        if context is None:
            return None
        return _message(mail, context)


def stop_token(*, member: Member | None = None, kind: str = "", email: str = "") -> str:
    """A signed word by which one kind of mail to one member, or all mail to an address outside, can be stopped."""
    return signing.dumps([member.pk, kind] if member else [email], salt=SALT, compress=True)


def _context(mail: EmailOut, locale: str) -> dict[str, Any] | None:
    context = {"CLUB_NAME": settings.CLUB_NAME, "SITE_URL": settings.SITE_URL, "locale": locale, "member": mail.member} | mail.context
    if mail.template == NOTIFICATION:
        notification = Notification.objects.select_related("actor", "member").filter(pk=mail.context.get("notification")).first()
        if notification is None or not _still_wanted(mail, notification):
            return None
        told = as_read([notification], notification.member)[0]
        if told.is_gone or (told.hushed and notification.kind in ITS_WORDS):
            return None
        context |= {"sentence": told.sentence, "excerpt": told.excerpt, "path": told.path}
        if notification.kind == Notification.Kind.MODERATION:
            context["decisions_address"] = addresses.absolute(DECISIONS, locale)
        context["calendar"] = _calendar(notification, locale)
        token = stop_token(member=mail.member, kind=notification.kind)
    elif mail.template == DIGEST:
        if mail.member is None or not mail.member.is_active or _wants_no_digest(mail.member):
            return None
        context["items"] = _items(mail.context.get("items", []), mail.member, locale)
        if not context["items"]:
            return None
        token = stop_token(member=mail.member, kind=DIGEST)
    elif MutedAddress.objects.filter(email=mail.to.lower()).exists():
        return None
    else:
        token = stop_token(email=mail.to.lower())
    context["address"] = addresses.absolute(context.get("path", "/"), locale)
    context["stop_address"] = addresses.absolute(f"/notifications/stop/{token}/", locale)
    context["preferences_address"] = addresses.absolute("/notifications/preferences/", locale)
    return context


def _items(items: list[dict[str, Any]], reader: Member, locale: str) -> list[dict[str, Any]]:
    """The threads of a digest, each with its newest post as the reader may read it now."""
    about = subjects.of((item.get("subject", "") for item in items), reader)
    found = [(item, about[item["subject"]]) for item in items if item.get("subject") in about]
    return [
        item
        | {"title": subject.title, "board": subject.place, "who": subject.author, "excerpt": subject.excerpt}
        | {"address": addresses.absolute(item["path"], locale)}
        for item, subject in found
    ]


def _calendar(notification: Notification, locale: str) -> bytes | None:
    """The file for the reader's calendar, where the notification is of something with a time and a name for it (`calendar`)."""
    details = notification.details
    starts_at, uid = calendar.moment_of(details, "starts_at"), str(details.get("calendar") or "")
    if starts_at is None or not uid:
        return None
    address, ends_at = addresses.absolute(notification.url, locale), calendar.moment_of(details, "ends_at")
    sequence, is_off = int(details.get("sequence") or 0), bool(details.get("is_off"))
    return calendar.entry(
        uid, title=notification.title, address=address, starts_at=starts_at, ends_at=ends_at, sequence=sequence, is_off=is_off
    )


def _still_wanted(mail: EmailOut, notification: Notification) -> bool:
    member = mail.member
    if member is None or not member.is_active or (notification.read_at and notification.is_shown):
        return False
    return wants(member, ContactPreference.Channel.EMAIL, notification.kind)


def _wants_no_digest(member: Member) -> bool:
    return Digest.objects.filter(member=member, rhythm=Digest.Rhythm.NEVER).exists()


def _message(mail: EmailOut, context: dict[str, Any]) -> EmailMultiAlternatives:
    folder = f"notifications/email/{mail.template}"
    subject = " ".join(render_to_string(f"{folder}.subject.txt", context).split())
    text = render_to_string(f"{folder}.txt", context).strip() + "\n"
    rich = css_inline.CSSInliner(load_remote_stylesheets=False).inline(render_to_string(f"{folder}.html", context))
    # The same name however often it is sent, so that a mail sent twice after a crash is shown once.
    name = hashlib.sha256(f"{settings.SECRET_KEY}:{mail.reference}".encode()).hexdigest()[:32]
    headers = {
        "Message-ID": f"<{name}@{settings.SITE_URL.split('://')[-1].split(':')[0].split('/')[0]}>",
        "List-Unsubscribe": f"<{context['stop_address']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(
        f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"[:200], text, to=[mail.member.email if mail.member else mail.to]
    )
    message.extra_headers = headers
    message.attach_alternative(rich, "text/html")
    if entry := context.get("calendar"):
        message.attach("cancellation.ics" if b"METHOD:CANCEL" in entry else "invitation.ics", entry.decode(), "text/calendar")
    return message
