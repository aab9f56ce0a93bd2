"""Whether the club pays: what companies of a test group bought beside those of a control group, and what came of what it cost."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from insights import customers, periods, returns, uplift
from insights.comparisons import Comparison
from insights.customers import Customer
from insights.periods import Span
from insights.returns import Return
from insights.uplift import Effect
from members.models import Company
from points.trial_reports import is_mismatched
from points.trials import Arm
from surveys.analysing import LEAST_CELL

Groups = tuple[list[Customer], list[Customer]]


@dataclass(frozen=True)
class Measure:
    """unit: "yuan", "number" or "share"."""

    name: str
    label: Any
    unit: str
    effect: Effect


@dataclass(frozen=True)
class Part:
    """The amount bought, for one kind of customers."""

    label: Any
    effect: Effect


@dataclass(frozen=True)
class Month:
    """What a company of each group bought in a month on average, in yuan."""

    first: datetime.date
    test: float
    control: float


@dataclass(frozen=True)
class Report:
    """joined_since: companies that came into the club within the time after, and are in neither group."""

    comparison: Comparison
    before: Span
    after: Span
    sizes: tuple[int, int]
    joined_since: int
    is_mismatched: bool
    measures: list[Measure] = field(default_factory=list)
    by_class: list[Part] = field(default_factory=list)
    by_age: list[Part] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    influenced_yuan: float | None = None
    bought_yuan: float = 0.0
    payback: Return | None = None

    @property
    def amount(self) -> Effect:
        """The measure that was fixed beforehand as the one that decides."""
        return self.measures[0].effect

    @property
    def has_enough(self) -> bool:
        return min(self.sizes) >= uplift.ENOUGH

    @property
    def verdict(self) -> str:
        """ "mismatched", "few", "more", "less" or "chance"."""
        if self.is_mismatched:
            return "mismatched"
        if self.amount.interval is None:
            return "few"
        low, high = self.amount.percent[1:] if self.amount.percent else self.amount.interval
        return "more" if low > 0 else "less" if high < 0 else "chance"


def report(comparison: Comparison, n: int) -> Report:
    """The report on one comparison over at most the last n months. Up to six queries."""
    before, after = comparison.windows(n)
    people = customers.everybody(before.first)
    groups, joined_since = _parted(comparison, people, after)
    sizes = len(groups[0]), len(groups[1])
    bought, influenced = returns.influenced(groups[0], after)
    measures = _measures(groups, before, after)
    return Report(
        comparison,
        before,
        after,
        sizes,
        joined_since,
        is_mismatched=comparison.is_random and is_mismatched(comparison.percent, *sizes),
        measures=measures,
        by_class=_parts(groups, Company.CustomerClass.choices, lambda each: each.customer_class, before, after),
        by_age=_parts(groups, customers.AGES.items(), lambda each: each.age_on(after.first), before, after),
        # What a handful of companies buy is nobody's business here.
        months=_by_month(groups, Span(before.first, after.last)) if min(sizes) >= LEAST_CELL else [],
        influenced_yuan=influenced if sizes[0] >= LEAST_CELL else None,
        bought_yuan=bought,
        payback=returns.payback(comparison, groups[0], after, measures[0].effect) if comparison.is_random else None,
    )


def _parted(comparison: Comparison, people: Iterable[Customer], after: Span) -> tuple[Groups, int]:
    """Test and control group. Whoever was drawn counts, whatever they did; what is no test compares customers of before only."""
    test: list[Customer] = []
    control: list[Customer] = []
    joined_since = 0
    for each in people:
        is_member = each.joined_on is not None and each.joined_on <= after.first
        if each.joined_on is not None and after.first < each.joined_on <= after.last:
            joined_since += 1
        elif comparison.is_random and is_member:
            arm = comparison.arm_of(each.pk)
            if arm != Arm.NONE:
                (control if arm == Arm.CONTROL else test).append(each)
        elif not comparison.is_random and each.purchased_on and each.purchased_on < after.first:
            (test if is_member else control).append(each)
    return (test, control), joined_since


def _measures(groups: Groups, before: Span, after: Span) -> list[Measure]:
    def means(of: Callable[[Customer, Span], float]) -> Effect:
        test, control = ([(of(each, before), of(each, after)) for each in group] for group in groups)
        return uplift.of_means(test, control)

    def shares(of: Callable[[Customer], bool | None]) -> Effect:
        found = [[answer for each in group if (answer := of(each)) is not None] for group in groups]
        test, control = ((sum(answers), len(answers)) for answers in found)
        return uplift.of_shares(test, control)

    return [
        Measure("amount", _("Bought by a company"), "yuan", _amount(groups, before, after)),
        Measure("orders", _("Orders of a company in a year"), "number", means(lambda each, span: len(each.within(span)) / span.years)),
        Measure("products", _("Product lines of a company"), "number", means(lambda each, span: each.products(span))),
        Measure("several", _("Two product lines or more"), "share", shares(lambda each: each.products(after) >= 2)),
        Measure(
            "again", _("Bought before, and again"), "share", shares(lambda each: bool(each.within(after)) if each.within(before) else None)
        ),
        Measure("contract", _("Still under contract"), "share", shares(lambda each: _is_kept(each, after))),
    ]


def _is_kept(customer: Customer, after: Span) -> bool | None:
    """Whether whoever was under contract as the time began was so as it ended; None for who was not, or of whom no end is known."""
    bought, ends = customer.purchased_on, customer.contract_ends_on
    if not bought or bought >= after.first or not ends or ends < after.first:
        return None
    return ends >= after.last


def _amount(groups: Groups, before: Span, after: Span) -> Effect:
    both = [*groups[0], *groups[1]]
    pairs = list(zip(*(uplift.trimmed([each.yuan(span) for each in both]) for span in (before, after)), strict=True))
    return uplift.of_means(pairs[: len(groups[0])], pairs[len(groups[0]) :])


def _parts(groups: Groups, kinds: Iterable[tuple[Any, Any]], kind_of: Callable[[Customer], str], before: Span, after: Span) -> list[Part]:
    """The amount by kinds that somebody is of; which kind a company is of was settled before the time after."""
    found = []
    for kind, label in kinds:
        test, control = ([each for each in group if kind_of(each) == kind] for group in groups)
        if test or control:
            found.append(Part(label, _amount((test, control), before, after)))
    return found


def _by_month(groups: Groups, span: Span) -> list[Month]:
    sums: dict[datetime.date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for place, group in enumerate(groups):
        for order in (order for each in group for order in each.orders):
            sums[order.ordered_on.replace(day=1)][place] += order.yuan
    sizes = [max(1, len(group)) for group in groups]
    months = periods.whole_months(span.first, span.last)
    return [Month(month, *(amount / size for amount, size in zip(sums[month], sizes, strict=True))) for month in months]
