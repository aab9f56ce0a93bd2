"""The rules in force, and what their programmes issue from: read once, for one weighing or for a batch of them."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from members import reporting
from members.models import Activity
from members.ready import Ready
from points import accounts
from points.models import Partner, Rule
from points.models.programme import DEFAULT_PROGRAMME, Programme


def _in_force(first: Any, last: Any, kinds: Any) -> QuerySet[Rule]:
    in_time = (Q(starts_on=None) | Q(starts_on__lte=last)) & (Q(ends_on=None) | Q(ends_on__gte=first))
    rows = Rule.objects.filter(in_time, activity_kind__in=kinds, live=True, is_active=True)
    # Whether any rule of the programme has limits that many share: where none has, nobody asks again.
    capped = Rule.objects.filter(programme=OuterRef("programme")).exclude(caps={})
    # A joint promotion pays nothing until the partner agreed.
    return (
        rows.annotate(has_capped_beside=Exists(capped))
        .filter(Q(joint=None) | Q(joint__status="approved"))
        .select_related("programme", "segment")
        .order_by("pk")
    )


_IN_FORCE = Ready(_in_force)


def open_today(programme: str = DEFAULT_PROGRAMME) -> QuerySet[Rule]:
    """The rules of a programme that pay today, whoever is asked of; a joint one only where its partner agreed."""
    today = timezone.localdate()
    return (
        _in_force(today, today, ["", *Activity.Kind.values])
        .select_related("badge", "voucher_of", "lifts_to")
        .filter(programme__slug=programme)
    )


class RuleBook:
    """What weighing these deeds needs of the rules. deeds: (kind, moment when it happened) of each; at least one."""

    def __init__(self, deeds: Collection[tuple[str, datetime.datetime]]) -> None:
        days = [_day(moment) for _kind, moment in deeds]
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in _IN_FORCE.all(first=min(days), last=max(days), kinds=["", *sorted({kind for kind, _moment in deeds})]):
            self._rules[rule.activity_kind].append(rule)
        self.issuing = cache(accounts.issuing)
        self._only_of = cache(programme_of)

    def rules_for(self, activity: Activity) -> list[Rule]:
        """The rules for one of the deeds that are in force on the day when it happened, those for anything among them.

        For what a programme's or a partner's own system reported, only those of its programme.
        """
        day = _day(activity.happened_at)
        rules = [rule for rule in [*self._rules[activity.kind], *self._rules[""]] if _is_in_force(rule, day)]
        told = reporting.told_twice(activity.kind, activity.cause, activity.member_id)
        reach = reach_of(activity.kind, activity.cause, activity.member_id, activity.title, activity.details, told, self._only_of)
        return [rule for rule in rules if reach.covers(rule)] if reach else rules


class Reach(NamedTuple):
    """Which programmes' rules weigh a deed that a system reported. only: the id of one, None for any; but: slugs of others."""

    only: int | None
    but: Collection[str]

    def covers(self, rule: Rule) -> bool:
        return self.only in (None, rule.programme_id) and rule.programme.slug not in self.but


def reach_of(
    kind: str,
    cause: str,
    member: int,
    title: str,
    details: dict[str, Any],
    told: Mapping[reporting.Deed, set[str]],
    only_of: Callable[[reporting.Source], int],
) -> Reach | None:
    """None for what every programme's rules weigh. told: as of `reporting.told_twice`; only_of: `programme_of`, or what remembers it."""
    if not cause.startswith("reported:"):
        return None
    source = reporting.source_of(kind, cause)
    but = told.get(reporting.deed_of(kind, cause, member, title, details), ()) if told else ()
    if source is reporting.ANYBODY:
        return Reach(None, but) if but else None
    return Reach(only_of(source), but)


def programme_of(source: reporting.Source) -> int:
    """The id of the programme whose rules alone weigh what this source reports. 0: of none that there is, so nobody's do.

    A partner is of one programme; a key that is bound to it and to another one reports for neither.
    """
    rows = Programme.objects.filter(slug=source.programme) if source.programme else Programme.objects.all()
    if source.partner:
        rows = rows.filter(pk__in=Partner.objects.filter(slug=source.partner).values("programme"))
    found: int | None = rows.values_list("pk", flat=True).first()
    return found or 0


def _day(moment: datetime.datetime) -> datetime.date:
    return timezone.localtime(moment).date()


def _is_in_force(rule: Rule, day: datetime.date) -> bool:
    return (rule.starts_on is None or rule.starts_on <= day) and (rule.ends_on is None or day <= rule.ends_on)
