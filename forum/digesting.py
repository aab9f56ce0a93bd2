"""The letter about what a member missed: threads with news, the ones they follow first, then what others read most."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from forum import reading, regarding
from forum.addresses import stored_url
from forum.models import Level, Regard, Thread
from members.models import Member
from notifications import mailing
from notifications.letters import DIGEST
from notifications.models import Digest

A_ROUND = 200
MOST_ITEMS = 8
EVERY = {Digest.Rhythm.DAILY: datetime.timedelta(days=1), Digest.Rhythm.WEEKLY: datetime.timedelta(days=7)}
# Rounds come a little early or late; a letter a day stays a letter a day.
SLACK = datetime.timedelta(hours=1)


def write_due(now: datetime.datetime | None = None) -> int:
    """Write to every member whose digest is due and who missed something. Safe to repeat and in two processes. Returns how many letters."""
    now = now or timezone.now()
    daily, weekly = (now - EVERY[rhythm] + SLACK for rhythm in (Digest.Rhythm.DAILY, Digest.Rhythm.WEEKLY))
    is_due = Q(digest=None, joined_at__lt=weekly) | Q(digest__rhythm=Digest.Rhythm.WEEKLY) & (
        Q(digest__sent_at__lt=weekly) | Q(digest__sent_at=None, joined_at__lt=weekly)
    )
    is_due |= Q(digest__rhythm=Digest.Rhythm.DAILY) & (Q(digest__sent_at__lt=daily) | Q(digest__sent_at=None))
    members = Member.objects.filter(is_due, is_active=True, erased_at=None).select_related("digest", "company").order_by("pk")
    return sum(_write(member, now) for member in members[:A_ROUND])


@transaction.atomic
def _write(member: Member, now: datetime.datetime) -> bool:
    digest, _is_new = Digest.objects.get_or_create(member=member)
    digest = Digest.objects.select_for_update().get(pk=digest.pk)
    rhythm = Digest.Rhythm(digest.rhythm)
    if rhythm == Digest.Rhythm.NEVER or (digest.sent_at and digest.sent_at > now - EVERY[rhythm] + SLACK):
        return False
    since = digest.sent_at or now - EVERY[rhythm]
    # Kept also where there was nothing to tell, so that nobody is looked at twice a day.
    Digest.objects.filter(pk=digest.pk).update(sent_at=now)
    items = missed(member, since=since)
    if not items:
        return False
    context = {"items": items, "path": "/forum/", "rhythm": rhythm}
    reference = f"digest:{member.pk}:{now:%Y-%m-%d}"
    mailing.write(member.email, DIGEST, reference=reference, context=context, locale=member.locale, member=member)
    return True


def missed(member: Member, *, since: datetime.datetime) -> list[dict[str, Any]]:
    """At most MOST_ITEMS threads with posts since then that the member has not read and does not mute, as JSON values.

    Each names its newest post: what it is called and says is asked for when the letter goes.
    """
    rows: Any = reading.listed(regarding.spared(Thread.objects.visible_to(member).open(), member), member)
    spared = Regard.objects.filter(member=member, is_ignored=True).values("other")
    since_then = Q(last_post_at__gt=since) | Q(appeared_at__gt=since)
    rows = rows.filter(since_then, unread_count__gt=0).exclude(author=member).exclude(last_post__author__in=spared)
    is_followed = Case(When(own_level__in=[Level.WATCH, Level.TRACK], then=Value(1)), default=Value(0))
    weight = F("reaction_count") + F("reply_count") + 1
    found = list(rows.annotate(is_followed=is_followed, weight=weight).order_by("-is_followed", "-weight", "-place")[:MOST_ITEMS])
    return [_item(thread) for thread in found]


def _item(thread: Any) -> dict[str, Any]:
    return {
        "subject": f"post:{thread.last_post_id}",
        "path": f"{stored_url(thread)}unread/" if thread.read_no else stored_url(thread),
        "n": thread.unread_count,
        "is_followed": bool(thread.is_followed),
    }
