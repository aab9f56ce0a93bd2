"""What the books say as a whole: what is owed and when it lapses, how earned points are redeemed, which rules gave them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import get_language

from points.lapsing import end_of
from points.models import Account, Accrual, Deferral, Lot, LotUse, Programme, Transfer
from points.models.programme import DEFAULT_PROGRAMME

Kind = Account.Kind
MOMENT = datetime.timedelta(microseconds=1)
CURVE_MONTHS = 24


@dataclass(frozen=True)
class Owed:
    """Points that members and companies hold. months: (month as 2026-11, points) by when they lapse; never_points lapse never.

    coming   what rules hold for members, by the month in which it comes at the latest: owed only then, and not part of the total
    """

    months: list[tuple[str, int]]
    never_points: int
    reserved_points: int
    cost_fen: int
    coming: list[tuple[str, int]]

    @property
    def coming_points(self) -> int:
        return sum(points for _month, points in self.coming)

    @property
    def total_points(self) -> int:
        return sum(points for _month, points in self.months) + self.never_points + self.reserved_points


def owed(programme: str = DEFAULT_PROGRAMME) -> Owed:
    """What the programme owes, by the last month in which it counts; equal to what wallets and pools hold."""
    accounts = Account.objects.redeemable(programme).filter(kind__in=[Kind.WALLET, Kind.POOL])
    lots = (
        Lot.objects.filter(account__in=accounts, remaining__gt=0)
        .values("lapses_at")
        .annotate(points=Sum("remaining"))
        .order_by("lapses_at")
    )
    months: dict[str, int] = {}
    never = 0
    for lot in lots:
        if lot["lapses_at"] is None:
            never = int(lot["points"])
            continue
        month = f"{timezone.localtime(lot['lapses_at'] - MOMENT):%Y-%m}"
        months[month] = months.get(month, 0) + int(lot["points"])
    reserved = int(accounts.aggregate(held=Sum("held"))["held"] or 0)
    return Owed(sorted(months.items()), never, reserved, Programme.objects.get(slug=programme).point_cost_fen, _coming(programme))


def _coming(programme: str) -> list[tuple[str, int]]:
    rows = Deferral.objects.filter(
        status="waiting", transfer__asset__programme__slug=programme, transfer__asset__kind="redeemable"
    ).order_by()
    found = rows.annotate(month=TruncMonth("due_at")).values("month").annotate(points=Sum("transfer__amount_points")).order_by("month")
    return [(f"{row['month']:%Y-%m}", int(row["points"])) for row in found]


def issued_points(programme: str = DEFAULT_PROGRAMME, **when: Any) -> int:
    """Points given less points taken back, in whole points; when: filters on transfers."""
    rows = Transfer.objects.filter(asset__programme__slug=programme, asset__kind="redeemable", **when)
    return _net(rows, Kind.ISSUED)


def redeemed_points(programme: str = DEFAULT_PROGRAMME) -> int:
    return -_net(Transfer.objects.filter(asset__programme__slug=programme, asset__kind="redeemable"), Kind.REDEEMED)


def _net(rows: Any, kind: str) -> int:
    """What left the programme's account of this kind, less what came in."""
    moved = rows.exclude(kind__in=[Transfer.Kind.PENDING, Transfer.Kind.VOID]).exclude(kind=Transfer.Kind.LAPSE, settles__isnull=False)
    sums = moved.aggregate(out=Sum("amount_points", filter=Q(source__kind=kind)), back=Sum("amount_points", filter=Q(target__kind=kind)))
    return int(sums["out"] or 0) - int(sums["back"] or 0)


def redeemed_share(programme: str = DEFAULT_PROGRAMME) -> float:
    """The share of all points ever given by a programme that was redeemed, 0 to 1."""
    issued = issued_points(programme)
    return max(0.0, min(1.0, redeemed_points(programme) / issued)) if issued > 0 else 0.0


@dataclass(frozen=True)
class Curve:
    """shares[k]: the share of points redeemed within k months, of those earned at least k months ago; points[k]: (redeemed, earned)."""

    shares: list[float]
    points: list[tuple[int, int]]
    redeemed_points: int


def redemption_curve(programme: str = DEFAULT_PROGRAMME, *, today: datetime.date | None = None) -> Curve:
    """How points earned in a month are redeemed in the months after, over all months.

    Reserved points count as redeemed until they are let go. Points passed on to somebody else are not followed.
    """
    today = today or timezone.localdate()
    lots = Lot.objects.filter(
        transfer__source__kind=Kind.ISSUED, transfer__asset__programme__slug=programme, transfer__asset__kind="redeemable"
    )
    earned = {
        _months(row["month"]): int(row["points"])
        for row in lots.annotate(month=TruncMonth("transfer__effective_at")).values("month").annotate(points=Sum("original")).order_by()
    }
    uses = LotUse.objects.filter(Q(transfer__target__kind=Kind.REDEEMED) | Q(transfer__source__kind=Kind.REDEEMED), lot__in=lots)
    used: dict[tuple[int, int], int] = {}
    rows = uses.annotate(month=TruncMonth("lot__transfer__effective_at"), used=TruncMonth("transfer__effective_at"))
    for row in rows.values("month", "used").annotate(points=Sum("amount")).order_by():
        month = _months(row["month"])
        after = max(0, _months(row["used"]) - month)
        used[month, after] = used.get((month, after), 0) + int(row["points"])
    this = today.year * 12 + today.month
    points = []
    for after in range(CURVE_MONTHS + 1):
        old = {month for month in earned if month + after <= this}
        redeemed = sum(amount for (month, late), amount in used.items() if month in old and late <= after)
        points.append((redeemed, sum(earned[month] for month in old)))
    shares = [redeemed / total if total else 0.0 for redeemed, total in points]
    return Curve(shares, points, sum(used.values()))


def _months(moment: datetime.datetime) -> int:
    local = timezone.localtime(moment)
    return local.year * 12 + local.month


@dataclass(frozen=True)
class ByRule:
    """What a rule gave and nobody took back. rule is None for what no rule gave: goodwill, other systems."""

    rule: int | None
    label: str
    awards: int
    members: int
    points: int


def points_by_rule(
    since: datetime.date | None = None, until: datetime.date | None = None, *, programme: str = DEFAULT_PROGRAMME
) -> list[ByRule]:
    """A programme's points given in a period, most first, by when the activity happened; their sum is what its books say was issued."""
    given = (Accrual.Outcome.AWARDED, Accrual.Outcome.KEPT)
    rows = Accrual.objects.filter(outcome__in=given, transfer__asset__programme__slug=programme, transfer__asset__kind="redeemable")
    transfers: dict[str, Any] = {}
    if since:
        rows = rows.filter(transfer__effective_at__gte=end_of(since - datetime.timedelta(days=1)))
        transfers["effective_at__gte"] = end_of(since - datetime.timedelta(days=1))
    if until:
        rows = rows.filter(transfer__effective_at__lt=end_of(until))
        transfers["effective_at__lt"] = end_of(until)
    label = F("rule__name_zh") if get_language() == "zh-hans" else F("rule__name")
    found = rows.values("rule", "rule__name", label=label).annotate(
        awards=Count("pk"), members=Count("member", distinct=True), points=Sum("amount_points")
    )
    rules = [ByRule(row["rule"], row["label"] or row["rule__name"], row["awards"], row["members"], int(row["points"])) for row in found]
    rest = _given(programme, transfers) - sum(row.points for row in rules)
    return sorted(rules, key=lambda row: (-row.points, row.label)) + ([ByRule(None, "", 0, 0, rest)] if rest else [])


def _given(programme: str, when: dict[str, Any]) -> int:
    """Issued in the period, less what of that was taken back at any time."""
    base = {"asset__programme__slug": programme, "asset__kind": "redeemable"}
    awards = Transfer.objects.filter(**base, **when, source__kind=Kind.ISSUED).exclude(kind__in=[Transfer.Kind.PENDING, Transfer.Kind.VOID])
    back = Transfer.objects.filter(**base, kind=Transfer.Kind.REVERSAL, reverses__source__kind=Kind.ISSUED)
    back = back.filter(**{f"reverses__{name}": value for name, value in when.items()})
    total = [int(rows.aggregate(sum=Sum("amount_points"))["sum"] or 0) for rows in (awards, back)]
    return total[0] - total[1]
