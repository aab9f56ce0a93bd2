"""How often research may ask a member: a limit of the club, a lower one of their own, over all that any part of the club asks.

Whoever asks counts what they asked, and looks before asking again:

    asking.counters.append(asked_since)   # in an AppConfig.ready(): moment -> (member's number, times) pairs
    tired = asking.tired()                # member's number -> why
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from members import meanwhile
from members.models import AskingLimit, AskingWish, Member

Asked = Callable[[datetime.datetime], Iterable[tuple[int, int]]]
counters: list[Asked] = []


class Tired(StrEnum):
    """Why a member is not asked now: as often as the club allows, or as they wish."""

    CLUB = "club"
    OWN = "own"


def limit() -> AskingLimit:
    """The club's limit; the defaults where nobody has set another."""
    return AskingLimit.objects.first() or AskingLimit(pk=1)


def lock() -> AskingLimit:
    """The limit, held until the caller's transaction ends, so that two who ask at once count one after the other."""
    AskingLimit.objects.get_or_create(pk=1)
    return AskingLimit.objects.select_for_update().get(pk=1)


@transaction.atomic
def set_limit(*, most: int, days: int, seen: Mapping[str, str] | None = None) -> None:
    """Set the club's limit. Raises ChangedMeanwhile where it is another than what the change began from (`seen`, as marks)."""
    held = lock()
    written = meanwhile.settled({"most": most, "days": days}, {"most": held.most, "days": held.days}, seen or {})
    AskingLimit.objects.filter(pk=1).update(**written)


def wish_of(member: Member) -> int | None:
    """At most so many, by the member's own wish; None where they have said nothing."""
    return AskingWish.objects.filter(member=member).values_list("most", flat=True).first()


@transaction.atomic
def wish(member: Member, most: int | None) -> None:
    """Keep a member's own limit, or forget it."""
    if most is None:
        AskingWish.objects.filter(member=member).delete()
    else:
        AskingWish.objects.update_or_create(member=member, defaults={"most": most})


def tired(now: datetime.datetime | None = None) -> dict[int, Tired]:
    """Members who may not be asked now, by their numbers, with the reason. A query for each part that asks, and two."""
    found = limit()
    since = (now or timezone.now()) - datetime.timedelta(days=found.days)
    times: Counter[int] = Counter()
    for count in counters:
        times.update(dict(count(since)))
    by_club = {pk: Tired.CLUB for pk, number in times.items() if number >= found.most}
    wishes = AskingWish.objects.filter(most__lt=found.most).values_list("member", "most")
    return by_club | {pk: Tired.OWN for pk, most in wishes if times[pk] >= most and pk not in by_club}
