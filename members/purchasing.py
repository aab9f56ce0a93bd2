"""Companies buy, and send back: orders and returns reported by other systems, each once, and the facts that follow from them."""

import datetime
from functools import partial

from django.db import transaction
from django.db.models import Sum
from django.dispatch import Signal
from django.utils import timezone

from members import activity
from members.models import Activity, Company, Member, Purchase, PurchaseReturn

# Rung after commit with `purchase_id`, for each order once.
purchased = Signal()


class OrderDiffers(Exception):  # noqa: N818
    """An order of this number is known already, with another company, product, amount or day."""


class ReturnDiffers(Exception):  # noqa: N818
    """A return of this number is known already, of another order, amount or day."""


class ReturnsTooMuch(Exception):  # noqa: N818
    """More would have gone back than was ordered."""


@transaction.atomic
def record_purchase(
    company: Company, *, order_id: str, product: str, amount_fen: int, ordered_on: datetime.date, buyer: Member | None = None
) -> tuple[Purchase, bool]:
    """Keep an order, once per order_id. Returns the order and whether it is new.

    amount_fen   whole fen, not negative
    buyer        who did it, and is thanked for a second product line; else the company's administrator, else its first member
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
    who = buyer if buyer and buyer.company_id == company.pk else _speaker(company)
    if who:
        _record_order(purchase, who, is_first=not known_lines)
    if who and known_lines and product not in known_lines:
        _record_cross_purchase(purchase, who)
    transaction.on_commit(partial(purchased.send_robust, sender=Purchase, purchase_id=purchase.pk))
    return purchase, True


def _note_first_purchase(company: Company, ordered_on: datetime.date) -> None:
    if company.purchased_on is None or ordered_on < company.purchased_on:
        company.purchased_on = ordered_on
        company.save(update_fields=["purchased_on"])


def _record_order(purchase: Purchase, who: Member, *, is_first: bool) -> None:
    noon = timezone.make_aware(datetime.datetime.combine(purchase.ordered_on, datetime.time(12)))
    activity.record(
        who,
        Activity.Kind.PURCHASED,
        cause=purchase.cause,
        title=purchase.product,
        details={"amount": yuan(purchase.amount_fen), "product": purchase.product, "order": purchase.order_id, "is_first": is_first},
        happened_at=min(noon, timezone.now()),
    )


def yuan(fen: int) -> int | float:
    return fen // 100 if fen % 100 == 0 else fen / 100


@transaction.atomic
def record_return(purchase: Purchase, *, return_id: str, amount_fen: int, returned_on: datetime.date) -> tuple[PurchaseReturn, bool]:
    """Keep that so much of an order went back, once per return_id. Returns the return and whether it is new.

    The order's activity is taken back and, where something is kept, counts again for that part, as of the day of the order.
    amount_fen   whole fen, more than 0
    Raises ReturnDiffers where the number is known for something else, ReturnsTooMuch for more than is left of the order.
    """
    Company.objects.select_for_update().get(pk=purchase.company_id)
    said = {"purchase_id": purchase.pk, "amount_fen": amount_fen, "returned_on": returned_on}
    if known := PurchaseReturn.objects.filter(return_id=return_id).first():
        if any(getattr(known, name) != value for name, value in said.items()):
            raise ReturnDiffers(return_id)
        return known, False
    kept_fen = purchase.amount_fen - (purchase.returns.aggregate(sum=Sum("amount_fen"))["sum"] or 0) - amount_fen
    if kept_fen < 0:
        raise ReturnsTooMuch(return_id)
    row, is_new = PurchaseReturn.objects.get_or_create(return_id=return_id, defaults=said)
    if not is_new:
        # Of another company's order, a moment ago.
        raise ReturnDiffers(return_id)
    if activity.undo(Activity.Kind.PURCHASED, cause=purchase.cause) and kept_fen:
        activity.restore(Activity.Kind.PURCHASED, cause=purchase.cause, details={"kept": yuan(kept_fen)})
    return row, True


def _record_cross_purchase(purchase: Purchase, thanked: Member) -> None:
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
