"""An order from what another system wrote: its accounts found as far as the asking key sees, its day of lapse from the programme."""

import datetime

from django.utils import timezone

from members.models import ApiKey
from points import accounts, ledger
from points.lapsing import end_of, lapse_moment
from points.models import Account, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import UnknownAccount
from points.schemas import TransferIn


def account_of(key: ApiKey, code: str) -> Account:
    """The named account, not opened by being looked at. Raises UnknownAccount."""
    if key.partner_slug and code != f"partner:{key.partner_slug}":
        raise UnknownAccount
    return _in_reach(key, accounts.named(code, programme=key.programme_slug or DEFAULT_PROGRAMME, opening=False))


def order_of(key: ApiKey, body: TransferIn, reference: str) -> ledger.Order:
    """The order that a key asks for. Raises UnknownAccount."""
    if key.partner_slug and body.source != f"partner:{key.partner_slug}":
        raise UnknownAccount
    programme = key.programme_slug or accounts.programme_of([body.source, body.target])
    source, target = (_in_reach(key, accounts.named(code, programme=programme)) for code in (body.source, body.target))
    return order_between(source, target, body, reference, client=f"key:{key.pk}")


def order_between(source: Account, target: Account, body: TransferIn, reference: str, *, client: str) -> ledger.Order:
    return ledger.Order(
        source=source,
        target=target,
        amount_points=body.amount_points,
        reference=reference,
        client=client,
        kind=Transfer.Kind.PENDING if body.pending else Transfer.Kind.SINGLE,
        reason=body.reason,
        occurred_at=body.occurred_at,
        seconds=body.expires_in_seconds,
        lapses_at=_lapses_at(body, source),
        metadata=body.metadata,
        asked=body.asked(),
    )


def _in_reach(key: ApiKey, row: Account) -> Account:
    if key.programme_slug and row.pk and row.asset.programme.slug != key.programme_slug:
        raise UnknownAccount
    return row


def _lapses_at(body: TransferIn, source: Account) -> datetime.datetime | None:
    """As asked; else as the programme says for what it issues; points from another account keep their own day."""
    if body.lapses_on:
        return end_of(body.lapses_on)
    issues = source.kind in (Account.Kind.ISSUED, Account.Kind.GOODWILL, Account.Kind.PARTNER)
    return lapse_moment(source.asset.programme, body.occurred_at or timezone.now()) if issues else None
