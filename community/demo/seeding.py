"""Building the demo club: every part notes its deeds in one diary, and the diary is carried out in the order of time."""

from collections.abc import Callable

from django.utils import timezone

from community.demo import conversing, peopling
from community.demo.club import Club
from members.models import Member

PARTS = (peopling, conversing)


class NotEmpty(Exception):  # noqa: N818
    """There are members already, and no complete demo."""


def seed(say: Callable[[str], None]) -> Club:
    """Build the whole demo in an empty club. `say` hears of the progress, a line at a time. Raises NotEmpty."""
    if Member.objects.exists():
        raise NotEmpty
    club = Club(today=timezone.localdate())
    for part in PARTS:
        part.note(club)
    total = len(club.diary.entries)
    for done in club.diary.carry_out():
        if done % 200 == 0 or done == total:
            say(f"{done} of {total} deeds done")
    peopling.finish(club)
    return club
