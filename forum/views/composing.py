"""Writing a thread or an entry, editing, the history of a post, withdrawing."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum import blogging, differences, drafting, markup, moderating, picturing, polling, rewriting, waiting, writing
from forum.forms import EditForm, PollForm, SeriesForm, ThreadForm
from forum.models import Board, Draft, Entry, HeldEdit, Poll, Post, Series, State, Thread
from forum.permissions import is_moderator
from forum.refusals import EditingOver, Refused, TooFast
from forum.views.pictures import with_files
from forum.views.requests import MemberRequest, may_edit


@login_required
def start(request: MemberRequest, slug: str) -> HttpResponse:
    board = get_object_or_404(Board.objects.visible_to(request.user).boards(), slug=slug)
    if not board.may_start(request.user):
        raise Http404
    return compose(request, board)


@login_required
def start_entry(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        return compose(request, blogging.blog_of(request.user))
    board = Board.objects.blogs().filter(owner=request.user).first()
    return compose(request, board or Board(kind=Board.Kind.BLOG, owner=request.user, name=request.user.display_name))


def compose(request: MemberRequest, board: Board) -> HttpResponse:
    """The form of a new thread; sent, the thread."""
    key = drafting.of_opening(board)
    draft = Draft.objects.filter(member=request.user.pk, key=key).first()
    initial = _from_draft(draft) if draft else {"tags": request.GET.get("tag", "")[:40]}
    data, problem = with_files(request)
    form = ThreadForm(data, initial=initial)
    extra = _extra_form(request, board, draft)
    preview, status = "", 200
    if request.method == "POST":
        status = 422
        if problem:
            form.add_error("body", problem)
        if not form.is_valid() or (extra.is_bound and not extra.is_valid()):
            pass
        elif "preview" in request.POST:
            preview, status = writing.rendered(form.cleaned_data["body"], author=request.user, maths=board.has_maths), 200
        else:
            try:
                return redirect(_start(request, board, form, extra))
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 429 if isinstance(refused, TooFast) else 409
    context: dict[str, Any] = {"extra": extra, "series": Series.objects.filter(blog=board.pk) if board.is_blog and board.pk else ()}
    context |= {"form": form, "board": board, "draft": draft, "preview": preview, "draft_key": key}
    return render(request, "forum/compose.html", context, status=status)


def _from_draft(draft: Draft, prefix: str = "") -> dict[str, Any]:
    """What a form holds at first of a draft: its words, or what is kept for a form beside it."""
    beside = {name.removeprefix(prefix): value for name, value in draft.beside.items() if name.startswith(prefix)}
    return beside if prefix else beside | {"title": draft.title, "body": draft.body}


def _extra_form(request: MemberRequest, board: Board, draft: Draft | None) -> PollForm | SeriesForm:
    """What goes with the words: a poll on a board, a cover and a series in a blog."""
    if board.is_blog:
        kept = _from_draft(draft, "entry-") if draft else {}
        return SeriesForm(request.POST or None, request.FILES or None, prefix="entry", initial=kept)
    kept = _from_draft(draft, "poll-") if draft else {}
    if kept:
        # A box without its tick is not sent, and so not kept.
        kept["is_secret"] = "is_secret" in kept
    return PollForm(
        request.POST if any(name.startswith("poll-") for name in request.POST) else None,
        prefix="poll",
        use_required_attribute=False,
        initial=kept,
    )


def _start(request: MemberRequest, board: Board, form: ThreadForm, extra: PollForm | SeriesForm) -> Thread:
    words = {name: form.cleaned_data[name] for name in ("title", "body", "tags", "client_key")} | {"author": request.user}
    if isinstance(extra, SeriesForm):
        thread = polling.start_thread_with_poll(board, None, **words)
        _dress(request, thread, extra)
        return thread
    asked = dict(getattr(extra, "cleaned_data", {}))
    return polling.start_thread_with_poll(board, polling.Question(**asked) if asked.get("question") else None, **words)


def _dress(request: MemberRequest, thread: Thread, form: SeriesForm) -> None:
    """The entry stands already: what is wrong with its cover or series is said, and does not undo it."""
    cover = None
    if form.cleaned_data["cover"]:
        try:
            cover = picturing.take_in(form.cleaned_data["cover"], owner=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
    if cover or form.cleaned_data["series"] or Entry.objects.filter(thread=thread).exists():
        try:
            blogging.dress(thread, by=request.user, series=form.cleaned_data["series"], cover=cover)
        except Refused as refused:
            messages.error(request, str(refused))


@require_POST
@login_required
def preview(request: MemberRequest) -> HttpResponse:
    body = request.POST.get("body", "").replace("\r\n", "\n").rstrip()
    if len(body) > markup.MAX_CHARACTERS:
        return render(request, "forum/_preview.html", {"too_long": True}, status=422)
    # Neither private messages nor a moderator's edits go past the watch list.
    author = None if "as_typed" in request.GET else request.user
    return render(request, "forum/_preview.html", {"preview": writing.rendered(body, author=author, maths="maths" in request.GET)})


@login_required
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    post = may_edit(request, pk)
    thread = post.thread
    is_own = post.author_id == request.user.pk
    if request.method != "POST" and is_own and not thread.board.lets_edit(post.created_at, request.user):
        messages.error(request, str(EditingOver(thread.board.edit_minutes or 0)))
        return redirect(post.get_absolute_url())
    draft = Draft.objects.filter(member=request.user, key=drafting.of_edit(post)).first()
    initial: dict[str, Any] = {"body": post.body, "title": thread.title, "based_on": post.edit_count}
    initial["tags"] = [tag.name for tag in thread.tags.all()] if post.opens_thread else []
    held = waiting.waiting_of(post) if is_own else None
    if held:
        initial |= {"body": held.body, "reason": held.reason, "based_on": held.based_on, "title": held.title or thread.title}
        initial["tags"] = initial["tags"] if held.tags is None else held.tags
    poll = _poll_form_of(request, post, draft, held)
    if draft:
        initial |= {"tags": ""} | _from_draft(draft)
    data, problem = with_files(request)
    form = EditForm(data, initial=initial, opens_thread=post.opens_thread)
    dress = _dress_form(request, post, draft)
    if problem:
        form.add_error("body", problem)
    if not is_own:
        form.fields["reason"].required = True
    preview_html, status = "", 200
    if request.method == "POST":
        status = 422
        if not form.is_valid() or (dress and not dress.is_valid()) or (poll and poll.is_bound and not poll.is_valid()):
            pass
        elif "preview" in request.POST:
            author = request.user if is_own else None
            preview_html, status = writing.rendered(form.cleaned_data["body"], author=author, maths=thread.board.has_maths), 200
        else:
            try:
                _edit(request, post, form, poll)
                if dress:
                    _dress(request, thread, dress)
                return redirect(post.get_absolute_url())
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409
    context: dict[str, Any] = {
        "form": form,
        "dress": dress,
        "poll": poll,
        "post": post,
        "thread": thread,
        "preview": preview_html,
        "draft": draft,
        "held": held,
    }
    context |= {"draft_key": drafting.of_edit(post), "changed": _changed(request, form, pk)}
    return render(request, "forum/edit.html", context, status=status)


def _changed(request: MemberRequest, form: EditForm, pk: int) -> dict[str, Any] | None:
    """What the post says now, where that is not what this edit was begun from, with what this edit makes of it.

    It has been shown then: sent again, the edit replaces it.
    """
    post = may_edit(request, pk)
    begun = (form.data if form.is_bound else form.initial).get("based_on")
    if begun in (None, "") or str(begun) == str(post.edit_count):
        return None
    if form.is_bound:
        sent: Any = form.data
        form.data = shown = sent.copy()
        shown["based_on"] = post.edit_count
    else:
        form.initial["based_on"] = post.edit_count
    tags = [tag.name for tag in post.thread.tags.all()] if post.opens_thread else []
    body = str(form["body"].value() or "").replace("\r\n", "\n")
    return {"post": post, "tags": tags, "lines": differences.Comparison().changes(post.body, body)}


def _dress_form(request: MemberRequest, post: Post, draft: Draft | None) -> SeriesForm | None:
    """Cover and series, for one's own entry."""
    if not post.opens_thread or not post.thread.board.is_blog or post.author_id != request.user.pk:
        return None
    entry = Entry.objects.filter(thread=post.thread_id).select_related("series").first()
    initial = {"series": entry.series.title if entry and entry.series else ""}
    if draft:
        initial = {"series": ""} | _from_draft(draft, "entry-")
    return SeriesForm(request.POST or None, request.FILES or None, prefix="entry", initial=initial)


def _poll_form_of(request: MemberRequest, post: Post, draft: Draft | None, held: HeldEdit | None) -> PollForm | None:
    """A poll to put under one's own first post later, or the one under it while nobody has voted."""
    if not polling.may_bear_poll(post) or post.author_id != request.user.pk:
        return None
    poll = Poll.objects.filter(post=post).first()
    is_sent = any(name.startswith("poll-") for name in request.POST)
    if poll and not is_sent and not polling.may_ask_anew(poll):
        return None
    initial = _in_form(polling.as_asked(poll)) if poll else {}
    if held and held.poll:
        initial = _in_form(polling.Question.of(held.poll))
    if draft and (kept := _from_draft(draft, "poll-")):
        initial = kept | {"is_secret": "is_secret" in kept}
    return PollForm(
        request.POST if is_sent else None, prefix="poll", use_required_attribute=False, initial=initial, is_needed=poll is not None
    )


def _in_form(asked: polling.Question) -> dict[str, Any]:
    return asked.__dict__ | {"options": "\n".join(asked.options)}


def _edit(request: MemberRequest, post: Post, form: EditForm, poll: PollForm | None) -> None:
    words = form.cleaned_data
    new = {"body": words["body"], "title": words.get("title"), "tags": words.get("tags"), "reason": words["reason"]}
    new["based_on"] = words["based_on"]
    if post.author_id == request.user.pk:
        asked = dict(getattr(poll, "cleaned_data", {}))
        polling.edit_with_poll(post, polling.Question(**asked) if asked.get("question") else None, editor=request.user, **new)
        if waiting.waiting_of(post):
            messages.info(request, _("Your edit waits for a moderator. Until then the post says what it said."))
    else:
        moderating.edit_post(post, by=request.user, **new)


@dataclass(frozen=True)
class _Version:
    """What a post said at a time; `tags` are None where they were not kept."""

    title: str
    body: str
    tags: list[str] | None


def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What the post said before, version by version, with what changed."""
    posts = Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author")
    post = get_object_or_404(posts, pk=pk)
    if post.state == State.WITHDRAWN and not is_moderator(request.user):
        raise Http404
    revisions = list(post.revisions.select_related("editor").order_by("n"))
    words = [_Version(revision.title or post.thread.title, revision.body, revision.tags) for revision in revisions]
    words.append(_Version(post.thread.title, post.body, [tag.name for tag in post.thread.tags.all()] if post.opens_thread else None))
    comparison = differences.Comparison()
    versions = [
        {
            "revision": revision,
            "title": (before.title, after.title) if before.title != after.title else None,
            "tags": differences.of_names(before.tags, after.tags) if before.tags is not None and after.tags is not None else None,
            "lines": comparison.changes(before.body, after.body) if before.body != after.body else [],
            "before": before.body,
            "after": after.body,
        }
        for revision, before, after in reversed(list(zip(revisions, words[:-1], words[1:], strict=True)))
    ]
    return render(request, "forum/history.html", {"post": post, "thread": post.thread, "versions": versions})


@require_POST
@login_required
def take_back_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """The author wants the edit that waits no more."""
    post = get_object_or_404(Post.objects.visible_to(request.user).filter(author=request.user), pk=pk)
    waiting.take_back(post, author=request.user)
    return redirect(post.get_absolute_url())


@require_POST
@login_required
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).filter(author=request.user).select_related("thread"), pk=pk)
    try:
        rewriting.withdraw(post, author=request.user)
        messages.success(request, _("Your post is withdrawn."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(post.get_absolute_url())
