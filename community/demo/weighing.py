"""Points for a year of deeds: the doorbell is silent while history is loaded, and the books record each deed at its own moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from community.demo.club import Club
from members.activity import recorded
from points import accruing

UID = "points.accruing"
LATELY = -14


def note(club: Club) -> None:
    """From the last two weeks on the doorbell rings as it does for everybody, and members are told what they earned."""
    club.diary.note(club.moment(LATELY, "00:00"), ring_again)


@contextmanager
def silenced() -> Iterator[None]:
    """No doorbell, until the diary rings it again or the demo is done."""
    recorded.disconnect(dispatch_uid=UID)
    try:
        yield
    finally:
        recorded.connect(accruing.hear, dispatch_uid=UID)


def catch_up() -> None:
    """Weigh what has happened so far, without telling anybody."""
    for _done, failed in accruing.weigh_missed(at_their_time=True, quiet=True):
        if failed:
            raise RuntimeError("the demo's deeds could not be weighed; the log says which")


def ring_again() -> None:
    catch_up()
    recorded.connect(accruing.hear, dispatch_uid=UID)


def before(deed: Callable[[], object]) -> Callable[[], None]:
    """A deed that needs the points earned so far."""

    def caught_up() -> None:
        catch_up()
        deed()

    return caught_up
