import pytest

from members.models import Activity, ApiKey, Purchase


@pytest.fixture
def call(client, db):
    _row, key = ApiKey.issue("crm", ["activities:write"])

    def post(path, body, key=key):
        return client.post(f"/api/v1/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})

    return post


def attended(member, **changes):
    return {"member": str(member.public_id), "kind": "event_attended", "cause": "training:7", "title": "Paper training"} | changes


def order(company, **changes):
    return {
        "order_id": "A-1",
        "company": str(company.public_id),
        "product": "Press",
        "amount_fen": 120_000,
        "ordered_on": "2026-11-01",
    } | changes


def test_a_deed_is_reported_once(call, alice):
    first, again = call("activities", attended(alice)), call("activities", attended(alice))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Activity.objects.get().member == alice


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_for_orders_and_returns(call, harbour, day):
    answer = call("purchases", order(harbour, ordered_on=day))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "1990 to 2099" in str(answer.json())
    assert not Purchase.objects.exists()
    call("purchases", order(harbour))
    back = {"return_id": "R-1", "order_id": "A-1", "amount_fen": 1, "returned_on": day}
    assert call("purchases/returns", back).status_code == 422


@pytest.mark.parametrize("change", [{"title": "Another"}, {"details": {"score": 1}}])
def test_a_cause_is_not_reused_for_something_else(call, alice, change):
    call("activities", attended(alice))
    answer = call("activities", attended(alice, **change))
    assert (answer.status_code, answer.json()["code"]) == (422, "cause-reused")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "reply_posted"},
        {"kind": "undone"},
        {"cause": ""},
        {"cause": "x\0"},
        {"surprise": 1},
        {"happened_at": "2999-01-01T00:00:00Z"},
        {"details": {"a": "x" * 5000}},
    ],
)
def test_what_is_not_to_be_reported_is_refused(call, alice, change):
    answer = call("activities", attended(alice, **change))
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Activity.objects.exists()


def test_nobody_reports_without_a_key_or_with_another_scope(call, alice):
    assert call("activities", attended(alice), key="club_wrong").status_code == 401
    _row, reader = ApiKey.issue("reader", ["ledger:read"])
    assert call("activities", attended(alice), key=reader).status_code == 403
    assert call("purchases", order(alice.company), key=reader).status_code == 403


def test_an_unknown_member_and_company_are_not_found(call, alice, harbour):
    assert call("activities", attended(alice) | {"member": "nobody"}).status_code == 404
    assert call("purchases", order(harbour) | {"company": "Nowhere"}).status_code == 404


def test_an_order_is_kept_once_and_its_number_not_reused(call, harbour):
    assert call("purchases", order(harbour)).status_code == 201
    assert call("purchases", order(harbour)).status_code == 200
    assert call("purchases", order(harbour, amount_fen=1)).status_code == 422
    assert Purchase.objects.get().amount_fen == 120_000


def test_a_second_product_line_is_a_fact_once(call, alice, bob, harbour):
    call("purchases", order(harbour))
    assert not Activity.objects.filter(kind="cross_purchase").exists()
    call("purchases", order(harbour, order_id="A-2", product="Paper", buyer=str(alice.public_id)))
    call("purchases", order(harbour, order_id="A-3", product="Paper"))
    fact = Activity.objects.get(kind="cross_purchase")
    assert (fact.member, fact.title) == (alice, "Paper")


def test_without_a_buyer_the_companys_administrator_is_thanked(call, alice, bob, harbour):
    call("purchases", order(harbour))
    call("purchases", order(harbour, order_id="A-2", product="Paper"))
    assert Activity.objects.get(kind="cross_purchase").member == bob


@pytest.mark.parametrize("change", [{"amount_fen": -1}, {"amount_fen": 1.5}, {"ordered_on": "yesterday"}, {"order_id": ""}])
def test_a_bad_order_is_refused(call, harbour, change):
    assert call("purchases", order(harbour, **change)).status_code == 422


def test_a_partners_causes_are_its_own_and_it_reports_no_orders(call, alice, harbour):
    _row, partner = ApiKey.issue("hotel", ["activities:write"], partner_slug="hotel")
    assert call("activities", attended(alice)).status_code == 201
    answer = call("activities", attended(alice), key=partner)
    assert (answer.status_code, answer.json()["cause"]) == (201, "training:7")
    assert call("purchases", order(harbour), key=partner).status_code == 403
