"""What the ledger's calls take and give, as JSON."""

import datetime
import json
import uuid
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StrictBool, StrictInt, field_validator, model_validator

from points import balances
from points.models import Transfer
from points.orders import MOST_POINTS

MOST_METADATA_BYTES = 4_096
YEARS = (1990, 2100)


def _plain(text: str) -> str:
    """Refuse what no database keeps as text: null characters and halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a character") from None
    if "\x00" in text:
        raise ValueError("holds a null character")
    return text


def _in_our_time(day: Any) -> Any:
    if day is not None and not YEARS[0] <= day.year < YEARS[1]:
        raise ValueError(f"lies outside of {YEARS[0]} to {YEARS[1]}")
    return day


def in_utc(moment: datetime.datetime) -> datetime.datetime:
    """The same moment: an offset may be up to a day, and PostgreSQL reads none of 16 hours or more."""
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        raise ValueError("lies outside of what a calendar holds") from None


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Code = Annotated[str, Field(min_length=1, max_length=100, examples=["programme:relationship:issued"]), AfterValidator(_plain)]
Points = Annotated[StrictInt, Field(gt=0, le=MOST_POINTS)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time), AfterValidator(in_utc)]
Day = Annotated[datetime.date, AfterValidator(_in_our_time)]


class TransferIn(Schema):
    model_config = ConfigDict(extra="forbid")

    source: Code
    target: Code
    amount_points: Points
    reason: Text
    occurred_at: Moment | None = None
    pending: StrictBool = False
    expires_in_seconds: Annotated[StrictInt, Field(gt=0, le=366 * 86_400)] | None = None
    lapses_on: Day | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("metadata")
    @classmethod
    def _is_small(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
            size = len(text.encode())
        except (ValueError, RecursionError):
            raise ValueError("is no JSON that can be kept") from None
        if size > MOST_METADATA_BYTES:
            raise ValueError(f"is {size} bytes; at most {MOST_METADATA_BYTES} are kept")
        if "\\u0000" in text:
            raise ValueError("holds a null character")
        return value

    @model_validator(mode="after")
    def _times_out_only_if_pending(self) -> "TransferIn":
        if self.expires_in_seconds and not self.pending:
            raise ValueError("expires_in_seconds is for a pending transfer")
        return self

    def asked(self) -> str:
        """The request in one writing, however it was spelled."""
        body = self.model_dump(mode="json", exclude={"idempotency_key"})
        if self.occurred_at:
            body["occurred_at"] = self.occurred_at.astimezone(datetime.UTC).isoformat()
        return json.dumps(body, sort_keys=True)


class BatchItem(TransferIn):
    idempotency_key: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]


class BatchIn(Schema):
    model_config = ConfigDict(extra="forbid")

    transfers: Annotated[list[BatchItem], Field(min_length=1, max_length=1_000)]
    linked: StrictBool = True

    @model_validator(mode="before")
    @classmethod
    def _items_will_do(cls, value: Any) -> Any:
        data = getattr(value, "_obj", value)
        if isinstance(data, dict) and "items" in data and "transfers" not in data:
            return {"transfers": data["items"], **{name: each for name, each in data.items() if name != "items"}}
        return value


class PostIn(Schema):
    model_config = ConfigDict(extra="forbid")

    amount_points: Points | None = None


class TransferOut(Schema):
    id: uuid.UUID
    source: str
    target: str
    amount_points: int
    reserved_points: int | None = Field(None, description="Of a reservation: what was reserved, where less was posted.")
    kind: str
    status: str = Field(description="posted, pending, voided or lapsed")
    reason: str
    occurred_at: datetime.datetime
    recorded_at: datetime.datetime
    expires_at: datetime.datetime | None
    lapses_at: datetime.datetime | None
    reverses: uuid.UUID | None
    metadata: dict[str, Any]


class ReversalOut(TransferOut):
    parts: list[TransferOut] = Field(description="Where the points came back from: what was left, lapsed or spent.")


class TransferPage(Schema):
    items: list[TransferOut]
    next: str | None


class BatchResult(Schema):
    idempotency_key: str
    status_code: int
    transfer: TransferOut | None = None
    problem: dict[str, Any] | None = None


class BatchOut(Schema):
    items: list[BatchResult]


class FileLineOut(Schema):
    number: int
    key: str
    outcome: Literal["done", "repeated", "refused", "invalid"]
    said: str
    transfer: str = Field(description="The transfer's id, or empty.")


class FileOut(Schema):
    counts: dict[str, int]
    items: list[FileLineOut]


class AccountOut(Schema):
    account: str
    balance_points: int
    held_points: int
    available_points: int
    as_of: datetime.datetime


READ = ("source", "target", "reverses", "note")


def out(row: Transfer) -> dict[str, Any]:
    """A transfer as it stands now. Expects READ selected and `settled_by` prefetched, or asks for them."""
    settled = next(iter(row.settled_by.all()), None) if row.kind == Transfer.Kind.PENDING else None
    amount = settled.amount_points if settled and settled.kind == Transfer.Kind.POST else row.amount_points
    note = getattr(row, "note", None)
    return {
        "id": row.public_id,
        "source": row.source.code,
        "target": row.target.code,
        "amount_points": amount,
        "reserved_points": row.amount_points if row.kind == Transfer.Kind.PENDING else None,
        "kind": row.kind,
        "status": balances.status_of(row),
        "reason": row.reason,
        "occurred_at": row.effective_at,
        "recorded_at": row.recorded_at,
        "expires_at": row.times_out_at,
        "lapses_at": row.lapses_at,
        "reverses": row.reverses.public_id if row.reverses else None,
        "metadata": note.metadata if note else {},
    }
