"""Deleting what was said when a study's time to keep it is over. The report stays: quotes under the names of the room, and numbers.

Of a rehearsal nothing stays: a day after its end all of it goes, and so does what people were told of it.
"""

import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from focusgroups import audiences, keeping
from focusgroups.models import Answer, Coding, Group, HiddenMessage, Picture, Remains, Seat
from live import hub, streams
from live.models import Event, Stream
from notifications.models import Notification

# A rehearsal that nobody closed may go on tomorrow.
REHEARSED, LEFT_OPEN = datetime.timedelta(days=1), datetime.timedelta(days=7)


def empty_due() -> int:
    """Empty every group whose study's days are over, closed or left open, and delete rehearsals of before yesterday. Returns how many."""
    emptied = forget_rehearsals()
    for group in over(Group.objects.all()):
        empty(group)
        emptied += 1
    return emptied


def over(groups: QuerySet[Group]) -> list[Group]:
    """Those of the groups whose recording the next round deletes."""
    waiting = groups.exclude(status=Group.Status.PLANNED).filter(remains=None, study__keep_days__isnull=False)
    now = timezone.now()
    return [group for group in waiting.select_related("study") if (at := deleted_at(group)) and at <= now]


def deleted_at(group: Group) -> datetime.datetime | None:
    """When the time to keep a group's recording is over, as things stand; None where it is kept, or nothing was said yet."""
    if group.study.keep_days is None or group.is_rehearsal or group.status == Group.Status.PLANNED:
        return None
    ended_at = _ended_at(group)
    return ended_at + datetime.timedelta(days=group.study.keep_days) if ended_at else None


def forget_rehearsals() -> int:
    """Delete rehearsals that ended a day ago, or rest for a week, with all that was said in them and told of them. Returns how many."""
    now, forgotten = timezone.now(), 0
    for group in Group.objects.filter(is_rehearsal=True).exclude(status=Group.Status.PLANNED):
        ended_at = _ended_at(group)
        if ended_at and ended_at + (REHEARSED if group.is_closed else LEFT_OPEN) <= now:
            _forget_rehearsal(group)
            forgotten += 1
    return forgotten


@transaction.atomic
def _forget_rehearsal(group: Group) -> None:
    Group.objects.select_for_update().get(pk=group.pk)
    discard(group)
    Answer.objects.filter(item__group=group).delete()
    told = f"group:{group.pk}"
    Notification.objects.filter(Q(cause=told) | Q(cause__startswith=f"{told}:"), kind=Notification.Kind.GROUP_INVITATION).delete()
    group.delete()


def discard(group: Group) -> None:
    """All that was said in a group, and its pictures, in the transaction that deletes the group itself."""
    Stream.objects.filter(name__startswith=audiences.stream(group.pk, "")).delete()
    _delete_pictures(group)


def _delete_pictures(group: Group) -> None:
    for picture in Picture.objects.filter(group=group):
        transaction.on_commit(partial(picture.file.storage.delete, str(picture.file.name)))
        picture.delete()


def _ended_at(group: Group) -> datetime.datetime | None:
    """When a group was closed; one that nobody closed ended with its time, or with what happened in it last where that is later."""
    if group.is_closed:
        return group.closed_at
    last = Event.objects.filter(stream__name__startswith=audiences.stream(group.pk, "")).aggregate(last=Max("at"))["last"]
    moments = [moment for moment in (group.ends_at, group.opened_at, last) if moment]
    return max(moments) if moments else None


@transaction.atomic
def empty(group: Group) -> None:
    """Delete a group's words and who said them; what the report needs is kept first (`keeping`). A group that was left open is closed.

    What the room and the staff heard keeps numbers, kinds and links, and says nothing. Streams of single members, whose names tell whose
    they are, go whole; so do answers, marks, pictures, and the seats of participants and observers. That somebody took part stays in their
    own log, where it earned the points once, and says neither as whom they sat there nor what they said.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if Remains.objects.filter(group=group).exists():
        return
    now, own = timezone.now(), audiences.stream(group.pk, "")
    public = [audiences.stream(group.pk, label) for label in (audiences.ALL, audiences.STAFF)]
    if not group.is_closed:
        group.status, group.closed_at = Group.Status.CLOSED, now
        streams.append(public[0], "status", {"status": group.status, "is_automatic": True})
    keeping.keep(group)
    Coding.objects.filter(group=group).delete()
    HiddenMessage.objects.filter(group=group).delete()
    Stream.objects.filter(name__startswith=own).exclude(name__in=public).delete()
    Event.objects.filter(stream__name__in=public).update(body={}, salt="", rewritten_at=now, author=None, client_id=None)
    Answer.objects.filter(item__group=group).delete()
    _delete_pictures(group)
    _unseat(group)
    group.emptied_at = group.emptied_at or now
    group.save(update_fields=["emptied_at", "status", "closed_at"])


def _unseat(group: Group) -> None:
    """Whoever moderated may read the report; of the others the club forgets that they sat there, and under which name."""
    leaving = group.seats.exclude(role=Seat.Role.MODERATOR)
    for member_id in leaving.filter(here_until__isnull=False).values_list("member_id", flat=True):
        transaction.on_commit(partial(hub.ask_again, member_id))
    leaving.delete()
    group.seats.update(came_at=None)
