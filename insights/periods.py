"""Whole months, counted back from today."""

import datetime

from django.utils import timezone

CHOICES = (3, 6, 12, 24)
USUAL = 12


def chosen(text: str) -> int:
    """How many months a visitor asks for; the usual number for anything but one of CHOICES."""
    return int(text) if text in map(str, CHOICES) else USUAL


def months_back(n: int) -> list[datetime.date]:
    """The first days of the last n months, oldest first; this month is the last of them."""
    today = timezone.localdate()
    counts = range(today.year * 12 + today.month - n, today.year * 12 + today.month)
    return [datetime.date(count // 12, count % 12 + 1, 1) for count in counts]


def start_of(day: datetime.date) -> datetime.datetime:
    """Midnight at which a day begins, in the club's time zone."""
    return timezone.make_aware(datetime.datetime(day.year, day.month, day.day))
