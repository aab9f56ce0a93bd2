"""Which of the handles in a text belong to members."""

from collections.abc import Set

from forum import markup
from members.models import Member

MAX_MENTIONS = 20


def members_in(text: str) -> list[Member]:
    """The members whom a text may mention: active ones, the first MAX_MENTIONS handles."""
    handles = markup.mentioned(text)[:MAX_MENTIONS]
    return list(Member.objects.filter(handle__in=handles, is_active=True, erased_at=None)) if handles else []


def existing(text: str) -> Set[str]:
    return {member.handle for member in members_in(text)}
