"""A club of fourteen months is built in a minute: the deeds of the demo happen at the moment that its clock shows."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from live import clock as live_clock


@contextmanager
def set_to(moment: datetime.datetime) -> Iterator[None]:
    """Let `timezone.now()` say `moment` (aware) for every deed inside, defaults of model fields included.

    Only for a process that does nothing but seed: the clock is that of the whole process.
    """

    class AnyDatetime(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, datetime.datetime)

    class Stopped(datetime.datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    told, asked = timezone.datetime, live_clock.ASKED  # type: ignore[attr-defined]
    # Leases go by the database's clock, which cannot be set: it is not asked.
    timezone.datetime, live_clock.ASKED = Stopped, {}  # type: ignore[attr-defined]
    try:
        yield
    finally:
        timezone.datetime, live_clock.ASKED = told, asked  # type: ignore[attr-defined]
