"""Orders and what goes back of them: facts that rules weigh, and that are no engagement."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from insights import engagement
from members import activity, joining, purchasing
from members.models import Activity, ApiKey, Company, Member, PurchaseReturn
from points import accruing, backtesting, reading
from points.auditing import audit
from points.models import Accrual, Rule
from tests.members.test_api import order

Kind = Activity.Kind


@pytest.fixture
def rule(asset):
    """A point for every 100 yuan."""
    what = {"activity_kind": Kind.PURCHASED, "per_field": "amount", "per_size": 100, "origin": "purchase"}
    return Rule.objects.create(programme=asset.programme, name="Orders", amount_points=1, live=True, **what)


@pytest.fixture
def call(client, db):
    """Another system reports: call("purchases", {…})."""
    _row, key = ApiKey.issue("shop", ["activities:write"])
    return lambda path, body: client.post(
        f"/api/v1/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def back(number=1, amount_fen=30_000, **changes):
    return {"return_id": f"R-{number}", "order_id": "A-1", "amount_fen": amount_fen, "returned_on": "2026-11-20"} | changes


def weigh():
    list(accruing.weigh_missed())


def test_an_order_earns_by_its_amount_once(call, alice, harbour, rule):
    for _again in range(2):
        call("purchases", order(harbour, amount_fen=125_050, buyer=str(alice.public_id)))
    weigh()
    done = Activity.objects.get(kind=Kind.PURCHASED)
    assert (done.member, done.title, done.details) == (
        alice,
        "Press",
        {"amount": 1250.5, "product": "Press", "order": "A-1", "is_first": True},
    )
    assert timezone.localdate(done.happened_at) == datetime.date(2026, 11, 1)
    assert reading.balance_of(alice) == 12


def test_a_rule_may_ask_for_the_product_and_the_first_order(call, alice, harbour, rule):
    condition = {"all": [{"field": "product", "operator": "=", "value": "Press"}, {"field": "is_first", "operator": "=", "value": True}]}
    rule.condition = condition
    rule.full_clean()
    rule.save()
    for number, product in (("A-1", "Press"), ("A-2", "Press"), ("A-3", "Paper")):
        call("purchases", order(harbour, order_id=number, product=product, buyer=str(alice.public_id)))
    weigh()
    assert Accrual.objects.filter(rule=rule).count() == 1


def test_what_goes_back_takes_its_part_of_the_points_along(call, alice, harbour, rule):
    call("purchases", order(harbour, amount_fen=125_000, buyer=str(alice.public_id)))
    weigh()
    first, again = call("purchases/returns", back()), call("purchases/returns", back())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    weigh()
    assert reading.balance_of(alice) == 9
    call("purchases/returns", back(2, 95_000))
    weigh()
    assert reading.balance_of(alice) == 0
    assert audit().differences == []


def test_points_of_an_order_lapse_as_they_would_have_and_a_stopped_rule_still_counts(call, alice, harbour, rule):
    """A fixed amount is shared by what is kept; whatever became of the rule since, a return costs its part and no more."""
    Rule.objects.filter(pk=rule.pk).update(per_field="", amount_points=10)
    call("purchases", order(harbour, amount_fen=100_000, buyer=str(alice.public_id)))
    weigh()
    assert backtesting.replay(backtesting.live_rules())["totals"][0]["points"] == 10
    call("purchases/returns", back())
    assert backtesting.replay(backtesting.live_rules())["totals"][0]["points"] == 7
    Rule.objects.filter(pk=rule.pk).update(is_active=False)
    weigh()
    assert reading.balance_of(alice) == 7
    moments = Accrual.objects.filter(rule=rule).values_list("transfer__lapses_at", flat=True)
    assert len(moments) == 2
    assert len(set(moments)) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"order_id": "A-9"}, 404, "unknown-order"),
        ({"amount_fen": 120_001}, 422, "returns-too-much"),
        ({"amount_fen": 0}, 422, "invalid-request"),
        ({"return_id": "R-0", "amount_fen": 2}, 422, "return-reused"),
    ],
)
def test_a_return_that_cannot_be_is_refused(call, alice, harbour, rule, change, status, code):
    call("purchases", order(harbour, buyer=str(alice.public_id)))
    call("purchases/returns", back(0, 1))
    answer = call("purchases/returns", back(**change))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert PurchaseReturn.objects.count() == 1


def test_an_order_is_no_engagement(call, alice, harbour, rule):
    call("purchases", order(harbour, buyer=str(alice.public_id), ordered_on=str(timezone.localdate())))
    weigh()
    assert Activity.objects.filter(kind=Kind.PURCHASED).exists()
    assert engagement.active_members().count == 0
    assert not any(times for _label, times in engagement.by_kind(3))


def test_a_company_without_members_buys_and_nobody_is_thanked(pine):
    row, is_new = purchasing.record_purchase(pine, order_id="B-1", product="Ink", amount_fen=100, ordered_on=datetime.date(2026, 11, 1))
    assert is_new
    assert not Activity.objects.exists()
    purchasing.record_return(row, return_id="R-1", amount_fen=100, returned_on=datetime.date(2026, 11, 2))
    assert not Activity.objects.exists()


def test_a_deed_restored_after_its_rule_was_stopped_counts_as_at_first(alice, asset):
    with transaction.atomic():
        activity.record(alice, Kind.THREAD_STARTED, cause="post:1")
    weigh()
    with transaction.atomic():
        activity.undo(Kind.THREAD_STARTED, cause="post:1")
    Rule.objects.filter(activity_kind=Kind.THREAD_STARTED).update(is_active=False)
    with transaction.atomic():
        activity.restore(Kind.THREAD_STARTED, cause="post:1")
    weigh()
    assert reading.balance_of(alice) == 2


def test_an_order_before_anybody_of_the_company_joined_thanks_nobody_later(call, rule, asset):
    company = Company.objects.create(name="Lantern", email_domain="lantern.example")
    assert call("purchases", order(company)).status_code == 201
    weigh()
    assert not Activity.objects.filter(kind=Kind.PURCHASED).exists()
    newcomer = Member.objects.create_user("lan@lantern.example", name="Lan")
    joining.confirm(newcomer)
    newcomer.refresh_from_db()
    assert newcomer.company == company
    weigh()
    before = reading.balance_of(newcomer)
    assert call("purchases/returns", back()).status_code == 201
    assert call("purchases", order(company, order_id="A-2", amount_fen=50_000)).status_code == 201
    weigh()
    done = Activity.objects.get(kind=Kind.PURCHASED)
    assert (done.member, done.details["is_first"]) == (newcomer, False)
    assert reading.balance_of(newcomer) == before + 5
    assert audit().differences == []
