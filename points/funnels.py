"""Gifts of many to one: what a member was given lately, and when a person should look at more. Reads only.

Points that a company's people earn one by one are worth more in one wallet, and accounts made for nothing else than to give are how
limits on earning are got round. A few gifts are what gifts are for; so the limit asks for a person and refuses nothing.
"""

import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from points.models import Gift

DAYS = 30


def evidence_of(gift: Gift) -> dict[str, Any] | None:
    """Why a person should look at this gift before it moves; None for the ordinary. Counts it in. One query.

    In the transaction of the yes to it, with the recipient's wallet locked: two at a moment do not both slip under the limit.
    """
    if gift.giver.is_suspended:
        return {"suspended": True}  # whoever they made out with should not carry the points away
    if gift.recipient_id is None:
        return None  # a pool is there to be filled by many
    since = timezone.now() - datetime.timedelta(days=DAYS)
    same = {"recipient": gift.recipient_id, "programme": gift.programme_id}
    lately = Gift.objects.filter(**same, status=Gift.Status.ACCEPTED, decided_at__gt=since).order_by()
    others = Count("giver", filter=~Q(giver=gift.giver_id), distinct=True)
    found = lately.aggregate(givers=others, points=Sum("amount_points"))
    points, givers = int(found["points"] or 0) + gift.amount_points, found["givers"] + 1
    programme = gift.programme
    if points <= programme.gift_points_received and givers <= programme.gift_givers:
        return None
    most = {"most_points": programme.gift_points_received, "most_givers": programme.gift_givers}
    return {"givers": givers, "points": points, "days": DAYS} | most
