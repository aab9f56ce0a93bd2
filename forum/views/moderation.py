"""The moderators' pages: the queue of reports, acting on a thread or post with a reason, the log."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import appealing, moderating, noting, polling, rearranging, restricting, solving, trusting
from forum.forms import AppealForm, ReasonForm, RestrictForm
from forum.models import Appeal, Board, ModerationAction, Poll, Post, Review, State, Thread, Trust
from forum.permissions import is_moderator
from forum.refusals import NotYours, Refused
from forum.views.requests import MemberRequest, number
from members.models import Member

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
    authors = [review.post.author for review in reviews]
    deeds = trusting.deeds_of(authors)
    past: dict[int, list[ModerationAction]] = {}
    concerned = ModerationAction.objects.filter(member__in=authors).select_related("actor")
    for action in concerned.order_by("-id")[:200]:
        past.setdefault(action.member_id or 0, []).append(action)
    before = {(post.thread_id, post.no): post for post in _just_before(reviews)}
    cases = [
        {
            "review": review,
            "deeds": deeds[review.post.author_id],
            "past": past.get(review.post.author_id, [])[:3],
            "context": before.get((review.post.thread_id, review.post.no - 1)),
        }
        for review in reviews
    ]
    appeals = Appeal.objects.filter(status=Appeal.Status.OPEN).select_related(
        "member", "against", "action", "action__thread", "action__post"
    )
    return render(request, "forum/queue.html", {"rows": cases, "appeals": list(appeals[:ON_A_PAGE])})


def _just_before(reviews: list[Review]) -> QuerySet[Post]:
    """What each reported post followed, to be judged with it."""
    places = Q(pk__in=[])
    for review in reviews:
        places |= Q(thread=review.post.thread_id, no=review.post.no - 1)
    return Post.objects.filter(places, state=State.VISIBLE).select_related("author")


@login_required
def member(request: MemberRequest, handle: str) -> HttpResponse:
    """A member as moderators see them: trust, restrictions, what was decided; and what can be asked of them."""
    _insist(request)
    found = get_object_or_404(Member.objects.select_related("company"), handle=handle)
    verbs: list[tuple[str, Any]] = [
        (Verb.SILENCE, _("Silence: reads, does not write")),
        (Verb.SUSPEND, _("Suspend: does not come in")),
        (Verb.SET_TRUST, _("Set the trust level")),
    ]
    if silenced := restricting.in_force(found):
        verbs.append((Verb.LIFT, _("Lift the silence")))
    if found.is_suspended:
        verbs.append((Verb.LIFT_SUSPENSION, _("Lift the suspension")))
    form = RestrictForm(request.POST or None, verbs=verbs)
    if request.method == "POST" and form.is_valid():
        try:
            _restrict(request, found, form)
            return redirect("forum:moderate_member", handle)
        except Refused as refused:
            form.add_error(None, str(refused))
    past = ModerationAction.objects.filter(member=found).select_related("actor", "thread", "post", "post__thread")
    context = {"form": form, "member": found, "past": past[:ON_A_PAGE], "silenced": silenced}
    context |= {"deeds": trusting.deeds_of([found])[found.pk], "level": Trust.Level(trusting.level_of(found)).label}
    return render(request, "forum/moderate_member.html", context, status=422 if form.errors else 200)


def _restrict(request: MemberRequest, found: Member, form: RestrictForm) -> None:
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    by: Any = request.user
    until = timezone.now() + datetime.timedelta(days=form.cleaned_data["days"] or 1)
    if verb == Verb.SILENCE:
        restricting.silence(found, by=by, until=until, reason=reason)
    elif verb == Verb.SUSPEND:
        restricting.suspend(found, by=by, until=until, reason=reason)
    elif verb == Verb.LIFT:
        restricting.lift_silence(found, by=by, reason=reason)
    elif verb == Verb.LIFT_SUSPENSION:
        restricting.lift_suspension(found, by=by, reason=reason)
    else:
        trusting.set_level(found, form.cleaned_data["level"] or 0, by=by, reason=reason)


@login_required
def decide_appeal(request: MemberRequest, pk: int) -> HttpResponse:
    """Grant, which undoes the decision, or refuse; never by whoever decided before."""
    _insist(request)
    appeal = get_object_or_404(Appeal.objects.select_related("action", "action__thread", "action__post", "member", "against"), pk=pk)
    verbs: list[tuple[str, Any]] = [("grant_appeal", _("Grant it: the decision is undone")), ("refuse_appeal", _("Refuse it"))]
    form = ReasonForm(request.POST or None, verbs=verbs)
    if request.method == "POST" and form.is_valid():
        try:
            grant = form.cleaned_data["verb"] == "grant_appeal"
            appealing.decide(appeal, grant=grant, by=request.user, reason=form.cleaned_data["reason"])
            return redirect("forum:queue")
        except NotYours:
            form.add_error(None, _("You made this decision: another moderator looks at it."))
    return render(
        request,
        "forum/decide_appeal.html",
        {"form": form, "appeal": appeal, "message": appealing.message_of(appeal.action)},
        status=422 if form.errors else 200,
    )


@login_required
def decisions(request: MemberRequest) -> HttpResponse:
    """What moderators decided about the member's own posts, with the way to appeal."""
    actions = ModerationAction.objects.filter(member=request.user).exclude(verb__in=noting.QUIET).exclude(actor=request.user)
    rows = [
        {"action": action, "appeal": getattr(action, "appeal", None), "may_appeal": appealing.may_appeal(action, request.user)}
        for action in actions.select_related("appeal", "thread", "post", "post__thread")[:ON_A_PAGE]
    ]
    return render(request, "forum/decisions.html", {"rows": rows})


@login_required
def appeal(request: MemberRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(ModerationAction.objects.select_related("thread", "post", "post__thread"), pk=pk, member=request.user)
    return _appeal(request, action, request.user)


def appeal_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever may not come in: the page that told them so leads here."""
    action = appealing.action_of(token)
    if action is None or action.member is None:
        raise Http404
    return _appeal(request, action, action.member)


def _appeal(request: HttpRequest, action: ModerationAction, found: Member) -> HttpResponse:
    if not appealing.may_appeal(action, found):
        raise Http404
    earlier = Appeal.objects.filter(action=action).first()
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and earlier is None:
        try:
            earlier = appealing.appeal(action, member=found, words=form.cleaned_data["words"])
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"action": action, "form": form, "earlier": earlier}
    return render(request, "forum/appeal.html", context, status=422 if form.errors and earlier is None else 200)


@login_required
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Uphold the reports, which hides the post, or dismiss them."""
    _insist(request)
    review = get_object_or_404(Review.objects.select_related("post", "post__thread", "post__author"), pk=pk)
    form = ReasonForm(request.POST or None, verbs=_review_verbs(review.post))
    if request.method == "POST" and form.is_valid():
        deeds: dict[str, Any] = {"hide_post": moderating.hide_post, "approve": moderating.approve, "reject": moderating.reject}
        verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
        if verb in deeds:
            deeds[verb](review.post, by=request.user, reason=reason)
        else:
            moderating.dismiss(review, by=request.user, reason=reason)
        messages.success(request, _("Decided, and noted in the log."))
        return redirect("forum:queue")
    return render(request, "forum/act.html", _context(form, review.post.thread, review.post), status=422 if form.errors else 200)


def _review_verbs(post: Post) -> list[tuple[str, Any]]:
    if (post.thread.state if post.opens_thread else post.state) == State.PENDING:
        return [("approve", _("Approve: show it")), ("reject", _("Do not show it"))]
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
    if thread.state == State.HIDDEN and not thread.merged_into_id:
        verbs.append((Verb.UNHIDE_THREAD, _("Show the thread again; its points are given back")))
    if thread.state == State.PENDING:
        verbs += [(Verb.APPROVE, _("Approve: show it")), (Verb.REJECT, _("Do not show it"))]
    verbs.append((Verb.SLOW, _("Slow mode: a pause between two posts of a member")))
    if thread.board.is_blog:
        return verbs
    more = [(Verb.MERGE, _("Merge into another thread")), (Verb.SPLIT, _("Split posts off into a new thread"))]
    return [*verbs, (Verb.MOVE, _("Move to another board")), *(more if thread.state == State.VISIBLE else [])]


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
    elif verb == Verb.SLOW:
        moderating.set_slow(thread, form.cleaned_data["seconds"], by=by, reason=reason)
    elif verb == Verb.MERGE:
        rearranging.merge(thread, get_object_or_404(Thread, pk=form.cleaned_data["into"]), by=by, reason=reason)
    elif verb == Verb.SPLIT:
        rearranging.split(thread, form.cleaned_data["numbers"], title=form.cleaned_data["title"], by=by, reason=reason)
    elif verb in (Verb.APPROVE, Verb.REJECT):
        deed = moderating.approve if verb == Verb.APPROVE else moderating.reject
        deed(thread.posts.get(no=1), by=by, reason=reason)
    else:
        moderating.unhide_thread(thread, by=by, reason=reason)


@login_required
def act_on_post(request: MemberRequest, pk: int) -> HttpResponse:
    _insist(request)
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author"), pk=pk)
    form = ReasonForm(request.POST or None, verbs=post_verbs(post), initial={"verb": request.GET.get("verb")})
    if request.method == "POST" and form.is_valid():
        try:
            _act_on_post(request, post, form)
            return redirect(post.get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "forum/act.html", _context(form, post.thread, post), status=422 if form.errors else 200)


def post_verbs(post: Post) -> list[tuple[str, Any]]:
    hidden = post.thread.state == State.HIDDEN if post.opens_thread else post.state == State.HIDDEN
    state = post.thread.state if post.opens_thread else post.state
    if state == State.PENDING:
        return [(Verb.APPROVE, _("Approve: show it")), (Verb.REJECT, _("Do not show it"))]
    author = [] if post.thread.board.is_blog else [(Verb.CHANGE_AUTHOR, _("Change the author; its points go along"))]
    if hidden:
        return [(Verb.UNHIDE_POST, _("Show it again; its points are given back")), *author]
    return [(Verb.HIDE_POST, _("Hide it; its points are taken back")), *_for_the_asker(post), *author]


def _for_the_asker(post: Post) -> list[tuple[str, Any]]:
    """What whoever asked decides, and a moderator may for them."""
    if post.state != State.VISIBLE or post.thread.state != State.VISIBLE:
        return []
    if post.opens_thread:
        poll = Poll.objects.filter(post=post).first()
        return [(Verb.CLOSE_POLL, _("Close the poll"))] if poll and not poll.is_closed else []
    if post.thread.solution_id == post.pk:
        return [(Verb.UNACCEPT, _("No longer mark it as the solution; its points are taken back"))]
    return [(Verb.ACCEPT, _("Mark it as the solution"))]


def _act_on_post(request: MemberRequest, post: Post, form: ReasonForm) -> None:
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    if verb == Verb.CHANGE_AUTHOR:
        author = get_object_or_404(Member, handle=form.cleaned_data["handle"], erased_at=None)
        rearranging.change_author(post, author, by=request.user, reason=reason)
    elif verb == Verb.ACCEPT:
        solving.accept(post, by=request.user, reason=reason)
    elif verb == Verb.UNACCEPT:
        solving.unaccept(post.thread, by=request.user, reason=reason)
    elif verb == Verb.CLOSE_POLL:
        polling.close(Poll.objects.select_related("post").get(post=post), by=request.user, reason=reason)
    else:
        _show_or_hide(request, post, verb, reason)


def _show_or_hide(request: MemberRequest, post: Post, verb: str, reason: str) -> None:
    deeds = {Verb.HIDE_POST: moderating.hide_post, Verb.APPROVE: moderating.approve, Verb.REJECT: moderating.reject}
    deeds.get(Verb(verb), moderating.unhide_post)(post, by=request.user, reason=reason)


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
