"""What referral selling brought: asked, introduced, met, bought, and how long it took."""

import statistics
from dataclasses import dataclass

from django.db.models import Count, F, Q

from insights import periods
from insights.engagement import Share
from referrals.models import Referral, ReferralLink, Station

Step = Station.Step


@dataclass(frozen=True)
class Funnel:
    """Referrals named within a period. days_to_purchase: the median of those that bought, None before the first did."""

    asked: int
    colleagues: int
    colleagues_took_part: int
    introduced: int
    qualified: int
    met: int
    bought: int
    days_to_purchase: float | None

    @property
    def conversion(self) -> Share:
        return Share(self.bought, self.introduced)


def funnel(n: int) -> Funnel:
    """Figures of the last n months. Three queries."""
    since = periods.start_of(periods.months_back(n)[0])
    referrals = Referral.objects.filter(created_at__gte=since)
    external = Q(kind=Referral.Kind.EXTERNAL)

    def reached(step: str) -> Count:
        return Count("pk", filter=external & Q(stations__step=step), distinct=True)

    counts = referrals.aggregate(
        colleagues=Count("pk", filter=~external, distinct=True),
        colleagues_took_part=Count("pk", filter=~external & Q(stations__step=Step.TOOK_PART), distinct=True),
        introduced=Count("pk", filter=external, distinct=True),
        qualified=reached(Step.QUALIFIED),
        met=reached(Step.MET),
        bought=reached(Step.BOUGHT),
    )
    purchases = Station.objects.filter(step=Step.BOUGHT, referral__in=referrals.filter(external))
    waits = [
        wait.total_seconds() / 86_400 for wait in purchases.values_list(F("reached_at") - F("referral__created_at"), flat=True)[:10_000]
    ]
    asked = ReferralLink.objects.filter(created_at__gte=since).values("member").distinct().count()
    return Funnel(asked=asked, days_to_purchase=statistics.median(waits) if waits else None, **counts)
