"""The demo's calendar: everything is told in days from the day of seeding."""

import datetime
import re

from django.utils import timezone

THURSDAY = 3
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
    """The day, counted from today, of a club event: the first Thursday between the 11th and the 26th from `near` on, away from today."""
    step = 1 if near > 0 else -1
    days = (near + step * distance for distance in range(60))
    return next(day for day in days if _is_for_events(today + datetime.timedelta(days=day)))


def _is_for_events(date: datetime.date) -> bool:
    return 11 <= date.day <= 26 and date.weekday() == THURSDAY
