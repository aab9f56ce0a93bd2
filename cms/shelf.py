"""The magazine as it lies on the table: issues, their contents with page numbers, an article with its neighbours."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cms import reading
from cms.gates import visible_to
from cms.linked_data import article_data, as_script
from cms.models import ArticlePage, IssuePage, MagazineIndexPage

FIRST_STORY_PAGE = 4
PAGES_A_MINUTE = 2


@dataclass(frozen=True)
class Line:
    """One line of an issue's contents."""

    article: ArticlePage
    page_number: int


def shelf(magazine: MagazineIndexPage, member: Any) -> dict[str, Any]:
    issues = visible_to(IssuePage.objects.child_of(magazine), member)
    found = list(issues.select_related("cover").order_by("-number", "-id"))
    return {"current": found[0] if found else None, "earlier": found[1:]}


def latest_issue(locale_id: int, member: Any, *, closed: list[str] | None = None) -> IssuePage | None:
    issues = visible_to(IssuePage.objects.filter(locale=locale_id), member, closed=closed)
    return issues.select_related("cover").order_by("-number", "-id").first()


def contents(issue: IssuePage, member: Any, *, closed: list[str] | None = None) -> list[Line]:
    """The issue's articles in their order, each with the page on which it would begin in print."""
    lines, number = [], FIRST_STORY_PAGE
    articles = visible_to(ArticlePage.objects.child_of(issue), member, closed=closed)
    for article in articles.select_related("cover", "author").order_by("path"):
        lines.append(Line(article, number))
        number += max(2, article.minutes * PAGES_A_MINUTE)
    return lines


def article_page(article: ArticlePage, request: HttpRequest) -> dict[str, Any]:
    """What stands around an article: its issue, the next story, and whether this reader has finished it."""
    issue = IssuePage.objects.get(path=article.path[: -article.steplen])
    following = [line for line in contents(issue, request.user) if line.article.path > article.path]
    has_read = request.user.is_authenticated and reading.is_finished(article, member=request.user)
    return {
        "linked_data": as_script(article_data(article)),
        "issue": issue,
        "next": following[0] if following else None,
        "has_read": has_read,
        "reading_token": "" if has_read else reading.begin(article, member=request.user),
        "least_seconds": reading.least_seconds(article),
    }
