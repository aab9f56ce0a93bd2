"""A member's drafts: listed, saved while they type, thrown away."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from forum import drafting
from forum.forms import DraftForm
from forum.models import Board, Conversation, Draft, Thread
from forum.views.requests import MemberRequest


@login_required
def drafts(request: MemberRequest) -> HttpResponse:
    rows = list(Draft.objects.filter(member=request.user)[: drafting.MAX_DRAFTS])
    ids: dict[str, list[int]] = {"thread": [], "board": [], "message": []}
    for row in rows:
        word, pk = row.key.split(":")
        ids[word].append(int(pk))
    threads = Thread.objects.visible_to(request.user).in_bulk(ids["thread"])
    talks = Conversation.objects.visible_to(request.user).in_bulk(ids["message"])
    boards = Board.objects.visible_to(request.user).select_related("owner").in_bulk(ids["board"])
    shown = [{"draft": row, **_place(row, threads, boards, talks)} for row in rows]
    return render(request, "forum/drafts.html", {"drafts": shown})


def _place(draft: Draft, threads: dict[int, Thread], boards: dict[int, Board], talks: dict[int, Conversation]) -> dict[str, str]:
    """Where a draft was meant for, and the page on which to go on with it."""
    word, pk = draft.key.split(":")
    if word == "thread":
        thread = threads.get(int(pk))
        return {"name": thread.title, "url": f"{thread.get_absolute_url()}?page={thread.last_page}#reply"} if thread else {}
    if word == "message":
        talk = talks.get(int(pk))
        return {"name": talk.title, "url": f"{talk.get_absolute_url()}#reply"} if talk else {}
    board = boards.get(int(pk))
    if board is None:
        return {}
    return {"name": board.label, "url": reverse("blogs:start") if board.is_blog else reverse("forum:start", args=[board.slug])}


@require_POST
@login_required
def save(request: MemberRequest) -> HttpResponse:
    """For the page's script: `{"seq": N}`; 409 with the newer draft where another device has saved since."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    words = form.cleaned_data
    try:
        draft = drafting.save(request.user, key=words["key"], body=words["body"], title=words["title"], seq=words["seq"])
    except drafting.DraftConflict as conflict:
        return JsonResponse({"seq": conflict.current.seq, "body": conflict.current.body, "title": conflict.current.title}, status=409)
    return JsonResponse({"seq": draft.seq if draft else None})


@require_POST
@login_required
def discard(request: MemberRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, member=request.user, pk=pk)
    drafting.discard(request.user, key=draft.key)
    return redirect("forum:drafts")
