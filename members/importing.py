"""Companies, purchases and what went back of them, from another system's tables. The same table may be brought in again.

A bad row hurts nobody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from members import purchasing, tables
from members.models import Company, Member, Purchase
from members.tables import BadRow

COMPANY_TEXTS = {"industry": 100, "region": 100, "email_domain": 200}
COMPANY_DAYS = ("purchased_on", "contract_ends_on")
COMPANY_CHOICES = {"customer_class": Company.CustomerClass.values, "size": Company.Size.values}
# Mail providers whose addresses say nothing about where somebody works.
PUBLIC_DOMAINS = {
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "qq.com",
    "163.com",
    "126.com",
    "sina.com",
    "foxmail.com",
    "yahoo.com",
    "icloud.com",
}


@dataclass
class Result:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    is_undone: bool = False


class _NothingGoesIn(Exception):  # noqa: N818
    pass


def import_companies(path: Path, *, strict: bool = False) -> Result:
    """Columns: name; any of customer_class, industry, region, size, email_domain, purchased_on, contract_ends_on. By name.

    A company that is known gets what the row says; an empty cell changes nothing. Raises BadRow for an unreadable table.
    """
    return _import(path, {"name"}, _company, strict=strict)


def import_purchases(path: Path, *, strict: bool = False) -> Result:
    """Columns: order_id, company, product, ordered_on, amount_fen or amount_yuan; buyer_email if known. By order_id.

    Raises BadRow for an unreadable table.
    """
    return _import(path, {"order_id", "company", "product", "ordered_on"}, _purchase, strict=strict)


def import_returns(path: Path, *, strict: bool = False) -> Result:
    """Columns: return_id, order_id, returned_on, amount_fen or amount_yuan. By return_id. Raises BadRow for an unreadable table."""
    return _import(path, {"return_id", "order_id", "returned_on"}, _return, strict=strict)


def _import(path: Path, required: set[str], one: Callable[[dict[str, str]], str], *, strict: bool) -> Result:
    result = Result()
    try:
        with transaction.atomic():
            for line, row in tables.rows(path, required=required):
                try:
                    with transaction.atomic():
                        what = one(row)
                    setattr(result, what, getattr(result, what) + 1)
                except BadRow as problem:
                    result.problems.append((line, str(problem)))
            if strict and result.problems:
                raise _NothingGoesIn
    except _NothingGoesIn:
        result.is_undone = True
    return result


def _company(row: dict[str, str]) -> str:
    name = tables.needed(row, "name", longest=200)
    said: dict[str, object] = {
        key: tables.limited(row[key], key, longest=longest) for key, longest in COMPANY_TEXTS.items() if row.get(key)
    }
    said |= {key: tables.day(row[key], key) for key in COMPANY_DAYS if row.get(key)}
    for key, allowed in COMPANY_CHOICES.items():
        if row.get(key) and row[key] not in allowed:
            raise BadRow(f"{key} must be one of {', '.join(allowed)}, not {row[key]!r}")
        said |= {key: row[key]} if row.get(key) else {}
    _check_domain(name, said)
    company, is_new = Company.objects.get_or_create(name=name, defaults=said)
    if is_new:
        return "new"
    changed = [key for key, value in said.items() if getattr(company, key) != value]
    for key in changed:
        setattr(company, key, said[key])
    company.save(update_fields=changed)
    return "changed" if changed else "unchanged"


def _check_domain(name: str, said: dict[str, object]) -> None:
    domain = str(said.get("email_domain", "")).lower().lstrip("@")
    if not domain:
        return
    if domain in PUBLIC_DOMAINS:
        raise BadRow(f"email_domain {domain} belongs to everybody")
    if other := Company.objects.filter(email_domain__iexact=domain).exclude(name=name).first():
        raise BadRow(f"email_domain {domain} belongs to {other.name} already")
    said["email_domain"] = domain


def _purchase(row: dict[str, str]) -> str:
    name = tables.needed(row, "company", longest=200)
    company = Company.objects.filter(name=name).first()
    if company is None:
        raise BadRow(f"there is no company {name!r}")
    buyer = Member.objects.filter(email__iexact=row["buyer_email"]).first() if row.get("buyer_email") else None
    try:
        _purchase_row, is_new = purchasing.record_purchase(
            company,
            order_id=tables.needed(row, "order_id", longest=100),
            product=tables.needed(row, "product", longest=100),
            amount_fen=tables.fen(row),
            ordered_on=tables.day(tables.needed(row, "ordered_on", longest=10), "ordered_on"),
            buyer=buyer,
        )
    except purchasing.OrderDiffers as error:
        raise BadRow(f"order {error} is known already, with other contents") from error
    return "new" if is_new else "unchanged"


def _return(row: dict[str, str]) -> str:
    order = tables.needed(row, "order_id", longest=100)
    purchase = Purchase.objects.filter(order_id=order).first()
    if purchase is None:
        raise BadRow(f"there is no order {order!r}")
    amount_fen = tables.fen(row)
    if amount_fen == 0:
        raise BadRow("a return is of more than 0")
    try:
        _return_row, is_new = purchasing.record_return(
            purchase,
            return_id=tables.needed(row, "return_id", longest=100),
            amount_fen=amount_fen,
            returned_on=tables.day(tables.needed(row, "returned_on", longest=10), "returned_on"),
        )
    except purchasing.ReturnDiffers as error:
        raise BadRow(f"return {error} is known already, with other contents") from error
    except purchasing.ReturnsTooMuch as error:
        raise BadRow(f"return {error} is of more than is left of order {order}") from error
    return "new" if is_new else "unchanged"
