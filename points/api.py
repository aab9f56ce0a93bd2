"""The ledger's calls for other systems: found through the key's gate, checked by schemas, done by `points.ordering`."""

import datetime
import uuid
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Header, Query, Router, Status
from pydantic import AwareDatetime, BeforeValidator

from members.keys import needs
from members.models import ApiKey
from members.problems import Problem
from points import accounts, ledger, ordering
from points.lapsing import end_of, lapse_moment
from points.models import Account, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import LedgerRefusal, UnknownAccount
from points.schemas import READ, AccountOut, BatchIn, BatchOut, PostIn, ReversalOut, TransferIn, TransferOut, TransferPage, out

router = Router(tags=["ledger"])

Cursor = Annotated[str | None, Query(None, pattern=r"^\d{1,18}$")]
Limit = Annotated[int, Query(50, ge=1, le=200)]
# A + that was not escaped arrives as a space.
AsOf = Annotated[AwareDatetime, BeforeValidator(lambda text: text.replace(" ", "+") if isinstance(text, str) else text)]
IdempotencyKey = Annotated[str, Header(..., alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("/ledger/transfers", response={200: TransferOut, 201: TransferOut}, auth=needs("ledger:write"))
def create_transfer(request: HttpRequest, body: TransferIn, idempotency_key: IdempotencyKey) -> Any:
    """Move points, or reserve them with `pending`. The same key and body again answers 200 with the same transfer."""
    row = ordering.accept(_order(_key(request), body, idempotency_key))
    return Status(200 if row.is_replay else 201, out(row))


@router.post("/ledger/transfers/batch", response=BatchOut, auth=needs("ledger:write"))
def create_batch(request: HttpRequest, body: BatchIn) -> Any:
    """Up to 1,000 transfers in order: all or nothing, or with `linked: false` each for itself. One result each."""
    key, orders, refused = _key(request), [], {}
    for position, item in enumerate(body.transfers):
        try:
            orders.append(_order(key, item, item.idempotency_key))
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
        problem = Problem(each.status, each.code, each.says)
        return {"idempotency_key": key, "status_code": each.status, "problem": problem.as_json()}
    return {"idempotency_key": key, "status_code": 200 if each.is_replay else 201, "transfer": out(each)}


@router.get("/ledger/transfers/{transfer_id}", response=TransferOut, auth=needs("ledger:read"))
def read_transfer(request: HttpRequest, transfer_id: uuid.UUID) -> Any:
    """One transfer as it stands now."""
    return out(_find(_key(request), transfer_id))


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
    row = _account(_key(request), account)
    posted, held = ledger.balance_as_of(row, as_of) if row.pk else (0, 0)
    balances = {"balance_points": posted, "held_points": held, "available_points": posted - held}
    return {"account": row.code, "as_of": as_of or timezone.now(), **balances}


@router.get("/ledger/accounts/{account}/transfers", response=TransferPage, auth=needs("ledger:read"))
def list_transfers(request: HttpRequest, account: str, cursor: Cursor = None, limit: Limit = 50) -> Any:
    """An account's transfers, newest first."""
    row = _account(_key(request), account)
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


def _account(key: ApiKey, code: str, *, opening: bool = False) -> Account:
    """The named account, as far as the key may see it."""
    if key.partner_slug and code != f"partner:{key.partner_slug}":
        raise UnknownAccount
    programme = key.programme_slug or DEFAULT_PROGRAMME
    return _in_reach(key, accounts.named(code, programme=programme, opening=opening))


def _in_reach(key: ApiKey, row: Account) -> Account:
    if key.programme_slug and row.pk and row.asset.programme.slug != key.programme_slug:
        raise UnknownAccount
    return row


def _order(key: ApiKey, body: TransferIn, reference: str) -> ledger.Order:
    if key.partner_slug and body.source != f"partner:{key.partner_slug}":
        raise UnknownAccount
    programme = key.programme_slug or accounts.programme_of([body.source, body.target])
    source, target = (_in_reach(key, accounts.named(code, programme=programme)) for code in (body.source, body.target))
    return ledger.Order(
        source=source,
        target=target,
        amount_points=body.amount_points,
        reference=reference,
        client=f"key:{key.pk}",
        kind=Transfer.Kind.PENDING if body.pending else Transfer.Kind.SINGLE,
        reason=body.reason,
        occurred_at=body.occurred_at,
        seconds=body.expires_in_seconds,
        lapses_at=_lapses_at(body, source),
        metadata=body.metadata,
        asked=body.asked(),
    )


def _lapses_at(body: TransferIn, source: Account) -> datetime.datetime | None:
    """As asked; else as the programme says for what it issues; points from another account keep their own day."""
    if body.lapses_on:
        return end_of(body.lapses_on)
    issues = source.kind in (Account.Kind.ISSUED, Account.Kind.GOODWILL, Account.Kind.PARTNER)
    return lapse_moment(source.asset.programme, body.occurred_at or timezone.now()) if issues else None
