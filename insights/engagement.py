"""Who takes part: customers and their companies, by what they did themselves."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from insights import periods
from members.models import Activity, Company, Member
from surveys.scoring import wilson_interval

Kind = Activity.Kind
# What a member did, not what befell them: a reaction received or a colleague who registered is no deed of theirs.
DEEDS = (
    Kind.ARTICLE_READ,
    Kind.THREAD_STARTED,
    Kind.REPLY_POSTED,
    Kind.BLOG_ENTRY_POSTED,
    Kind.SURVEY_COMPLETED,
    Kind.GROUP_ATTENDED,
    Kind.EVENT_ATTENDED,
)


@dataclass(frozen=True)
class Share:
    """So many of so many; percent with its 95 % interval by Wilson, 0 of none is 0."""

    count: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson_interval(min(self.count, self.of), self.of) if self.of else (0.0, 0.0)
        return 100 * low, 100 * high


@dataclass(frozen=True)
class Month:
    first: datetime.date
    members: int = 0
    companies: int = 0
    deeds: int = 0


def standing() -> QuerySet[Activity]:
    """Customers' deeds that stand: neither taken back nor counted a second time when restored."""
    return Activity.objects.filter(kind__in=DEEDS, company__isnull=False, undone_by=None, restores=None)


def active_members(days: int = 30) -> Share:
    """Customers who did something in the last days, of all who may."""
    since = timezone.now() - datetime.timedelta(days=days)
    active = standing().filter(happened_at__gte=since, member__is_active=True).values("member").distinct().count()
    return Share(active, Member.objects.filter(is_active=True, erased_at=None, company__isnull=False).count())


def active_companies(days: int = 30) -> Share:
    """Companies of which somebody did something in the last days, of all that have a member here."""
    since = timezone.now() - datetime.timedelta(days=days)
    active = standing().filter(happened_at__gte=since).values("company").distinct().count()
    of = Company.objects.filter(pk__in=Member.objects.filter(is_active=True).values("company")).count()
    return Share(active, max(of, active))


def by_month(n: int) -> list[Month]:
    """The last n months, oldest first, those without a deed too. One query."""
    months = periods.months_back(n)
    rows = (
        standing()
        .filter(happened_at__gte=periods.start_of(months[0]))
        .annotate(month=TruncMonth("happened_at"))
        .values("month")
        .annotate(members=Count("member", distinct=True), companies=Count("company", distinct=True), deeds=Count("pk"))
        .order_by("month")
    )
    found = {timezone.localtime(row["month"]).date().replace(day=1): row for row in rows}
    return [
        Month(first, *(found[first][name] for name in ("members", "companies", "deeds"))) if first in found else Month(first)
        for first in months
    ]


def by_kind(n: int) -> list[tuple[str, int]]:
    """How often each kind of deed was done in the last n months: (label, times), the most frequent first. One query."""
    since = periods.start_of(periods.months_back(n)[0])
    rows = standing().filter(happened_at__gte=since).values("kind").annotate(times=Count("pk"))
    counted = {row["kind"]: row["times"] for row in rows}
    return sorted(((str(kind.label), counted.get(kind, 0)) for kind in DEEDS), key=lambda row: -row[1])
