"""Keeping unposted words on the server, so that a closed tab or another device loses nothing."""

from django.db import transaction
from django.utils import timezone

from forum.markup import MAX_CHARACTERS
from forum.models import Draft
from members.models import Member
from members.ready import ReadyDelete

MAX_DRAFTS = 100


class DraftConflict(Exception):  # noqa: N818
    """Another device has saved since; `current` is what it saved."""

    def __init__(self, current: Draft) -> None:
        super().__init__("a newer draft exists")
        self.current = current


@transaction.atomic
def save(member: Member, *, key: str, body: str, title: str = "", seq: int | None = None) -> Draft | None:
    """Keep a draft under its key; empty words forget it.

    seq   the save that these words follow; None overwrites whatever is there
    Raises DraftConflict where another save came in between.
    """
    body, title = body.replace("\0", "")[:MAX_CHARACTERS], title.replace("\0", "")[:200]
    draft = Draft.objects.select_for_update().filter(member=member, key=key).first()
    if draft and seq is not None and seq != draft.seq:
        raise DraftConflict(draft)
    if not body.strip() and not title.strip():
        discard(member, key=key)
        return None
    if draft is None:
        _make_room(member)
        return Draft.objects.create(member=member, key=key, body=body, title=title)
    draft.body, draft.title, draft.seq, draft.updated_at = body, title, draft.seq + 1, timezone.now()
    draft.save()
    return draft


_DISCARDED = ReadyDelete(lambda member, key: Draft.objects.filter(member=member, key=key))


def discard(member: Member, *, key: str) -> None:
    _DISCARDED.do(member=member.pk, key=key)


def _make_room(member: Member) -> None:
    oldest = Draft.objects.filter(member=member).order_by("-updated_at").values_list("pk", flat=True)[MAX_DRAFTS - 1 :]
    Draft.objects.filter(pk__in=list(oldest)).delete()
