"""Awards as limits see them (which take up room, which come first, of which time they are), and as an order of the ledger names them."""

import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.models import Activity
from points.lapsing import end_of
from points.models import Accrual, Rule

Outcome = Accrual.Outcome
# Of a deed that was undone, that a person refused, or that nothing followed which had to: it takes up no room, and is given none.
FALLEN = (Outcome.TAKEN_BACK, Outcome.REFUSED, Outcome.KEPT, Outcome.UNMET)
# What takes up room: also an award that waits for a person to decide, or for its time.
PAID = (Outcome.AWARDED, Outcome.HELD, Outcome.DEFERRED)
STANDING = (*PAID, Outcome.SHADOW)


def counted(is_shared: bool, is_shadow: bool, rule: Any) -> Q:
    """What takes up the room that an award asks for."""
    standing = STANDING if is_shadow else PAID
    return Q(outcome__in=standing) & (Q(rule__is_total=False) if is_shared else Q(rule=rule))


def before(at: Any, activity: Any, rule: Any) -> Q:
    """Awards that come first: by time, then by activity, then by rule."""
    moment = Q(activity__happened_at=at)
    return Q(activity__happened_at__lt=at) | moment & Q(activity__lt=activity) | moment & Q(activity=activity, rule__lt=rule)


def sharing(rule: Rule) -> QuerySet[Accrual]:
    """What was refused by a person or taken back takes up no room, and is given none."""
    group = Q(rule__group=rule.group, rule__programme=rule.programme_id) if rule.group else Q(rule=rule.pk)
    return Accrual.objects.filter(group).exclude(outcome__in=FALLEN)


def full(row: Accrual) -> int:
    """What it asks of its limits: its points; one, where it brings none."""
    if row.is_without_points:
        return 1
    return row.amount_points if row.full_points is None else row.full_points


def standing(row: Accrual) -> int:
    """What its limits gave it."""
    return (row.amount_points or 1) if row.outcome in STANDING else 0


def thing(done: Activity) -> Any:
    return done.details.get("object") or done.url or done.cause


def day(done: Activity) -> datetime.date:
    return timezone.localtime(done.happened_at).date()


def bounds(done: Activity, period: str) -> tuple[datetime.datetime, datetime.datetime]:
    """Begin and end of the activity's day, week (from Monday), month or year."""
    first = last = day(done)
    if period == "week":
        first -= datetime.timedelta(days=first.weekday())
        last = first + datetime.timedelta(days=6)
    elif period == "month":
        first = first.replace(day=1)
        last = (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    elif period == "year":
        first, last = first.replace(month=1, day=1), first.replace(month=12, day=31)
    return end_of(first - datetime.timedelta(days=1)), end_of(last)


def named_in_order(row: Accrual) -> dict[str, Any]:
    """Of an order: what its points are for."""
    done, rule = row.activity, row.rule
    return {
        "client": "accruing",
        "origin": rule.origin,
        "object_type": "activity",
        "object_id": done.pk,
        "rule_version": rule.live_revision_id,
        "arm": row.arm,
        "occurred_at": done.happened_at,
    }
