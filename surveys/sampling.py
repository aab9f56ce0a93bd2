"""Whom to ask: segments and behaviour, a draw by lot that can be repeated, and nobody asked too often."""

import datetime
import random
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from members import belonging, segments
from members.models import Activity, Member
from members.models import Segment as SavedSegment
from surveys.models import Questionnaire, SurveyInvitation

# Nobody is invited to more surveys than this within so many days; reminders are no new invitations.
FATIGUE_MOST, FATIGUE_DAYS = 3, 30


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
    """What a draw gave. `tired`: how many were left out because they were asked often enough."""

    members: list[Member]
    fitting: int
    tired: int


def draw(questionnaire: Questionnaire, segment: Segment, *, size: int | None = None, seed: int = 0) -> Draw:
    """Members of a segment who were not invited yet and are not tired; of them `size` by lot, the same for the same seed."""
    invited = SurveyInvitation.objects.filter(questionnaire=questionnaire).values("member")
    found = [member for member in members_of(segment).exclude(pk__in=invited) if not segment.stage or _stage(member) == segment.stage]
    since = timezone.now() - datetime.timedelta(days=FATIGUE_DAYS)
    asked = SurveyInvitation.objects.filter(created_at__gte=since).values("member").annotate(times=Count("pk"))
    tired = set(asked.filter(times__gte=FATIGUE_MOST).values_list("member", flat=True))
    fresh = [member for member in found if member.pk not in tired]
    chosen = fresh if size is None or size >= len(fresh) else random.Random(seed).sample(fresh, size)  # noqa: S311 (a lot, not a secret)
    return Draw(sorted(chosen, key=lambda member: member.pk), len(found), len(found) - len(fresh))


def _stage(member: Member) -> str:
    return str(member.company.stage) if member.company else ""
