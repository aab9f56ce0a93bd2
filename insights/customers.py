"""Companies as reports on buying see them: what they are, since when somebody of theirs is in the club, and what they ordered."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Min, OuterRef, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights.periods import Span
from members.models import Company, Member, Purchase, PurchaseReturn
from members.models.company import stage_on

# How long a company is a customer, by its first purchase alone: a renewal moves the end of a contract, but not this.
AGES: dict[str, Any] = {
    Company.Stage.PROSPECT: Company.Stage.PROSPECT.label,
    Company.Stage.WELCOME: _("Welcome: first month"),
    Company.Stage.DEPLOY: _("Deploy: months 2 to 4"),
    Company.Stage.USE: _("Use and renew: later"),
}


@dataclass(frozen=True)
class Order:
    """What is left of an order after what went back."""

    product: str
    yuan: float
    ordered_on: datetime.date


@dataclass
class Customer:
    """joined_on: the day on which the first of its people joined the club; None where nobody did. orders: oldest first."""

    pk: int
    name: str
    customer_class: str
    purchased_on: datetime.date | None
    contract_ends_on: datetime.date | None
    joined_on: datetime.date | None = None
    orders: list[Order] = field(default_factory=list)

    def within(self, span: Span) -> list[Order]:
        return [order for order in self.orders if order.ordered_on in span]

    def yuan(self, span: Span) -> float:
        return sum(order.yuan for order in self.within(span))

    def products(self, span: Span) -> int:
        return len({order.product for order in self.within(span)})

    def age_on(self, day: datetime.date) -> str:
        """One of AGES."""
        return str(stage_on(self.purchased_on, None, day))

    def stage_on(self, day: datetime.date) -> Company.Stage:
        """The care stage, by the contract as it is today."""
        return stage_on(self.purchased_on, self.contract_ends_on, day)


def everybody(since: datetime.date) -> list[Customer]:
    """All companies with their orders since a day, by id. Three queries."""
    columns = ("pk", "name", "customer_class", "purchased_on", "contract_ends_on")
    found = {row[0]: Customer(*row) for row in Company.objects.order_by("pk").values_list(*columns)}
    people = Member.objects.filter(company__isnull=False, is_staff=False).order_by()
    for company, joined_at in people.values_list("company").annotate(first=Min("joined_at")):
        found[company].joined_on = timezone.localtime(joined_at).date()
    for company, order in _orders(since):
        if company in found:
            found[company].orders.append(order)
    return list(found.values())


def _orders(since: datetime.date) -> Iterable[tuple[int, Order]]:
    """Orders of which something was kept."""
    returns = PurchaseReturn.objects.filter(purchase=OuterRef("pk")).order_by().values("purchase")
    back = Subquery(returns.annotate(fen=Sum("amount_fen")).values("fen"))
    rows = Purchase.objects.filter(ordered_on__gte=since).order_by("ordered_on", "pk")
    columns = ("company", "product", "amount_fen", "ordered_on", back)
    for company, product, fen, ordered_on, back_fen in rows.values_list(*columns).iterator(chunk_size=5_000):
        kept_fen = fen - int(back_fen or 0)
        if kept_fen > 0 or not back_fen:
            yield company, Order(product, kept_fen / 100, ordered_on)
