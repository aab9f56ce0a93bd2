"""Whom to ask: segments and behaviour, a draw by lot that can be repeated, and nobody asked too often."""

import datetime
import random
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from members import asking, belonging, segments
from members.asking import Tired
from members.models import Activity, Member
from members.models import Segment as SavedSegment
from members.models.asking import MOST
from surveys.models import Questionnaire, SurveyInvitation

# How often a member is asked before they are left out, where the club has set nothing else.
FATIGUE_MOST = MOST


@dataclass
class Segment:
    """Who is meant; what is empty does not narrow it.

    did   a kind of activity within `did_days`, at an address that holds `did_at`
    tier  the slug of a tier of the club's own programme
    """

    customer_class: str = ""
    company: int | None = None
    locale: str = ""
    stage: str = ""
    did: str = ""
    did_at: str = ""
    did_days: int = 30
    tier: str = ""
    saved: SavedSegment | None = None


def members_of(segment: Segment) -> QuerySet[Member]:
    """Active members of a segment but for their stage, which no table holds. The club's own people are never in it."""
    rows = Member.objects.filter(is_active=True, erased_at=None, is_staff=False).select_related("company")
    if segment.customer_class:
        rows = rows.filter(company__customer_class=segment.customer_class)
    if segment.company:
        rows = rows.filter(company=segment.company)
    if segment.locale:
        rows = rows.filter(locale=segment.locale)
    if segment.did:
        since = timezone.now() - datetime.timedelta(days=segment.did_days)
        deeds = Activity.objects.filter(kind=segment.did, happened_at__gte=since, undone_by=None)
        if segment.did_at:
            deeds = deeds.filter(url__contains=segment.did_at)
        rows = rows.filter(pk__in=deeds.values("member"))
    if segment.tier:
        rows = rows.filter(pk__in=belonging.findable["tier"].members(segment.tier).values("pk"))
    if segment.saved:
        rows = rows.filter(pk__in=segments.members_of(segment.saved).values("pk"))
    return rows.order_by("pk")


@dataclass
class Draw:
    """What a draw gave, and why others who fit were left out: invited before, asked often enough, asked as often as they wish."""

    members: list[Member]
    fitting: int
    invited: int
    tired_of_club: int
    tired_by_wish: int

    @property
    def tired(self) -> int:
        return self.tired_of_club + self.tired_by_wish


def draw(questionnaire: Questionnaire, segment: Segment, *, size: int | None = None, seed: int = 0) -> Draw:
    """Members of a segment who were not invited yet and are not tired; of them `size` by lot, the same for the same seed."""
    invited = set(SurveyInvitation.objects.filter(questionnaire=questionnaire).values_list("member", flat=True))
    everybody = [member for member in members_of(segment) if not segment.stage or _stage(member) == segment.stage]
    found = [member for member in everybody if member.pk not in invited]
    tired = asking.tired()
    why = Counter(tired[member.pk] for member in found if member.pk in tired)
    fresh = [member for member in found if member.pk not in tired]
    chosen = fresh if size is None or size >= len(fresh) else random.Random(seed).sample(fresh, size)  # noqa: S311 (a lot, not a secret)
    in_order = sorted(chosen, key=lambda member: member.pk)
    return Draw(in_order, len(found), len(everybody) - len(found), why[Tired.CLUB], why[Tired.OWN])


def _stage(member: Member) -> str:
    return str(member.company.stage) if member.company else ""
