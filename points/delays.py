"""Until when a rule holds what it gives, and what lets go of it: pure, so that the living club and a back-test say the same."""

import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from points.models import Rule


class Wait(NamedTuple):
    """due_at: when what is held comes; with an event (a kind of activity), the last moment for that. is_same: both are about one thing."""

    due_at: datetime.datetime
    event: str = ""
    is_same: bool = False


class Subject(NamedTuple):
    """What a deed is about, by each of its names."""

    object: str
    cause: str
    url: str
    title: str


def wait_of(rule: Rule, happened_at: datetime.datetime) -> Wait | None:
    """Until when the rule holds what it gives for a deed of this moment; None where it does not."""
    if rule.hold_days is not None:
        return Wait(happened_at + datetime.timedelta(days=rule.hold_days), rule.hold_event, rule.hold_same)
    if rule.hold_until is None:
        return None
    begins = timezone.make_aware(datetime.datetime.combine(rule.hold_until, datetime.time()))
    return Wait(begins, rule.hold_event, rule.hold_same) if begins > happened_at else None


def subject(details: dict[str, Any], cause: str, url: str, title: str) -> Subject:
    """A deed that was restored is called what it was called before."""
    return Subject(str(details.get("object") or ""), cause.partition("#")[0], url, title)


def is_same(deed: Subject, other: Subject) -> bool:
    """Whether two deeds are about one thing. A page that many things share says it only together with the title."""
    if deed.object and deed.object == other.object:
        return True
    return deed.cause == other.cause or (bool(deed.url) and (deed.url, deed.title) == (other.url, other.title))
