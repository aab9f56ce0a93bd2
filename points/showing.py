"""A member's choice to be named on the leaderboard, and the leaderboard."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from members.models import Member
from points.models import BoardChoice, Standing, Tier
from points.models.programme import DEFAULT_PROGRAMME


@transaction.atomic
def choose(member: Member, *, is_shown: bool) -> BoardChoice:
    """Remember the choice; without one a member is shown to nobody else."""
    choice, _is_new = BoardChoice.objects.update_or_create(member=member, defaults={"is_shown": is_shown, "decided_at": timezone.now()})
    return choice


def tier_shown(member: Member) -> Tier | None:
    """The tier of a member who lets others see where they stand; nothing for who does not, or has earned nothing yet. One query."""
    rows = Standing.objects.filter(member=member, programme__slug=DEFAULT_PROGRAMME, member__leaderboard_choice__is_shown=True)
    standing = rows.select_related("tier").first()
    return standing.tier if standing else None


@dataclass(frozen=True)
class Place:
    """points: that count for the programme's tiers."""

    rank: int
    standing: Standing
    points: int


def counts_by(programme: str) -> str:
    """Which of a standing's points a programme ranks by: qualifying ones where any of its tiers asks for them. One query."""
    asked = Tier.objects.filter(programme__slug=programme, threshold_points__gt=0).values_list("qualifies_by", flat=True)
    return "qualifying_points" if Tier.By.QUALIFYING in asked else "earned_points"


def leaders(programme: str = DEFAULT_PROGRAMME, *, by: str = "earned_points", most: int = 50) -> list[Place]:
    """Those who chose to be named, by points (as of `counts_by`); equal points share a rank. One query."""
    rows = (
        Standing.objects.filter(programme__slug=programme, **{f"{by}__gt": 0})
        .filter(member__leaderboard_choice__is_shown=True, member__is_active=True, member__erased_at=None)
        .select_related("member__company", "tier")
        .order_by(f"-{by}", "member_id")[:most]
    )
    places: list[Place] = []
    for number, standing in enumerate(rows, start=1):
        points = getattr(standing, by)
        same = places and places[-1].points == points
        places.append(Place(places[-1].rank if same else number, standing, points))
    return places
