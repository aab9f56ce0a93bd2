"""Not faster than a person can write: a bucket of turns for each member and verb, held in the database, so that all processes agree."""

import math

from django.conf import settings
from django.utils import timezone

from forum.models import Pace
from forum.refusals import TooFast
from members.models import Member

# verb: (turns at most, turns a minute)
BUCKETS = {
    "post": (8, 4),
    "first post": (3, 1),
    "react": (40, 30),
    "report": (5, 1),
    "picture": (20, 6),
    "message": (20, 10),
    "converse": (6, 1),
}


def take(member: Member, verb: str) -> None:
    """Use up one turn, inside the caller's transaction, before any other lock. Raises TooFast where none is left."""
    if not settings.FORUM_PACING:
        return
    most, a_minute = BUCKETS[verb]
    now = timezone.now()
    Pace.objects.get_or_create(member=member, verb=verb, defaults={"turns": most, "filled_at": now})
    bucket = Pace.objects.select_for_update().get(member=member, verb=verb)
    turns = min(most, bucket.turns + (now - bucket.filled_at).total_seconds() * a_minute / 60)
    if turns < 1:
        raise TooFast(retry_after=math.ceil((1 - turns) * 60 / a_minute))
    Pace.objects.filter(pk=bucket.pk).update(turns=turns - 1, filled_at=now)
