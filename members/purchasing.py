"""Companies buy: orders reported by other systems, each once, and the fact of a second product line."""

import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from members import activity
from members.models import Activity, Company, Member, Purchase

# Rung after commit with `purchase_id`, for each order once.
purchased = Signal()


class OrderDiffers(Exception):  # noqa: N818
    """An order of this number is known already, with another company, product, amount or day."""


@transaction.atomic
def record_purchase(
    company: Company, *, order_id: str, product: str, amount_fen: int, ordered_on: datetime.date, buyer: Member | None = None
) -> tuple[Purchase, bool]:
    """Keep an order, once per order_id. Returns the order and whether it is new.

    amount_fen   whole fen, not negative
    buyer        who is thanked for a second product line; else the company's administrator, else its first member
    Raises OrderDiffers where the number is known for something else.
    """
    # The company's row makes its orders queue, so that one product line is never counted as second twice.
    company = Company.objects.select_for_update().get(pk=company.pk)
    said = {"company": company, "product": product, "amount_fen": amount_fen, "ordered_on": ordered_on}
    known_lines = set(company.purchases.values_list("product", flat=True))
    purchase, is_new = Purchase.objects.get_or_create(order_id=order_id, defaults=said)
    if not is_new:
        if any(getattr(purchase, name) != value for name, value in said.items()):
            raise OrderDiffers(order_id)
        return purchase, False
    _note_first_purchase(company, ordered_on)
    if known_lines and product not in known_lines:
        _record_cross_purchase(purchase, buyer)
    transaction.on_commit(partial(purchased.send_robust, sender=Purchase, purchase_id=purchase.pk))
    return purchase, True


def _note_first_purchase(company: Company, ordered_on: datetime.date) -> None:
    if company.purchased_on is None or ordered_on < company.purchased_on:
        company.purchased_on = ordered_on
        company.save(update_fields=["purchased_on"])


def _record_cross_purchase(purchase: Purchase, buyer: Member | None) -> None:
    thanked = buyer if buyer and buyer.company_id == purchase.company_id else _speaker(purchase.company)
    if thanked is None:
        return
    activity.record(
        thanked,
        Activity.Kind.CROSS_PURCHASE,
        cause=f"company:{purchase.company_id}:product:{purchase.product}"[:150],
        title=purchase.product,
        details={"product": purchase.product, "order": purchase.order_id, "is_profiled": _is_profiled(thanked)},
    )


def _speaker(company: Company) -> Member | None:
    """Whoever stands for a company: its administrator, else who joined first."""
    members = company.members.filter(is_active=True).order_by("id")
    return members.filter(company_role=Member.CompanyRole.ADMIN).first() or members.first()


def _is_profiled(member: Member) -> bool:
    return Activity.objects.filter(kind=Activity.Kind.PROFILE_COMPLETED, cause=f"member:{member.pk}").exists()
