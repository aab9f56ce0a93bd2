"""Members say what they want to hear of, and by which channel."""

from collections.abc import Mapping

from django.db import transaction

from members.models import ContactPreference, Member
from notifications.models import Digest, MutedAddress, Notification


@transaction.atomic
def prefer(member: Member, wishes: Mapping[tuple[str, str], bool]) -> None:
    """Keep what a member wants, as (channel, kind) → wanted. Raises ValueError for a channel or kind that does not exist."""
    for (channel, kind), is_wanted in wishes.items():
        if channel not in ContactPreference.Channel.values or kind not in Notification.Kind.values:
            raise ValueError(f"no such preference: {channel} {kind}")
        ContactPreference.objects.update_or_create(member=member, channel=channel, purpose=kind, defaults={"is_wanted": is_wanted})


def mute_address(email: str) -> None:
    """Never write to this address outside the club again. Harmless when repeated."""
    MutedAddress.objects.get_or_create(email=email.lower())


def set_digest(member: Member, rhythm: str) -> None:
    """How often a member wants to read what they missed. Raises ValueError for a rhythm that does not exist."""
    if rhythm not in Digest.Rhythm.values:
        raise ValueError(f"no such rhythm: {rhythm}")
    Digest.objects.update_or_create(member=member, defaults={"rhythm": rhythm})


def digest_of(member: Member) -> str:
    row = Digest.objects.filter(member=member).first()
    return row.rhythm if row else Digest.Rhythm.WEEKLY
