"""Deleting what was said when a study's time to keep it is over. The report stays: quotes under the names of the room, and numbers."""

import datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from focusgroups import audiences
from focusgroups.models import Answer, Coding, Group, Picture
from live import streams
from live.models import Event


def empty_due() -> int:
    """Empty every group whose study's days are over, closed or left open. Returns how many."""
    now, emptied = timezone.now(), 0
    waiting = Group.objects.exclude(status=Group.Status.PLANNED).filter(emptied_at=None, study__keep_days__isnull=False)
    for group in waiting.select_related("study").annotate(days=F("study__keep_days")):
        ended_at = _ended_at(group)
        if ended_at and ended_at + datetime.timedelta(days=group.days) <= now:
            empty(group)
            emptied += 1
    return emptied


def _ended_at(group: Group) -> datetime.datetime | None:
    """When a group was closed; one that nobody closed ended with its time, or with what happened in it last where that is later."""
    if group.is_closed:
        return group.closed_at
    last = Event.objects.filter(stream__name__startswith=audiences.stream(group.pk, "")).aggregate(last=Max("at"))["last"]
    moments = [moment for moment in (group.ends_at, group.opened_at, last) if moment]
    return max(moments) if moments else None


@transaction.atomic
def empty(group: Group) -> None:
    """Delete a group's words: events keep number and place in the chain but say nothing; texts of answers, marks and pictures go.

    A group that was left open is closed.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if group.emptied_at:
        return
    now = timezone.now()
    said = Event.objects.filter(stream__name__startswith=audiences.stream(group.pk, ""))
    Coding.objects.filter(group=group).delete()
    said.update(body={}, salt="", rewritten_at=now, author=None, client_id=None)
    for answer in Answer.objects.filter(item__group=group):
        answer.body = ""
        answer.given = {name: value for name, value in answer.given.items() if name not in ("pins", "notes")}
        answer.save(update_fields=["body", "given"])
    for picture in Picture.objects.filter(group=group):
        transaction.on_commit(partial(picture.file.storage.delete, str(picture.file.name)))
        picture.delete()
    if not group.is_closed:
        group.status, group.closed_at = Group.Status.CLOSED, now
        streams.append(audiences.stream(group.pk, audiences.ALL), "status", {"status": group.status, "is_automatic": True})
    group.emptied_at = now
    group.save(update_fields=["emptied_at", "status", "closed_at"])
