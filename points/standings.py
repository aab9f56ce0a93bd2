"""Where members stand: points earned within a window, the tier that this reaches, and until when it is theirs.

A tier that was reached stays until its last day, whatever leaves the window meanwhile and however high the bar is raised. From
then on it has to be kept: by the points of the window on that day or, in the days of grace that follow, on any later one. Points
taken back are the one thing that ends a tier early, by the bar of the day on which it was reached: what they had bought was never earned.
"""

import calendar
import datetime
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.db import models, transaction
from django.db.models import Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from members import once
from members.models import Member
from members.ready import Ready
from points.accounts import code_of
from points.models import Account, Asset, Grant, Programme, Standing, Tier, TierChange, Transfer
from points.models.programme import DEFAULT_PROGRAMME

Kind, Reason, By = Transfer.Kind, TierChange.Reason, Tier.By
Window = tuple[datetime.datetime | None, datetime.datetime | None]


def earned(wallet: Account, *, since: datetime.datetime | None = None, until: datetime.datetime | None = None) -> int:
    """Points awarded to a wallet less what was taken back again, in whole points; purchases with points change nothing.

    since, until   only of deeds from (inclusive) and before (exclusive)
    """
    return earned_within(wallet, {"whole": (since, until)})["whole"]


def earned_within(wallet: Account, windows: Mapping[str, Window]) -> dict[str, int]:
    """As `earned`, for several windows (since, until) at once, by their names. One query."""
    names = tuple(windows)
    bounds = tuple((since is not None, until is not None) for since, until in windows.values())
    moments = {f"m{2 * n + side}": moment for n, window in enumerate(windows.values()) for side, moment in enumerate(window) if moment}
    rows = _sums(bounds).all(wallet=wallet.pk, **moments)
    return {name: sum(sign * int(totals[n] or 0) for sign, *totals in rows) for n, name in enumerate(names)}


@cache
def _sums(bounds: tuple[tuple[bool, bool], ...]) -> Ready:
    """(sign, a sum for each window), of awards and of what was taken back. bounds: which windows have a beginning, and an end."""

    def totals(rows: models.QuerySet[Transfer], sign: int, moment: str, places: dict[str, Any]) -> Any:
        within = []
        for n, (begins, ends) in enumerate(bounds):
            after = Q(**{f"{moment}__gte": places[f"m{2 * n}"]}) if begins else Q()
            within.append(after & Q(**{f"{moment}__lt": places[f"m{2 * n + 1}"]}) if ends else after)
        sums = {f"w{n}": Sum("amount_points", filter=each or None) for n, each in enumerate(within)}
        return rows.order_by().annotate(sign=Value(sign)).values("sign").annotate(**sums).values_list("sign", *sums)

    def both(wallet: Any, **places: Any) -> Any:
        awards = Transfer.objects.filter(target=wallet, source__kind=Account.Kind.ISSUED, kind__in=[Kind.SINGLE, Kind.POST])
        taken = Transfer.objects.filter(reverses__target=wallet, reverses__source__kind=Account.Kind.ISSUED, kind=Kind.REVERSAL)
        return totals(awards, 1, "effective_at", places).union(totals(taken, -1, "reverses__effective_at", places), all=True)

    return Ready(both)


_TIERS = Ready(lambda programme: Tier.objects.filter(programme=programme).order_by("threshold_points"))
_STANDING = Ready(
    lambda programme, member: Standing.objects.select_for_update(no_key=True).filter(programme=programme, member=member).order_by()
)


_RECOMPUTED = tuple(field.name for field in Standing._meta.concrete_fields if field.name not in ("id", "programme", "member"))


@transaction.atomic(savepoint=False)
def recompute(member: Member, *, programme: Programme | None = None, wallet: Account | None = None) -> Standing:
    """Bring a member's standing up to date, and write down why the tier changed. Repeating it changes nothing.

    wallet   the member's in this programme, where the caller has it at hand
    """
    programme = programme or Programme.objects.get(slug=DEFAULT_PROGRAMME)
    tiers = _TIERS.all(programme=programme.pk)
    wallet = wallet or Account.objects.redeemable(programme.slug).filter(code=code_of(member)).first()
    standing = _locked(programme, member, tiers)
    windows = {tier.window_months for tier in tiers} or {12}
    sums = _within(wallet, windows)
    standing.earned_points, standing.earned_ever_points = sums[max(windows)], sums[0]
    points = {(By.EARNED, window): total for window, total in sums.items()}
    purses = {By.EARNED: wallet}
    if longer := {tier.window_months for tier in tiers if tier.qualifies_by == By.QUALIFYING}:
        purses[By.QUALIFYING] = qualifying_of(member, programme)
        sums = _within(purses[By.QUALIFYING], longer)
        points |= {(By.QUALIFYING, window): total for window, total in sums.items()}
        standing.qualifying_points = sums[max(longer)]
    if tiers:
        _stand(standing, tiers, {tier.pk: points[By(tier.qualifies_by), tier.window_months] for tier in tiers}, purses)
    standing.computed_at = timezone.now()
    once.change(standing, *_RECOMPUTED)
    return standing


def qualifying_of(member: Member, programme: Programme) -> Account | None:
    """Where the member's qualifying points are counted; none for who never got any."""
    return Account.objects.filter(asset__programme=programme, asset__kind=Asset.Kind.QUALIFYING, code=code_of(member)).first()


def _within(wallet: Account | None, windows: set[int]) -> dict[int, int]:
    """Points within so many months, by months; under 0 those of all time."""
    asked: dict[str, Window] = {"0": (None, None)} | {str(window): (months_ago(window), None) for window in windows}
    sums = earned_within(wallet, asked) if wallet else dict.fromkeys(asked, 0)
    return {int(window): total for window, total in sums.items()}


def _locked(programme: Programme, member: Member, tiers: list[Tier]) -> Standing:
    asked = {"programme": programme.pk, "member": member.pk}
    if (standing := _STANDING.first(**asked)) is None:
        once.keep(Standing(programme=programme, member=member, tier=tiers[0] if tiers else None))
        standing = _STANDING.first(**asked)
    standing.programme, standing.member = programme, member
    return standing  # type: ignore[no-any-return]


def _stand(standing: Standing, tiers: list[Tier], points: dict[int, int], purses: Mapping[Tier.By, Account | None]) -> None:
    """Move to the tier that is due. standing: changed in place.

    points   within each tier's window and of its kind, by tier; purses: where they lie
    """
    was, was_lifted = standing.tier_id, bool(standing.own_tier_id)
    if was_lifted:
        standing.tier_id = standing.own_tier_id
    reached = next((tier for tier in reversed(tiers) if points[tier.pk] >= tier.threshold_points), tiers[0])
    now = next((tier for tier in tiers if tier.pk == standing.tier_id), tiers[0])
    today = timezone.localdate()
    if reached.threshold_points > now.threshold_points:
        _move(standing, reached, Reason.REACHED, points[reached.pk])
    elif now.threshold_points == 0:
        standing.tier, standing.lasts_until, standing.is_in_grace = now, None, False
    elif reached.pk != now.pk and _was_taken_back(standing, now, purses):
        _move(standing, reached, Reason.TAKEN_BACK, points[now.pk])
    elif standing.lasts_until is None or today > standing.lasts_until:
        _ask_again(standing, now, reached, points[now.pk], today)
    _lift(standing, tiers, was, was_lifted=was_lifted)
    standing.rank = 1 + next((n for n, tier in enumerate(tiers) if tier.pk == standing.tier_id), 0)


def _lift(standing: Standing, tiers: list[Tier], was: int | None, *, was_lifted: bool) -> None:
    """Put what a rule lifts the member to above what their points reach, as long as it lasts."""
    if standing.lifted_until and standing.lifted_until < timezone.localdate():
        _look_for_lift(standing)
    own = next((tier for tier in tiers if tier.pk == standing.tier_id), tiers[0])
    lifted = next((tier for tier in tiers if tier.pk == standing.lifted_to_id), None)
    if lifted and lifted.threshold_points > own.threshold_points:
        if was != lifted.pk or not was_lifted:
            _note(standing, lifted, Reason.LIFTED, standing.earned_points, standing.lifted_until)
        standing.tier, standing.own_tier = lifted, own
        return
    standing.own_tier = None
    if was_lifted and was != own.pk:
        standing.tier_id = was
        _note(standing, own, Reason.LIFT_ENDED, standing.earned_points, standing.lasts_until)
        standing.tier = own


def _look_for_lift(standing: Standing) -> None:
    today = timezone.localdate()
    rows = Grant.objects.filter(member=standing.member_id, tier__programme=standing.programme_id, status="standing", until__gte=today)
    best = rows.order_by("-tier__threshold_points", "-until").first()
    standing.lifted_to_id, standing.lifted_until = (best.tier_id, best.until) if best else (None, None)


@transaction.atomic(savepoint=False)
def lift(member: Member, programme: Programme) -> None:
    """What lifts the member changed: `recompute` follows it."""
    standing = _locked(programme, member, _TIERS.all(programme=programme.pk))
    _look_for_lift(standing)
    standing.save(update_fields=["lifted_to", "lifted_until"])
    recompute(member, programme=programme)


def _ask_again(standing: Standing, now: Tier, reached: Tier, points: int, today: datetime.date) -> None:
    """The tier's time is over: is it kept, in grace, or lost?"""
    if points >= points_to_keep(now):
        _move(standing, now, Reason.KEPT, points)
    elif standing.lasts_until is not None and today <= standing.lasts_until + datetime.timedelta(days=now.grace_days):
        if not standing.is_in_grace:
            _note(standing, now, Reason.GRACE, points, standing.lasts_until)
        standing.is_in_grace = True
    else:
        _move(standing, reached, Reason.LOST, points)


def _was_taken_back(standing: Standing, tier: Tier, purses: Mapping[Tier.By, Account | None]) -> bool:
    """Whether the points that reached or kept the tier no longer do, counted as of that day, of the kind and by the bar that they were."""
    moment, by = standing.since, Tier.By(standing.reached_by)
    asked = min(points_to_keep(tier), tier.threshold_points)
    months = tier.window_months
    if standing.asked_points is not None and standing.asked_months is not None:
        asked, months = min(asked, standing.asked_points), max(months, standing.asked_months)
    wallet = purses[by] if by in purses else qualifying_of(standing.member, standing.programme)
    points = earned(wallet, since=months_before(moment, months), until=moment + datetime.timedelta(seconds=1)) if wallet else 0
    return points < asked


def _move(standing: Standing, tier: Tier, reason: str, points: int) -> None:
    standing.lasts_until = last_day(tier) if tier.threshold_points else None
    _note(standing, tier, reason, points, standing.lasts_until)
    standing.tier, standing.since, standing.is_in_grace, standing.reached_by = tier, timezone.now(), False, tier.qualifies_by
    standing.asked_points = min(points_to_keep(tier), tier.threshold_points) if tier.threshold_points else None
    standing.asked_months = tier.window_months if tier.threshold_points else None


def _note(standing: Standing, tier: Tier, reason: str, points: int, until: datetime.date | None) -> None:
    TierChange.objects.create(
        programme_id=standing.programme_id,
        member_id=standing.member_id,
        was_id=standing.tier_id,
        tier=tier,
        reason=reason,
        points=points,
        lasts_until=until,
        at=timezone.now(),
    )


def points_to_keep(tier: Tier) -> int:
    return tier.threshold_points if tier.keep_points is None else tier.keep_points


def last_day(tier: Tier) -> datetime.date:
    """The end of the month, so many months from today as the tier lasts."""
    today = timezone.localdate()
    month = today.year * 12 + today.month + tier.lasts_months
    return datetime.date(month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)


def missing_to_keep(standing: Standing, wallet: Account | None) -> int:
    """Points that are still to be earned for the tier to be kept after its last day: 0 where it is kept already. At most two queries."""
    tier = standing.own_tier or standing.tier
    if tier is None or standing.lasts_until is None:
        return 0
    day = max(standing.lasts_until + datetime.timedelta(days=1), timezone.localdate())
    if tier.qualifies_by == By.QUALIFYING:
        wallet = qualifying_of(standing.member, standing.programme)
    start = months_before(timezone.make_aware(datetime.datetime.combine(day, datetime.time())), tier.window_months)
    return max(0, points_to_keep(tier) - (earned(wallet, since=start) if wallet else 0))


def rank_of(member: Member) -> models.expressions.Combinable:
    """The rank of a member's tier as an expression, 1 for the lowest: whoever compares with it asks the database nothing more."""
    mine = Standing.objects.filter(member=member.pk, programme__slug=DEFAULT_PROGRAMME).order_by()
    return Coalesce(Subquery(mine.values("rank")[:1]), Value(1), output_field=models.IntegerField())


def months_ago(months: int) -> datetime.datetime:
    return months_before(timezone.now(), months)


def months_before(moment: datetime.datetime, months: int) -> datetime.datetime:
    """The beginning of the same day so many months earlier; of the month's last day where it has no such day."""
    today = timezone.localtime(moment)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, calendar.monthrange(year, month + 1)[1])
    return timezone.make_aware(datetime.datetime(year, month + 1, day))


def recompute_all(*, batch: int = 500) -> Iterator[int]:
    """Every member with a wallet, as windows move on: who keeps a tier, who is in grace, who loses it. Yields how many are done.

    In each programme in which they have points, and in the club's own.
    """
    done = last = 0
    programmes = {programme.pk: programme for programme in Programme.objects.all()}
    own = next(pk for pk, programme in programmes.items() if programme.slug == DEFAULT_PROGRAMME)
    while members := list(Member.objects.filter(pk__gt=last, points_accounts__account__kind="wallet").order_by("pk").distinct()[:batch]):
        wallets = Account.objects.filter(kind=Account.Kind.WALLET, owner__member__in=members)
        has: dict[int, set[int]] = {}
        for member_id, programme_id in wallets.values_list("owner__member", "asset__programme"):
            has.setdefault(member_id, {own}).add(programme_id)
        for member in members:
            for pk in sorted(has.get(member.pk, {own})):
                recompute(member, programme=programmes[pk])
        done, last = done + len(members), members[-1].pk
        yield done
