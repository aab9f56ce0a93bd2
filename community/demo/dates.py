"""The demo's calendar: everything is told in days from the day of seeding."""

import datetime
import re

from django.utils import timezone

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(today: datetime.date, day: int, time: str = "09:00") -> datetime.datetime:
    """`-12` and `"14:20"` → that local time, twelve days before today; aware."""
    hours, minutes = map(int, time.split(":"))
    naive = datetime.datetime.combine(today + datetime.timedelta(days=day), datetime.time(hours, minutes))
    return timezone.make_aware(naive)


def later(text: str) -> datetime.timedelta:
    """`+3h`, `+20m`, `+9d` → a duration. Raises ValueError for anything else."""
    found = re.fullmatch(r"\+(\d+)([mhd])", text)
    if not found:
        raise ValueError(f"not a while: {text}")
    return datetime.timedelta(**{UNITS[found[2]]: int(found[1])})


def event_day(today: datetime.date, near: int) -> int:
    """The day, counted from today, of a club event: a weekday between the 11th and the 26th, as near to `near` as can be.

    Events ahead stay ahead, events behind stay behind.
    """
    side = 1 if near > 0 else -1
    for distance in range(60):
        for day in (near + side * distance, near - side * distance):
            date = today + datetime.timedelta(days=day)
            if day * side > 2 and 11 <= date.day <= 26 and date.weekday() < 5:
                return day
    raise ValueError(f"no day for an event near {near}")
