"""The pages of a board over several days: its tasks, and a task with its thread. They work without a script."""

import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from focusgroups import (
    arranging,
    attending,
    audiences,
    board_forms,
    boards,
    correcting,
    discussing,
    forms,
    hiding,
    hiding_answers,
    moderating,
    tending,
    withdrawing,
)
from focusgroups.forms import BODY_MAX
from focusgroups.models import Group, Item, Seat
from focusgroups.moderating import POSABLE
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from focusgroups.views import asker, find, offer_of_lead
from live import streams
from notifications import calendar

STATUSES = {"open": Group.Status.OPEN, "pause": Group.Status.PAUSED, "close": Group.Status.CLOSED}


def page(request: HttpRequest, group: Group, seat: Seat) -> HttpResponse:
    """All tasks of a board, for somebody who sits in it."""
    seat.group = group
    tasks, kinds = boards.tasks(seat), arranging.kinds_of_tasks(seat)
    rows = boards.matrix(group, [task.item for task in tasks]) if seat.is_staff else []
    if seat.is_staff:
        boards.note_lacking(tasks, rows)
    wish = arranging.wished(request.GET, kinds)
    context = {"group": group, "seat": seat, "rows": rows, "every": tasks, "tasks": arranging.tasks(tasks, wish), "wish": wish}
    context["zone"] = calendar.place_of(asker(request).time_zone)
    return render(request, "groups/board.html", context | arranging.choices(wish, kinds) | offer_of_lead(seat))


@require_GET
@login_required
def task(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    group, seat, item = _find(request, pk, item_pk)
    return _task(request, group, seat, item)


def _task(request: HttpRequest, group: Group, seat: Seat, item: Item, *, error: str = "", status: int = 200) -> HttpResponse:
    mine = item.answers.filter(seat=seat).first()
    # Before the thread is read: what comes in between is announced rather than missed.
    labels = audiences.streams_of(seat)
    known = streams.heads(labels.values())
    after = audiences.print_after({label: known[name] for label, name in labels.items()})
    context: dict[str, Any] = {"group": group, "seat": seat, "item": item, "mine": mine, "state": boards.state_of(item)}
    kinds = arranging.kinds_of_posts(seat)
    wish = arranging.wished(request.GET, kinds)
    thread = boards.thread(seat, item)
    context |= {"is_empty": not thread.answers and not thread.posts, "wish": wish, **arranging.choices(wish, kinds)}
    context |= {"thread": arranging.thread(thread, wish, seat), "form": board_forms.shown(item, mine), "client_id": uuid.uuid4()}
    context["error"] = error
    context["after"] = after
    context["zone"] = calendar.place_of(seat.member.time_zone)
    context["lacking"] = tending.lacking(item) if seat.is_staff and item.posed_at else []
    context["may_talk"] = seat.is_staff or mine is not None or not item.hides_answers
    context["said"] = request.POST
    return render(request, "groups/task.html", context, status=status)


@require_POST
@login_required
def answer(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Answer a task, or answer it anew."""
    group, seat, item = _find(request, pk, item_pk)
    made = board_forms.given(item, request.POST)
    if len(made.get("body", "")) > BODY_MAX or "\x00" in str(made):
        return _task(request, group, seat, item, error=_("Write at most %(count)d characters.") % {"count": BODY_MAX}, status=422)
    deed = discussing.vote if item.kind == Item.Kind.POLL else discussing.answer
    return _do(request, group, seat, item, lambda: deed(pk, member=seat.member, client_id=_client_id(request), item=item.pk, **made))


@require_POST
@login_required
def post(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Say something under a task: to all, to an answer, behind the glass, to the moderators; a moderator also to one participant."""
    group, seat, item = _find(request, pk, item_pk)
    body, to, under = request.POST.get("body", "").strip(), request.POST.get("to", ""), request.POST.get("answer", "")
    if not body or len(body) > BODY_MAX or "\x00" in body:
        return _task(
            request, group, seat, item, error=_("Write something, at most %(count)d characters.") % {"count": BODY_MAX}, status=422
        )
    words: dict[str, Any] = {"member": seat.member, "client_id": _client_id(request), "body": body, "item": item.pk}
    if to.isdecimal() and seat.is_moderator:
        return _do(request, group, seat, item, lambda: moderating.probe(pk, seat=int(to[:12]), **words))
    to = to if to in ("all", "staff", "me") else ""
    number = int(under[:12]) if under.isdecimal() else None
    return _do(request, group, seat, item, lambda: discussing.say(pk, to=to, answer=number, **words))


@require_POST
@login_required
def edit(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Give a message of one's own other words."""
    group, seat, item = _find(request, pk, item_pk)
    form = forms.Edit({"target": request.POST.get("target"), "stream": request.POST.get("stream"), "body": request.POST.get("body")})
    if not form.is_valid():
        return _task(
            request, group, seat, item, error=_("Write something, at most %(count)d characters.") % {"count": BODY_MAX}, status=422
        )
    words = {"member": seat.member, "client_id": _client_id(request), **form.cleaned_data}
    return _do(request, group, seat, item, lambda: correcting.edit(pk, **words))


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take back a message of one's own."""
    group, seat, item = _find(request, pk, item_pk)
    form = forms.Withdraw({"target": request.POST.get("target"), "stream": request.POST.get("stream")})
    if not form.is_valid():
        raise Http404
    words = {"member": seat.member, "client_id": _client_id(request), **form.cleaned_data}
    return _do(request, group, seat, item, lambda: withdrawing.withdraw(pk, **words))


@require_POST
@login_required
def hide(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """A moderator takes somebody's message out, or their answer or words of it."""
    group, seat, item = _find(request, pk, item_pk)
    deed = hiding_of(request.POST)
    if not seat.is_moderator or deed is None:
        raise Http404
    return _do(request, group, seat, item, lambda: deed(pk, member=seat.member, client_id=_client_id(request)))


@require_POST
@login_required
def hide_line(request: HttpRequest, pk: int) -> HttpResponse:
    """The same by the transcript, also once the group has ended."""
    _group, seat = find(request, pk)
    deed = hiding_of(request.POST)
    if seat is None or not seat.is_moderator or deed is None:
        raise Http404
    try:
        deed(pk, member=seat.member, client_id=_client_id(request))
        messages.success(request, _("Removed, for everybody."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    line = re.fullmatch(r"(?:all|staff)-\d{1,15}", request.POST.get("line", ""))
    return redirect(reverse("groups:transcript", args=[pk]) + (f"#{line[0]}" if line else ""))


def hiding_of(sent: QueryDict) -> Callable[..., Any] | None:
    """What a form wants taken out: `answer` with `words` of it or without, or the message at `stream` and `target`. None for neither."""
    if "answer" in sent:
        answer = forms.HideAnswer({"answer": sent["answer"], "words": sent.get("words")})
        return partial(hiding_answers.hide_answer, **answer.cleaned_data) if answer.is_valid() else None
    message = forms.Hide({"target": sent.get("target"), "stream": sent.get("stream")})
    return partial(hiding.hide, **message.cleaned_data) if message.is_valid() else None


@require_POST
@login_required
def deed(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """A moderator's `deed` at a task: pose it now, reveal its answers, or nudge those who have not answered."""
    group, seat, item = _find(request, pk, item_pk)
    if not seat.is_moderator:
        raise Http404
    wish = request.POST.get("deed")
    words: dict[str, Any] = {"member": seat.member, "client_id": _client_id(request)}
    if wish == "nudge":
        count = tending.nudge(item, by=seat.member)
        said = ngettext("%(count)d person was reminded.", "%(count)d people were reminded.", count) % {"count": count}
        messages.info(request, said if count else _("Nobody was reminded: they were today, have answered, or want no such notices."))
        return redirect("groups:room", pk=pk) if request.POST.get("from") == "board" else redirect("groups:task", pk=pk, item_pk=item_pk)
    if wish not in ("pose", "reveal"):
        raise Http404
    if wish == "pose":
        return _do(request, group, seat, item, lambda: tending.put_up(pk, item=item.pk, **words))
    return _do(request, group, seat, item, lambda: moderating.reveal(pk, item=item.pk, **words))


@require_POST
@login_required
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator opens, pauses or closes the board."""
    _group, seat = find(request, pk)
    wish = STATUSES.get(request.POST.get("status", ""))
    if seat is None or not seat.is_moderator or wish is None:
        raise Http404
    try:
        moderating.change_status(pk, member=seat.member, client_id=None, status=wish)
        tending.put_up_due(pk)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:room", pk=pk)


def _do(request: HttpRequest, group: Group, seat: Seat, item: Item, deed: Callable[[], Any]) -> HttpResponse:
    try:
        deed()
    except Refused as refusal:
        return _task(request, group, seat, item, error=str(refusal.message), status=422)
    except (NotAdmitted, NoSuchGroup):
        raise Http404 from None
    attending.was_here(seat)
    # Back to the thread as it was being read.
    wish = arranging.wished(request.GET, arranging.kinds_of_posts(seat))
    return redirect(reverse("groups:task", args=[group.pk, item.pk]) + wish.query)


def _client_id(request: HttpRequest) -> uuid.UUID:
    """The form's own, so that the same form sent twice is one deed."""
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()


def _find(request: HttpRequest, pk: int, item_pk: int) -> tuple[Group, Seat, Item]:
    group, seat = find(request, pk)
    if seat is None or not seat.may_enter or not group.is_board:
        raise Http404
    seat.group, seat.member = group, asker(request)
    items = group.items.filter(kind__in=POSABLE) if seat.is_staff else group.items.exclude(posed_at=None)
    return group, seat, get_object_or_404(items.select_related("image", "group"), pk=item_pk)
