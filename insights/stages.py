"""Care stages: how many customers are in each today, what they heard from the club, did and bought, and whose renewal is near."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights import customers, engagement, periods
from insights.customers import Customer
from insights.periods import Span
from members.models import Company
from notifications.models import Notification
from surveys.analysing import LEAST_CELL

Kind, Stage = Notification.Kind, Company.Stage
# What the club tells a customer by itself; not what another member did, nor what one asked for.
TOUCHES = (
    Kind.WELCOME,
    Kind.NOTICE,
    Kind.EVENT,
    Kind.SURVEY_INVITATION,
    Kind.GROUP_INVITATION,
    Kind.GRANT,
    Kind.REWARD,
    Kind.POINTS_LAPSING,
    Kind.REFERRAL_PROGRESS,
    Kind.FEATURE,
)
OVER = "over"
LABELS: dict[str, Any] = {
    **{stage: customers.AGES[stage] for stage in (Stage.PROSPECT, Stage.WELCOME, Stage.DEPLOY)},
    Stage.USE: _("Use: from month 5"),
    Stage.RENEW: _("Renew: last six months"),
    OVER: _("Contract over"),
}
# Days before a contract ends, and what is then to be said.
MARKS: dict[int, Any] = {
    90: _("Why renew, how, with what budget and partner"),
    45: _("Budget and offers"),
    0: _("Where it stands, and what else there is"),
}
# So long after the end a renewal may still be spoken of.
LATE_DAYS = 30
YEARS = (1, 2, 3)


@dataclass(frozen=True)
class Heard:
    """How often, when last, and of each kind that there is."""

    times: int = 0
    last_on: datetime.date | None = None
    kinds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Row:
    """The companies in one stage. told, active, buying: how many of them heard from the club, took part, ordered within the time."""

    stage: str
    label: Any
    companies: int
    with_member: int
    told: int
    touches: int
    active: int
    deeds: int
    buying: int
    yuan: float
    products: int

    def _each(self, number: float) -> float:
        return number / self.companies if self.companies else 0.0

    @property
    def touches_each(self) -> float:
        return self._each(self.touches)

    @property
    def deeds_each(self) -> float:
        return self._each(self.deeds)

    @property
    def seen_yuan(self) -> float | None:
        """None where too few companies stand behind it."""
        return self.yuan if self.companies >= LEAST_CELL else None

    @property
    def yuan_each(self) -> float | None:
        return None if self.seen_yuan is None else self._each(self.seen_yuan)

    @property
    def products_each(self) -> float:
        return self._each(self.products)


@dataclass(frozen=True)
class Touch:
    """How often companies of each stage, in the order of LABELS, were told something of this kind."""

    label: Any
    times: list[int]


@dataclass(frozen=True)
class Renewal:
    """mark: which of MARKS is due. told_on, active_on: when its people last heard from the club, and last took part."""

    customer: Customer
    days: int
    mark: int
    told_on: datetime.date | None
    active_on: datetime.date | None
    yuan: float

    @property
    def what(self) -> Any:
        return MARKS[self.mark]

    @property
    def is_unheard(self) -> bool:
        """Whether nothing was heard from the club since the mark was reached."""
        ends_on = self.customer.contract_ends_on
        assert ends_on is not None
        return self.told_on is None or self.told_on < ends_on - datetime.timedelta(days=self.mark)


@dataclass(frozen=True)
class Year:
    """What companies bought in their first, second or third year, on average: of those whose year is over."""

    number: int
    companies: int
    yuan_each: float
    buying: int

    @property
    def is_seen(self) -> bool:
        """Whether companies enough stand behind the mean."""
        return self.companies >= LEAST_CELL


@dataclass(frozen=True)
class Report:
    span: Span
    rows: list[Row]
    touches: list[Touch]
    renewals: list[Renewal]
    years: list[Year]

    @property
    def unheard(self) -> int:
        return sum(each.is_unheard for each in self.renewals)


def report(n: int) -> Report:
    """Stages of today; touches, deeds and orders of the last n months. Five queries."""
    today = timezone.localdate()
    span = Span(periods.months_back(n)[0], today)
    people = customers.everybody(datetime.date.min)
    told, active = _told(span), _active(span)
    staged: dict[str, list[Customer]] = {stage: [] for stage in LABELS}
    for each in people:
        staged[stage_of(each, today)].append(each)
    rows = [_row(stage, found, span, told, active) for stage, found in staged.items()]
    return Report(
        span, rows, _touches(staged, told), _renewals(people, today, span, told, active), [_year(number, people, today) for number in YEARS]
    )


def stage_of(customer: Customer, day: datetime.date) -> str:
    """One of LABELS: the care stage, but for contracts that are over."""
    stage, ends_on = customer.stage_on(day), customer.contract_ends_on
    return OVER if stage == Stage.RENEW and ends_on and ends_on < day else str(stage)


def _told(span: Span) -> dict[int, Heard]:
    """What the people of each company heard from the club."""
    since, until = span.moments
    rows = Notification.objects.filter(kind__in=TOUCHES, created_at__gte=since, created_at__lt=until, member__company__isnull=False)
    found: dict[int, list[tuple[str, int, datetime.datetime]]] = defaultdict(list)
    for company, kind, times, last in (
        rows.order_by().values_list("member__company", "kind").annotate(times=Count("pk"), last=Max("created_at"))
    ):
        found[company].append((kind, times, last))
    return {company: _together(told) for company, told in found.items()}


def _together(told: list[tuple[str, int, datetime.datetime]]) -> Heard:
    last_on = timezone.localtime(max(last for _kind, _times, last in told)).date()
    return Heard(sum(times for _kind, times, _last in told), last_on, tuple((kind, times) for kind, times, _last in told))


def _active(span: Span) -> dict[int, Heard]:
    """What the people of each company did."""
    since, until = span.moments
    rows = engagement.standing().filter(happened_at__gte=since, happened_at__lt=until).order_by().values_list("company")
    grouped = rows.annotate(times=Count("pk"), last=Max("happened_at"))
    return {company: Heard(times, timezone.localtime(last).date()) for company, times, last in grouped}


def _row(stage: str, people: list[Customer], span: Span, told: dict[int, Heard], active: dict[int, Heard]) -> Row:
    orders = [each.within(span) for each in people]
    return Row(
        stage,
        LABELS[stage],
        companies=len(people),
        with_member=sum(each.joined_on is not None for each in people),
        told=sum(each.pk in told for each in people),
        touches=sum(told[each.pk].times for each in people if each.pk in told),
        active=sum(each.pk in active for each in people),
        deeds=sum(active[each.pk].times for each in people if each.pk in active),
        buying=sum(bool(each) for each in orders),
        yuan=sum(order.yuan for each in orders for order in each),
        products=sum(each.products(span) for each in people),
    )


def _touches(staged: dict[str, list[Customer]], told: dict[int, Heard]) -> list[Touch]:
    """The kinds that somebody was told of, the most frequent first."""
    counted: dict[str, Counter[str]] = {}
    for stage, people in staged.items():
        counted[stage] = Counter()
        for each in people:
            counted[stage].update(dict(told[each.pk].kinds) if each.pk in told else {})
    found = [Touch(kind.label, [counted[stage][kind] for stage in staged]) for kind in TOUCHES]
    return sorted((touch for touch in found if any(touch.times)), key=lambda touch: -sum(touch.times))


def _renewals(
    people: Iterable[Customer], today: datetime.date, span: Span, told: dict[int, Heard], active: dict[int, Heard]
) -> list[Renewal]:
    """Contracts that end within ninety days, or ended a short while ago; the first to end on top."""
    found = []
    for each in people:
        if each.contract_ends_on is None or each.stage_on(today) != Stage.RENEW:
            continue
        days = (each.contract_ends_on - today).days
        if -LATE_DAYS <= days <= max(MARKS):
            mark = min(mark for mark in MARKS if days <= mark)
            last = told.get(each.pk, Heard()).last_on, active.get(each.pk, Heard()).last_on
            found.append(Renewal(each, days, mark, *last, each.yuan(span)))
    return sorted(found, key=lambda each: (each.days, each.customer.name))


def _year(number: int, people: Iterable[Customer], today: datetime.date) -> Year:
    """Of companies whose orders are known from their first purchase on."""
    year = datetime.timedelta(days=365)
    began = [each for each in people if each.purchased_on and each.purchased_on <= today]
    known = [each for each in began if each.purchased_on and each.orders and each.orders[0].ordered_on <= each.purchased_on]
    spans = [(each, each.purchased_on + (number - 1) * year) for each in known if each.purchased_on]
    sums = [each.yuan(Span(first, first + year - datetime.timedelta(days=1))) for each, first in spans if first + year <= today]
    return Year(number, len(sums), sum(sums) / len(sums) if sums else 0.0, sum(amount > 0 for amount in sums))
