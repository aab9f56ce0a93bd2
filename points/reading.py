"""What other parts and templates may know of a member's points: small readers, few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Func, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.functional import cached_property

from members.models import Company, Member
from members.ready import Ready
from points.models import Account, Asset, Redemption, Reward, Standing, Tier
from points.models.programme import DEFAULT_PROGRAMME, Programme


def balance_of(member: Member, programme: str = DEFAULT_PROGRAMME) -> int:
    """Points a member can spend now; 0 for who has no wallet yet."""
    wallet = Account.objects.redeemable(programme).filter(code=f"member:{member.public_id}").only("posted", "held").first()
    return wallet.available if wallet else 0


def left_behind(member: Member) -> list[tuple[Programme, int]]:
    """What lapses when a member leaves, by programme, the club's own first: spendable points, held ones among them. One query."""
    wallets = Account.objects.filter(asset__kind=Asset.Kind.REDEEMABLE, code=f"member:{member.public_id}", posted__gt=0)
    rows = wallets.select_related("asset__programme").order_by("asset__programme__pk")
    found = [(row.asset.programme, row.posted) for row in rows]
    return sorted(found, key=lambda each: each[0].slug != DEFAULT_PROGRAMME)


def pool_balance(company: Company, programme: str = DEFAULT_PROGRAMME) -> int:
    """Points that a company's pool can spend now; 0 where none was opened yet."""
    pool = Account.objects.redeemable(programme).filter(code=f"company:{company.public_id}").only("posted", "held").first()
    return pool.available if pool else 0


def balance_and_tier(member: Member) -> tuple[int, Tier | None]:
    """`balance_of` and `tier_of` in one query, for the frame of every page; the tier knows, too, whether the member acts for a partner."""
    rows: list[Any] = list(Tier.objects.raw(BADGE, [f"member:{member.public_id}", member.pk, member.pk, DEFAULT_PROGRAMME]))
    return (rows[0].balance or 0, rows[0]) if rows else (balance_of(member), None)


# Asked by every page for every member, so not put together anew each time: the member's own tier, or the lowest.
BADGE = """
SELECT tier.id, tier.slug, tier.name, tier.name_zh, tier.threshold_points,
  (SELECT account.posted - account.held FROM points_account account JOIN points_asset asset ON asset.id = account.asset_id
    WHERE account.code = %s AND asset.kind = 'redeemable' AND asset.programme_id = tier.programme_id) AS balance,
  EXISTS (SELECT 1 FROM points_partneruser acting WHERE acting.member_id = %s) AS acts_for_partner
FROM points_tier tier
JOIN points_programme programme ON programme.id = tier.programme_id
LEFT JOIN points_standing standing ON standing.tier_id = tier.id AND standing.member_id = %s
WHERE programme.slug = %s
ORDER BY CASE WHEN standing.id IS NULL THEN 1 ELSE 0 END, tier.threshold_points
LIMIT 1
"""


def tier_of(member: Member, programme: str = DEFAULT_PROGRAMME) -> Tier | None:
    """The member's tier; the lowest for who has earned nothing yet."""
    standing = Standing.objects.filter(member=member, programme__slug=programme).select_related("tier").first()
    return standing.tier if standing and standing.tier else Tier.objects.filter(programme__slug=programme).first()


def early_hours_of(member: Member) -> int:
    """How many hours before everybody else the member's tier reads what is opened early."""
    tier = tier_of(member)
    return tier.early_hours if tier else 0


def tags_of(member: Member) -> list[str]:
    """`tier:SLUG` of the member's tier, for the gates of boards."""
    tier = tier_of(member)
    return [f"tier:{tier.slug}"] if tier else []


def lowest_tier(programme: str = DEFAULT_PROGRAMME) -> str:
    """The slug of the tier of who has earned nothing yet."""
    return Tier.objects.filter(programme__slug=programme).values_list("slug", flat=True).first() or ""


_STANDINGS = Ready(
    lambda pks, programme: Standing.objects.filter(member__pk__in=pks, programme__slug=programme).values_list("member", "tier__slug")
)


def tiers_of(members: Iterable[Member], programme: str = DEFAULT_PROGRAMME) -> dict[int, str]:
    """The slugs of these members' tiers in a programme, by member; the lowest for who has earned nothing yet."""
    pks = [member.pk for member in members]
    known: dict[int, str] = dict(_STANDINGS.all(pks=pks, programme=programme))
    if all(known.get(pk) for pk in pks):
        return {pk: known[pk] for pk in pks}
    lowest = lowest_tier(programme)
    return {pk: known.get(pk) or lowest for pk in pks}


def tier_choices() -> list[tuple[str, str]]:
    """(slug, name in the reader's language) of the club's own tiers, the lowest first."""
    return [(tier.slug, tier.label) for tier in Tier.objects.filter(programme__slug=DEFAULT_PROGRAMME)]


def members_in_tier(slug: str) -> QuerySet[Member]:
    """Who is in a tier of the club's own programme; who has earned nothing yet is in the lowest."""
    standing = Standing.objects.filter(programme__slug=DEFAULT_PROGRAMME)
    if slug == lowest_tier():
        return Member.objects.exclude(pk__in=standing.exclude(tier=None).exclude(tier__slug=slug).values("member"))
    return Member.objects.filter(pk__in=standing.filter(tier__slug=slug).values("member"))


@dataclass(frozen=True)
class Reach:
    """A reward and how far it is. missing_points is 0 for what can be had now."""

    reward: Reward
    balance_points: int

    @cached_property
    def missing_points(self) -> int:
        return max(0, self.reward.price_points - self.balance_points)


def offered_to(member: Member, programme: str = DEFAULT_PROGRAMME) -> QuerySet[Reward]:
    """The rewards of a programme (if none is named, the club's own) that this member may have now, were there points: in one statement."""
    standing = Standing.objects.filter(member=member, programme__slug=programme).values("tier__threshold_points")[:1]
    had = Redemption.objects.filter(reward=OuterRef("pk"), member=member).kept().order_by()
    times = Coalesce(Subquery(had.values("reward").annotate(times=Count("pk")).values("times")), 0)
    offered = Reward.objects.filter(live=True, programme__slug=programme).exclude(stock=0)
    offered = offered.filter(Q(least_tier=None) | Q(least_tier__threshold_points__lte=Coalesce(Subquery(standing), 0)))
    return offered.annotate(times_had=times).filter(Q(limit_per_member=None) | Q(limit_per_member__gt=F("times_had")))


def within_reach(member: Member, *, most: int = 3, balance: int | None = None, programme: str = DEFAULT_PROGRAMME) -> list[Reach]:
    """The best rewards that the balance (looked up if not given) buys, then the nearest that it does not: at most `most` of them."""
    balance = balance_of(member, programme) if balance is None else balance
    distance = Func(F("price_points") - balance, function="ABS")
    is_had = Q(price_points__lte=balance)
    place = Window(RowNumber(), partition_by=[Case(When(is_had, then=1), default=0)], order_by=[distance, "pk"])
    found = offered_to(member, programme).annotate(place=place).filter(place__lte=most).order_by("place")
    reaches = [Reach(reward, balance) for reward in found]
    nearest = [reach for reach in reaches if reach.missing_points]
    had = [reach for reach in reaches if not reach.missing_points]
    return (had[: max(1, most - len(nearest))] + nearest)[:most]
