"""What members were told, as they read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from members.models import Member
from notifications import subjects
from notifications.addresses import in_language
from notifications.models import Notification
from notifications.sentences import gone, sentence
from notifications.subjects import Subject

A_PAGE = 30
# Decisions and points are told of whatever becomes of what they were about: the member's page of them says the rest.
DECISIONS = "/forum/decisions/"
EARNED = "/points/"


@dataclass(frozen=True)
class Told:
    """A notification in the reader's words.

    path      where it leads, without a language; address: in the reader's language
    is_gone   whether the reader may no longer open what it is about: nothing is said of it then
    hushed    whether its words alone are not for the reader any more
    """

    row: Notification
    sentence: str
    path: str
    address: str
    excerpt: str = ""
    lang: str = ""
    is_gone: bool = False
    hushed: bool = False


def page_of(member: Member, *, before: str = "", only_unread: bool = False) -> dict[str, Any]:
    """Newest first; `older` is the cursor of the next page or None. One query, and one for each kind of what they are about."""
    rows = Notification.objects.visible_to(member).select_related("actor")
    if only_unread:
        rows = rows.filter(read_at=None)
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    shown = found[:A_PAGE]
    told = as_read(shown, member)
    return {"told": told, "older": shown[-1].pk if len(found) > A_PAGE else None, "only_unread": only_unread}


def as_read(rows: Sequence[Notification], reader: Member) -> list[Told]:
    """A reader's notifications in the language of the moment."""
    about = subjects.of((row.subject for row in rows), reader)
    return [_told(row, about.get(row.subject), reader, get_language() or "en") for row in rows]


def _told(row: Notification, subject: Subject | None, reader: Member, locale: str) -> Told:
    row.member = reader
    path, own_words = row.url, str(row.details.get("excerpt", ""))[:200]
    if row.subject and subject is None:
        if row.kind == Notification.Kind.MODERATION:
            row.title, path = "…", DECISIONS
        elif row.kind == Notification.Kind.POINTS_EARNED:
            row.title, path = "", EARNED
        else:
            return Told(row, gone(), "", "", own_words, is_gone=True)
    if subject is None:
        return Told(row, sentence(row), path, in_language(path, locale) if path else "", own_words)
    # A decision leads where it was told to lead: to a post, though it says nothing of its words.
    row.title, path = subject.title, subject.path if row.kind != Notification.Kind.MODERATION else path
    if row.kind == Notification.Kind.POINTS_EARNED:
        # Of points it says what for, not what that says.
        return Told(row, sentence(row), path, in_language(path, locale))
    words = (own_words, "") if own_words else (subject.excerpt, subject.lang)
    return Told(row, sentence(row), path, in_language(path, locale), *words, hushed=subject.hushed)
