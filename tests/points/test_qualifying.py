"""Qualifying points: given by rules beside or in place of others, counted for tiers, spent by nobody."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from community.demo import clock
from community.erasing import erase
from members import activity, purchasing
from members.models import Activity, Member
from points import accounts, accruing, backtesting, capping, guards, ledger, reading, reporting, standings, wording
from points.auditing import audit
from points.models import Account, Accrual, Asset, Grant, Lot, Rule, Standing, Tier, TierChange, Transfer
from tests.points.rule_forms import rule_form

Kind = Activity.Kind
NOON = (timezone.now() - datetime.timedelta(days=1)).replace(hour=4, minute=0)


@pytest.fixture
def rule(asset):
    """Four points for each club event, and fifty that only count for the tier."""
    Rule.objects.filter(activity_kind=Kind.EVENT_ATTENDED).update(is_active=False)
    what = {"name": "Events", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 4, "qualifying_points": 50, "live": True}
    return Rule.objects.create(programme=asset.programme, **what)


@pytest.fixture
def by_qualifying(asset):
    """Silver from 60, gold from 200: of qualifying points."""
    Tier.objects.filter(programme=asset.programme).update(qualifies_by="qualifying")


def attend(member, number=1, *, minutes=0):
    with transaction.atomic():
        row = activity.record(member, Kind.EVENT_ATTENDED, cause=f"event:{number}", happened_at=NOON + datetime.timedelta(minutes=minutes))
    accruing.weigh(row.pk)


def take_back(number=1):
    with transaction.atomic():
        row = activity.undo(Kind.EVENT_ATTENDED, cause=f"event:{number}")
    accruing.weigh(row.pk)


def counted(member):
    account = Account.objects.filter(asset__kind="qualifying", owner__member=member).first()
    return account.posted if account else 0


def tier_of(member):
    return reading.tier_of(member).slug


def test_both_kinds_come_with_a_deed_and_stand_each_on_a_statement_of_its_own(client, alice, rule, by_qualifying):
    attend(alice, 1)
    attend(alice, 2, minutes=1)
    assert (reading.balance_of(alice), counted(alice), tier_of(alice)) == (8, 100, "silver")
    client.force_login(alice)
    page = client.get("/points/").content.decode()
    assert "because you gathered 100 qualifying points" in page
    assert "100 more qualifying points to Gold" in page
    assert "100 points count for the tier" in page
    assert "and 50 qualifying points" in page
    assert "?type=qualifying" in page
    own = client.get("/points/?type=qualifying").content.decode()
    assert own.count("+50") == 2
    assert "+4<" not in own
    assert audit().differences == []


def test_points_that_can_be_spent_do_not_reach_a_tier_of_qualifying_ones(alice, rule, by_qualifying, wallet, issued, move):
    move(issued, wallet, 500, occurred_at=timezone.now())
    standings.recompute(alice)
    assert tier_of(alice) == "member"
    Tier.objects.filter(slug="silver").update(qualifies_by="earned")
    standings.recompute(alice)
    assert tier_of(alice) == "silver"


def test_qualifying_points_reach_no_tier_of_points_earned(alice, rule):
    for number in range(5):
        attend(alice, number, minutes=number)
    assert (counted(alice), tier_of(alice)) == (250, "member")


def test_a_rule_may_give_them_in_place_of_others(client, alice, rule, by_qualifying):
    Rule.objects.filter(pk=rule.pk).update(is_qualifying=True, qualifying_points=None, amount_points=70)
    attend(alice)
    assert (reading.balance_of(alice), counted(alice), tier_of(alice)) == (0, 70, "silver")
    assert Lot.objects.get().lapses_at is None
    client.force_login(alice)
    assert "only counts for the tier" in client.get("/points/").content.decode()
    assert not alice.notifications.filter(kind="points_earned", cause__startswith="accrual:").exists()
    take_back()
    assert (counted(alice), tier_of(alice)) == (0, "member")
    assert audit().differences == []


def test_they_go_with_the_deed_and_the_tier_with_them(alice, rule, by_qualifying):
    attend(alice, 1)
    attend(alice, 2, minutes=1)
    take_back(1)
    assert (reading.balance_of(alice), counted(alice), tier_of(alice)) == (4, 50, "silver")
    assert list(Grant.objects.order_by("pk").values_list("status", flat=True)) == ["taken_back", "standing"]
    take_back(2)
    # What is left is less than keeps the tier.
    assert (reading.balance_of(alice), counted(alice), tier_of(alice)) == (0, 0, "member")
    assert list(TierChange.objects.order_by("pk").values_list("reason", flat=True)) == ["reached", "taken_back"]
    assert audit().differences == []


def test_a_deed_that_is_restored_counts_once(alice, rule, by_qualifying):
    attend(alice)
    take_back()
    with transaction.atomic():
        row = activity.restore(Kind.EVENT_ATTENDED, cause="event:1")
    accruing.weigh(row.pk)
    accruing.weigh(row.pk)
    assert counted(alice) == 50


def test_limits_hold_back_both(alice, rule):
    Rule.objects.filter(pk=rule.pk).update(cap_in_all=1)
    attend(alice, 1)
    attend(alice, 2, minutes=1)
    assert (reading.balance_of(alice), counted(alice)) == (4, 50)
    take_back(1)
    assert (reading.balance_of(alice), counted(alice)) == (4, 50)


def test_what_multiplies_points_leaves_those_of_the_other_kind_alone(alice, rule, asset):
    Rule.objects.create(programme=asset.programme, name="Twice", effect="multiply", factor_percent=200, live=True)
    attend(alice, 1)
    assert (reading.balance_of(alice), counted(alice)) == (8, 50)
    Rule.objects.create(programme=asset.programme, name="Thrice", effect="multiply", factor_percent=300, is_qualifying=True, live=True)
    what = {"name": "Count", "activity_kind": Kind.EVENT_ATTENDED, "amount_points": 10, "is_qualifying": True, "live": True}
    Rule.objects.create(programme=asset.programme, **what)
    attend(alice, 2, minutes=1)
    assert (reading.balance_of(alice), counted(alice)) == (16, 50 + 50 + 30)
    replayed = backtesting.replay(backtesting.live_rules())["totals"][0]
    assert replayed["qualifying"] == 50 + 50 + 2 * 30
    assert replayed["points"] == 16


def test_a_tier_reached_by_points_stays_its_days_when_qualifying_ones_are_asked_for(alice, wallet, issued, move, asset):
    move(issued, wallet, 70, occurred_at=timezone.now())
    standings.recompute(alice)
    Tier.objects.filter(programme=asset.programme).update(qualifies_by="qualifying")
    standings.recompute(alice)
    standing = Standing.objects.get(member=alice)
    assert (standing.tier.slug, standing.reached_by) == ("silver", "earned")
    with clock.set_to(
        timezone.make_aware(datetime.datetime.combine(standing.lasts_until, datetime.time(12))) + datetime.timedelta(days=40)
    ):
        standings.recompute(alice)
    assert tier_of(alice) == "member"


def test_nobody_spends_them(alice, bob, rule, asset):
    attend(alice)
    qualifying = Asset.objects.get(programme=asset.programme, kind="qualifying")
    purse = accounts.wallet_of(alice, qualifying)
    for target in (accounts.system(Account.Kind.REDEEMED, qualifying), accounts.wallet_of(bob, qualifying)):
        for kind in (Transfer.Kind.SINGLE, Transfer.Kind.PENDING):
            order = ledger.Order(source=purse, target=target, amount_points=5, reference=f"spend:{target.pk}:{kind}", kind=kind)
            with pytest.raises(DatabaseError, match="never spent"), transaction.atomic():
                ledger.transfer(order)
    assert counted(alice) == 50
    guards.lift(connection)
    ledger.transfer(ledger.Order(source=purse, target=accounts.system(Account.Kind.REDEEMED, qualifying), amount_points=5, reference="raw"))
    guards.lay(connection)
    assert any("qualifying points were spent" in said for said in audit().differences)


def test_who_leaves_takes_them_along(alice, rule):
    attend(alice)
    erase(Member.objects.get(pk=alice.pk))
    assert Account.objects.get(asset__kind="qualifying", kind="wallet").posted == 0
    assert audit().differences == []


def test_reports_of_points_and_what_they_cost_leave_them_out(alice, bob, rule, marketer):
    for number, member in enumerate((alice, bob, alice)):
        attend(member, number, minutes=number)
    assert reporting.issued_points() == sum(row.points for row in reporting.points_by_rule()) == 12
    rule.is_qualifying, rule.qualifying_points = True, None
    rule.save_revision(user=marketer)
    totals = backtesting.order(by=marketer, rule=rule).result["totals"]
    assert [(each["points"], each["qualifying"]) for each in totals] == [(12, 150), (0, 12)]


def test_purses_of_both_kinds_are_locked_before_anything_moves(alice, bob, rule):
    Rule.objects.filter(activity_kind=Kind.COLLEAGUE_REGISTERED).update(qualifying_points=3)
    for number, (member, other) in enumerate(((alice, bob), (bob, alice))):
        with transaction.atomic():
            row = activity.record(member, Kind.COLLEAGUE_REGISTERED, cause=f"guest:{number}", counterpart=other, happened_at=NOON)
        accruing.weigh(row.pk)
    assert (counted(alice), counted(bob)) == (6, 6)
    assert len(capping.capped_in([rule])) == 0


def test_they_are_said_in_both_languages(rule):
    assert wording.of_rule(rule).endswith("and 50 qualifying points")
    rule.is_qualifying, rule.qualifying_points = True, None
    assert "4 qualifying points to the member" in wording.of_rule(rule)
    with translation.override("zh-hans"):
        assert "4 定级积分" in wording.of_rule(rule)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"is_qualifying": "on", "qualifying_points": "5"}, "qualifying_points"),
        ({"is_qualifying": "on", "is_total": "on", "group": "profile"}, "is_qualifying"),
        ({"qualifying_points": "0"}, "qualifying_points"),
        ({"qualifying_points": "5", "effect": "multiply", "factor_percent": "200", "activity_kind": ""}, "qualifying_points"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, marketer, rule, changes, field):
    client.force_login(marketer)
    page = client.post(f"/admin/snippets/points/rule/edit/{rule.pk}/", rule_form(rule, cap_per_day=None, **changes))
    assert page.status_code == 200
    assert field in page.context["form"].errors


def test_a_control_group_gets_none(alice, rule):
    for _each in range(400):
        Rule.objects.filter(pk=rule.pk).update(is_active=False)
        rule.pk, rule.is_active, rule.control_percent = None, True, 90
        rule.save()
        if accruing.scoring.Scorer(rule).arm(accruing.Payee(alice.pk, accruing.facts.of([alice.pk])[alice.pk], "")) == "control":
            break
    attend(alice)
    assert Accrual.objects.get().outcome == "shadow"
    assert counted(alice) == 0


def test_of_an_order_of_which_a_part_went_back_the_same_share_of_what_is_given_beside_is_left(alice, asset):
    Rule.objects.filter(activity_kind=Kind.PURCHASED).update(is_active=False)
    what = {"activity_kind": Kind.PURCHASED, "amount_points": 100, "qualifying_points": 50, "live": True}
    Rule.objects.create(programme=asset.programme, name="Orders", **what)
    order = {"order_id": "O-1", "product": "Ink", "amount_fen": 100_000, "ordered_on": timezone.localdate(), "buyer": alice}
    purchase, _is_new = purchasing.record_purchase(alice.company, **order)
    list(accruing.weigh_missed())
    assert (reading.balance_of(alice), counted(alice)) == (100, 50)
    for number, left in enumerate(((60, 30), (1, 0))):
        purchasing.record_return(purchase, return_id=f"R-{number}", amount_fen=(40_000, 59_000)[number], returned_on=timezone.localdate())
        list(accruing.weigh_missed())
        assert (reading.balance_of(alice), counted(alice)) == left
    assert audit().differences == []


@pytest.mark.parametrize("changes", [{"window_months": 0}, {"window_months": 30_000}, {"lasts_months": 30_000}])
def test_a_tier_counts_months_that_there_are(client, marketer, asset, changes):
    gold = Tier.objects.get(programme=asset.programme, slug="gold")
    names = ("programme_id", "slug", "name", "name_zh", "qualifies_by", "threshold_points", "window_months", "lasts_months", "grace_days")
    said = {name.removesuffix("_id"): getattr(gold, name) for name in (*names, "early_hours", "set_aside_days")}
    client.force_login(marketer)
    page = client.post(f"/admin/snippets/points/tier/edit/{gold.pk}/", said | changes)
    assert page.context["form"].errors.keys() == changes.keys()
    assert client.post(f"/admin/snippets/points/tier/edit/{gold.pk}/", said).status_code == 302
