"""A member's own pages: statement, rewards, leaderboard."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members import facts, segments
from members.models import Member
from points import choices, deferring, granting, lapsing, periods, reading, redeeming, rulebook, showing, statements, tierwords, trials
from points.forms import RedeemForm
from points.models import Account, BoardChoice, Redemption, Reward, Rule, SetAside, Standing, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.redeeming import RewardRefused
from points.refusals import InsufficientPoints
from points.tables import csv_line, safe_cell

CSV_STEP = 1_000


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


def cursor_in(request: HttpRequest) -> int | None:
    """The number of the line before which a page ends, where an address names one."""
    cursor = request.GET.get("before", "")
    return int(cursor) if cursor.isdecimal() and len(cursor) < 18 else None


def _chosen(request: HttpRequest, *, spendable: bool = False) -> choices.Choices:
    chosen = choices.of(_member(request), request.GET, spendable=spendable)
    if chosen is None:
        raise Http404
    return chosen


@login_required
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    member, chosen = _member(request), _chosen(request)
    wallet, before = chosen.account, cursor_in(request)
    period = periods.read(request.GET, wallet)
    found = statements.lines(wallet, reader=member, before=before, most=statements.PAGE + 1, **period.bounds) if wallet else []
    page = found[: statements.PAGE]
    shown: dict[str, Any] = {
        "wallet": wallet,
        "chosen": chosen,
        "lines": page,
        "next": page[-1].seq if len(found) > len(page) else None,
        "is_first_page": before is None and not period.query,
        "period": period,
        "query": periods.joined(chosen.current.query, period.query),
        "lapses": lapsing.next_lapses(wallet) if wallet else [],
        "origins": statements.origins(wallet),
    }
    return render(request, "points/statement.html", shown | _what_they_buy(member, chosen, is_whole=before is None))


def _what_they_buy(member: Member, chosen: choices.Choices, *, is_whole: bool) -> dict[str, Any]:
    """What only points that can be spent have: debts, rewards, a tier and the rules that earn them."""
    if not chosen.current.is_spendable:
        return {}
    wallet, programme = chosen.account, chosen.programme
    tier = tierwords.explain(member, wallet, programme) if is_whole else None
    debt, under_review, is_held = statements.debt_and_waiting(wallet, member, programme)
    return {
        "debt": debt,
        "under_review": under_review,
        "held": deferring.of(member, programme) if is_held else [],
        "reaches": reading.within_reach(member, balance=wallet.available if wallet else 0, programme=programme),
        "tier": tier,
        "rules": _rules_for(member, programme, tier.standing if tier else None) if is_whole else [],
    }


def _rules_for(member: Member, programme: str, standing: Standing | None) -> list[Rule]:
    """What earns this member points today; but for those whose trial holds the member in its control group.

    Each says in own_points what it gives in the member's tier.
    """
    found = rulebook.open_today(programme).exclude(is_promotion=True)
    rows: list[Any] = list(found.order_by("origin", "-amount_points", "pk")[:60])
    tier = standing.tier.slug if standing and standing.tier else reading.lowest_tier(programme)
    for rule in rows:
        rule.own_points = rule.tier_amounts.get(tier, rule.amount_points)
    unit = trials.unit_of(member.pk, member.company_id)
    who = facts.who(member) if any(rule.segment for rule in rows) else None
    return [
        rule
        for rule in rows
        # One that only tells something earns nothing.
        if (rule.gives_points or rule.brings_more)
        and not trials.leaves_out(rule, unit, timezone.localdate())
        and (rule.segment is None or (who and segments.belongs(rule.segment)(who, timezone.localdate())))
    ]


@login_required
@require_safe
def statement_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every line, or those of a period, newest first, for a spreadsheet."""
    member, wallet = _member(request), _chosen(request).account
    period = periods.read(request.GET, wallet)
    written = _csv_lines(wallet, member, period.bounds, get_language())
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="points.csv"'
    return response


def _csv_lines(wallet: Account | None, reader: Member, bounds: dict[str, Any], language: str | None) -> Iterator[str]:
    """Made while it is sent, when the page's language no longer holds; days are the club's.

    A mark leads, without which Excel misreads Chinese.
    """
    with translation.override(language):
        head = csv_line([_("Date"), _("Points"), _("Balance"), _("Reason"), _("About"), _("Counts as")])
    yield "\ufeff" + head
    before = None
    while wallet is not None:
        with translation.override(language):
            page = statements.lines(wallet, reader=reader, before=before, most=CSV_STEP, **bounds)
            written = "".join(_csv_row(line) for line in page)
        if not page:
            return
        yield written
        before = page[-1].seq


def _csv_row(line: statements.Line) -> str:
    day = timezone.localtime(line.occurred_at).date().isoformat()
    texts = [safe_cell(line.reason), safe_cell(line.title), str(Transfer.Origin(line.origin).label)]
    return csv_line([day, line.delta_points, line.balance_points, *texts])


@login_required
@require_safe
def rewards(request: HttpRequest) -> HttpResponse:
    member, chosen = _member(request), _chosen(request, spendable=True)
    programme = chosen.programme
    balance = chosen.account.available if chosen.account else 0
    tier = reading.tier_of(member, programme)
    found = Reward.objects.visible_to(member).filter(live=True, programme__slug=programme).select_related("least_tier")[:100]
    mine = Redemption.objects.filter(member=member, reward__programme__slug=programme).select_related("reward", "voucher")[:30]
    vouchers = [grant for grant in granting.of(member, programme=programme) if grant.reward]
    aside = {row.reward_id: row for row in SetAside.objects.filter(member=member, until__gt=timezone.now())}
    shown = {
        "balance": balance,
        "tier": tier,
        "chosen": chosen,
        "pool": reading.pool_balance(member.company, programme)
        if member.company and member.company_role == Member.CompanyRole.ADMIN
        else None,
        "shelf": [_on_shelf(reward, balance, tier, aside.get(reward.pk), bool(aside)) for reward in found],
        "mine": mine,
        "vouchers": vouchers,
    }
    return render(request, "points/rewards.html", shown)


def _on_shelf(reward: Reward, balance: int, tier: Any, mine: SetAside | None, has_one: bool) -> dict[str, Any]:
    least = reward.least_tier
    is_below = bool(least and (tier is None or tier.threshold_points < least.threshold_points))
    return {
        "reward": reward,
        "missing": max(0, reward.price_points - balance),
        "is_sold_out": reward.stock == 0 and mine is None,
        "set_aside": mine,
        "may_set_aside": bool(
            tier and tier.set_aside_days and reward.stock and not has_one and reward.price_points > balance and not is_below
        ),
        "is_below_tier": is_below,
        "have": min(balance, reward.price_points),
        "token": uuid.uuid4(),
    }


@login_required
@require_POST
def redeem(request: HttpRequest, slug: str) -> HttpResponse:
    member = _member(request)
    reward = get_object_or_404(Reward.objects.visible_to(member), slug=slug)
    form = RedeemForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This page was too old. Please try again."))
        return redirect("points:rewards")
    try:
        redemption = redeeming.redeem(
            reward,
            member=member,
            reference=str(form.cleaned_data["token"]),
            company=member.company if request.POST.get("from_pool") else None,
        )
    except InsufficientPoints as refusal:
        said = _("This needs %(wanted)s points, and you have %(available)s.")
        messages.error(request, said % {"wanted": refusal.wanted, "available": refusal.available})
    except RewardRefused as refusal:
        messages.error(request, _why(refusal.reason))
    else:
        done = redemption.status == Redemption.Status.FULFILLED
        messages.success(request, _("It is yours: the code is below.") if done else _("Reserved for you. We will be in touch."))
    return _to_the_shelf(reward)


def _to_the_shelf(reward: Reward) -> HttpResponse:
    """Back to the rewards of the programme that this one is of."""
    slug = reward.programme.slug
    own = reverse("points:rewards")
    return redirect(own if slug == DEFAULT_PROGRAMME else f"{own}?programme={slug}")


@login_required
@require_POST
def set_aside(request: HttpRequest, slug: str) -> HttpResponse:
    member = _member(request)
    reward = get_object_or_404(Reward.objects.visible_to(member), slug=slug)
    try:
        redeeming.set_aside(reward, member=member)
        messages.success(request, _("Set aside for you."))
    except RewardRefused as refusal:
        messages.error(request, _why(refusal.reason))
    return _to_the_shelf(reward)


def _why(reason: str) -> str:
    return {
        "gone": _("This reward is no longer offered."),
        "sold_out": _("This reward is sold out."),
        "one": _("You have another reward set aside already."),
        "tier": _("This reward is for a higher tier."),
        "limit": _("You have had this reward as often as it can be had."),
    }.get(reason, _("This was already decided."))


@login_required
@require_POST
def cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    member = _member(request)
    redemption = get_object_or_404(Redemption.objects.visible_to(member), public_id=public_id, member=member)
    try:
        redeeming.cancel(redemption, by=member)
        messages.success(request, _("Cancelled. The points are back in your wallet."))
    except RewardRefused as refusal:
        messages.error(request, _why(refusal.reason))
    return _to_the_shelf(redemption.reward)


@login_required
@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    member = _member(request)
    chosen = _chosen(request, spendable=True)
    by = showing.counts_by(chosen.programme)
    choice = BoardChoice.objects.filter(member=member).first()
    standing = Standing.objects.filter(member=member, programme__slug=chosen.programme).first()
    places = showing.leaders(chosen.programme, by=by)
    shown = {
        "places": places,
        "own_rank": next((place.rank for place in places if place.standing.member_id == member.pk), None),
        "chosen": chosen,
        "is_shown": bool(choice and choice.is_shown),
        "standing": standing,
        "own_points": getattr(standing, by, 0),
    }
    return render(request, "points/leaderboard.html", shown)


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    showing.choose(_member(request), is_shown=request.POST.get("is_shown") == "yes")
    return redirect("points:leaderboard")
