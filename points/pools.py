"""The statement of a company's pool: who put points in, who spent them, on what. Reads only, a fixed number of queries."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from members.models import Company, Member
from points.models import Account, Entry, Gift, Redemption, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.statements import PAGE, reason_of

# From a line to the gift or the redemption that it is about, and what it is to the pool.
PUT_IN, SPENT, CAME_BACK = (
    "transfer__settles__gift__giver",
    "transfer__settles__redemption__member",
    "transfer__reverses__settles__redemption__member",
)
MOST_MEMBERS = 100


@dataclass(frozen=True)
class Line:
    """One line. who: None where it was nobody of the company; delta_points signed, balance_points after it."""

    seq: int
    at: datetime.datetime
    who: Member | None
    what: str
    title: str
    delta_points: int
    balance_points: int


@dataclass
class Share:
    """What one member put in and spent, in points; what came back of a reward is not spent."""

    member: Member
    put_in: int = 0
    spent: int = 0


def pool_if_any(company: Company, programme: str = DEFAULT_PROGRAMME) -> Account | None:
    return Account.objects.redeemable(programme).filter(code=f"company:{company.public_id}").select_related("asset__programme").first()


def _within(pool: Account, bounds: dict[str, Any]) -> Any:
    """bounds: since (inclusive), until (exclusive), as `points.periods` makes them."""
    rows = Entry.objects.filter(account=pool).exclude(delta=0)
    rows = rows.filter(at__gte=bounds["since"]) if "since" in bounds else rows
    return rows.filter(at__lt=bounds["until"]) if "until" in bounds else rows


def lines(pool: Account, bounds: dict[str, Any], *, before: int | None = None, most: int = PAGE) -> list[Line]:
    """Lines with a movement, newest first; before: only lines with a smaller number. Three queries."""
    rows = _within(pool, bounds)
    rows = rows.filter(seq__lt=before) if before is not None else rows
    found = list(rows.select_related("transfer__note", "transfer__reverses").order_by("-seq")[:most])
    about = {entry.seq: _reserved_by(entry.transfer) for entry in found}
    gifts = {row.transfer_id: row for row in Gift.objects.filter(transfer__in=about.values()).select_related("giver")}
    bought = Redemption.objects.filter(transfer__in=about.values()).select_related("member", "reward")
    rewards = {row.transfer_id: row for row in bought}
    return [_line(entry, gifts.get(about[entry.seq]), rewards.get(about[entry.seq])) for entry in found]


def _reserved_by(row: Transfer) -> int:
    """The reservation behind a line: gifts and rewards are held before they move, and come back by way of what moved them."""
    moved = row.reverses or row
    return moved.settles_id or moved.pk


def _line(entry: Entry, gift: Gift | None, bought: Redemption | None) -> Line:
    who = gift.giver if gift else bought.member if bought else None
    title = bought.reward.label if bought else ""
    return Line(entry.seq, entry.at, who, reason_of(entry.transfer, bought), title, entry.delta, entry.balance_after)


def shares(pool: Account, bounds: dict[str, Any]) -> list[Share]:
    """Who put in and who spent, those with most first. Four queries."""
    found: dict[int, dict[str, int]] = {}
    for path, side, sign in ((PUT_IN, "put_in", 1), (SPENT, "spent", -1), (CAME_BACK, "spent", -1)):
        rows = _within(pool, bounds).filter(**{f"{path}__isnull": False}).order_by().values_list(path)
        for member, points in rows.annotate(points=Sum("delta")):
            sums = found.setdefault(member, {"put_in": 0, "spent": 0})
            sums[side] += sign * int(points)
    members = Member.objects.in_bulk(found)
    made = [Share(members[pk], **sums) for pk, sums in found.items()]
    return sorted(made, key=lambda each: (-each.put_in - each.spent, each.member.pk))[:MOST_MEMBERS]


def name_of(member: Member | None) -> str:
    return member.display_name if member else _("The club")
