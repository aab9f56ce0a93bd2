"""What makes the forum one's own: polls answered, bookmarks, whom and what one follows, whether one is seen."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forum import blogging, emoji, keeping, polling, presence, reading, regarding
from forum.forms import BookmarkForm, FeatureForm, LevelForm
from forum.models import Board, BoardMember, Bookmark, Feature, Level, Poll, Post, Presence, Regard, TagMember, Thread, ThreadMember
from forum.permissions import is_moderator
from forum.refusals import Refused
from forum.views.requests import MemberRequest, number, with_reason
from members.models import Member

COMPLETIONS = 8


@require_POST
@login_required
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    poll = _poll(request, pk)
    try:
        polling.vote(poll, member=request.user, options=_chosen(request, poll))
        messages.success(request, _("Your vote is counted."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{poll.post.get_absolute_url()}#poll")


@require_POST
@login_required
def close_poll(request: MemberRequest, pk: int) -> HttpResponse:
    poll = _poll(request, pk)
    if poll.post.author_id != request.user.pk and is_moderator(request.user):
        return redirect(with_reason(poll.post, "close_poll"))
    try:
        polling.close(poll, by=request.user)
    except Refused as refused:
        raise Http404 from refused
    return redirect(f"{poll.post.get_absolute_url()}#poll")


def _poll(request: MemberRequest, pk: int) -> Poll:
    posts = Post.objects.visible_to(request.user)
    return get_object_or_404(Poll.objects.filter(post__in=posts).select_related("post", "post__thread", "post__thread__board"), pk=pk)


def _chosen(request: MemberRequest, poll: Poll) -> list[int]:
    """Ids of options; of a ranked poll in the order of the places given to them, those without a place left out."""
    if poll.kind != Poll.Kind.RANKED:
        return [int(value) for value in request.POST.getlist("option")[: polling.MOST_OPTIONS + 1] if value.isascii() and value.isdigit()]
    places: dict[int, int] = {}
    for option in poll.options.all():
        place = request.POST.get(f"place-{option.pk}", "")
        if place.isascii() and place.isdigit() and len(place) < 3:
            if int(place) in places:
                # Two options on one place are no order: the deed refuses the same option twice.
                return [option.pk, option.pk]
            places[int(place)] = option.pk
    return [places[place] for place in sorted(places)]


@login_required
def bookmark(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep a post, change its note, or let it go."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "thread__board", "author"), pk=pk)
    row = Bookmark.objects.filter(member=request.user, post=post).first()
    if request.method == "POST" and "remove" in request.POST:
        keeping.let_go(post, member=request.user)
        return _kept(request, post, is_kept=False)
    if request.method == "POST" and "keep" in request.POST:
        keeping.keep(post, member=request.user, note=row.note if row else "", remind_on=row.remind_on if row else None)
        return _kept(request, post, is_kept=True)
    initial = {"note": row.note, "remind_on": row.remind_on} if row else {}
    form = BookmarkForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keeping.keep(post, member=request.user, note=form.cleaned_data["note"], remind_on=form.cleaned_data["remind_on"])
        messages.success(request, _("The bookmark is kept."))
        return redirect("forum:bookmarks")
    context = {"form": form, "post": post, "thread": post.thread, "row": row}
    return render(request, "forum/bookmark.html", context, status=422 if form.errors else 200)


def _kept(request: MemberRequest, post: Post, *, is_kept: bool) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "forum/_bookmark.html", {"post": post, "is_bookmarked": is_kept})
    return redirect(post.get_absolute_url())


@login_required
def bookmarks(request: MemberRequest) -> HttpResponse:
    rows, next_before = reading.kept(request.user, before=number(request, "before"))
    return render(request, "forum/bookmarks.html", {"bookmarks": rows, "next_before": next_before})


@login_required
def followed(request: MemberRequest) -> HttpResponse:
    """Everything that a member follows or would rather not see, and whether others see them."""
    chosen = ~Q(level=Level.NORMAL)
    threads = ThreadMember.objects.filter(
        chosen, member=request.user, is_chosen=True, thread__in=Thread.objects.visible_to(request.user).open()
    )
    readable = Board.objects.visible_to(request.user)
    boards = BoardMember.objects.filter(chosen, member=request.user, board__in=readable)
    hidden = Presence.objects.filter(member=request.user, is_hidden=True).exists()
    context = {
        "boards": boards.select_related("board", "board__owner")[:100],
        "tags": TagMember.objects.filter(chosen, member=request.user).select_related("tag")[:100],
        "members": Regard.objects.filter(chosen, member=request.user).select_related("other", "other__company")[:100],
        "ignored": Regard.objects.filter(member=request.user, is_ignored=True).select_related("other", "other__company")[:100],
        "threads": threads.select_related("thread", "thread__board").order_by("-pk")[:100],
        "is_hidden": hidden,
    }
    return render(request, "forum/followed.html", context)


@require_POST
@login_required
def hide_presence(request: MemberRequest) -> HttpResponse:
    presence.hide(request.user, "hide" in request.POST)
    return redirect("forum:followed")


@require_POST
@login_required
def regard(request: MemberRequest, handle: str) -> HttpResponse:
    """Follow, mute, ignore another member, or no longer."""
    other = get_object_or_404(Member.objects.visible_to(request.user), handle=handle)
    form = LevelForm(request.POST)
    try:
        if "ignore" in request.POST:
            regarding.ignore(other, member=request.user, is_ignored=request.POST["ignore"] == "on")
        elif form.is_valid():
            regarding.follow_member(other, member=request.user, level=Level(form.cleaned_data["level"]))
    except Refused as refused:
        raise Http404 from refused
    return redirect("forum:followed" if "back" in request.POST else other.get_absolute_url())


@require_GET
@login_required
def complete_members(request: MemberRequest) -> HttpResponse:
    """For the editor: members whose handle or name begins so, those of the thread first: `{"items": [{"handle", "name", "company"}]}`."""
    begun = request.GET.get("q", "").lstrip("@")[:40]
    thread = number(request, "thread")
    rows = Member.objects.visible_to(request.user).filter(is_active=True, erased_at=None).exclude(pk=request.user.pk)
    if begun:
        rows = rows.filter(Q(handle__istartswith=begun) | Q(name__istartswith=begun) | Q(name__icontains=f" {begun}"))
    elif not thread:
        return JsonResponse({"items": []})
    here = Post.objects.visible_to(request.user).filter(thread=thread).order_by().values("author") if thread else Member.objects.none()
    first = list(rows.filter(pk__in=here).select_related("company").order_by("name")[:COMPLETIONS])
    rest = (
        rows.exclude(pk__in=[member.pk for member in first]).order_by(Length("handle"), "handle").select_related("company") if begun else ()
    )
    found = [*first, *rest[: COMPLETIONS - len(first)]]
    items = [{"handle": each.handle, "name": each.display_name, "company": each.company.name if each.company else ""} for each in found]
    return JsonResponse({"items": items})


@require_GET
def emoji_names(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(json.dumps(emoji.NAMES, ensure_ascii=False), content_type="application/json")
    patch_cache_control(response, public=True, max_age=86_400)
    return response


@login_required
def feature(request: MemberRequest, pk: int) -> HttpResponse:
    """A marketer asks whether the magazine may show an entry; its author answers; either may end it."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).filter(board__kind="blog").select_related("board", "author"), pk=pk)
    found = Feature.objects.filter(thread=thread).first()
    is_author = thread.author_id == request.user.pk
    if not is_author and not request.user.has_perm(blogging.FEATURE):
        raise Http404
    form = FeatureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, thread, found, form.cleaned_data["note"])
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect(thread)


def _answer(request: MemberRequest, thread: Thread, found: Feature | None, note: str) -> None:
    if found is None:
        blogging.ask_to_feature(thread, by=request.user, note=note)
        messages.success(request, _("The author is asked."))
    elif "end" in request.POST:
        blogging.end_feature(found, by=request.user)
    elif "agree" in request.POST or "decline" in request.POST:
        blogging.answer_feature(found, by=request.user, agrees="agree" in request.POST)
