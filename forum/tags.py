"""Lists of tags as one asker may see them: none is named, nor counted, for threads that they may not read. Nothing here writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from forum.counting import CountOf
from forum.models import Tag, TagMember, Thread
from members.models import Member

Asker = Member | AnonymousUser
ON_A_PAGE = 60
# Counted so far; of more threads it is said that there are more.
MOST_COUNTED = 100
# Of a tag that more threads bear, a page is looked for among so many of the newest threads before all that bear it are sorted.
FREQUENT, AMONG = 500, 5_000
# What is popular is what the newest of so many threads bear.
NEWEST, POPULAR = 200, 12

_TAGGED = Thread.tags.through.objects


@dataclass
class Page:
    tags: list[Any]
    next_after: str


def page(asker: Asker, *, after: str = "", part: str = "") -> Page:
    """Tags by their addresses with `n`, the threads that the asker may read, counted up to MOST_COUNTED. One query.

    after   the key of a page: `next_after` of the one ahead of it; part: what a name has in it
    """
    shown = Thread.objects.visible_to(asker).open().filter(tags=OuterRef("pk")).order_by()
    rows = Tag.objects.filter(Exists(shown)).annotate(n=CountOf(shown.values("pk")[:MOST_COUNTED])).order_by("slug")
    rows = rows.filter(slug__gt=after) if after else rows
    rows = rows.filter(name__icontains=part) if part else rows
    found = list(rows[: ON_A_PAGE + 1])
    return Page(found[:ON_A_PAGE], found[ON_A_PAGE - 1].slug if len(found) > ON_A_PAGE else "")


def known_to(asker: Asker) -> QuerySet[Tag]:
    """Tags of threads that the asker may read, and those that they follow: of others they learn not even that there are such."""
    shown = Exists(Thread.objects.visible_to(asker).open().filter(tags=OuterRef("pk")).order_by())
    followed = Exists(TagMember.objects.filter(member=asker.pk, tag=OuterRef("pk"))) if asker.is_authenticated else Q(pk=None)
    return Tag.objects.filter(Q(shown) | Q(followed))


def popular(asker: Asker) -> list[Tag]:
    """The tags that the newest threads bear most often. One query."""
    newest = Thread.objects.visible_to(asker).open().order_by("-place").values("pk")[:NEWEST]
    rows: Any = _TAGGED.filter(thread__in=newest).values("tag", "tag__slug", "tag__name").annotate(n=Count("pk"))
    often = rows.order_by("-n", "tag__slug")[:POPULAR]
    return [Tag(pk=row["tag"], slug=row["tag__slug"], name=row["tag__name"]) for row in often]


def of_slugs(slugs: Sequence[str]) -> list[Tag]:
    """The tags of these addresses in their order, those that nobody has made left out."""
    found = {tag.slug: tag for tag in Tag.objects.filter(slug__in=slugs)} if slugs else {}
    return [found[slug] for slug in slugs if slug in found]


def is_frequent(tag: Tag) -> bool:
    """Whether so many threads bear it that a page of them is found sooner by going through the newest. One query."""
    return _TAGGED.filter(tag=tag).order_by()[: FREQUENT + 1].count() > FREQUENT


def among_newest(threads: QuerySet[Thread], tags: Sequence[Tag], before: int | None = None) -> QuerySet[Thread]:
    """Those that bear all the tags among the newest, or the newest whose place is less than `before`: read in the order of their places.

    Where a page of them is not full, older ones may be missing.
    """
    newest = Thread.objects.open().filter(place__lt=before) if before else Thread.objects.open()
    # Nothing is newer than the last of few.
    least = Coalesce(Subquery(newest.order_by("-place").values("place")[AMONG : AMONG + 1]), 0)
    for tag in tags:
        threads = threads.filter(Exists(_TAGGED.filter(thread=OuterRef("pk"), tag=tag)))
    return threads.filter(place__gte=least)


def with_all(threads: QuerySet[Thread], tags: Iterable[Tag]) -> QuerySet[Thread]:
    """Those that bear every one of the tags. The first is joined, so that the database may begin with its few threads."""
    first, *others = tags
    threads = threads.filter(tags=first)
    for tag in others:
        threads = threads.filter(Exists(_TAGGED.filter(thread=OuterRef("pk"), tag=tag)))
    return threads
