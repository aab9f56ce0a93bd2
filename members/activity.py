"""How every deed tells the rest of the club that it happened."""

import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal

from members import once
from members.models import Activity, Member
from members.moments import is_in_our_time

# Rung after commit with `activity_id` and its `kind`: the doorbell, not the letter. Whoever listens for that kind reads the row.
recorded = Signal()

RESTORED = ("member_id", "company_id", "counterpart_id", "title", "url", "details", "happened_at")


def record(
    member: Member,
    kind: Activity.Kind,
    *,
    cause: str,
    title: str = "",
    url: str = "",
    counterpart: Member | None = None,
    details: dict[str, Any] | None = None,
    happened_at: datetime.datetime | None = None,
) -> Activity:
    """Log a deed inside the caller's transaction, once per (kind, cause).

    cause     what happened, as `model:id`; the same kind and cause again returns the first row
    title, url   what a statement calls it and where it leads (without a language prefix)
    details   small facts that rules may read, such as `{"survey": "nps-2026", "points": 8}`
    Raises RuntimeError outside a transaction, ValueError for a moment before 1990 or after 2099.
    """
    if happened_at and not is_in_our_time(happened_at):
        raise ValueError(happened_at)
    fields: dict[str, Any] = {"member": member, "company_id": member.company_id, "title": title[:200], "url": url[:300]}
    fields |= {"counterpart": counterpart, "details": details or {}}
    if happened_at:
        fields["happened_at"] = happened_at
    return _write(kind, cause, fields)


def undo(kind: Activity.Kind, *, cause: str, title: str = "") -> Activity | None:
    """Take a deed back: a post hidden, a reaction withdrawn. Returns None where there is nothing to take back."""
    original = _standing(kind, cause)
    if original is None:
        return None
    fields: dict[str, Any] = {"member": original.member, "company_id": original.company_id, "undoes": original}
    fields |= {"counterpart": original.counterpart, "title": title or original.title, "url": original.url}
    return _write(Activity.Kind.UNDONE, f"activity:{original.pk}", fields)


def restore(kind: Activity.Kind, *, cause: str, details: dict[str, Any] | None = None) -> Activity | None:
    """Let a deed that was taken back count again, as a new row that names the first. Returns None if it stands already.

    details   what is to be said beside what was said at first, such as how much of it is left
    """
    rows = Activity.objects.filter(kind=kind).filter(of_cause(cause)).select_related("restores")
    last = rows.annotate(is_undone=Exists(Activity.objects.filter(undoes=OuterRef("pk")))).order_by("-id").first()
    if last is None or not last.is_undone:
        return None
    first = last.restores or last
    times = int(last.cause.rpartition("#")[2]) if last.restores else 1
    fields = {name: getattr(first, name) for name in RESTORED} | {"restores": first}
    fields["details"] = first.details | (details or {})
    return _write(kind, f"{cause}#{times + 1}", fields)


def of_cause(cause: str) -> Any:
    """The rows of one cause, the first and those that restored it, as a filter."""
    return Q(cause=cause) | Q(cause__startswith=f"{cause}#")


def _standing(kind: Activity.Kind, cause: str) -> Activity | None:
    return (
        Activity.objects.filter(kind=kind, undone_by=None)
        .filter(of_cause(cause))
        .select_related("member", "counterpart")
        .order_by("-id")
        .first()
    )


def _write(kind: Activity.Kind, cause: str, fields: dict[str, Any]) -> Activity:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the deed it records")
    activity = Activity(kind=kind, cause=cause, **fields)
    if not once.keep(activity):
        return Activity.objects.get(kind=kind, cause=cause)
    transaction.on_commit(partial(recorded.send_robust, sender=Activity, activity_id=activity.pk, kind=activity.kind))
    return activity
