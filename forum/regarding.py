"""How closely members follow tags and each other, and whom they would rather not hear."""

from collections.abc import Iterable

from django.db import transaction

from forum.models import Level, Regard, Tag, TagMember
from forum.refusals import NotYours
from members.models import Member


@transaction.atomic
def follow_tag(tag: Tag, *, member: Member, level: Level) -> None:
    TagMember.objects.update_or_create(member=member, tag=tag, defaults={"level": level})


@transaction.atomic
def follow_member(other: Member, *, member: Member, level: Level) -> None:
    """Watch, track or mute another member's threads and entries. Raises NotYours for oneself."""
    if other.pk == member.pk:
        raise NotYours
    Regard.objects.update_or_create(member=member, other=other, defaults={"level": level})


@transaction.atomic
def ignore(other: Member, *, member: Member, is_ignored: bool = True) -> None:
    """Fold away what another writes, hear nothing of what they do, take no private message from them. Raises NotYours for oneself."""
    if other.pk == member.pk:
        raise NotYours
    Regard.objects.update_or_create(member=member, other=other, defaults={"is_ignored": is_ignored})


def ignoring(author: Member, members: Iterable[int]) -> set[int]:
    """Which of these members' ids ignore the author."""
    return set(Regard.objects.filter(other=author, member__in=list(members), is_ignored=True).values_list("member_id", flat=True))
