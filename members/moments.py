"""Moments: which of them anything here can be of, and how long ago one was, short enough for a list: "3 hours ago"."""

import datetime
from typing import Any

from django.contrib.humanize.templatetags import humanize
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
# What lies outside is a slip of the keyboard, and reckoning on from it ends where the calendar does.
YEARS = (1990, 2100)


def is_in_our_time(day: datetime.date) -> bool:
    """Whether something may be of this day, or moment: from 1990 on and before 2100."""
    return YEARS[0] <= day.year < YEARS[1]


def naturaltime(value: Any) -> Any:
    """A past moment as people say it; what is to come, or is no moment, as Django says it."""
    if not isinstance(value, datetime.datetime) or timezone.is_naive(value) or value > timezone.now():
        return humanize.naturaltime(value)
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // MINUTE) % {"n": seconds // MINUTE}
    if seconds < DAY:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // HOUR) % {"n": seconds // HOUR}
    if seconds < 7 * DAY:
        return ngettext("%(n)s day ago", "%(n)s days ago", seconds // DAY) % {"n": seconds // DAY}
    here = timezone.localtime(value)
    is_this_year = here.year == timezone.localtime().year
    return date_format(here, "SHORT_MONTH_DAY_FORMAT" if is_this_year else "SHORT_DATE_FORMAT")
