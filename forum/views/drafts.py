"""A member's drafts: listed, saved while they type, thrown away."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum import drafting
from forum.forms import DraftForm
from forum.models import Board, Conversation, Draft, Post, Thread
from forum.views.requests import MemberRequest, may_edit


@login_required
def drafts(request: MemberRequest) -> HttpResponse:
    rows = list(Draft.objects.filter(member=request.user)[: drafting.MAX_DRAFTS])
    ids: dict[str, list[int]] = {"thread": [], "board": [], "message": [], "post": [], "blog": []}
    for row in rows:
        word, _colon, pk = row.key.partition(":")
        if pk.isdecimal():
            ids[word].append(int(pk))
    found: dict[str, dict[int, Any]] = {
        "thread": Thread.objects.visible_to(request.user).in_bulk(ids["thread"]),
        "message": Conversation.objects.visible_to(request.user).in_bulk(ids["message"]),
        "board": Board.objects.visible_to(request.user).boards().in_bulk(ids["board"]),
        "post": Post.objects.visible_to(request.user).select_related("thread").in_bulk(ids["post"]),
    }
    return render(request, "forum/drafts.html", {"drafts": [{"draft": row, **_place(row, found)} for row in rows]})


def _place(draft: Draft, found: dict[str, dict[int, Any]]) -> dict[str, str]:
    """Where a draft was meant for, and the page on which to go on with it; nothing where its writer may not see that any more."""
    word, _colon, key = draft.key.partition(":")
    if draft.key == drafting.OF_BLOG:
        return {"name": _("Your blog"), "url": reverse("blogs:start")}
    if draft.key == drafting.OF_MESSAGE:
        return {"name": _("New message"), "url": reverse("forum:start_conversation")}
    if key.startswith("@"):
        return {"name": _("Message to %(handle)s") % {"handle": key}, "url": f"{reverse('forum:start_conversation')}?to={key[1:]}"}
    place = found[word].get(int(key)) if key.isdecimal() else None
    if place is None:
        return {}
    match word:
        case "thread":
            return {"name": place.title, "url": f"{place.get_absolute_url()}?page={place.last_page}#reply"}
        case "message":
            return {"name": place.title, "url": f"{place.get_absolute_url()}#reply"}
        case "post":
            name = _("Edit of %(title)s #%(no)s") % {"title": place.thread.title, "no": place.no}
            return {"name": name, "url": reverse("forum:edit", args=[place.pk])}
    return {"name": place.label, "url": reverse("forum:start", args=[place.slug])}


@require_POST
@login_required
def save(request: MemberRequest) -> HttpResponse:
    """For the page's script: `{"seq": N}`; 409 with the newer draft where another device has saved since."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    words = {name: form.cleaned_data[name] for name in ("body", "title", "seq")}
    words["beside"] = {name: request.POST[name] for name in drafting.BESIDE if name in request.POST}
    key = form.cleaned_data["key"]
    try:
        if key.startswith("post:"):
            draft = drafting.save_edit(may_edit(request, int(key.partition(":")[2])), member=request.user, **words)
        else:
            draft = drafting.save(request.user, key=key, client_key=form.cleaned_data["client_key"], **words)
    except drafting.DraftConflict as conflict:
        return JsonResponse({"seq": conflict.current.seq, "body": conflict.current.body, "title": conflict.current.title}, status=409)
    return JsonResponse({"seq": draft.seq if draft else None})


@require_POST
@login_required
def discard(request: MemberRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, member=request.user, pk=pk)
    drafting.discard(request.user, key=draft.key)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "forum:drafts")
