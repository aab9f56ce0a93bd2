import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms import reading
from cms.finding import find_pages
from cms.gates import signed_in, visible_to
from cms.models import ArticlePage
from forum import searching
from forum.models import Board
from members.finding import find_members

QUERY_MAX_CHARACTERS = 100
# What kind of board each kind of posts stands on.
OF_BOARDS = {"posts": Board.Kind.BOARD, "blogs": Board.Kind.BLOG}


def in_my_language(pages: PageQuerySet, key: uuid.UUID, request: HttpRequest) -> Page:
    """Of a page's translations that the visitor may read, the one in the active language, else the first. Raises Http404."""
    found = list(visible_to(pages.filter(translation_key=key), request.user).select_related("locale").order_by("id"))
    if not found:
        raise Http404
    return next((page for page in found if page.locale.language_code == get_language()), found[0])


@require_GET
def article(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Lead to an article in the visitor's language, whichever one the link was made from."""
    return redirect(in_my_language(ArticlePage.objects.all(), key, request).get_url(request))


@require_POST
@login_required
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader says that they have read an article to its end; a script says it for them where one runs."""
    page = visible_to(ArticlePage.objects.filter(pk=pk), request.user).first()
    if page is None:
        raise Http404
    try:
        is_first = reading.finish(page, member=signed_in(request), token=request.POST.get("token", ""))
    except reading.TooSoon:
        return _answer(request, page, _("That was quick. Read a little longer, then tell us again."), status=409)
    except reading.NotThisReading:
        return _answer(request, page, _("This page was open for too long. Load it again, then tell us."), status=400)
    return _answer(request, page, _thanks(page, request) if is_first else _("You have read this one before."))


def _thanks(page: ArticlePage, request: HttpRequest) -> str:
    """The whisper after a reading: what it earned, said only where it is true."""
    points = reading.earned_points(page, member=signed_in(request))
    if not points:
        return _("Noted: you have read it to the end.")
    return ngettext("You earned %(points)s point for reading.", "You earned %(points)s points for reading.", points) % {"points": points}


def _answer(request: HttpRequest, page: ArticlePage, words: str, *, status: int = 200) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("text/x-fragment"):
        return render(request, "cms/_read.html", {"words": words, "has_read": status == 200}, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.WARNING, words)
    return redirect(f"{page.get_url(request)}#the-end")


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Search the whole club, or one kind of what is in it: its pages, its members, and the newest posts of the forum or of the blogs.

    The forum's own search, to which the page leads, can say more.
    """
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_MAX_CHARACTERS]
    kinds = {"": _("Everything"), "articles": _("Magazine and pages"), "posts": _("Posts"), "blogs": _("Blogs"), "members": _("Members")}
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    found: dict[str, Any] = {}
    if query:
        found = {
            "pages": find_pages(query, member=request.user) if kind in ("", "articles") else [],
            "people": find_members(query, asker=request.user) if kind in ("", "members") else [],
            "posts": searching.find(request.user, query, kind=OF_BOARDS.get(kind, "")) if kind in ("", *OF_BOARDS) else None,
        }
    return render(request, "cms/search.html", {"query": query, "kind": kind, "kinds": kinds, **found})
