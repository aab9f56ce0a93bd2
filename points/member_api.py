"""Members as other systems see them: profile, tier, points and statement. Beside the ledger, because that is where tier and points are."""

import datetime
import uuid
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from members.keys import needs
from members.models import ApiKey, Member
from members.problems import Problem
from points import statements
from points.lapsing import end_of
from points.models import Account, Standing
from points.models.programme import DEFAULT_PROGRAMME

router = Router(tags=["members"])

Cursor = Annotated[str | None, Query(None, pattern=r"^\d{1,18}$")]
Limit = Annotated[int, Query(50, ge=1, le=200)]
YEARS = (1990, 2100)


class MemberOut(Schema):
    id: uuid.UUID
    handle: str
    name: str
    company: str | None
    company_id: uuid.UUID | None
    locale: str
    joined_at: datetime.datetime
    tier: str | None
    balance_points: int
    held_points: int


class MemberPage(Schema):
    items: list[MemberOut]
    next: str | None


class LineOut(Schema):
    id: uuid.UUID
    recorded_at: datetime.datetime
    occurred_at: datetime.datetime
    delta_points: int
    balance_points: int
    reason: str
    title: str
    origin: str


class LapsingOut(Schema):
    lapses_on: datetime.date
    amount_points: int


class HeldOut(Schema):
    amount_points: int
    due_at: datetime.datetime
    waits_for: str | None
    rule: str
    title: str
    is_qualifying: bool


class StatementOut(Schema):
    member: uuid.UUID
    since: datetime.date
    until: datetime.date
    opening_balance_points: int
    lines: list[LineOut]
    closing_balance_points: int
    lapsing_soon: list[LapsingOut]
    held_by_rules: list[HeldOut]


@router.get("/members", response=MemberPage, auth=needs("members:read"))
def list_members(request: HttpRequest, limit: Limit = 50, cursor: Cursor = None) -> Any:
    """Members by the order in which they joined."""
    rows = list(_visible(request).filter(pk__gt=int(cursor or 0)).order_by("pk")[: limit + 1])
    return {"items": _described(rows[:limit], _programme(request)), "next": str(rows[limit - 1].pk) if len(rows) > limit else None}


@router.get("/members/{member_id}", response=MemberOut, auth=needs("members:read"))
def read_member(request: HttpRequest, member_id: uuid.UUID) -> Any:
    """A member's profile, tier and points."""
    return _described([_find(request, member_id)], _programme(request))[0]


@router.get("/members/{member_id}/statement", response=StatementOut, auth=needs("members:read"))
def read_statement(
    request: HttpRequest,
    member_id: uuid.UUID,
    since: Annotated[datetime.date | None, Query(None, alias="from")] = None,
    until: Annotated[datetime.date | None, Query(None, alias="to")] = None,
) -> Any:
    """Opening balance, lines and closing balance of a period (both days included; by default the last 12 months)."""
    member = _find(request, member_id)
    until = until or timezone.localdate()
    since = since or until - datetime.timedelta(days=365)
    if not (YEARS[0] <= since.year and until.year < YEARS[1] and since <= until):
        raise Problem(422, "invalid-request", "from lies after to, or a day is out of bounds.")
    first = end_of(since - datetime.timedelta(days=1))
    found = statements.statement(member, since=first, until=end_of(until), programme=_programme(request))
    return {"member": member.public_id, "since": since, "until": until, **found}


def _programme(request: HttpRequest) -> str:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key.programme_slug or DEFAULT_PROGRAMME


def _visible(request: HttpRequest) -> Any:
    """A partner's key sees no members; others all who are active."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    rows = Member.objects.filter(is_active=True, erased_at=None).select_related("company")
    return rows.none() if key.partner_slug else rows


def _find(request: HttpRequest, member_id: uuid.UUID) -> Member:
    member: Member | None = _visible(request).filter(public_id=member_id).first()
    if member is None:
        raise Http404
    return member


def _described(members: list[Member], programme: str) -> list[dict[str, Any]]:
    """Three queries, however many members."""
    codes = [f"member:{member.public_id}" for member in members]
    wallets = {wallet.code: wallet for wallet in Account.objects.redeemable(programme).filter(code__in=codes)}
    standings = Standing.objects.filter(member__in=members, programme__slug=programme).select_related("tier")
    tiers = {row.member_id: row.tier.slug if row.tier else None for row in standings}
    return [_member(member, wallets.get(f"member:{member.public_id}"), tiers.get(member.pk)) for member in members]


def _member(member: Member, wallet: Account | None, tier: str | None) -> dict[str, Any]:
    company = member.company
    return {
        "id": member.public_id,
        "handle": member.handle,
        "name": member.display_name,
        "company": company.name if company else None,
        "company_id": company.public_id if company else None,
        "locale": member.locale,
        "joined_at": member.joined_at,
        "tier": tier,
        "balance_points": wallet.posted if wallet else 0,
        "held_points": wallet.held if wallet else 0,
    }
