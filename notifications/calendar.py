"""Moments that members are told of: an entry for any calendar, and words that name the zone."""

import contextlib
import datetime
import zoneinfo
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from icalendar import Calendar, Event

USUAL_LENGTH = datetime.timedelta(minutes=90)


def in_words(moment: datetime.datetime, zone: str = "") -> tuple[str, str]:
    """By a zone's clock (empty: the club's), as people write it, and its name: ("1 December 2026, 15:00", "Asia/Shanghai, UTC+08:00")."""
    name, place = timezone.get_default_timezone_name(), timezone.get_default_timezone()
    # A zone may be given up by those who keep their list; the club's clock is then right, and says whose it is.
    with contextlib.suppress(ValueError, KeyError, OSError):
        name, place = (zone, zoneinfo.ZoneInfo(zone)) if zone else (name, place)
    local = moment.astimezone(place)
    offset = f"{local:%z}"
    return date_format(local, "DATETIME_FORMAT"), f"{name}, UTC{offset[:3]}:{offset[3:5]}"


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
