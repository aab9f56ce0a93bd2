"""Several threads of a board chosen at once, and one thing done to them all."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from forum import reading, sweeping, tags, unread
from forum.case_forms import SweepForm
from forum.forms import TagsForm
from forum.models import Board, Thread
from forum.views.requests import MemberRequest, insist_on_moderator, number


@login_required
def sweep(request: MemberRequest, slug: str) -> HttpResponse:
    """A page of the board as it is listed, narrowed to tags; `?all=1` chooses all that stand on the page."""
    insist_on_moderator(request)
    board: Any = get_object_or_404(unread.board_with_own(Board.objects.visible_to(request.user).boards(), request.user), slug=slug)
    narrowing, before = TagsForm(request.GET), number(request, "before")
    named = narrowing.cleaned_data["tags"] if narrowing.is_valid() else []
    borne = tags.of_slugs(named)
    threads = None if len(borne) == len(named) else Thread.objects.none()
    pinned, page = reading.on_board(board, threads, request.user, borne=borne, before=before)
    rows = [*pinned, *page.threads]
    boards = Board.objects.visible_to(request.user).boards().filter(is_archived=False).exclude(pk=board.pk)
    # What was chosen may have moved off the page meanwhile: the deed looks whether it is on the board still.
    sent = [int(pk) for pk in request.POST.getlist("thread")[: sweeping.MOST] if pk.isascii() and pk.isdigit() and len(pk) < 19]
    form = SweepForm(request.POST or None, boards=boards, threads=sent)
    query = urlencode({name: value for name, value in {"tags": ",".join(named), "before": before}.items() if value})
    if request.method == "POST" and form.is_valid():
        _sweep(request, board, form)
        return redirect(f"{reverse('forum:sweep', args=[slug])}{'?' if query else ''}{query}")
    context: dict[str, Any] = {"board": board, "threads": rows, "page": page, "form": form, "tags_named": ",".join(named), "query": query}
    context |= {"chosen": {thread.pk for thread in rows} if "all" in request.GET else set(sent)}
    return render(request, "forum/sweep.html", context, status=422 if form.errors else 200)


def _sweep(request: MemberRequest, board: Board, form: SweepForm) -> None:
    said = form.cleaned_data
    done = sweeping.sweep(board, said["thread"], said["verb"], by=request.user, reason=said["reason"], to=said["board"], tags=said["tags"])
    messages.success(request, ngettext("%(n)d thread is changed.", "%(n)d threads are changed.", done.changed) % {"n": done.changed})
    if done.left:
        left = ngettext(
            "%(n)d thread stays as it is: it was so already, it is gone from here, or it would have more than five tags.",
            "%(n)d threads stay as they are: they were so already, they are gone from here, or they would have more than five tags.",
            done.left,
        )
        messages.info(request, left % {"n": done.left})
