"""What a board over several days does by the clock: opens, puts each task up in its time, and reminds those whose answer is wanted."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from focusgroups import audiences, exercises, moderating
from focusgroups.models import Group, Item, Seat
from focusgroups.moderating import POSABLE
from focusgroups.seating import address
from focusgroups.turns import Written
from live import streams
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell

AHEAD = datetime.timedelta(hours=24)
# Whom a moderator reminded just before is not reminded by the clock as well.
SPARED = datetime.timedelta(hours=12)


def tend() -> int:
    """All that is due now, on all boards. Returns how many tasks were put up."""
    now = timezone.now()
    for group_id in _boards(Group.Status.PLANNED).filter(starts_at__lte=now).values_list("pk", flat=True):
        _open(group_id)
    put_up = 0
    for group_id in _boards(Group.Status.OPEN).filter(_waiting(now)).distinct().values_list("pk", flat=True):
        put_up += put_up_due(group_id)
    _nudge_due(now)
    return put_up


def _boards(status: Group.Status):  # type: ignore[no-untyped-def]
    return Group.objects.filter(kind=Group.Kind.BOARD, status=status)


def _waiting(now: datetime.datetime) -> Q:
    return Q(items__posed_at=None, items__kind__in=POSABLE) & (Q(items__opens_at=None) | Q(items__opens_at__lte=now))


@transaction.atomic
def _open(group_id: int) -> None:
    group = Group.objects.select_for_update().get(pk=group_id)
    if group.status != Group.Status.PLANNED:
        return
    group.status, group.opened_at = Group.Status.OPEN, timezone.now()
    group.save(update_fields=["status", "opened_at"])
    streams.append(audiences.stream(group_id, audiences.ALL), "status", {"status": group.status, "is_automatic": True})


@transaction.atomic
def put_up_due(group_id: int) -> int:
    """Put up a board's tasks whose time has come, and tell its participants once. Returns how many."""
    group = Group.objects.select_for_update().get(pk=group_id)
    now = timezone.now()
    waiting = group.items.filter(posed_at=None, kind__in=POSABLE).filter(Q(opens_at=None) | Q(opens_at__lte=now)).select_related("image")
    tasks = list(waiting) if group.is_board and group.status == Group.Status.OPEN else []
    for item in tasks:
        item.posed_at = now
        item.save(update_fields=["posed_at"])
        streams.append(audiences.stream(group_id, audiences.ALL), "item", exercises.item_shown(item))
    if tasks:
        tell_of_new(tasks[0])
    return len(tasks)


def tell_of_new(task: Item, *, by: Member | None = None) -> int:
    """Tell a board's participants of a task that was put up; told once. Returns how many are told by it."""
    group = task.group
    if group.is_rehearsal or not group.is_board:
        return 0
    return _tell(group, _coming(group), task, cause=f"task:{task.pk}", task="new", actor=by)


@transaction.atomic
def put_up(group_id: int, *, member: Member, client_id: uuid.UUID, item: int) -> Written:
    """Put a board's task up by hand, before its time; its participants are told of it as they are by the clock."""
    written = moderating.pose(group_id, member=member, client_id=client_id, item=item)
    tell_of_new(Item.objects.select_related("group").get(pk=item), by=member)
    return written


def _coming(group: Group) -> Iterable[Seat]:
    seats = group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None).exclude(consented_at=None)
    return seats.select_related("member")


def lacking(item: Item) -> list[Seat]:
    """Participants whose answer to a task is missing."""
    answered = item.answers.values("seat_id")
    return list(item.group.seats.filter(role=Seat.Role.PARTICIPANT, removed_at=None).exclude(consented_at=None).exclude(pk__in=answered))


def _tell(group: Group, seats: Iterable[Seat], item: Item, *, cause: str, task: str, actor: Member | None = None) -> int:
    """How many were told now, and had not been before."""
    told = 0
    kind = Notification.Kind.GROUP_INVITATION
    details = {"task": task} | ({"due_at": item.due_at.isoformat()} if item.due_at else {})
    for seat in seats:
        name = f"group:{group.pk}:{cause}"
        row = tell(seat.member, kind, cause=name, title=group.title, url=address(group), actor=actor, details=details)
        told += row is not None
    return told


def _nudge_due(now: datetime.datetime) -> None:
    """A day before a task is due, or half its time where it has less than two days: those who have not answered, once.

    A moderator's reminder of long before does not stand for it; where the task is given more time they are reminded of that one, too.
    """
    due = Item.objects.filter(group__kind=Group.Kind.BOARD, group__status=Group.Status.OPEN, group__is_rehearsal=False)
    for item in due.filter(posed_at__isnull=False, due_at__gt=now, due_at__lte=now + AHEAD).select_related("group"):
        if item.due_at is None or item.posed_at is None:
            continue
        begins = item.due_at - min(AHEAD, (item.due_at - item.posed_at) / 2)
        if now >= begins and not (item.nudged_at and item.nudged_at > begins - SPARED):
            nudge(item)


@transaction.atomic
def nudge(item: Item, *, by: Member | None = None) -> int:
    """Remind those whose answer is missing; a moderator at most once a day. Returns how many are reminded by it."""
    seats = lacking(item)
    day = f"{timezone.localdate():%m%d}" if by else f"due:{item.due_at:%Y%m%d%H%M}" if item.due_at else "due"
    members = Seat.objects.filter(pk__in=[seat.pk for seat in seats]).select_related("member")
    told = _tell(item.group, members, item, cause=f"nudge:{item.pk}:{day}", task="due", actor=by)
    Item.objects.filter(pk=item.pk).update(nudged_at=timezone.now())
    return told
