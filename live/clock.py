"""The one clock that all processes share: the database's. Theirs may be minutes apart, and a lease must mean the same to each."""

import datetime

from django.db import connection
from django.utils import timezone

# What an SQLite file's processes share is the machine's own clock, asked past Python.
ASKED = {"postgresql": "SELECT clock_timestamp()", "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"}


def now() -> datetime.datetime:
    """The moment by the database's clock, in UTC."""
    asked = ASKED.get(connection.vendor)
    if asked is None:
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(asked)
        moment = cursor.fetchone()[0]
    return moment if isinstance(moment, datetime.datetime) else datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
