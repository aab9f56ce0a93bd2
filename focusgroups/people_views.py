"""Who sits in a group: whom to invite and to draw, who took part; and preparing it, for its moderators and the researchers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from focusgroups import attending, leading, moderating, preparing, recruiting, rescheduling, seating
from focusgroups.models import Group
from focusgroups.page_forms import InvitationForm, KeepGuideForm, LayOutForm, ObserversForm
from focusgroups.refusals import Refused
from focusgroups.views import asker, find, find_as_host, offer_of_lead


@require_http_methods(["GET", "POST"])
@login_required
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits in the group, and whom to invite: participants and moderators in one form, observers in another."""
    group, seat = find_as_host(request, pk)
    is_of_observers = "observers-members" in request.POST
    form = InvitationForm(None if is_of_observers else request.POST or None)
    observers = ObserversForm(request.POST if is_of_observers else None)
    sent: InvitationForm | ObserversForm = observers if is_of_observers else form
    if request.method == "POST" and sent.is_valid():
        return _invite(request, group, sent)
    rows = attending.facts(group)
    context: dict[str, Any] = {"group": group, "form": form, "observers_form": observers, "lay_out_form": LayOutForm()}
    context["keep_form"] = KeepGuideForm(initial={"title": group.title})
    context["rows"] = rows
    context["own_seat"] = seat
    context["may_moderate"] = seat is not None and seat.is_moderator and not group.is_closed
    context |= offer_of_lead(seat)
    context["quotas"] = [] if group.is_closed or group.is_rehearsal else recruiting.standing(group)
    context["unconfirmed"] = sum(each.may_be_confirmed for each in rows)
    return render(request, "groups/people.html", context, status=422 if sent.errors else 200)


def _invite(request: HttpRequest, group: Group, form: InvitationForm) -> HttpResponse:
    invited = 0
    try:
        for member in form.cleaned_data["members"]:
            seating.invite(group, member=member, role=form.cleaned_data["role"], by=asker(request))
            invited += 1
        messages.success(request, _("Invited: %(count)d") % {"count": invited})
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:people", pk=group.pk)


@require_POST
@login_required
def recruit(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw and invite what the quotas lack."""
    group, _seat = find_as_host(request, pk)
    try:
        made = recruiting.draw(group, by=asker(request))
        messages.success(request, _("Invited: %(count)d") % {"count": len(made)})
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:people", pk=pk)


@require_POST
@login_required
def attendance(request: HttpRequest, pk: int, seat_pk: int | None = None) -> HttpResponse:
    """Confirm that a participant took part; without one, all who said or answered something."""
    group, _seat = find_as_host(request, pk)
    rows = [get_object_or_404(group.seats, pk=seat_pk)] if seat_pk else [row.seat for row in attending.facts(group) if row.may_be_confirmed]
    try:
        for row in rows:
            attending.confirm(row, by=asker(request))
        if seat_pk:
            messages.success(request, _("%(name)s took part. The points are on their way.") % {"name": rows[0].pseudonym})
        else:
            said = ngettext(
                "%(count)d person took part. The points are on their way.",
                "%(count)d people took part. The points are on their way.",
                len(rows),
            )
            messages.success(request, said % {"count": len(rows)})
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:people", pk=pk)


# What a moderator does to whoever sits there: in a room by its own controls as well, on a board here.
DEEDS: dict[str, Callable[..., Any]] = {
    "mute": partial(moderating.mute, is_muted=True),
    "unmute": partial(moderating.mute, is_muted=False),
    "remove": moderating.remove,
    "share_lead": partial(leading.hand_over, is_staying=True),
    "hand_over": leading.hand_over,
}


@require_POST
@login_required
def deed(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """A moderator's `deed` to one seat: mute, unmute, remove, share_lead, hand_over. Whoever handed over watches from now on."""
    _group, seat = find_as_host(request, pk)
    wish = DEEDS.get(request.POST.get("deed", ""))
    if seat is None or not seat.is_moderator or wish is None:
        raise Http404
    try:
        wish(pk, member=asker(request), client_id=None, seat=seat_pk)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("groups:people", pk=pk)
    is_handed_over = request.POST["deed"] == "hand_over"
    if is_handed_over:
        messages.success(request, _("You have handed over the lead, and watch from behind the glass."))
    return redirect("groups:room" if is_handed_over else "groups:people", pk=pk)


@require_POST
@login_required
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Who runs the club's research and watches begins to lead."""
    _group, seat = find(request, pk)
    if seat is None or not leading.may_take(seat):
        raise Http404
    try:
        leading.take(pk, member=asker(request), client_id=None)
        messages.success(request, _("You lead this group now."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:room", pk=pk)


@require_POST
@login_required
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a guide's lines behind the group's own (`guide`), or keep the group's as a guide to start from (`title`)."""
    group, _seat = find_as_host(request, pk)
    keep, lay_out = KeepGuideForm(request.POST), LayOutForm(request.POST)
    try:
        if lay_out.is_valid():
            lines = preparing.lay_out(lay_out.cleaned_data["guide"], group)
            messages.success(
                request, ngettext("%(count)d line was added.", "%(count)d lines were added.", len(lines)) % {"count": len(lines)}
            )
        elif keep.is_valid():
            preparing.keep_guide(group, title=keep.cleaned_data["title"])
            messages.success(request, _("The guide is kept, and may be started from."))
        else:
            messages.error(request, _("Choose a guide, or give this one a title."))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("groups:people", pk=pk)


@require_POST
@login_required
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """A room with the same guide, to try it in."""
    group, _seat = find_as_host(request, pk)
    try:
        room = preparing.rehearse(group, by=asker(request))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("groups:people", pk=pk)
    messages.success(request, _("This is the rehearsal: invite colleagues as participants, and go through the guide."))
    return redirect("groups:people", pk=room.pk)


@require_POST
@login_required
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a planned group does not take place."""
    group, _seat = find_as_host(request, pk)
    try:
        told = rescheduling.call_off(group, by=asker(request))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        said = ngettext("Called off; %(count)d person is told.", "Called off; %(count)d people are told.", told)
        messages.success(request, said % {"count": told})
    return redirect("groups:people", pk=pk)
