"""Forgetting a member in the rooms: they sat there under another name, and what they let slip of their own goes from the record."""

from django.utils import timezone

from focusgroups import redacting
from focusgroups.models import Group, Redaction, Seat
from members import traces
from members.models import Member

SHORTEST = 5


def erase(member: Member) -> None:
    """In the caller's transaction."""
    # Redacting looks inside of words too: a short Latin name would take pieces out of others.
    words = [word for word in traces.words_of(member) if not word.isascii() or len(word) >= SHORTEST]
    for group in Group.objects.filter(seats__member=member).distinct():
        if words:
            redacting.redact(group, by=member, words=words, kind=Redaction.Kind.NAME, reason="erased")
    Seat.objects.filter(member=member, removed_at=None).exclude(group__status=Group.Status.CLOSED).update(removed_at=timezone.now())
