"""Which of the handles in a text belong to members."""

from collections.abc import Set

from forum import markup
from members.models import Member

MAX_MENTIONS = 20


def members_in(*texts: str) -> list[Member]:
    """The members whom texts may mention: active ones, the first MAX_MENTIONS handles of each."""
    handles = {handle for text in texts for handle in markup.mentioned(text)[:MAX_MENTIONS]}
    return list(Member.objects.filter(handle__in=handles, is_active=True, erased_at=None)) if handles else []


def existing(*texts: str) -> Set[str]:
    return {member.handle for member in members_in(*texts)}
