"""Members' own blogs: a blog is a board with an owner, an entry its thread."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forum import page_cache, reading, regarding
from forum.models import Board, Thread
from forum.views.requests import number


@page_cache.for_visitors
def index(request: HttpRequest) -> HttpResponse:
    entries = Thread.objects.visible_to(request.user).open().filter(board__kind=Board.Kind.BLOG)
    page = reading.entries(regarding.spared(entries, request.user), request.user, before=number(request, "before"))
    return render(request, "forum/blogs.html", {"page": page})


@page_cache.for_visitors
def blog(request: HttpRequest, handle: str) -> HttpResponse:
    boards = Board.objects.visible_to(request.user).blogs().select_related("owner", "owner__company")
    found = get_object_or_404(boards, owner__handle=handle)
    page = reading.entries(Thread.objects.open().filter(board=found), request.user, before=number(request, "before"))
    return render(request, "forum/blog.html", {"board": found, "page": page, "is_own": found.owner_id == request.user.pk})
