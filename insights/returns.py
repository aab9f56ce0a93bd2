"""What came of what the club cost: what its test group bought more, the margin of that, and the points and money that it took."""

import datetime
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import TruncDate

from insights import engagement, origins
from insights.comparisons import Comparison
from insights.customers import Customer
from insights.periods import Span
from insights.uplift import Effect
from points.models import Accrual

INFLUENCED_DAYS = 90


@dataclass(frozen=True)
class Return:
    """What came of the cost, in yuan, each as (most likely, low, high). percent: of the whole club only.

    more    the difference that the groups make for all companies of the test group
    gain    the margin of that, less the cost
    """

    points: int
    points_yuan: float
    running_yuan: float
    more: tuple[float, float, float]
    gain: tuple[float, float, float] | None
    percent: tuple[float, float, float] | None

    @property
    def cost_yuan(self) -> float:
        return self.points_yuan + self.running_yuan


def influenced(group: Iterable[Customer], after: Span) -> tuple[float, float]:
    """Yuan that a group bought, and of that what was ordered within so many days of something its people did in the club. One query."""
    lead = datetime.timedelta(days=INFLUENCED_DAYS)
    since, until = Span(after.first - lead, after.last).moments
    deeds: dict[int, list[datetime.date]] = defaultdict(list)
    rows = engagement.standing().filter(happened_at__gte=since, happened_at__lt=until).annotate(day=TruncDate("happened_at"))
    for company, day in rows.order_by("day").values_list("company", "day").distinct():
        deeds[company].append(day)
    bought = led = 0.0
    for each in group:
        days = deeds.get(each.pk, [])
        for order in each.within(after):
            place = bisect_left(days, order.ordered_on - lead)
            bought += order.yuan
            led += order.yuan if place < len(days) and days[place] <= order.ordered_on else 0.0
    return bought, led


def payback(comparison: Comparison, group: list[Customer], after: Span, amount: Effect) -> Return | None:
    """None where no interval can be given. One query for a rule, two for the club."""
    if amount.interval is None:
        return None
    programme, mine = comparison.programme, {each.pk for each in group}
    earned = _by_rule(comparison, after) if comparison.rule else origins.by_company_id(after)
    points = sum(number for company, number in earned.items() if company in mine)
    points_yuan = points * programme.point_cost_fen / 100
    # What the club costs as a whole is no cost of one of its rules.
    running_yuan = 0.0 if comparison.rule else programme.running_cost_fen / 100 * 12 * after.years
    low, high = amount.interval
    more = (amount.difference * len(group), low * len(group), high * len(group))
    if programme.margin_percent is None:
        return Return(points, points_yuan, running_yuan, more, None, None)
    cost = points_yuan + running_yuan
    gain = tuple(programme.margin_percent / 100 * each - cost for each in more)
    # A rule's points are little beside the work that goes into it, which nobody counts by rule: a return on them would mean nothing.
    percent = tuple(100 * each / cost for each in gain) if cost > 0 and not comparison.rule else None
    return Return(points, points_yuan, running_yuan, more, gain, percent)  # type: ignore[arg-type]


def _by_rule(comparison: Comparison, after: Span) -> dict[int, int]:
    """Points that a rule gave for deeds of these days and that stand, by company."""
    since, until = after.moments
    given = (Accrual.Outcome.AWARDED, Accrual.Outcome.KEPT)
    rows = Accrual.objects.filter(
        rule=comparison.rule, outcome__in=given, activity__happened_at__gte=since, activity__happened_at__lt=until
    )
    sums = rows.exclude(member__company=None).order_by().values_list("member__company").annotate(points=Sum("amount_points"))
    return dict(sums)
