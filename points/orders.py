"""What may be asked of the ledger, and by what one recognises that it was asked before."""

import datetime
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from points.models import Account, Transfer
from points.refusals import AssetsDiffer, BadAmount

Kind = Transfer.Kind
MOST_POINTS = 10**15


@dataclass(frozen=True, kw_only=True)
class Order:
    """One movement that somebody asks for.

    amount_points   whole points, > 0
    reference, client   together name the request: asked again, it changes nothing
    lapses_at   when points that arrive in a wallet lapse; None: as those they are taken from, or never
    seconds     of a reservation: how long it holds
    """

    source: Account
    target: Account
    amount_points: int
    reference: str
    client: str = "club"
    kind: str = Kind.SINGLE
    reason: str = ""
    origin: str = Transfer.Origin.ADJUSTMENT
    object_type: str = ""
    object_id: int | None = None
    rule_version: int | None = None
    arm: str = ""
    group: uuid.UUID | None = None
    occurred_at: datetime.datetime | None = None
    lapses_at: datetime.datetime | None = None
    seconds: int | None = None
    settles: Transfer | None = None
    reverses: Transfer | None = None
    part: str = ""
    text: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    # The request as it came, where there is one: replays are compared with it, not with what was worked out from it.
    asked: str = ""

    @property
    def is_noted(self) -> bool:
        """Whether it says something that a note keeps, which can be erased."""
        return bool(self.text or self.metadata)

    @property
    def debt(self) -> str | None:
        """The name of the debt against which what arrives is set, where the target may have one."""
        target = self.target
        return f"{target.code}:debt" if target.kind == Account.Kind.WALLET and self.kind == Kind.SINGLE else None

    @property
    def digest(self) -> str:
        """What was asked for, in 64 characters: the same request again has the same."""
        if self.asked:
            return hashlib.sha256(self.asked.encode()).hexdigest()
        said = [self.source.pk, self.target.pk, self.amount_points, self.kind, self.reason, self.origin, self.object_type, self.object_id]
        said += [_moment(self.occurred_at), _moment(self.lapses_at), self.seconds, self.metadata, self.text]
        said += [self.settles and self.settles.pk, self.reverses and self.reverses.pk, self.part]
        said += [self.arm] if self.arm else []
        return hashlib.sha256(_written(said).encode()).hexdigest()


# Made once: an encoder of its own for each digest costs as much as the digest.
_written = json.JSONEncoder(sort_keys=True, default=str).encode


def _moment(when: datetime.datetime | None) -> str | None:
    return when.astimezone(datetime.UTC).isoformat() if when else None


def is_sound(order: Order) -> bool:
    try:
        check(order)
    except (BadAmount, AssetsDiffer):
        return False
    return True


def check(order: Order) -> None:
    """Raises BadAmount, AssetsDiffer."""
    if not 0 < order.amount_points <= MOST_POINTS:
        raise BadAmount
    if order.source.pk == order.target.pk or order.source.asset_id != order.target.asset_id:
        raise AssetsDiffer
