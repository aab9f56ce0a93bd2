"""Forgetting a member in the rooms: they sat there under another name, and what they let slip of their own goes from the record."""

from django.utils import timezone

from focusgroups import audiences, redacting
from focusgroups.models import Group, Redaction, Seat
from live import streams
from members import traces
from members.models import Member

SHORTEST = 5


def erase(member: Member) -> None:
    """In the caller's transaction."""
    # A short Latin name may be an ordinary word (Will, Mark), which others said and which stays.
    words = [word for word in traces.words_of(member) if not word.isascii() or len(word) >= SHORTEST]
    for group in Group.objects.filter(seats__member=member).distinct():
        if words:
            redacting.redact(group, by=member, words=words, kind=Redaction.Kind.NAME, reason="erased")
    for seat in Seat.objects.filter(member=member, removed_at=None).exclude(group__status=Group.Status.CLOSED):
        _leave(seat)


def _leave(seat: Seat) -> None:
    """As when a moderator shows somebody out; whom nobody has seen in the room goes without a word."""
    Group.objects.select_for_update().get(pk=seat.group_id)
    seat.removed_at, seat.here_until = timezone.now(), None
    seat.save(update_fields=["removed_at", "here_until"])
    if seat.may_enter:
        audience = audiences.STAFF if seat.role == Seat.Role.OBSERVER else audiences.ALL
        streams.append(audiences.stream(seat.group_id, audience), "removed", {"seat": seat.pk, "name": seat.pseudonym})
