"""Which pages a visitor may read: those that are published, not closed to them by a marketer, and open to them already."""

import datetime
from typing import Any, TypeVar

from django.db.models import CharField, DateTimeField, Q, Value
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from cms.models.magazine import ArticlePage
from members.models import Member
from points.reading import early_hours_of

Pages = TypeVar("Pages", bound=PageQuerySet)
ALWAYS = datetime.timedelta(days=36_500)


def closed_paths(member: Any) -> list[str]:
    """The tree paths that this visitor may not enter, aliases with them; one query, to be asked once a request.

    A second one where an article waits for its day: whether the member's tier reads it before others.
    """
    closed = PageViewRestriction.objects.all()
    if member.is_authenticated:
        if member.is_superuser:
            return []
        theirs = Q(restriction_type=PageViewRestriction.GROUPS, groups__in=member.groups.all())
        closed = closed.exclude(restriction_type=PageViewRestriction.LOGIN).exclude(pk__in=PageViewRestriction.objects.filter(theirs))
    shut = closed.values_list("page__path", "page__aliases__path", Value(None, output_field=DateTimeField()))
    waiting = ArticlePage.objects.live().filter(public_from__gt=timezone.now()).order_by()
    rows = list(shut.union(waiting.values_list("path", Value(None, output_field=CharField()), "public_from"), all=True))
    if any(moment for *_paths, moment in rows):
        reads_from = timezone.now() + early(member)
        rows = [row for row in rows if row[2] is None or row[2] > reads_from]
    return sorted({path for *paths, _moment in rows for path in paths if path})


def early(member: Any) -> datetime.timedelta:
    """How long before everybody else this visitor reads an article: as long as their tier says; who makes the magazine, at once."""
    if not member.is_authenticated:
        return datetime.timedelta()
    if member.has_perm("wagtailadmin.access_admin"):
        return ALWAYS
    return datetime.timedelta(hours=early_hours_of(member))


def opens_at(article: ArticlePage, member: Any) -> datetime.datetime | None:
    """When this visitor may read a published article; None where they may now."""
    if article.public_from is None or article.public_from <= timezone.now():
        return None
    moment = article.public_from - early(member)
    return moment if moment > timezone.now() else None


def visible_to(pages: Pages, member: Any, *, closed: list[str] | None = None) -> Pages:
    """The published pages among `pages` that the member may read. Give `closed` where it is already known."""
    shut = Q()
    for path in closed_paths(member) if closed is None else closed:
        shut |= Q(path__startswith=path)
    return pages.live().exclude(shut) if shut else pages.live()


def signed_in(request: HttpRequest) -> Member:
    """The member who asks, in a view that lets nobody else in."""
    assert isinstance(request.user, Member)
    return request.user
