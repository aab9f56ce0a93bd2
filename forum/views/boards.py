"""Lists: the forum's first page, boards."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from forum import admission, following, messaging, page_cache, presence, reading, regarding, tags, unread
from forum.forms import BoardLevelForm, TagsForm
from forum.models import Board, BoardLevel, Post, Tag, Thread
from forum.permissions import is_moderator
from forum.views.requests import MemberRequest, number

# So many of all boards stand under their names.
THREADS = 20
FILTERS = ("all", "unread", "unsolved", "solved", "mine")


@page_cache.for_visitors
def index(request: HttpRequest) -> HttpResponse:
    boards = Board.objects.visible_to(request.user).boards()
    new = unread.by_board(request.user, boards)
    rows: list[dict[str, Any]] = [{"board": board, "unread": new.get(board.pk, 0)} for board in boards.filter(is_archived=False)]
    chosen, page = _of_all_boards(request)
    context: dict[str, Any] = {"boards": rows, "page": page, "chosen": chosen, "popular": tags.popular(request.user)}
    context |= {"most": unread.MOST_COUNTED, "moderates": is_moderator(request.user)}
    if request.user.is_authenticated:
        presence.note(request.user)
        context["unread_messages"] = messaging.unread(request.user)
        open_to_all = [row["board"] for row in rows if request.user.is_staff or not row["board"].only_staff_start]
        context["may_start_on"] = admission.that_let(open_to_all, request.user, "start")
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
    threads = None if chosen == "all" else filtered(Thread.objects.open().filter(board=found), found, chosen, request)
    form = TagsForm(request.GET)
    named = form.cleaned_data["tags"] if form.is_valid() else []
    wanted = tags.of_slugs(named)
    if len(wanted) < len(named):
        # What nobody has tagged, nothing is tagged with.
        threads = Thread.objects.none()
    pinned, page = reading.on_board(found, threads, request.user, borne=wanted, before=before)
    level = getattr(found, "board_level", None) or BoardLevel.NORMAL
    context: dict[str, Any] = {"board": found, "pinned": pinned, "page": page, "chosen": chosen, "filters": FILTERS}
    context |= _narrowing(form, named, wanted)
    context |= {"may_start": found.may_start(request.user), "moderates": is_moderator(request.user), "level": level, "levels": BoardLevel}
    return render(request, "forum/board.html", context)


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
    form = BoardLevelForm(request.POST)
    if form.is_valid():
        following.follow_board(found, member=request.user, level=BoardLevel(form.cleaned_data["level"]))
    return redirect(found)


def filtered(threads: QuerySet[Thread], board: Any, chosen: str, request: HttpRequest) -> QuerySet[Thread]:
    if chosen == "mine" and request.user.is_authenticated:
        return threads.filter(Exists(Post.objects.filter(thread=OuterRef("pk"), author=request.user)))
    threads = regarding.spared(threads, request.user)
    if chosen == "solved":
        return threads.filter(solution__isnull=False)
    if chosen == "unsolved":
        return threads.filter(solution=None)
    if chosen == "unread" and request.user.is_authenticated:
        return unread.only_unread(threads, request.user, board)
    return threads


def _narrowing(form: TagsForm, named: list[str], wanted: list[Tag]) -> dict[str, Any]:
    """The board's choice of tags: the form, and for each chosen tag which are left without it."""
    in_order = sorted(wanted, key=lambda tag: named.index(tag.slug))
    chosen = [{"name": tag.name, "rest": ",".join(slug for slug in named if slug != tag.slug)} for tag in in_order]
    return {"tags_form": form, "tags_chosen": chosen, "tags_named": ",".join(named)}


def _chosen(request: HttpRequest) -> str:
    wish = request.GET.get("show", "all")
    return wish if wish in FILTERS else "all"
