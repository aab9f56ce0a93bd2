"""Forgetting a member on the club's pages: their chairs are given to others, their by-lines go."""

from django.utils import timezone
from wagtail.users.models import UserProfile

from cms import seating
from cms.models import ArticlePage, Seat
from members.models import Member


def erase(member: Member) -> None:
    """In the caller's transaction. What they wrote for the magazine stays in print, under no name."""
    for seat in Seat.objects.filter(member=member, event__starts_at__gt=timezone.now()).select_related("event"):
        seating.give_up_seat(seat.event, member=member)
    ArticlePage.objects.filter(author=member).update(byline="")
    UserProfile.objects.filter(user=member).delete()
