"""Relationship points by where they came from: engagement, internal referral, external referral and the rest."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights import periods
from points.models import Account, Transfer

Kind, Origin = Transfer.Kind, Transfer.Origin
COMPANIES_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """Points of a month or a company: by origin, in the order of ORIGINS, and together."""

    name: str | datetime.date
    points: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.points)


ORIGINS = tuple(Origin)
# In a report nobody is "you".
LABELS = {Origin.INTERNAL_REFERRAL: _("Internal referral"), Origin.EXTERNAL_REFERRAL: _("External referral")}


def _awards(since: datetime.datetime) -> QuerySet[Transfer]:
    wallets = Q(target__kind__in=[Account.Kind.WALLET, Account.Kind.POOL], source__kind=Account.Kind.ISSUED)
    return Transfer.objects.filter(wallets, kind__in=[Kind.SINGLE, Kind.POST], effective_at__gte=since, target__asset__kind="redeemable")


def _taken(since: datetime.datetime) -> QuerySet[Transfer]:
    """Reversals of those awards; they count in the month and for the company of what they take back."""
    return Transfer.objects.filter(kind=Kind.REVERSAL, reverses__in=_awards(since))


def by_company_id(span: periods.Span) -> dict[int, int]:
    """Points that companies' people and pools earned in these days and that stand, by the company's id. Two queries."""
    since, until = span.moments
    sums: Counter[int] = Counter()
    awards = _awards(since).filter(effective_at__lt=until)
    for sign, rows, owner in (
        (1, awards, "target__owner"),
        (-1, Transfer.objects.filter(kind=Kind.REVERSAL, reverses__in=awards), "reverses__target__owner"),
    ):
        company = Coalesce(f"{owner}__member__company", f"{owner}__company")
        grouped = rows.annotate(earner=company).exclude(earner=None).values("earner").annotate(points=Sum("amount_points")).order_by()
        for row in grouped:
            sums[row["earner"]] += sign * row["points"]
    return dict(sums)


def by_month(n: int) -> list[Row]:
    """The last n months, oldest first: points that were earned then and still stand. Two queries."""
    months = periods.months_back(n)
    since = periods.start_of(months[0])
    sums: Counter[tuple[datetime.date, str]] = Counter()
    for sign, rows, when, origin in (
        (1, _awards(since), "effective_at", "origin"),
        (-1, _taken(since), "reverses__effective_at", "reverses__origin"),
    ):
        grouped = rows.annotate(month=TruncMonth(when)).values("month", origin).annotate(points=Sum("amount_points")).order_by()
        for row in grouped:
            sums[timezone.localtime(row["month"]).date().replace(day=1), row[origin]] += sign * row["points"]
    return [Row(first, tuple(sums[first, origin] for origin in ORIGINS)) for first in months]


def by_company(n: int, *, most: int = COMPANIES_SHOWN) -> list[Row]:
    """The companies whose people earned most in the last n months. Two queries."""
    since = periods.start_of(periods.months_back(n)[0])
    sums: dict[str, Counter[str]] = {}
    sides = ((1, _awards(since), "target", "origin"), (-1, _taken(since), "reverses__target", "reverses__origin"))
    for sign, rows, wallet, origin in sides:
        company = f"{wallet}__owner__member__company__name"
        for row in rows.exclude(**{company: None}).values(company, origin).annotate(points=Sum("amount_points")).order_by():
            sums.setdefault(row[company], Counter())[row[origin]] += sign * row["points"]
    found = [Row(name, tuple(counted[origin] for origin in ORIGINS)) for name, counted in sums.items()]
    return sorted(found, key=lambda row: (-row.total, str(row.name)))[:most]
