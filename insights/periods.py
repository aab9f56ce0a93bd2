"""Whole months, counted back from today."""

import datetime
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Span:
    """Days in a row, first and last included."""

    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def years(self) -> float:
        return self.days / 365.25

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    def before(self, day: datetime.date) -> "Span":
        """As many days, of which the last is the one before that day."""
        return Span(day - datetime.timedelta(days=self.days), day - datetime.timedelta(days=1))

    @property
    def moments(self) -> tuple[datetime.datetime, datetime.datetime]:
        """From its first midnight to the one that is no longer in it."""
        return start_of(self.first), start_of(self.last + datetime.timedelta(days=1))


def whole_months(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first days of the months that lie in these days whole, oldest first."""
    counts = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    months = [datetime.date(count // 12, count % 12 + 1, 1) for count in counts]
    return [month for month in months if month >= first and last_of(month) <= last]


def last_of(month: datetime.date) -> datetime.date:
    """The last day of the month of which this is any day."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


def start_of(day: datetime.date) -> datetime.datetime:
    """Midnight at which a day begins, in the club's time zone."""
    return timezone.make_aware(datetime.datetime(day.year, day.month, day.day))
