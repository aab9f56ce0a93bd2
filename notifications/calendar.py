"""Moments that members are told of: an entry for any calendar, and words that name the zone."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from icalendar import Calendar, Event

USUAL_LENGTH = datetime.timedelta(minutes=90)


def in_words(moment: datetime.datetime) -> tuple[str, str]:
    """By the club's clock, as people write it, and the name of its zone: ("1 December 2026, 15:00", "Asia/Shanghai, UTC+08:00")."""
    local = moment.astimezone(timezone.get_default_timezone())
    offset = f"{local:%z}"
    return date_format(local, "DATETIME_FORMAT"), f"{timezone.get_default_timezone_name()}, UTC{offset[:3]}:{offset[3:]}"


def moment_of(details: dict[str, Any], name: str) -> datetime.datetime | None:
    """A moment kept among a notification's details."""
    try:
        moment = parse_datetime(str(details.get(name) or ""))
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def entry(uid: str, *, title: str, address: str, starts_at: datetime.datetime, ends_at: datetime.datetime | None, words: str = "") -> bytes:
    """An .ics file, its times in UTC: every calendar shows them in its owner's zone. The same uid is the same entry."""
    made = Event()
    made.add("uid", f"{uid}@{settings.SITE_URL.split('//')[-1].split(':')[0]}")
    made.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    made.add("dtstart", starts_at.astimezone(datetime.UTC))
    made.add("dtend", (ends_at or starts_at + USUAL_LENGTH).astimezone(datetime.UTC))
    made.add("summary", title)
    made.add("description", f"{words}\n\n{address}".strip())
    made.add("url", address)
    calendar = Calendar()
    calendar.add("prodid", "-//Clubroom//Focus groups//EN")
    calendar.add("version", "2.0")
    calendar.add_component(made)
    return bytes(calendar.to_ical())
