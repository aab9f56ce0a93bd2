"""The club events of the demo: one that was, with those who came, and two ahead with seats to take."""

import datetime
from functools import partial
from typing import Any

from django.db import transaction

from cms import attending, seating
from cms.models import AgendaItem, EventIndexPage, EventPage
from community.demo import dates, library, stories
from community.demo.club import Club
from community.demo.picturing import order, picture
from community.demo.publishing import FIRST, SECOND, put_out

ANNOUNCED_BEFORE = 28


def note(club: Club) -> None:
    for event in library.toml("events/events.toml")["event"]:
        order(event["motif"], event["weather"])
        day = dates.event_day(club.today, event["near"])
        announced = min(day - ANNOUNCED_BEFORE, -6)
        club.diary.note(club.moment(announced, "10:00"), partial(_announce, club, event, day))
        guests = event.get("attended", []) + event.get("missed", []) + event.get("seats", [])
        for place, handle in enumerate(guests):
            at = club.moment(announced, "10:00") + datetime.timedelta(hours=3 + 5 * place)
            club.diary.note(club.not_before(handle, at), partial(_take_seat, club, event["slug"], handle))
        for place, handle in enumerate(event.get("attended", [])):
            at = club.moment(day, event["starts"]) + datetime.timedelta(minutes=2 * place)
            club.diary.note(at, partial(_check_in, club, event, handle))


@transaction.atomic
def _announce(club: Club, event: dict[str, Any], day: int) -> None:
    shelf = EventIndexPage.objects.get(locale__language_code=FIRST)
    page = EventPage(
        slug=event["slug"],
        owner=club.members[event["host"]],
        starts_at=club.moment(day, event["starts"]),
        ends_at=club.moment(day, event["ends"]),
        capacity=event["capacity"],
        cover_id=picture(event["motif"], event["weather"]),
        **_words(event[FIRST]),
    )
    club.events[event["slug"]] = put_out(shelf, page, _words(event[SECOND]))


def _words(said: dict[str, Any]) -> dict[str, Any]:
    body = stories.blocks(said["body"], picture=picture, thread=int)
    agenda = [
        AgendaItem(starts_at_time=datetime.time.fromisoformat(time), title=title, speaker=speaker, sort_order=place)
        for place, (time, title, speaker) in enumerate(said["agenda"])
    ]
    return {key: said[key] for key in ("title", "standfirst", "place", "cover_alt")} | {"body": body, "agenda": agenda}


def _take_seat(club: Club, slug: str, handle: str) -> None:
    seating.take_seat(club.events[slug], member=club.members[handle])


def _check_in(club: Club, event: dict[str, Any], handle: str) -> None:
    page = club.events[event["slug"]]
    attending.check_in(page.seats.get(member=club.members[handle]), by=club.members[event["host"]])
