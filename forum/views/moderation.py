"""The moderators' pages: the queue of reports, acting on a thread or post with a reason, the log."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from forum import moderating
from forum.forms import ReasonForm
from forum.models import Board, ModerationAction, Post, Review, State, Thread
from forum.permissions import is_moderator
from forum.refusals import Refused
from forum.views.requests import MemberRequest, number

Verb = ModerationAction.Verb
ON_A_PAGE = 30


def _insist(request: MemberRequest) -> None:
    """Whoever is no moderator finds nothing here."""
    if not is_moderator(request.user):
        raise Http404


@login_required
def queue(request: MemberRequest) -> HttpResponse:
    _insist(request)
    rows = Review.objects.filter(status=Review.Status.OPEN).select_related(
        "post", "post__author", "post__author__company", "post__thread", "post__thread__board"
    )
    reviews = list(rows.prefetch_related("reports__reporter")[:ON_A_PAGE])
    return render(request, "forum/queue.html", {"reviews": reviews, "form": ReasonForm(verbs=_review_verbs())})


@login_required
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Uphold the reports, which hides the post, or dismiss them."""
    _insist(request)
    review = get_object_or_404(Review.objects.select_related("post", "post__thread", "post__author"), pk=pk)
    form = ReasonForm(request.POST or None, verbs=_review_verbs())
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["verb"] == "hide_post":
            moderating.hide_post(review.post, by=request.user, reason=form.cleaned_data["reason"])
        else:
            moderating.dismiss(review, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Decided, and noted in the log."))
        return redirect("forum:queue")
    return render(request, "forum/act.html", _context(form, review.post.thread, review.post), status=422 if form.errors else 200)


def _review_verbs() -> list[tuple[str, Any]]:
    return [("hide_post", _("Hide the post")), ("dismiss", _("Leave it, the report is dismissed"))]


@login_required
def act_on_thread(request: MemberRequest, pk: int) -> HttpResponse:
    _insist(request)
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("board", "author"), pk=pk)
    boards = Board.objects.visible_to(request.user).boards().filter(is_archived=False).exclude(pk=thread.board_id)
    form = ReasonForm(request.POST or None, verbs=thread_verbs(thread), boards=boards)
    if request.method == "POST" and form.is_valid():
        try:
            _act_on_thread(request, thread, form)
            return redirect(thread)
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "forum/act.html", _context(form, thread, None), status=422 if form.errors else 200)


def thread_verbs(thread: Thread) -> list[tuple[str, Any]]:
    """What can be done with a thread as it stands."""
    verbs: list[tuple[str, Any]] = [
        (Verb.UNLOCK, _("Unlock")) if thread.is_locked else (Verb.LOCK, _("Lock: nobody can reply")),
        (Verb.UNPIN, _("Unpin")) if thread.is_pinned else (Verb.PIN, _("Pin to the top of the board")),
    ]
    if thread.state == State.VISIBLE:
        verbs.append((Verb.HIDE_THREAD, _("Hide the thread; its points are taken back")))
    if thread.state == State.HIDDEN:
        verbs.append((Verb.UNHIDE_THREAD, _("Show the thread again; its points are given back")))
    return verbs if thread.board.is_blog else [*verbs, (Verb.MOVE, _("Move to another board"))]


def _act_on_thread(request: MemberRequest, thread: Thread, form: ReasonForm) -> None:
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    by: Any = request.user
    if verb in (Verb.LOCK, Verb.UNLOCK):
        moderating.set_locked(thread, verb == Verb.LOCK, by=by, reason=reason)
    elif verb in (Verb.PIN, Verb.UNPIN):
        moderating.set_pinned(thread, verb == Verb.PIN, by=by, reason=reason)
    elif verb == Verb.MOVE:
        moderating.move(thread, form.cleaned_data["board"], by=by, reason=reason)
    elif verb == Verb.HIDE_THREAD:
        moderating.hide_thread(thread, by=by, reason=reason)
    else:
        moderating.unhide_thread(thread, by=by, reason=reason)


@login_required
def act_on_post(request: MemberRequest, pk: int) -> HttpResponse:
    _insist(request)
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author"), pk=pk)
    form = ReasonForm(request.POST or None, verbs=post_verbs(post))
    if request.method == "POST" and form.is_valid():
        deed = moderating.hide_post if form.cleaned_data["verb"] == Verb.HIDE_POST else moderating.unhide_post
        deed(post, by=request.user, reason=form.cleaned_data["reason"])
        return redirect(post.get_absolute_url())
    return render(request, "forum/act.html", _context(form, post.thread, post), status=422 if form.errors else 200)


def post_verbs(post: Post) -> list[tuple[str, Any]]:
    hidden = post.thread.state == State.HIDDEN if post.opens_thread else post.state == State.HIDDEN
    if hidden:
        return [(Verb.UNHIDE_POST, _("Show it again; its points are given back"))]
    return [(Verb.HIDE_POST, _("Hide it; its points are taken back"))]


def _context(form: ReasonForm, thread: Thread, post: Post | None) -> dict[str, Any]:
    past = ModerationAction.objects.filter(thread=thread).select_related("actor")
    return {"form": form, "thread": thread, "post": post, "past": past.filter(post=post)[:20] if post else past[:20]}


@login_required
def log(request: MemberRequest) -> HttpResponse:
    _insist(request)
    before = number(request, "before")
    rows = ModerationAction.objects.select_related("actor", "member", "thread", "post", "post__thread", "board")
    if before:
        rows = rows.filter(pk__lt=before)
    actions = list(rows[: ON_A_PAGE + 1])
    return render(
        request,
        "forum/log.html",
        {"actions": actions[:ON_A_PAGE], "next_before": actions[ON_A_PAGE - 1].pk if len(actions) > ON_A_PAGE else None},
    )
