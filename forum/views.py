"""The forum's reading pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forum import reading
from forum.models import Board, Tag, Thread


def index(request: HttpRequest) -> HttpResponse:
    boards = Board.objects.visible_to(request.user).boards()
    return render(request, "forum/index.html", {"boards": boards, "threads": reading.latest_threads(request.user, 15)})


def board(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Board.objects.visible_to(request.user).boards(), slug=slug)
    page = reading.slice_of(found.threads.open(), request.user)
    return render(request, "forum/board.html", {"board": found, "page": page})


def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    page = reading.slice_of(Thread.objects.visible_to(request.user).open().filter(tags=found), request.user)
    return render(request, "forum/tag.html", {"tag": found, "page": page})


def thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Thread.objects.visible_to(request.user).select_related("board", "author"), pk=pk)
    return render(request, "forum/thread.html", {"thread": found, "posts": reading.posts_on_page(found, 1)})
