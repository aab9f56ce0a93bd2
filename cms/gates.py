"""Which pages a visitor may read: those that are published, and not closed to them by a marketer."""

from typing import Any, TypeVar

from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from members.models import Member

Pages = TypeVar("Pages", bound=PageQuerySet)


def closed_paths(member: Any) -> list[str]:
    """The tree paths that this visitor may not enter, aliases with them; one query, to be asked once a request."""
    closed = PageViewRestriction.objects.all()
    if member.is_authenticated:
        if member.is_superuser:
            return []
        theirs = Q(restriction_type=PageViewRestriction.GROUPS, groups__in=member.groups.all())
        closed = closed.exclude(restriction_type=PageViewRestriction.LOGIN).exclude(pk__in=PageViewRestriction.objects.filter(theirs))
    rows = closed.values_list("page__path", "page__aliases__path")
    return sorted({path for row in rows for path in row if path})


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
