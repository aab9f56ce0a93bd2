"""What a rule holds until a moment, or until another deed follows: accrued and pending, given by the clock (`points.maturing`).

While it waits it takes up its room in limits and budgets, and belongs to nobody. A deed that is undone before takes it along.
Nobody has to decide: what is held because it looks like gaming is a `Review`, and waits here afterwards for what is left of its time.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from members.models import Activity, Member
from points import delays, ledger
from points.delays import Wait
from points.models import Accrual, Deferral
from points.trials import Arm

Status = Deferral.Status


def wait_of(row: Accrual, now: datetime.datetime) -> Wait | None:
    """Until when an award waits; None where it is given at once, for its rule does not hold it or its time is over by now.

    What multiplies waits as long as what it multiplies. For a control group only whether something follows counts: what nobody gets
    need not wait, but falls where the others' falls.
    """
    wait = _of_bases(row) if row.bonus_percent is not None else delays.wait_of(row.rule, row.activity.happened_at)
    if wait is None or (row.is_shadow and not wait.event):
        return None
    if wait.event:
        return None if followed(row.activity, row.member_id, wait) else wait
    return wait if wait.due_at > max(now, timezone.now()) else None


def _of_bases(row: Accrual) -> Wait | None:
    """The longest of those that wait for the same deed and member; one for which something has to follow before any other."""
    waiting = Deferral.objects.filter(status=Status.WAITING, accrual__activity=row.activity_id, accrual__member=row.member_id)
    waiting = waiting.filter(accrual__rule__programme=row.rule.programme_id, accrual__rule__is_qualifying=row.rule.is_qualifying)
    waits = [Wait(each.due_at, each.event, each.is_same) for each in waiting.filter(accrual__bonus_percent=None)]
    return max(waits, key=lambda wait: (bool(wait.event), wait.due_at), default=None)


def followed(deed: Activity, member: int, wait: Wait) -> bool:
    """Whether what has to follow a deed has followed in time, and was not taken back."""
    found = _after(Q(happened_at__gte=deed.happened_at, happened_at__lte=wait.due_at, kind=wait.event, member=member)).exclude(pk=deed.pk)
    if not wait.is_same:
        return found.exists()
    names = delays.subject(deed.details, deed.cause, deed.url, deed.title)
    rows = found.values_list("details", "cause", "url", "title")
    return any(delays.is_same(names, delays.subject(*each)) for each in rows.iterator())


def _after(wanted: Q) -> Any:
    return Activity.objects.filter(wanted, undone_by=None).order_by()


def lay(row: Accrual, wait: Wait) -> None:
    """Let an award wait. One that fell while it waited, and comes again, waits again."""
    said = {"transfer": None if row.is_shadow else row.transfer, "due_at": wait.due_at, "event": wait.event, "is_same": wait.is_same}
    Deferral.objects.update_or_create(
        accrual=row, defaults=said | {"status": Status.WAITING, "ended_at": None, "created_at": timezone.now()}
    )


def end(row: Accrual, now: datetime.datetime) -> None:
    """In the caller's transaction: an award that waits falls, and its points are nobody's again."""
    if row.transfer and not row.is_shadow:
        ledger.void(row.transfer, now=now)
    Deferral.objects.filter(accrual=row, status=Status.WAITING).update(status=Status.FALLEN, ended_at=timezone.now())


def due(now: datetime.datetime, *, batch: int = 500) -> Iterator[Deferral]:
    """What is to be decided now: its moment came, or what had to follow did."""
    event = Q(happened_at__gte=OuterRef("accrual__activity__happened_at"), happened_at__lte=OuterRef("due_at"))
    event &= Q(kind=OuterRef("event"), member=OuterRef("accrual__member")) & ~Q(pk=OuterRef("accrual__activity"))
    waiting = Deferral.objects.filter(status=Status.WAITING).select_related("accrual__activity", "accrual__member", "accrual__rule")
    rows = waiting.filter(Q(due_at__lte=now) | ~Q(event="") & Exists(_after(event))).order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last)[:batch]):
        yield from found
        last = found[-1].pk


def of(member: Member, programme: str = "") -> list[Deferral]:
    """What waits for a member, the next first. One query."""
    rows = Deferral.objects.filter(accrual__member=member, status=Status.WAITING, accrual__outcome=Accrual.Outcome.DEFERRED)
    if programme:
        rows = rows.filter(accrual__rule__programme__slug=programme)
    return list(rows.select_related("accrual__rule__badge", "accrual__activity").order_by("due_at", "pk")[:50])


def plain(rows: list[Deferral]) -> list[dict[str, Any]]:
    """As other systems read what waits."""
    return [
        {
            "amount_points": row.accrual.amount_points,
            "due_at": row.due_at.isoformat(),
            "waits_for": row.event or None,
            "rule": row.accrual.rule.label,
            "title": row.accrual.activity.title,
            "is_qualifying": row.accrual.rule.is_qualifying,
        }
        for row in rows
    ]


def kept_of(member: Member) -> list[dict[str, Any]]:
    """For a member's own copy: what waited or waits for them."""
    rows = Deferral.objects.filter(accrual__member=member).exclude(accrual__arm=Arm.CONTROL).order_by("pk")
    said = {"points": F("accrual__amount_points"), "rule": F("accrual__rule__name"), "for": F("accrual__activity__title")}
    found: list[Any] = list(rows.values("status", "event", "due_at", "created_at", "ended_at", **said))
    return found
