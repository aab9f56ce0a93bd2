"""Which of their points somebody looks at: a member may be in several programmes, and a programme has several types of point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from members.models import Company, Member
from points.models import Account, Asset, Programme
from points.models.programme import DEFAULT_PROGRAMME

MOST = 20
OWN_FIRST = Case(When(asset__programme__slug=DEFAULT_PROGRAMME, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class Choice:
    """One programme and type of point. account: None where nothing was ever moved."""

    programme: str
    name: str
    kind: str
    account: Account | None

    @property
    def words(self) -> dict[str, str]:
        """What an address says of it; nothing for the club's own spendable points."""
        kind = {} if self.is_spendable else {"type": self.kind}
        return ({} if self.programme == DEFAULT_PROGRAMME else {"programme": self.programme}) | kind

    @property
    def query(self) -> str:
        return urlencode(self.words)

    @property
    def is_spendable(self) -> bool:
        return self.kind == Asset.Kind.REDEEMABLE

    @property
    def label(self) -> str:
        return self.name if self.is_spendable else f"{self.name} · {Asset.Kind(self.kind).label}"


@dataclass(frozen=True)
class Choices:
    current: Choice
    all: list[Choice]

    @property
    def account(self) -> Account | None:
        return self.current.account

    @property
    def programme(self) -> str:
        return self.current.programme


def of(owner: Member | Company, said: Mapping[str, str], *, spendable: bool = False) -> Choices | None:
    """What the owner has and which of it an address names; None for one that they have not. One query, two for who has nothing yet.

    The club's own spendable points come first and are always there. spendable: only points that buy something
    """
    mine: Any = {"owner__member": owner.pk} if isinstance(owner, Member) else {"owner__company": owner.pk}
    kinds = [Asset.Kind.REDEEMABLE] if spendable else [Asset.Kind.REDEEMABLE, Asset.Kind.QUALIFYING]
    rows = Account.objects.filter(**mine, kind__in=[Account.Kind.WALLET, Account.Kind.POOL], asset__kind__in=kinds)
    rows = rows.select_related("asset__programme").order_by(OWN_FIRST, "asset__programme", "-asset__kind", "pk")
    found = [_choice(row.asset.programme, row.asset.kind, row) for row in rows[:MOST]]
    if not found or found[0].words:
        found.insert(0, _choice(Programme.objects.get(slug=DEFAULT_PROGRAMME), Asset.Kind.REDEEMABLE, None))
    wanted = {"programme": said.get("programme") or DEFAULT_PROGRAMME, "kind": said.get("type") or Asset.Kind.REDEEMABLE}
    current = next((each for each in found if (each.programme, each.kind) == (wanted["programme"], wanted["kind"])), None)
    return Choices(current, found) if current else None


def _choice(programme: Programme, kind: str, account: Account | None) -> Choice:
    return Choice(programme.slug, name_of(programme), str(kind), account)


def name_of(programme: Programme) -> str:
    """A programme's name; of the club's own as it was laid, in the reader's language."""
    if programme.slug == DEFAULT_PROGRAMME and programme.name == "Relationship points":
        return _("Relationship points")
    return programme.name
