"""What moderators tell each other about a member: read by moderators, and in the member's own data when they ask for those."""

from django.db import transaction

from forum.models import MemberNote
from forum.noting import Verb, insist, note
from members.models import Member

SHOWN = 20


@transaction.atomic
def remark(member: Member, words: str, *, by: Member) -> MemberNote:
    """Leave a note. The log says that there is one. Raises NotYours; ValueError without words."""
    insist(by)
    words = words.strip()[:1000]
    if not words:
        raise ValueError("a note says something")
    row = MemberNote.objects.create(member=member, by=by, words=words)
    note(by, Verb.NOTE_MEMBER, f"#{row.pk}", concerns=member, after={"note": row.pk})
    return row


@transaction.atomic
def remove(row: MemberNote, *, by: Member, reason: str) -> bool:
    """Take a note away, for good. Returns whether it was there still. Raises NotYours; ValueError without a reason."""
    insist(by)
    _n, gone = MemberNote.objects.filter(pk=row.pk).delete()
    if gone:
        note(by, Verb.REMOVE_NOTE, reason, concerns=row.member, before={"note": row.pk, "by": row.by_id})
    return bool(gone)


def newest(member: Member, n: int = SHOWN) -> list[MemberNote]:
    """The newest notes on a member, for moderators' pages."""
    return list(MemberNote.objects.filter(member=member).select_related("by")[:n])
