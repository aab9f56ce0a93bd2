"""A thread's page, and replying on it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum import (
    blogging,
    cards,
    following,
    markup,
    page_cache,
    polling,
    posting,
    presence,
    quoting,
    reading,
    rearranging,
    solving,
    writing,
)
from forum.forms import LevelForm, ReplyForm
from forum.models import Board, Draft, Entry, Feature, Level, Post, State, Thread, ThreadMember
from forum.models.thread import page_of
from forum.permissions import is_moderator
from forum.refusals import Refused, TooFast
from forum.views.pictures import with_files
from forum.views.requests import MemberRequest, asker, number, with_reason
from members.ready import Ready
from notifications import marking

# A thread with all of its board, and of its solution what leads there.
THREADS = Ready(
    lambda pk: (
        Thread.objects.filter(pk=pk)
        .order_by()
        .select_related("board", "solution__author")
        .only(
            *(field.name for field in Thread._meta.concrete_fields),
            *(f"board__{field.name}" for field in Board._meta.concrete_fields),
            *("solution__thread", "solution__no", "solution__author__name", "solution__author__handle", "solution__author__erased_at"),
        )
    )
)
# What a reply asks of it: the rest is read again under the lock, or with the page where it is refused.
ANSWERABLE = Ready(lambda pk: Thread.objects.filter(pk=pk).order_by().select_related("board"))
OWN = Ready(
    lambda member, thread: ThreadMember.objects.filter(member=member, thread=thread).order_by().values_list("last_read_no", "level")
)


@page_cache.for_visitors
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_row(request, pk)
    if (found is None or _is_gone(found, number(request, "post"))) and (elsewhere := _elsewhere(request, pk)):
        return redirect(elsewhere)
    if found is None:
        raise Http404
    initial = _initial(request, found)
    if draft := reading.draft_of(found, request.user):
        initial = {"reply_to": draft.beside.get("reply_to")} | initial
        initial["body"] = "\n\n".join(filter(None, [draft.body.rstrip(), initial.get("body")]))
    return _page(request, found, form=ReplyForm(initial=initial), no=_wanted(request, found), draft=draft)


def unread(request: HttpRequest, pk: int) -> HttpResponse:
    """Jump to the first post that the member has not read."""
    found = _found(request, pk)
    no = min(found.read_no + 1, max(found.highest_no, 1))
    return redirect(Post(thread=found, no=no).get_absolute_url())


def share_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture beside a link that somebody shares: of what visitors may read, whoever asks."""
    found = get_object_or_404(Thread.objects.visible_to(AnonymousUser()).open().select_related("board", "board__owner", "author"), pk=pk)
    response = HttpResponse(cards.card(found.title, f"{found.board.label} · {found.author.display_name}"), content_type="image/png")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_POST
@login_required
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    found = _readable(request, pk, ANSWERABLE)
    if found is None:
        raise Http404
    data, problem = with_files(request)
    form = ReplyForm(data)
    if problem:
        form.add_error("body", problem)
    status = 422
    if form.is_valid() and "preview" not in request.POST:
        try:
            return redirect(_reply(request, found, form))
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 429 if isinstance(refused, TooFast) else 409
        except markup.TooLong:
            form.add_error("body", _("This is too long for one post."))
    preview = writing.rendered(form.cleaned_data["body"], author=request.user, maths=found.board.has_maths) if form.is_valid() else ""
    status = 200 if preview else status
    return _page(request, _found(request, pk), form=form, no=found.highest_no, preview=preview, status=status)


@require_POST
@login_required
def follow(request: MemberRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = LevelForm(request.POST)
    if form.is_valid():
        following.follow_thread(found, member=request.user, level=Level(form.cleaned_data["level"]))
    return redirect(found)


@require_POST
@login_required
def unaccept(request: MemberRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if not solving.may_decide(found, request.user):
        raise Http404
    if solving.needs_reason(found, request.user):
        return redirect(with_reason(found.solution, "unaccept")) if found.solution else redirect(found)
    try:
        solving.unaccept(found, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


def _is_gone(found: Thread, no: int | None) -> bool:
    """Whether a moderator may have taken elsewhere what the link means: the whole thread, or the post with this number."""
    if no is None:
        return found.merged_into_id is not None
    return not Post.objects.filter(thread=found, no=no).exists()


def _elsewhere(request: HttpRequest, pk: int) -> Post | None:
    post = rearranging.where_now(pk, number(request, "post") or 1)
    return post if post and Post.objects.visible_to(request.user).filter(pk=post.pk).exists() else None


def _readable(request: HttpRequest, pk: int, threads: Ready = THREADS) -> Any:
    found: Any = threads.first(pk=pk)
    return found if found is not None and found.shows_to(request.user) else None


def _own_row(request: HttpRequest, pk: int) -> Any:
    """The thread, if the asker may see it, with how far they have read as `read_no` and how closely they follow as `own_level`.

    Small statements, made once, and the gate in words of Python.
    """
    if (found := _readable(request, pk)) is None:
        return None
    own = OWN.first(member=request.user.pk, thread=pk) if request.user.is_authenticated else None
    found.read_no, found.own_level = own or (0, None)
    return found


def _found(request: HttpRequest, pk: int) -> Any:
    if (found := _own_row(request, pk)) is None:
        raise Http404
    return found


def _reply(request: MemberRequest, found: Thread, form: ReplyForm) -> Post:
    no, author = form.cleaned_data["reply_to"], asker(request)
    answered = Post.objects.visible_to(author).filter(thread=found, no=no).first() if no else None
    return posting.reply(
        found, author=author, body=form.cleaned_data["body"], reply_to=answered, client_key=form.cleaned_data["client_key"]
    )


def _initial(request: HttpRequest, found: Thread) -> dict[str, Any]:
    """What the reply form holds at first: a quotation if one was asked for."""
    wish = request.GET.get("quote") or request.GET.get("answer") or ""
    if not (wish.isascii() and wish.isdigit() and len(wish) < 10 and request.user.is_authenticated):
        return {}
    post = Post.objects.visible_to(request.user).filter(thread=found, no=int(wish)).select_related("author").first()
    if post is None:
        return {}
    return {"reply_to": post.no, "body": quoting.quotation(post) if "quote" in request.GET else ""}


def _wanted(request: HttpRequest, found: Thread) -> int:
    """The number of a post on the wanted page: ?post=41, or the first of ?page=3."""
    for name, first in (
        ("post", lambda n: n),
        ("quote", lambda n: n),
        ("answer", lambda n: n),
        ("page", lambda n: (n - 1) * reading.PAGE + 1),
    ):
        value = request.GET.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 10:
            return min(max(first(int(value)), 1), max(found.highest_no, 1))
    return 1


def _page(
    request: HttpRequest, found: Any, *, form: ReplyForm, no: int, preview: str = "", draft: Draft | None = None, status: int = 200
) -> HttpResponse:
    page, moderates = page_of(no), is_moderator(request.user)
    posts = reading.posts_on_page(found, page, request.user, moderates=moderates)
    read_before = found.read_no
    # Numbers whose posts were taken elsewhere are passed with the page.
    last_no = max(posts[-1].post.no if posts else 0, min(page * reading.PAGE, found.highest_no))
    if request.user.is_authenticated:
        _note_visit(request, found, posts, last_no)
    context: dict[str, Any] = {"thread": found, "board": found.board, "posts": posts, "page": page, "tags": reading.tags_of(found)}
    context |= {"form": form, "preview": preview, "moderates": moderates, "read_before": read_before, "last_no": last_no}
    context |= {"first_new": read_before + 1 if read_before and read_before < last_no else 0}
    context |= {
        "may_reply": _may_reply(request, found),
        "may_solve": request.user.is_authenticated and solving.may_decide(found, request.user) and solving.is_open(found),
    }
    context |= {"level": found.own_level or Level.NORMAL, "levels": Level}
    opening = posts[0].post if posts and posts[0].post.opens_thread and posts[0].is_readable else None
    if opening and hasattr(opening, "poll"):
        context["poll"] = polling.shown(opening.poll, request.user, is_open=_is_open(found))
    if found.board.is_blog:
        context |= _entry(request, found)
    context |= {"draft": draft, "draft_key": f"thread:{found.pk}", "pages": pages_around(page, found.last_page)}
    return render(request, "forum/entry.html" if found.board.is_blog else "forum/thread.html", context, status=status)


def _note_visit(request: Any, found: Any, posts: list[reading.ShownPost], last_no: int) -> None:
    """What the page shows is read: its posts, and whatever the member was told of them."""
    if last_no > found.read_no:
        following.read_up_to(found, member=request.user, no=last_no)
    here = f"/forum/threads/{found.pk}/"
    marking.mark_read_at(
        request.user, [here if shown.post.opens_thread else f"{here}?post={shown.post.no}#{shown.post.anchor}" for shown in posts]
    )
    presence.note(request.user)


def _entry(request: HttpRequest, found: Thread) -> dict[str, Any]:
    """What an entry's page shows beyond a thread's: its cover, its series, and whether the magazine shows it."""
    entry = Entry.objects.filter(thread=found).select_related("series", "cover").first()
    siblings = reading.series_of(entry, request.user) if entry and entry.series else []
    may_ask = request.user.is_authenticated and request.user.has_perm(blogging.FEATURE)
    feature = Feature.objects.filter(thread=found).select_related("asked_by").first()
    return {"entry": entry, "siblings": siblings, "feature": feature, "may_feature": may_ask}


def _is_open(found: Thread) -> bool:
    return not found.is_locked and not found.board.is_archived and found.state == State.VISIBLE


def _may_reply(request: HttpRequest, found: Thread) -> bool:
    return bool(found.board.may_reply(request.user) and _is_open(found))


def pages_around(current: int, last: int) -> list[int | None]:
    """The pages that a pager names, None for a gap: 1 … 6 7 8 … 20."""
    named = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    out: list[int | None] = []
    for page in named:
        if out and out[-1] is not None and page - out[-1] > 1:
            out.append(None)
        out.append(page)
    return out
