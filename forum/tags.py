"""Lists of tags as one asker may see them: none is named, nor counted, for threads that they may not read. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat

from forum import regarding
from forum.addresses import tag_url
from forum.counting import CountOf
from forum.models import Board, Tag, Tagging, TagMember, Thread
from members.models import Member

Asker = Member | AnonymousUser
ON_A_PAGE = 60
# Counted so far; of more threads it is said that there are more.
MOST_COUNTED = 100
# Which of several tags is the rarest is found by counting so far.
FREQUENT = 500
# Between two tags, and between the address and the name of one: white space of kinds that a name never keeps.
BETWEEN, WITHIN = "\x1e", "\x1f"
# What is popular is what the newest of so many threads bear.
NEWEST, POPULAR = 200, 12


@dataclass
class Page:
    tags: list[Any]
    next_after: str


def page(asker: Asker, *, after: str = "", part: str = "") -> Page:
    """Tags by their addresses with `n`, the threads that the asker may read, counted up to MOST_COUNTED. One query.

    after   the key of a page: `next_after` of the one ahead of it; part: what a name has in it
    """
    shown = regarding.spared(Thread.objects.visible_to(asker).open(), asker).filter(tags=OuterRef("pk")).order_by()
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
    newest = regarding.spared(Thread.objects.visible_to(asker).open(), asker).order_by("-place").values("pk")[:NEWEST]
    rows: Any = Tagging.objects.filter(thread__in=newest).values("tag", "tag__slug", "tag__name").annotate(n=Count("pk"))
    often = rows.order_by("-n", "tag__slug")[:POPULAR]
    return [Tag(pk=row["tag"], slug=row["tag__slug"], name=row["tag__name"]) for row in often]


def of_slugs(slugs: Sequence[str]) -> list[Tag]:
    """The tags of these addresses, the rarest first, those that nobody has made left out. One query."""
    if not slugs:
        return []
    borne = Tagging.objects.filter(tag=OuterRef("pk")).order_by().values("pk")[:FREQUENT]
    found = Tag.objects.filter(slug__in=slugs).annotate(n=CountOf(borne))
    return sorted(found, key=lambda tag: (tag.n, slugs.index(tag.slug)))  # type: ignore[attr-defined]


def is_frequent(tag: Tag) -> bool:
    """Whether very many threads bear a tag of `of_slugs`."""
    return tag.n >= FREQUENT  # type: ignore[attr-defined, no-any-return]


def bearing(threads: QuerySet[Thread], borne: Sequence[Tag], *, board: Board | None = None, before: int | None = None) -> QuerySet[Thread]:
    """Those that bear every one of the tags, the greatest place first, read from an index of the first tag and no further than is taken.

    board    only those on it, its pinned ones first
    before   only those whose place is less; of a board then only those that are not pinned
    """
    first, *others = borne
    wanted: dict[str, Any] = {"taggings__tag": first.pk, "taggings__is_open": True}
    order = ["-taggings__place"]
    if board:
        wanted["taggings__board"] = board.pk
        order = ["-taggings__is_pinned", *order]
    else:
        # No place is less than nought: said so, SQLite begins with the index of places, as where a page goes on from one.
        wanted["taggings__place__gte"] = 0
    if before:
        wanted["taggings__place__lt"] = before
        if board:
            # As on the whole board: SQLite finds its place in the index by "IN (0)", and not by "NOT is_pinned".
            wanted["taggings__is_pinned__in"] = [False]
    threads = threads.filter(**wanted)
    for tag in others:
        threads = threads.filter(Exists(Tagging.objects.filter(thread=OuterRef("pk"), tag=tag)))
    return threads.order_by(*order)


class _Joined(Subquery):
    """The texts of a query's rows as one."""

    output_field = TextField()
    template = "(SELECT GROUP_CONCAT(told, CHAR(30)) FROM (%(subquery)s) one_by_one)"

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, template="(SELECT STRING_AGG(told, CHR(30)) FROM (%(subquery)s) one_by_one)")


def with_borne(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of a list, each with what `named` makes its tags of; no query more."""
    told = Concat(F("tag__slug"), Value(WITHIN), F("tag__name"), output_field=TextField())
    return rows.annotate(borne=_Joined(Tagging.objects.filter(thread=OuterRef("pk")).order_by().values(told=told)))


def named(borne: str | None) -> list[tuple[str, str]]:
    """The tags of a row of `with_borne` by their addresses: of each where it stands, and its name."""
    pairs = sorted(one.split(WITHIN) for one in (borne or "").split(BETWEEN) if one)
    return [(tag_url(slug), name) for slug, name in pairs]
