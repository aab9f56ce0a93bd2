"""A referral's path, as its referrer sees it: stations in order, each reached or still ahead."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from referrals.models import Referral, Station

Step = Station.Step

WAYS = {
    Referral.Kind.INTERNAL: (Step.NAMED, Step.REGISTERED, Step.TOOK_PART),
    Referral.Kind.EXTERNAL: (Step.NAMED, Step.REGISTERED, Step.QUALIFIED, Step.MET, Step.BOUGHT),
}
# What the club itself does for a referral, seen in the back office.
CLUB_STEPS = (Step.TOLD, Step.REMINDED, Step.TARGETED, Step.CONTACTED, Step.ENGAGED)


@dataclass(frozen=True)
class Stop:
    step: str
    label: str
    reached_at: datetime.datetime | None
    is_next: bool


def path(kind: str, stations: Iterable[Station], *, is_over: bool = False) -> list[Stop]:
    """The stops of a referral of this kind; the first one that was not reached is the next, unless all is over."""
    return _stops(WAYS[Referral.Kind(kind)], stations, is_over)


def club_path(stations: Iterable[Station]) -> list[Stop]:
    """The club's own five steps: tell, remind, target, contact, engage."""
    return _stops(CLUB_STEPS, stations, False)


def _stops(steps: tuple[Station.Step, ...], stations: Iterable[Station], is_over: bool) -> list[Stop]:
    reached = {station.step: station.reached_at for station in stations}
    last = max((index for index, step in enumerate(steps) if step in reached), default=-1)
    return [Stop(step, str(step.label), reached.get(step), is_next=not is_over and index == last + 1) for index, step in enumerate(steps)]
