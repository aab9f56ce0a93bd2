"""The moderators' pages beside their queue: acting on a thread, post or member with a reason, appeals, the log."""

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import appealing, moderating, noting, polling, rearranging, remarking, restricting, solving, subjects, trusting
from forum.case_forms import NoteForm, ReasonForm, RestrictForm
from forum.forms import AppealForm
from forum.models import Appeal, Board, ModerationAction, Poll, Post, State, Thread, Trust
from forum.refusals import NotYours, Refused
from forum.views.requests import MemberRequest, insist_on_moderator, number
from members.models import Member

Verb = ModerationAction.Verb
ON_A_PAGE = 30


@login_required
def member(request: MemberRequest, handle: str) -> HttpResponse:
    """A member as moderators see them: trust, restrictions, what was decided; and what can be asked of them."""
    insist_on_moderator(request)
    found = get_object_or_404(Member.objects.select_related("company"), handle=handle)
    verbs: list[tuple[str, Any]] = [
        (Verb.SILENCE, _("Silence: reads, does not write, vote or react")),
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
    context = {"form": form, "member": found, "silenced": silenced} | _older(request, past, "past")
    context |= {"notes": remarking.newest(found), "note_form": NoteForm(auto_id="note_%s")}
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
    insist_on_moderator(request)
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
    page = _older(request, actions.select_related("appeal"), "actions")
    threads = subjects.threads([action.thread_id for action in page["actions"] if action.thread_id], request.user)
    rows = [
        {
            "action": action,
            "thread": threads.get(action.thread_id),
            "appeal": getattr(action, "appeal", None),
            "may_appeal": appealing.may_appeal(action, request.user),
        }
        for action in page["actions"]
    ]
    return render(request, "forum/decisions.html", {"rows": rows, "next_before": page["next_before"]})


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
    thread = subjects.threads([action.thread_id], found).get(action.thread_id) if action.thread_id else None
    context = {"action": action, "thread": thread, "form": form, "earlier": earlier}
    return render(request, "forum/appeal.html", context, status=422 if form.errors and earlier is None else 200)


@login_required
def act_on_thread(request: MemberRequest, pk: int) -> HttpResponse:
    insist_on_moderator(request)
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
    insist_on_moderator(request)
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
    if not solving.is_open(post.thread):
        return []
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
    insist_on_moderator(request)
    rows = ModerationAction.objects.select_related("actor", "member", "thread", "post", "post__thread", "board")
    return render(request, "forum/log.html", _older(request, rows, "actions"))


def _older(request: MemberRequest, rows: QuerySet[ModerationAction], name: str) -> dict[str, Any]:
    """A page of acts, the newest first, and before which the next begins."""
    if before := number(request, "before"):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: ON_A_PAGE + 1])
    return {name: found[:ON_A_PAGE], "next_before": found[ON_A_PAGE - 1].pk if len(found) > ON_A_PAGE else None}
