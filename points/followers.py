"""What follows deeds, for a back-test of rules that hold what they give until something does. Reads only."""

import datetime
from collections.abc import Iterable
from typing import Literal

from django.utils import timezone

from members.models import Activity
from points import delays
from points.delays import Subject, subject
from points.facts import Deed
from points.models import Rule


class Followers:
    """Read once, by kind and member."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        kinds = {rule.hold_event for rule in rules if rule.hold_event}
        self._known: dict[tuple[str, int], list[tuple[datetime.datetime, int, Subject]]] = {}
        self._now = timezone.now()
        rows = Activity.objects.filter(kind__in=kinds, undone_by=None).order_by("happened_at", "pk") if kinds else Activity.objects.none()
        found = rows.values_list("kind", "member_id", "happened_at", "pk", "details", "cause", "url", "title")
        for kind, member, at, pk, *names in found.iterator(chunk_size=2_000):
            self._known.setdefault((kind, member), []).append((at, pk, subject(*names)))

    def until(self, rule: Rule, done: Deed, payee: int) -> datetime.datetime | Literal[False] | None:
        """When what the rule holds for a deed comes: None where it is given at once, False where it fell, for nothing followed in time.

        What may still follow comes at its last moment.
        """
        wait = delays.wait_of(rule, done.at)
        if wait is None or not wait.event:
            return wait and wait.due_at
        names = subject(done.details, done.cause, done.url, done.title)
        for at, pk, other in self._known.get((wait.event, payee), ()):
            if done.at <= at <= wait.due_at and pk != done.pk and (not wait.is_same or delays.is_same(names, other)):
                return at
        return wait.due_at if wait.due_at > self._now else False
