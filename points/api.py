"""The ledger's calls for other systems: found through the key's gate, checked by schemas, done by `points.ordering`."""

import datetime
import uuid
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import override
from ninja import Header, Query, Router, Status
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from members.keys import needs
from members.models import ApiKey
from members.problems import Problem
from points import asking, balances, files, filing, ordering
from points.lapsing import end_of
from points.models import Transfer
from points.refusals import LedgerRefusal
from points.schemas import (
    READ,
    AccountOut,
    BatchIn,
    BatchOut,
    Day,
    FileOut,
    PostIn,
    ReversalOut,
    TransferIn,
    TransferOut,
    TransferPage,
    in_utc,
    out,
)

router = Router(tags=["ledger"])

Cursor = Annotated[str | None, Query(None, pattern=r"^\d{1,18}$")]
Limit = Annotated[int, Query(50, ge=1, le=200)]
# A + that was not escaped arrives as a space.
AsOf = Annotated[
    AwareDatetime, BeforeValidator(lambda text: text.replace(" ", "+") if isinstance(text, str) else text), AfterValidator(in_utc)
]
Form = Annotated[Literal["csv", "ndjson"], Query(alias="format")]
IdempotencyKey = Annotated[str, Header(..., alias="Idempotency-Key", min_length=1, max_length=100)]

_FORM_OF = {"text/csv": "csv", "application/x-ndjson": "ndjson"}
_TYPE_OF = {form: f"{name}; charset=utf-8" for name, form in _FORM_OF.items()}
_TEXTS = {name: {"schema": {"type": "string"}} for name in _FORM_OF}
FILE_BODY = {"requestBody": {"required": True, "content": _TEXTS}}
FILE_ANSWER = {"responses": {200: {"description": "The file", "content": _TEXTS}}}


@router.post("/ledger/transfers", response={200: TransferOut, 201: TransferOut}, auth=needs("ledger:write"))
def create_transfer(request: HttpRequest, body: TransferIn, idempotency_key: IdempotencyKey) -> Any:
    """Move points, or reserve them with `pending`. The same key and body again answers 200 with the same transfer."""
    row = ordering.accept(asking.order_of(_key(request), body, idempotency_key))
    return Status(200 if row.is_replay else 201, out(row))


@router.post("/ledger/transfers/batch", response=BatchOut, auth=needs("ledger:write"))
def create_batch(request: HttpRequest, body: BatchIn) -> Any:
    """Up to 1,000 transfers in order: all or nothing, or with `linked: false` each for itself. One result each."""
    key, orders, refused = _key(request), [], {}
    for position, item in enumerate(body.transfers):
        try:
            orders.append(asking.order_of(key, item, item.idempotency_key))
        except LedgerRefusal as refusal:
            if body.linked:
                refusal.position = position  # type: ignore[attr-defined]
                raise
            refused[position] = refusal
    done = iter(ordering.accept_batch(orders, linked=body.linked))
    results = [refused.get(position) or next(done) for position in range(len(body.transfers))]
    return {"items": [_result(item.idempotency_key, each) for item, each in zip(body.transfers, results, strict=True)]}


def _result(key: str, each: Transfer | LedgerRefusal) -> dict[str, Any]:
    if isinstance(each, LedgerRefusal):
        problem = Problem(each.status, each.code, each.in_english)
        return {"idempotency_key": key, "status_code": each.status, "problem": problem.as_json()}
    return {"idempotency_key": key, "status_code": 200 if each.is_replay else 201, "transfer": out(each)}


@router.post("/ledger/transfers/file", response=FileOut, auth=needs("ledger:write"), openapi_extra=FILE_BODY)
def take_file(request: HttpRequest, dry_run: bool = False) -> Any:
    """Up to 1,000 transfers as CSV or NDJSON, each line for itself by its own `idempotency_key`. A dry run changes nothing."""
    form = _FORM_OF.get(request.content_type or "")
    if form is None:
        raise Problem(415, "unsupported-media-type", "Send text/csv or application/x-ndjson.")
    # What other systems read is in one language.
    with override("en"):
        try:
            lines = files.read(request.body.decode("utf-8-sig"), form)
        except UnicodeDecodeError:
            raise Problem(422, "unreadable-file", "The file is not text in UTF-8.") from None
        except files.BadFile as error:
            raise Problem(422, "unreadable-file", str(error)) from None
        report = filing.take(lines, key=_key(request), dry_run=dry_run)
    return {"counts": report.counts, "items": [asdict(result) for result in report.results]}


@router.get("/ledger/export", auth=needs("ledger:read"), response={200: None}, openapi_extra=FILE_ANSWER)
def export_transfers(request: HttpRequest, since: Day, until: Day, form: Form = "csv") -> Any:
    """All transfers recorded on these days (both included), oldest first, in the columns that a file sent to us has."""
    rows = Transfer.objects.visible_to_key(_key(request))
    rows = rows.filter(recorded_at__gte=end_of(since - datetime.timedelta(days=1)), recorded_at__lt=end_of(until))
    response = StreamingHttpResponse(files.export(rows, form), content_type=_TYPE_OF[form])
    response["Content-Disposition"] = f'attachment; filename="transfers-{since}-{until}.{form}"'
    return response


@router.get("/ledger/transfers/{transfer_id}", response=TransferOut, auth=needs("ledger:read"))
def read_transfer(request: HttpRequest, transfer_id: uuid.UUID) -> Any:
    """One transfer as it stands now. By the id of what settled a pending one, as webhooks name it: the pending one."""
    rows = Transfer.objects.visible_to_key(_key(request)).exclude(settles=None)
    settled = rows.filter(public_id=transfer_id).values_list("settles__public_id", flat=True).first()
    return out(_find(_key(request), settled or transfer_id))


@router.post("/ledger/transfers/{transfer_id}/post", response=TransferOut, auth=needs("ledger:write"))
def post_transfer(request: HttpRequest, transfer_id: uuid.UUID, body: PostIn | None = None) -> Any:
    """Settle a pending transfer, in full or for a smaller `amount_points`; the rest is free again."""
    row = _find_own(_key(request), transfer_id)
    ordering.post(row, amount_points=body.amount_points if body else None)
    return out(_find(_key(request), transfer_id))


@router.post("/ledger/transfers/{transfer_id}/void", response=TransferOut, auth=needs("ledger:write"))
def void_transfer(request: HttpRequest, transfer_id: uuid.UUID) -> Any:
    """Let a pending transfer go."""
    ordering.void(_find_own(_key(request), transfer_id))
    return out(_find(_key(request), transfer_id))


@router.post("/ledger/transfers/{transfer_id}/reverse", response={200: ReversalOut, 201: ReversalOut}, auth=needs("ledger:write"))
def reverse_transfer(request: HttpRequest, transfer_id: uuid.UUID) -> Any:
    """Undo a posted transfer once, in full. Points that were spent become a debt, so that no wallet falls below 0."""
    original = _find_own(_key(request), transfer_id)
    parts = ordering.reverse(original)
    shown = [out(part) | {"reverses": original.public_id} for part in parts]
    whole = shown[0] | {"amount_points": sum(part["amount_points"] for part in shown), "parts": shown}
    return Status(200 if parts[0].is_replay else 201, whole)


@router.get("/ledger/accounts/{account}", response=AccountOut, auth=needs("ledger:read"))
def read_account(request: HttpRequest, account: str, as_of: AsOf | None = None) -> Any:
    """An account's balance now, or as the books had it at a moment."""
    row = asking.account_of(_key(request), account)
    posted, held = balances.balance_as_of(row, as_of) if row.pk else (0, 0)
    points = {"balance_points": posted, "held_points": held, "available_points": posted - held}
    return {"account": row.code, "as_of": as_of or timezone.now(), **points}


@router.get("/ledger/accounts/{account}/transfers", response=TransferPage, auth=needs("ledger:read"))
def list_transfers(request: HttpRequest, account: str, cursor: Cursor = None, limit: Limit = 50) -> Any:
    """An account's transfers, newest first."""
    row = asking.account_of(_key(request), account)
    if row.pk is None:
        return {"items": [], "next": None}
    # What settles a reservation is shown as the reservation's own status.
    rows = Transfer.objects.filter(settles=None).select_related(*READ).prefetch_related("settled_by").order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=int(cursor))
    # One index each: an OR over both columns would read the whole table.
    both = [*rows.filter(source=row)[: limit + 1], *rows.filter(target=row)[: limit + 1]]
    found = sorted(both, key=lambda each: -each.pk)[: limit + 1]
    return {"items": [out(each) for each in found[:limit]], "next": str(found[limit - 1].pk) if len(found) > limit else None}


def _key(request: HttpRequest) -> ApiKey:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def _find(key: ApiKey, transfer_id: uuid.UUID) -> Transfer:
    rows = Transfer.objects.visible_to_key(key).filter(settles=None).select_related(*READ).prefetch_related("settled_by")
    if (row := rows.filter(public_id=transfer_id).first()) is None:
        raise Http404
    return row


def _find_own(key: ApiKey, transfer_id: uuid.UUID) -> Transfer:
    """A partner settles and takes back only what it gave."""
    row = _find(key, transfer_id)
    if key.partner_slug and row.source.code != f"partner:{key.partner_slug}":
        raise Http404
    return row
