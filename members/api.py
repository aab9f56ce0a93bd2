"""Deeds and purchases that other systems report; each report may be repeated."""

import datetime
import json
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from members import purchasing, reporting
from members.keys import needs
from members.models import Activity, Company, Member, Purchase
from members.moments import YEARS, is_in_our_time
from members.problems import Problem

router = Router(tags=["members"])

LONGEST_DETAILS = 4096


def _text(longest: int, shortest: int = 1) -> Any:
    # A null character is text to Python and no text to PostgreSQL.
    return Annotated[str, StringConstraints(min_length=shortest, max_length=longest, pattern=r"^[^\x00]*$")]


def _in_our_time(day: datetime.date) -> datetime.date:
    if not is_in_our_time(day):
        raise ValueError(f"lies outside of {YEARS[0]} to {YEARS[1] - 1}")
    return day


Day = Annotated[datetime.date, AfterValidator(_in_our_time)]


class Closed(Schema):
    model_config = ConfigDict(extra="forbid")


class ActivityIn(Closed):
    member: Annotated[str, Field(description="The member's public id.", max_length=36)]
    kind: Annotated[str, Field(description=f"One of {', '.join(reporting.REPORTABLE)}.", max_length=40)]
    cause: Annotated[_text(120), Field(description="What caused it, in the words of the reporting system; the same again changes nothing.")]  # type: ignore[valid-type]
    title: _text(200, 0) = ""  # type: ignore[valid-type]
    details: dict[str, str | int | float | bool | None] = {}
    happened_at: datetime.datetime | None = None


class ActivityOut(Schema):
    id: int
    member: str
    kind: str
    cause: str
    title: str
    details: dict[str, Any]
    happened_at: datetime.datetime
    recorded_at: datetime.datetime


class PurchaseIn(Closed):
    order_id: _text(100)  # type: ignore[valid-type]
    company: Annotated[str, Field(description="The company's public id, or its name.", max_length=200)]
    product: Annotated[_text(100), Field(description="The product line.")]  # type: ignore[valid-type]
    amount_fen: Annotated[int, Field(ge=0, lt=10**15)]
    ordered_on: Day
    buyer: Annotated[str, Field(description="The public id of the member who bought, if known.", max_length=36)] = ""


class ReturnIn(Closed):
    return_id: _text(100)  # type: ignore[valid-type]
    order_id: Annotated[_text(100), Field(description="The order of which something went back.")]  # type: ignore[valid-type]
    amount_fen: Annotated[int, Field(gt=0, lt=10**15)]
    returned_on: Day


class ReturnOut(Schema):
    return_id: str
    order_id: str
    amount_fen: int
    returned_on: datetime.date
    recorded_at: datetime.datetime


class PurchaseOut(Schema):
    order_id: str
    company: str
    product: str
    amount_fen: int
    ordered_on: datetime.date
    recorded_at: datetime.datetime


@router.post("/activities", response={200: ActivityOut, 201: ActivityOut}, auth=needs("activities:write"))
def report_activity(request: HttpRequest, report: ActivityIn) -> Any:
    """Report a deed of a member; the same kind and cause again answers 200 with the first.

    The deed that a key bound to a programme or a partner reports is for the rules of that programme only. What a programme's key reported
    and a key bound to nothing reports again, with the same contents, is for the rules of every other programme. A partner's are its own.
    """
    _check_details(report.details)
    fields = report.model_dump(exclude={"member", "happened_at"})
    try:
        row, is_new = reporting.report(_member(report.member), happened_at=_moment(report.happened_at), source=_source(request), **fields)
    except ValueError as error:
        raise Problem(422, "kind-not-reported", f"Report one of {', '.join(reporting.REPORTABLE)}.") from error
    except reporting.CauseTooLong as error:
        raise Problem(422, "invalid-request", f"From this key, cause has at most {error.most} characters.") from error
    except reporting.ReportDiffers as error:
        raise Problem(422, "cause-reused", "This cause was reported with other contents.") from error
    return Status(201 if is_new else 200, _activity(row))


@router.post("/purchases", response={200: PurchaseOut, 201: PurchaseOut}, auth=needs("activities:write"))
def report_purchase(request: HttpRequest, report: PurchaseIn) -> Any:
    """Report an order of a company; the same order_id again answers 200 with the first."""
    _refuse_the_bound(request)
    buyer = _member(report.buyer) if report.buyer else None
    fields = report.model_dump(exclude={"company", "buyer"})
    try:
        row, is_new = purchasing.record_purchase(_company(report.company), buyer=buyer, **fields)
    except purchasing.OrderDiffers as error:
        raise Problem(422, "order-reused", "This order is known with other contents.") from error
    return Status(201 if is_new else 200, _purchase(row))


@router.post("/purchases/returns", response={200: ReturnOut, 201: ReturnOut}, auth=needs("activities:write"))
def report_return(request: HttpRequest, report: ReturnIn) -> Any:
    """Report that some or all of an order's amount went back; the same return_id again answers 200 with the first.

    What rules gave for the order is reduced in proportion.
    """
    _refuse_the_bound(request)
    if (order := Purchase.objects.filter(order_id=report.order_id).first()) is None:
        raise Problem(404, "unknown-order", "There is no such order.")
    try:
        row, is_new = purchasing.record_return(order, **report.model_dump(exclude={"order_id"}))
    except purchasing.ReturnDiffers as error:
        raise Problem(422, "return-reused", "This return is known with other contents.") from error
    except purchasing.ReturnsTooMuch as error:
        raise Problem(422, "returns-too-much", "More would have gone back than was ordered.") from error
    said = {name: getattr(row, name) for name in ("return_id", "amount_fen", "returned_on", "recorded_at")}
    return Status(201 if is_new else 200, said | {"order_id": order.order_id})


def _refuse_the_bound(request: HttpRequest) -> None:
    """An order is the company's: every programme's rules weigh it, and referrals end with it."""
    key: Any = request.auth  # type: ignore[attr-defined]
    if key.partner_slug:
        raise Problem(403, "not-for-partners", "A partner's key reports no orders of other companies.")
    if key.programme_slug:
        raise Problem(403, "not-for-one-programme", "An order counts in every programme: a key bound to one reports none.")


def _source(request: HttpRequest) -> reporting.Source:
    key: Any = request.auth  # type: ignore[attr-defined]
    return reporting.Source(key.programme_slug, key.partner_slug)


def _check_details(details: dict[str, Any]) -> None:
    try:
        written = json.dumps(details, allow_nan=False)
    except ValueError as error:
        raise Problem(422, "invalid-request", "details holds a number that JSON does not know.") from error
    if len(written) > LONGEST_DETAILS or "\\u0000" in written:
        raise Problem(422, "invalid-request", f"details is longer than {LONGEST_DETAILS} characters, or holds a null character.")


def _member(public_id: str) -> Member:
    if (found := Member.objects.filter(public_id=_uuid(public_id), is_active=True).first()) is None:
        raise Problem(404, "unknown-member", "There is no such member.")
    return found


def _company(word: str) -> Company:
    wanted = Company.objects.filter(public_id=_uuid(word)).first() or Company.objects.filter(name=word.replace("\0", "")).first()
    if wanted is None:
        raise Problem(404, "unknown-company", "There is no such company.")
    return wanted


def _uuid(word: str) -> uuid.UUID:
    try:
        return uuid.UUID(word)
    except ValueError:
        return uuid.UUID(int=0)


def _moment(at: datetime.datetime | None) -> datetime.datetime | None:
    """A moment that was said, with a time zone, not in the future, not before the club's first imaginable day."""
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    if not datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC) <= at <= timezone.now() + datetime.timedelta(minutes=5):
        raise Problem(422, "invalid-request", "happened_at lies in the future or too far back.")
    return at


def _activity(row: Activity) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("id", "kind", "title", "details", "happened_at", "recorded_at")}
    return said | {"member": str(row.member.public_id), "cause": reporting.cause_of(row)}


def _purchase(row: Purchase) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("order_id", "product", "amount_fen", "ordered_on", "recorded_at")}
    return said | {"company": str(row.company.public_id)}
