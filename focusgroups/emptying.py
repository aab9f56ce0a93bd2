"""Deleting what was said when a study's time to keep it is over. The report stays: quotes under the names of the room, and numbers."""

import datetime
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from focusgroups import audiences
from focusgroups.models import Answer, Coding, Group, Picture
from live.models import Event


def empty_due() -> int:
    """Empty every group whose study's days are over. Returns how many."""
    now, emptied = timezone.now(), 0
    waiting = Group.objects.filter(status=Group.Status.CLOSED, emptied_at=None, study__keep_days__isnull=False)
    for group in waiting.select_related("study").annotate(days=F("study__keep_days")):
        if group.closed_at and group.closed_at + datetime.timedelta(days=group.days) <= now:
            empty(group)
            emptied += 1
    return emptied


@transaction.atomic
def empty(group: Group) -> None:
    """Delete a group's words: events keep number and place in the chain but say nothing; texts of answers, marks and pictures go."""
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
    group.emptied_at = now
    group.save(update_fields=["emptied_at"])
