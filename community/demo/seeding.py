"""Building the demo club: every part notes its deeds in one diary, and the diary is carried out in the order of time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from community.demo import asking, convening, conversing, hosting, peopling, publishing, referring, rewarding, settling, weighing
from community.demo.club import Club
from members.models import Member
from notifications.models import EmailOut

PARTS = (peopling, conversing, publishing, hosting, asking, convening, referring, rewarding, weighing)


class NotEmpty(Exception):  # noqa: N818
    """There are members already, and no complete demo."""


def seed(say: Callable[[str], None]) -> Club:
    """Build the whole demo in an empty club. `say` hears of the progress, a line at a time. Raises NotEmpty."""
    if Member.objects.exists():
        raise NotEmpty
    club = Club(today=timezone.localdate())
    for part in PARTS:
        part.note(club)
    with _hurrying(), weighing.silenced():
        _carry_out(club, say)
        weighing.catch_up()
        settling.settle(club)
        peopling.finish(club)
    # A demo writes to nobody: its addresses are nobody's.
    EmailOut.objects.filter(state=EmailOut.State.WAITING).update(state=EmailOut.State.DROPPED)
    return club


def _carry_out(club: Club, say: Callable[[str], None]) -> None:
    total = len(club.diary.entries)
    for done in club.diary.carry_out():
        if done % 250 == 0 or done == total:
            say(f"{done} of {total} deeds done")


@contextmanager
def _hurrying() -> Iterator[None]:
    """A demo lost in a power cut is seeded again, so SQLite need not wait for the disk; and nobody reads DEBUG's log of queries."""
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[method-assign]
    before = _synchronous("OFF")
    try:
        yield
    finally:
        _synchronous(before)
        del connection.make_debug_cursor


def _synchronous(level: str) -> str:
    """Set how long SQLite waits for the disk; returns how long it did. Other databases are left alone."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute(f"PRAGMA synchronous={level}")
    return str(before)
