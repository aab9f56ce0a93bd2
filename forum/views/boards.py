"""Lists: the forum's first page, boards, tags."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from forum import following, messaging, page_cache, presence, reading, regarding, unread
from forum.forms import LevelForm
from forum.models import Board, Level, Post, Tag, TagMember, Thread
from forum.views.requests import MemberRequest, number

# So many of all boards stand under their names.
THREADS = 20
FILTERS = ("all", "unread", "unsolved", "solved", "mine")


@page_cache.for_visitors
def index(request: HttpRequest) -> HttpResponse:
    boards = Board.objects.visible_to(request.user).boards()
    new = unread.by_board(request.user, boards)
    rows = [{"board": board, "unread": new.get(board.pk, 0)} for board in boards.filter(is_archived=False)]
    chosen, page = _of_all_boards(request)
    context: dict[str, Any] = {"boards": rows, "page": page, "chosen": chosen}
    if request.user.is_authenticated:
        presence.note(request.user)
        context["unread_messages"] = messaging.unread(request.user)
    return render(request, "forum/index.html", context)


def _of_all_boards(request: HttpRequest) -> tuple[str, reading.Slice]:
    threads, before = Thread.objects.visible_to(request.user).open(), number(request, "before")
    if request.user.is_authenticated and request.GET.get("show") == "unread":
        return "unread", reading.unread_on_all_boards(threads, request.user, before=before)
    return "all", reading.slice_of(threads, request.user, before=before, size=THREADS)


@page_cache.for_visitors
def board(request: HttpRequest, slug: str) -> HttpResponse:
    boards = unread.board_with_own(Board.objects.visible_to(request.user).boards(), request.user)
    found: Any = get_object_or_404(boards, slug=slug)
    chosen, before = _chosen(request), number(request, "before")
    threads = filtered(Thread.objects.open().filter(board=found), found, chosen, request)
    pinned, page = reading.on_board(found, threads, request.user, before=before)
    level = getattr(found, "board_level", None) or Level.NORMAL
    context: dict[str, Any] = {"board": found, "pinned": pinned, "page": page, "chosen": chosen, "filters": FILTERS}
    context |= {"may_start": found.may_start(request.user), "level": level, "levels": Level}
    return render(request, "forum/board.html", context)


@page_cache.for_visitors
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    threads = Thread.objects.visible_to(request.user).open().filter(tags=found)
    page = reading.slice_of(threads, request.user, before=number(request, "before"))
    own = TagMember.objects.filter(member=request.user, tag=found).first() if request.user.is_authenticated else None
    return render(request, "forum/tag.html", {"tag": found, "page": page, "level": own.level if own else Level.NORMAL, "levels": Level})


@require_POST
@login_required
def follow_tag(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    form = LevelForm(request.POST)
    if form.is_valid():
        regarding.follow_tag(found, member=request.user, level=Level(form.cleaned_data["level"]))
    return redirect(found)


@require_POST
@login_required
def read(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Board.objects.visible_to(request.user), slug=slug)
    following.read_board(found, member=request.user)
    return redirect(found)


@require_POST
@login_required
def follow(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Board.objects.visible_to(request.user), slug=slug)
    form = LevelForm(request.POST)
    if form.is_valid():
        following.follow_board(found, member=request.user, level=Level(form.cleaned_data["level"]))
    return redirect(found)


def filtered(threads: QuerySet[Thread], board: Any, chosen: str, request: HttpRequest) -> QuerySet[Thread]:
    if chosen == "solved":
        return threads.filter(solution__isnull=False)
    if chosen == "unsolved":
        return threads.filter(solution=None)
    if chosen == "mine" and request.user.is_authenticated:
        return threads.filter(Exists(Post.objects.filter(thread=OuterRef("pk"), author=request.user)))
    if chosen == "unread" and request.user.is_authenticated:
        return unread.only_unread(threads, request.user, board)
    return threads


def _chosen(request: HttpRequest) -> str:
    wish = request.GET.get("show", "all")
    return wish if wish in FILTERS else "all"
