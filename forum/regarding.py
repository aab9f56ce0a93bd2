"""How closely members follow tags and each other, and whom they would rather not hear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet

from forum.models import Level, Regard, State, Tag, TagMember, Thread
from forum.refusals import NotYours
from members.models import Member
from members.ready import Ready

KEPT_SECONDS = 60


@transaction.atomic
def follow_tag(tag: Tag, *, member: Member, level: Level) -> None:
    TagMember.objects.update_or_create(member=member, tag=tag, defaults={"level": level})
    _forget(member)


@transaction.atomic
def follow_member(other: Member, *, member: Member, level: Level) -> None:
    """Watch, track or mute another member's threads and entries. Raises NotYours for oneself."""
    if other.pk == member.pk:
        raise NotYours
    Regard.objects.update_or_create(member=member, other=other, defaults={"level": level})
    _forget(member)


@transaction.atomic
def ignore(other: Member, *, member: Member, is_ignored: bool = True) -> None:
    """Fold away what another writes, leave their threads out of lists, hear nothing of what they do, take no private message from them.

    Raises NotYours for oneself.
    """
    if other.pk == member.pk:
        raise NotYours
    Regard.objects.update_or_create(member=member, other=other, defaults={"is_ignored": is_ignored})
    _forget(member)


_IGNORING = Ready(
    lambda other, members: Regard.objects.filter(other=other, member__pk__in=members, is_ignored=True).order_by().values_list("member_id")
)


def ignoring(author: Member, members: Iterable[int]) -> set[int]:
    """Which of these members' ids ignore the author."""
    return {pk for (pk,) in _IGNORING.all(other=author.pk, members=list(members))}


@dataclass(frozen=True)
class Muted:
    """Ids of whom and what a member would rather not hear of; whoever is ignored is among the authors too."""

    authors: frozenset[int]
    tags: frozenset[int]
    ignored: frozenset[int]


def muted_by(member: Member) -> Muted:
    """Kept for a minute at most."""
    known: Muted | None = cache.get(_key(member))
    if known is None:
        rows = Regard.objects.filter(Q(level=Level.MUTE) | Q(is_ignored=True), member=member).values_list("other_id", "is_ignored")
        tags = TagMember.objects.filter(member=member, level=Level.MUTE).values_list("tag_id", flat=True)
        authors = dict(rows)
        known = Muted(frozenset(authors), frozenset(tags), frozenset(pk for pk, is_ignored in authors.items() if is_ignored))
        cache.set(_key(member), known, KEPT_SECONDS)
    return known


def ignored_by(asker: Member | AnonymousUser) -> frozenset[int]:
    """Ids of those whose words are folded away from the asker."""
    return muted_by(asker).ignored if asker.is_authenticated else frozenset()


def spared(threads: QuerySet[Thread], asker: Member | AnonymousUser) -> QuerySet[Thread]:
    """Threads of a list without those begun by whom the asker ignores. What a moderator pinned stays: everybody is meant to read it."""
    ignored = ignored_by(asker)
    return threads.exclude(author__in=ignored, is_pinned=False) if ignored else threads


def hush(threads: Sequence[Any], asker: Member | AnonymousUser) -> None:
    """Sets `shows_last` on rows of a list: whether the last words in each are for the asker, neither hidden nor of somebody they ignore."""
    ignored = ignored_by(asker) if threads else frozenset()
    for thread in threads:
        last = thread.last_post
        thread.shows_last = bool(last and last.state == State.VISIBLE and last.author_id not in ignored)


def _key(member: Member) -> str:
    return f"forum:muted-by:{member.pk}"


def _forget(member: Member) -> None:
    # At once for this transaction, and once more for whoever looked while it was open.
    cache.delete(_key(member))
    transaction.on_commit(lambda: cache.delete(_key(member)))
