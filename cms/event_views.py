import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms import attending, calendar, seating
from cms.forms import WalkInForm
from cms.gates import signed_in, visible_to
from cms.models import EventPage, Seat
from cms.views import in_my_language


def _found(request: HttpRequest, pk: int) -> EventPage:
    page = visible_to(EventPage.objects.filter(pk=pk), request.user).first()
    if page is None:
        raise Http404
    return page


@require_GET
def event(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Lead to an event in the visitor's language, whichever one the link was made from."""
    return redirect(in_my_language(EventPage.objects.all(), key, request).get_url(request))


@require_POST
@login_required
def take_seat(request: HttpRequest, pk: int) -> HttpResponse:
    page = _found(request, pk)
    try:
        seat = seating.take_seat(page, member=signed_in(request))
    except seating.SignUpClosed:
        messages.warning(request, _("Signing up for this event is closed."))
    else:
        messages.success(request, _said(seat))
    return redirect(page.get_url(request))


def _said(seat: Seat) -> str:
    if seat.state == Seat.State.TAKEN:
        return _("You have seat %(number)s. See you there.") % {"number": seat.number}
    return _("All seats are taken. You are on the waiting list and move up by yourself when one is given up.")


@require_POST
@login_required
def give_up_seat(request: HttpRequest, pk: int) -> HttpResponse:
    page = _found(request, pk)
    try:
        seating.give_up_seat(page, member=signed_in(request))
    except seating.SignUpClosed:
        messages.warning(request, _("The event has begun; its list stays as it is."))
    else:
        messages.success(request, _("Your seat is free for somebody else. Thank you for telling us."))
    return redirect(page.get_url(request))


@require_GET
def calendar_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The event for the visitor's own calendar; guests get the online link with it."""
    page = _found(request, pk)
    has_seat = calendar.seats_of(request.user).taken().filter(event=page.original).exists()
    response = HttpResponse(calendar.entry(page, with_link=has_seat), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.slug}.ics"'
    return response


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("cms.change_seat", raise_exception=True)
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """The host's list at the door: tick who came, let in who has no seat."""
    page = _found(request, pk)
    form = WalkInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attending.walk_in(page, member=form.cleaned_data["email"], by=signed_in(request))
        except seating.RoomFull:
            form.add_error("email", _("Every seat has a guest."))
        except attending.NotYet:
            form.add_error("email", _("The door opens four hours before the event."))
        else:
            return redirect("events:door", pk=pk)
    seats = page.original.seats.exclude(state=Seat.State.GIVEN_UP).select_related("member__company")
    seats = seats.order_by(F("number").asc(nulls_last=True), "asked_at")
    return render(request, "cms/door.html", {"page": page, "seats": seats, "form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("cms.change_seat", raise_exception=True)
def check_in(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """Tick a guest at the door, or take the tick back."""
    page = _found(request, pk)
    seat = get_object_or_404(Seat.objects.visible_to(request.user), pk=seat_pk, event=page.original)
    if request.POST.get("undo"):
        attending.take_back_check_in(seat)
        return redirect("events:door", pk=pk)
    try:
        attending.check_in(seat, by=signed_in(request))
    except attending.NotYet:
        messages.warning(request, _("The door opens four hours before the event."))
    except attending.NoSeat:
        messages.warning(request, _("This member is on the waiting list."))
    return redirect("events:door", pk=pk)
