"""The club's calendar: what comes, what was, how many seats are free, and the entry for a member's own calendar."""

from typing import Any

from django.conf import settings
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from icalendar import Calendar, Event

from cms.gates import closed_paths, visible_to
from cms.models import EventIndexPage, EventPage, Seat
from cms.models.event import SeatQuerySet

PAST_SHOWN = 12


def with_free_seats(events: QuerySet[EventPage]) -> QuerySet[EventPage]:
    """Count the taken seats of each event, which lie with its original page, in the same query."""
    taken = Seat.objects.taken().filter(event__translation_key=OuterRef("translation_key")).order_by().values("event__translation_key")
    count = taken.annotate(count=Count("pk")).values("count")
    return events.annotate(taken=Coalesce(Subquery(count, output_field=IntegerField()), 0)).annotate(free=F("capacity") - F("taken"))


def coming(locale_id: int, member: Any, *, closed: list[str] | None = None) -> QuerySet[EventPage]:
    events = EventPage.objects.filter(locale=locale_id, ends_at__gt=timezone.now())
    return with_free_seats(visible_to(events, member, closed=closed)).select_related("cover").order_by("starts_at", "id")


def next_event(locale_id: int, member: Any, *, closed: list[str] | None = None) -> EventPage | None:
    return coming(locale_id, member, closed=closed).first()


def index_page(page: EventIndexPage, request: HttpRequest) -> dict[str, Any]:
    closed = closed_paths(request.user)
    past = visible_to(EventPage.objects.child_of(page).filter(ends_at__lte=timezone.now()), request.user, closed=closed)
    mine = {seat.event.translation_key: seat for seat in seats_of(request.user)}
    events = list(coming(page.locale_id, request.user, closed=closed))
    return {
        "coming": [(event, mine.get(event.translation_key)) for event in events],
        "past": past.order_by("-starts_at", "-id")[:PAST_SHOWN],
    }


def seats_of(member: Any) -> SeatQuerySet:
    """The seats a member holds or waits for."""
    if not member.is_authenticated:
        return Seat.objects.none()
    return Seat.objects.filter(member=member).exclude(state=Seat.State.GIVEN_UP).select_related("event")


def event_page(page: EventPage, request: HttpRequest) -> dict[str, Any]:
    counts = page.original.seats.aggregate(
        taken=Count("pk", filter=Q(state=Seat.State.TAKEN)), waiting=Count("pk", filter=Q(state=Seat.State.WAITING))
    )
    seat = seats_of(request.user).filter(event=page.original).first()
    ahead = 0
    if seat and seat.state == Seat.State.WAITING:
        ahead = page.original.seats.waiting().filter(Q(asked_at__lt=seat.asked_at) | Q(asked_at=seat.asked_at, pk__lt=seat.pk)).count()
    return {
        "seat": seat,
        "free": max(0, page.capacity - counts["taken"]),
        "waiting": counts["waiting"],
        "ahead": ahead,
        "may_check_in": request.user.has_perm("cms.change_seat"),
    }


def entry(event: EventPage, *, with_link: bool) -> bytes:
    """The event as an iCalendar file; the online link only for those who have a seat."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.CLUB_NAME}//events//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    item = Event()
    item.add("uid", f"{event.translation_key}@{settings.SITE_URL.split('//')[-1].split(':')[0]}")
    item.add("dtstamp", event.last_published_at or timezone.now())
    item.add("sequence", event.revisions.count() if event.pk else 0)
    item.add("dtstart", event.starts_at)
    item.add("dtend", event.ends_at)
    item.add("summary", event.title)
    item.add("description", event.standfirst)
    if event.place:
        item.add("location", event.place)
    item.add("url", (with_link and event.online_link) or f"{settings.SITE_URL}{event.url}")
    calendar.add_component(item)
    return calendar.to_ical()
