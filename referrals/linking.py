"""Links by which a member brings somebody: one to share for each door, renewed when it has run out."""

from django.db import transaction

from members.models import Member
from referrals.models import Door, ReferralLink


@transaction.atomic
def shared_link(member: Member, door: Door) -> ReferralLink:
    """The member's open link for a door, made if there is none."""
    link = ReferralLink.objects.open().filter(member=member, door=door, is_personal=False).order_by("id").first()
    return link or ReferralLink.objects.create(member=member, door=door)


def personal_link(member: Member, door: Door) -> ReferralLink:
    """A new link for one person who was named; it works once."""
    return ReferralLink.objects.create(member=member, door=door, is_personal=True, max_uses=1)


def shared_links(member: Member) -> None:
    """An open link for each door, so that a newcomer finds them ready."""
    for door in Door:
        shared_link(member, door)
