"""Moments that members are told of: an entry for any calendar, and words that name the zone."""

import contextlib
import datetime
import zoneinfo
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from icalendar import Calendar, Event

USUAL_LENGTH = datetime.timedelta(minutes=90)


def in_words(moment: datetime.datetime, zone: str = "") -> tuple[str, str]:
    """By a zone's clock (empty: the club's), as people write it, and its name: ("1 December 2026, 15:00", "Asia/Shanghai, UTC+08:00")."""
    place = place_of(zone)
    local = moment.astimezone(place)
    offset = f"{local:%z}"
    return date_format(local, "DATETIME_FORMAT"), f"{place}, UTC{offset[:3]}:{offset[3:5]}"


def place_of(zone: str) -> datetime.tzinfo:
    """A member's zone by its name; the club's where it is empty, or was given up by those who keep the list."""
    with contextlib.suppress(ValueError, KeyError, OSError):
        return zoneinfo.ZoneInfo(zone) if zone else timezone.get_default_timezone()
    return timezone.get_default_timezone()


def moment_of(details: dict[str, Any], name: str) -> datetime.datetime | None:
    """A moment kept among a notification's details."""
    try:
        moment = parse_datetime(str(details.get(name) or ""))
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def entry(
    uid: str,
    *,
    title: str,
    address: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime | None,
    words: str = "",
    sequence: int = 0,
    is_off: bool = False,
) -> bytes:
    """An .ics file, its times in UTC: every calendar shows them in its owner's zone. The same uid is the same entry.

    sequence   how often the time was set anew: of two files a calendar keeps the one with the higher number (RFC 5545, 3.8.7.4)
    is_off     it does not take place: a calendar takes the entry out (RFC 5546, 3.2.5)
    """
    made = Event()
    made.add("uid", f"{uid}@{settings.SITE_URL.split('//')[-1].split(':')[0]}")
    made.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    made.add("sequence", sequence)
    made.add("status", "CANCELLED" if is_off else "CONFIRMED")
    made.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    made.add("dtstart", starts_at.astimezone(datetime.UTC))
    made.add("dtend", (ends_at or starts_at + USUAL_LENGTH).astimezone(datetime.UTC))
    made.add("summary", title)
    made.add("description", f"{words}\n\n{address}".strip())
    made.add("url", address)
    calendar = Calendar()
    calendar.add("prodid", "-//Clubroom//Focus groups//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "PUBLISH")
    calendar.add_component(made)
    return bytes(calendar.to_ical())
