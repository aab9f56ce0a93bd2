"""The pages of focus groups: my groups, the door and the room behind it, what was said."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from focusgroups import emptying, exports, leading, listing, proofs, rooms, seating, transcripts, words
from focusgroups.models import Group, HiddenMessage, Seat
from focusgroups.page_forms import ConsentForm, StaffSeatForm
from focusgroups.refusals import Refused
from members.models import Member
from notifications import calendar


def asker(request: HttpRequest) -> Member:
    """Who asks, where sign-in was required before."""
    assert isinstance(request.user, Member)
    return request.user


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """My groups: open now, to come, open to all, past."""
    context = {"may_research": request.user.has_perm("focusgroups.add_group"), "zone": calendar.place_of(asker(request).time_zone)}
    return render(request, "groups/index.html", context | listing.of(asker(request)))


@require_GET
@login_required
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room for who may enter it; its door for who may come to sit in it; the transcript once it has ended."""
    group, seat = find(request, pk)
    if seat is None or not seat.may_enter:
        return _door(request, group, seat, ConsentForm())
    if group.is_closed:
        return redirect("groups:transcript", pk=pk)
    if group.is_board:
        from focusgroups import board_views

        return board_views.page(request, group, seat)
    context = {"group": group, "seat": seat, "words": words.for_room(), "member_id": seat.member_id}
    return render(request, "groups/room.html", context | offer_of_lead(seat))


def offer_of_lead(seat: Seat | None) -> dict[str, bool]:
    """`may_take_lead`, and `is_led`: whether anybody leads, told to whom it is offered."""
    if seat is None or seat.role != Seat.Role.OBSERVER or seat.group.is_closed or not leading.may_take(seat):
        return {"may_take_lead": False}
    return {"may_take_lead": True, "is_led": leading.is_led(seat.group)}


@require_POST
@login_required
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree, sit down, and come in."""
    group, taken = find(request, pk)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _door(request, group, taken, form, status=422)
    try:
        with transaction.atomic():
            own = taken or seating.take_open_seat(group, member=asker(request))
            seating.consent(own, version=form.cleaned_data["version"])
    except Refused as refusal:
        # Of a door that is shut the page itself says why.
        if refusal.code not in ("locked", "full"):
            messages.error(request, str(refusal.message))
    return redirect("groups:room", pk=pk)


@require_POST
@login_required
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one does not come."""
    _group, taken = find(request, pk)
    if taken is None:
        raise Http404
    try:
        seating.decline(taken)
        messages.success(request, _("Thank you for telling us. Your place is free for somebody else."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("groups:index")


def _door(request: HttpRequest, group: Group, seat: Seat | None, form: ConsentForm, status: int = 200) -> HttpResponse:
    free = seating.free_seats(group)
    context: dict[str, Any] = {"group": group, "seat": seat, "form": form, "free_seats": free, "may_sit": bool(seat) or free > 0}
    context["shut"] = "" if group.is_closed else seating.why_shut(group, seat)
    context["may_research"] = request.user.has_perm("focusgroups.change_group")
    context["zone"] = calendar.place_of(asker(request).time_zone)
    return render(request, "groups/door.html", context, status=status)


@require_POST
@login_required
def staff_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Who runs the club's research takes a moderator's or an observer's chair."""
    group, taken = find(request, pk)
    form = StaffSeatForm(request.POST)
    if not request.user.has_perm("focusgroups.change_group") or not form.is_valid():
        raise Http404
    if taken is None:
        try:
            seating.invite(group, member=asker(request), role=form.cleaned_data["role"], by=asker(request), is_told=False)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
    return redirect("groups:room", pk=pk)


@require_GET
@login_required
def transcript(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said, under the room's names: for participants once the group has ended, for the staff at any time.

    Observers read the copy that they may take along as a file.
    """
    group, lines = _transcript(request, pk)
    if _is_observer(request, group):
        lines = transcripts.for_client(group, lines)
    may_host = _may_host(request, group)
    hidden: dict[tuple[str, int], list[HiddenMessage]] = {}
    for each in _hidden(group) if may_host else ():
        hidden.setdefault((each.event.stream.name.rpartition(":")[2], each.event.seq), []).append(each)
    document = exports.Document(group, lines, str(proofs.public(group.pk)))
    context = {"group": group, "lines": lines, "may_host": may_host, "formats": exports.FORMATS, "document": document}
    context["deleted_at"] = emptying.deleted_at(group)
    context["rows"] = [(line, hidden.get((line.stream, line.seq), [])) for line in lines]
    context["client_id"] = uuid.uuid4()
    context["may_hide"] = Seat.objects.admitted(asker(request)).filter(group=group, role=Seat.Role.MODERATOR).exists()
    # Which moderator removed a message, and when, is for whoever leads; what it said, for the club's researchers alone.
    context["may_research"] = request.user.has_perm("focusgroups.change_group")
    return render(request, "groups/transcript.html", context)


@require_GET
@login_required
def transcript_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The same as a file: txt, csv, json, vtt, docx. `?copy=client` is the copy to hand on; observers get no other."""
    group, lines = _transcript(request, pk)
    if kind not in exports.FORMATS:
        raise Http404
    is_for_client = request.GET.get("copy") == "client" or _is_observer(request, group)
    if is_for_client:
        lines = transcripts.for_client(group, lines)
    content_type, make = exports.FORMATS[kind]
    name = f"group-{group.pk}{'-client' if is_for_client else ''}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    document = exports.Document(group, lines, str(proofs.public(group.pk)))
    return HttpResponse(make(document), content_type=content_type, headers=headers)


def _hidden(group: Group) -> QuerySet[HiddenMessage]:
    return group.hidden.select_related("event__stream")


def _is_observer(request: HttpRequest, group: Group) -> bool:
    if _may_host(request, group):
        return False
    return Seat.objects.admitted(asker(request)).filter(group=group, role=Seat.Role.OBSERVER).exists()


def _transcript(request: HttpRequest, pk: int) -> tuple[Group, list[transcripts.Line]]:
    group, seat = find(request, pk)
    if seat is None or not seat.may_enter:
        if not request.user.has_perm("focusgroups.view_group"):
            raise Http404
        # A researcher reads what the staff of the room read.
        seat = Seat(group=group, member=asker(request), role=Seat.Role.OBSERVER)
    elif seat.is_participant and not group.is_closed:
        raise Http404
    if group.emptied_at:
        return group, []
    return group, transcripts.lines(rooms.events_after(seat, {}, limit=None))


def find(request: HttpRequest, pk: int) -> tuple[Group, Seat | None]:
    """The group, where it may be seen at all, and one's own seat in it."""
    group = get_object_or_404(Group.objects.visible_to(asker(request)).select_related("study"), pk=pk)
    seat = Seat.objects.admitted(asker(request)).filter(group=group).first()
    if seat is not None:
        seat.group = group
    return group, seat


def find_as_host(request: HttpRequest, pk: int) -> tuple[Group, Seat | None]:
    group, seat = find(request, pk)
    if not _may_host(request, group, seat):
        raise Http404
    return group, seat


def _may_host(request: HttpRequest, group: Group, seat: Seat | None = None) -> bool:
    if request.user.has_perm("focusgroups.change_group"):
        return True
    seat = seat or Seat.objects.admitted(asker(request)).filter(group=group).first()
    return seat is not None and seat.is_moderator
