"""Deeds for which a rule holds what it gives, and the rounds that decide about it."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.demo import clock
from community.recurring import give_what_was_held
from members import activity
from members.models import Activity
from points import accruing
from points.auditing import audit
from points.models import Accrual, Rule

Kind = Activity.Kind
NOW = timezone.now()
NOON = (NOW - datetime.timedelta(days=1)).replace(hour=4, minute=0, microsecond=0)
DAY = datetime.timedelta(days=1)


def evening_rule(asset) -> Rule:
    """For each club event 20 points, after 14 days; nothing else pays for one."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    what = {"name": "Evening", "name_zh": "晚间活动", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 20, "live": True}
    return Rule.objects.create(programme=asset.programme, hold_days=14, **what)


def change(rule, **fields):
    Rule.objects.filter(pk=rule.pk).update(**fields)
    rule.refresh_from_db()


def did(member, kind, cause, *, at=NOON, **more):
    with transaction.atomic():
        row = activity.record(member, kind, cause=cause, happened_at=at, **more)
    accruing.weigh(row.pk)
    return row


def attend(member, number=1, **more):
    return did(member, Kind.EVENT_ATTENDED, f"event:{number}", title=f"Evening {number}", **more)


def confirm(member, thing="evening-1", *, at=NOON + DAY, number=1):
    return did(member, Kind.REPORTED, f"reported::{number}", at=at, details={"object": thing})


def undo(number=1, how=activity.undo):
    with transaction.atomic():
        row = how(Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(row.pk)


def tick(days=0.0):
    """The recurring round, as if it came so many days later."""
    with clock.set_to(NOW + datetime.timedelta(days=days)):
        give_what_was_held()


def outcomes():
    return list(Accrual.objects.order_by("activity__happened_at", "activity_id", "rule_id").values_list("outcome", flat=True))


def sound():
    assert audit().differences == []
    return True
