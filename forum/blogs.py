"""Members' own blogs: a blog is a board with an owner, an entry its thread."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forum import reading
from forum.models import Board, Thread


def index(request: HttpRequest) -> HttpResponse:
    entries = Thread.objects.visible_to(request.user).open().filter(board__kind=Board.Kind.BLOG)
    return render(request, "forum/blogs.html", {"page": reading.slice_of(entries, request.user)})


def blog(request: HttpRequest, handle: str) -> HttpResponse:
    found = get_object_or_404(Board.objects.visible_to(request.user).blogs(), owner__handle=handle)
    return render(request, "forum/blog.html", {"board": found, "page": reading.slice_of(found.threads.open(), request.user)})
