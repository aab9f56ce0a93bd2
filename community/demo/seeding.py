"""Building the demo club: every part notes its deeds in one diary, and the diary is carried out in the order of time."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from community import recurring
from community.demo import (
    asking,
    buying,
    convening,
    conversing,
    hosting,
    partnering,
    peopling,
    publishing,
    referring,
    rewarding,
    settling,
    weighing,
)
from community.demo.club import Club
from focusgroups import reminding, tending
from members.models import Member
from notifications.models import EmailOut

PARTS = (peopling, buying, conversing, publishing, hosting, asking, convening, referring, rewarding, partnering, weighing)


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
        for round_ in (
            recurring.remind_of_lapsing_points,
            recurring.remind_of_rewards,
            recurring.write_digests,
            reminding.remind_due,
            tending.tend,
        ):
            round_()
    # A demo writes to nobody, nor do its first rounds: its addresses are nobody's.
    EmailOut.objects.filter(state=EmailOut.State.WAITING).update(state=EmailOut.State.DROPPED)
    return club


def _carry_out(club: Club, say: Callable[[str], None]) -> None:
    total = len(club.diary.entries)
    for done in club.diary.carry_out():
        if done % 250 == 0 or done == total:
            say(f"{done} of {total} deeds done")


# What a database calls the wish not to wait for the disk: what to ask, what to set.
PATIENCE = {
    "sqlite": ("PRAGMA synchronous", "PRAGMA synchronous={}"),
    "postgresql": ("SHOW synchronous_commit", "SET synchronous_commit={}"),
}


@contextmanager
def _hurrying() -> Iterator[None]:
    """A demo lost in a power cut is seeded again: nothing waits for the disk. Nor is DEBUG's log of queries kept, or rubbish sought."""
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[method-assign, assignment]
    before = _wait_for_disk("OFF")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _wait_for_disk(before)
        del connection.make_debug_cursor


def _wait_for_disk(level: str) -> str:
    """Set how long the database waits for the disk; returns how long it did."""
    ask, tell = PATIENCE[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(ask)
        before = cursor.fetchone()[0]
        cursor.execute(tell.format(level))
    return str(before)
