"""Who belongs to a segment: as a queryset, and as a predicate over one member's facts."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from members import conditions, facts
from members.models import Company, Member, Segment

DAY = datetime.timedelta(days=1)
# Longer than anybody has been or will be a member: reckoning on would end where the calendar does.
MOST_DAYS = 100 * 366
SUFFIX = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte", "in": "__in", "contains": "__icontains"}


def members_of(segment: Segment, *, day: datetime.date | None = None) -> QuerySet[Member]:
    """Active members who belong to the segment on a day, by default today."""
    active = Member.objects.filter(is_active=True, erased_at=None)
    return active.filter(as_q(segment.condition, day or timezone.localdate()))


def belongs(segment: Segment) -> Callable[[facts.Who, datetime.date], bool]:
    """The segment's condition as a predicate."""
    return conditions.predicate(segment.condition, facts.getter)


def of(member: Member) -> list[int]:
    """The ids of the saved segments to which an active member belongs today; two queries."""
    saved = list(Segment.objects.all())
    if not saved or not member.is_active:
        return []
    who, today = facts.who(member), timezone.localdate()
    return [segment.pk for segment in saved if belongs(segment)(who, today)]


def as_q(tree: Any, day: datetime.date) -> Q:
    """A checked tree over `members.facts.FIELDS` as a filter on members: the same members as the predicate picks."""
    if not tree:
        return Q()
    if "all" in tree or "any" in tree:
        found = Q()
        for number, each in enumerate(tree.get("all") or tree["any"]):
            branch = Q(pk__in=Member.objects.filter(as_q(each, day)).values("pk"))
            found = branch if number == 0 else (found & branch if "all" in tree else found | branch)
        return found
    if "not" in tree:
        return ~Q(pk__in=Member.objects.filter(as_q(tree["not"], day)).values("pk"))
    return _leaf(tree["field"], tree["operator"], tree["value"], day)


def _leaf(field: str, operator: str, value: Any, day: datetime.date) -> Q:
    if operator == "!=":
        known = Q(company__isnull=False) if field.startswith("company.") else Q()
        return known & ~Q(pk__in=Member.objects.filter(_leaf(field, "=", value, day)).values("pk"))
    if field == "member.days":
        limit = _midnight(day - datetime.timedelta(days=max(-MOST_DAYS, min(value, MOST_DAYS))))
        return {
            "=": Q(joined_at__gte=limit, joined_at__lt=limit + DAY),
            ">": Q(joined_at__lt=limit),
            ">=": Q(joined_at__lt=limit + DAY),
            "<": Q(joined_at__gte=limit + DAY),
            "<=": Q(joined_at__gte=limit),
        }[operator]
    if field == "company.stage":
        stages = value if operator == "in" else [value]
        found = _stage(stages[0], day)
        for each in stages[1:]:
            found |= _stage(each, day)
        return Q(company__isnull=False) & found
    path = field.removeprefix("member.") if field.startswith("member.") else field.replace(".", "__")
    return Q(**{f"{path}{SUFFIX[operator]}": value})


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _stage(stage: str, day: datetime.date) -> Q:
    """As `members.models.company.stage_on` says it."""
    bought = Q(company__purchased_on__lte=day)
    if stage == Company.Stage.PROSPECT:
        return Q(company__purchased_on=None) | Q(company__purchased_on__gt=day)
    renewing = Q(company__contract_ends_on__lte=day + datetime.timedelta(days=182))
    if stage == Company.Stage.RENEW:
        return bought & renewing
    first, last = {
        Company.Stage.WELCOME: (day - datetime.timedelta(days=30), day),
        Company.Stage.DEPLOY: (day - datetime.timedelta(days=121), day - datetime.timedelta(days=31)),
        Company.Stage.USE: (datetime.date.min, day - datetime.timedelta(days=122)),
    }[Company.Stage(stage)]
    running = Q(company__contract_ends_on=None) | Q(company__contract_ends_on__gt=day + datetime.timedelta(days=182))
    return Q(company__purchased_on__gte=first, company__purchased_on__lte=last) & running
