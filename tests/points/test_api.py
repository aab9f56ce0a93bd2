import datetime
import uuid

import pytest
from django.utils import timezone

from community.demo import clock
from members.models import ApiKey
from points import accounts
from points.auditing import audit
from points.models import Partner, Programme
from points.starting import open_books

ISSUED, REDEEMED = "programme:relationship:issued", "programme:relationship:redeemed"


def an_award(member, points=30, **more):
    return {"source": ISSUED, "target": f"member:{member.public_id}", "amount_points": points, "reason": "Workshop", **more}


def a_spend(member, points, **more):
    return {"source": f"member:{member.public_id}", "target": REDEEMED, "amount_points": points, "reason": "Mug", **more}


def problem(response, status, code):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"].endswith(f"#problem-{code}")
    assert response.json()["status"] == status
    return True


def test_a_transfer_is_made_once_for_a_key_and_body(call, alice):
    first = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    again = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "posted"
    account = call("get", f"/ledger/accounts/member:{alice.public_id}").json()
    assert (account["balance_points"], account["held_points"], account["available_points"]) == (30, 0, 30)


def test_a_transfer_asked_again_after_months_is_the_same_though_it_would_lapse_later(call, alice):
    first = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1").json()
    with clock.set_to(timezone.now() + datetime.timedelta(days=70)):
        again = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    assert (again.status_code, again.json()["lapses_at"]) == (200, first["lapses_at"])


def test_two_systems_may_use_the_same_key(caller, alice):
    for call in (caller(), caller()):
        assert call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1").status_code == 201


def test_results_of_a_batch_stand_where_their_orders_stood(call, alice):
    lost = an_award(alice) | {"target": f"member:{uuid.uuid4()}"}
    orders = [each | {"idempotency_key": f"b{n}"} for n, each in enumerate((lost, an_award(alice, 5), lost, an_award(alice, 6)))]
    items = call("post", "/ledger/transfers/batch", {"transfers": orders, "linked": False}).json()["items"]
    assert [item["status_code"] for item in items] == [404, 201, 404, 201]
    assert [(item["transfer"] or {}).get("amount_points") for item in items] == [None, 5, None, 6]


def test_the_same_key_with_another_body_is_refused(call, alice):
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    assert problem(call("post", "/ledger/transfers", an_award(alice, 31), idempotency_key="a1"), 422, "idempotency-key-reused")


def test_spending_more_than_there_is_is_refused_and_the_key_stays_free(call, alice):
    assert problem(call("post", "/ledger/transfers", a_spend(alice, 10), idempotency_key="s1"), 409, "insufficient-points")
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    assert call("post", "/ledger/transfers", a_spend(alice, 10), idempotency_key="s1").status_code == 201


@pytest.mark.parametrize(
    "target",
    [
        "member:6b1f3a52-0d0e-4a55-9a3e-4f0f7f6b2c11",
        "member:nobody",
        "programme:nowhere:issued",
        "programme:relationship:vault",
        "partner:none",
        "x",
        "a:b:c:d",
    ],
)
def test_an_unknown_account_is_not_found(call, target):
    body = {"source": ISSUED, "target": target, "amount_points": 1, "reason": "x"}
    assert problem(call("post", "/ledger/transfers", body, idempotency_key="a1"), 404, "unknown-account")
    assert problem(call("get", f"/ledger/accounts/{target}"), 404, "unknown-account")


@pytest.mark.parametrize(
    "change",
    [
        {"amount_points": 0},
        {"amount_points": -5},
        {"amount_points": 1.5},
        {"amount_points": "5"},
        {"amount_points": True},
        {"amount_points": 10**20},
        {"reason": ""},
        {"reason": "x" * 201},
        {"reason": "a\x00b"},
        {"occurred_at": "2026-11-22T10:00:00"},
        {"occurred_at": "0001-01-01T00:00:00Z"},
        {"expires_in_seconds": 60},
        {"metadata": {"note": "x" * 5000}},
        {"metadata": {"note": "a\x00b"}},
        {"lapses_on": "soon"},
        {"surprise": 1},
        {"source": 5},
    ],
)
def test_a_body_that_is_not_as_it_must_be_is_refused_at_its_field(call, alice, change):
    response = call("post", "/ledger/transfers", an_award(alice) | change, idempotency_key="a1")
    assert problem(response, 422, "invalid-request")
    assert response.json()["errors"]


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "x" * 101}])
def test_a_transfer_needs_an_idempotency_key(call, alice, headers):
    assert problem(call("post", "/ledger/transfers", an_award(alice), **headers), 422, "invalid-request")


def test_a_reservation_is_posted_for_less_and_the_rest_is_free(call, alice):
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    pending = call("post", "/ledger/transfers", a_spend(alice, 20, pending=True, expires_in_seconds=600), idempotency_key="p1").json()
    assert pending["status"] == "pending"
    account = call("get", f"/ledger/accounts/member:{alice.public_id}").json()
    assert (account["held_points"], account["available_points"]) == (20, 10)
    for _again in range(2):
        posted = call("post", f"/ledger/transfers/{pending['id']}/post", {"amount_points": 15})
        assert (posted.status_code, posted.json()["status"], posted.json()["amount_points"]) == (200, "posted", 15)
    assert problem(call("post", f"/ledger/transfers/{pending['id']}/void"), 409, "not-pending")
    account = call("get", f"/ledger/accounts/member:{alice.public_id}").json()
    assert (account["balance_points"], account["held_points"]) == (15, 0)


def test_a_reservation_is_voided_and_that_again_is_the_same(call, alice):
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    pending = call("post", "/ledger/transfers", a_spend(alice, 20, pending=True), idempotency_key="p1").json()
    for _again in range(2):
        assert call("post", f"/ledger/transfers/{pending['id']}/void").json()["status"] == "voided"
    assert problem(call("post", f"/ledger/transfers/{pending['id']}/post"), 409, "not-pending")


def test_a_transfer_is_reversed_once(call, alice):
    award = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1").json()
    first = call("post", f"/ledger/transfers/{award['id']}/reverse")
    again = call("post", f"/ledger/transfers/{award['id']}/reverse")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["reverses"] == award["id"]
    assert first.json() == again.json()
    assert call("get", f"/ledger/accounts/member:{alice.public_id}").json()["balance_points"] == 0
    assert problem(call("post", f"/ledger/transfers/{first.json()['id']}/reverse"), 409, "not-reversible")


def test_a_missing_transfer_is_not_found(call):
    assert problem(call("post", f"/ledger/transfers/{uuid.uuid4()}/void"), 404, "not-found")


def test_a_linked_batch_is_all_or_nothing(call, alice):
    items = [an_award(alice, 5, idempotency_key="b1"), a_spend(alice, 50, idempotency_key="b2")]
    refused = call("post", "/ledger/transfers/batch", {"transfers": items})
    assert problem(refused, 409, "insufficient-points")
    assert refused.json()["position"] == 1
    assert call("get", f"/ledger/accounts/member:{alice.public_id}").json()["balance_points"] == 0


def test_an_unlinked_batch_answers_each_for_itself(call, alice):
    items = [an_award(alice, 5, idempotency_key="b1"), a_spend(alice, 50, idempotency_key="b2"), a_spend(alice, 2, idempotency_key="b3")]
    items.append({**an_award(alice, 5, idempotency_key="b4"), "target": "member:nobody"})
    results = call("post", "/ledger/transfers/batch", {"transfers": items, "linked": False}).json()["items"]
    assert [each["status_code"] for each in results] == [201, 409, 201, 404]
    again = call("post", "/ledger/transfers/batch", {"transfers": items[:1], "linked": False}).json()["items"]
    assert again[0]["status_code"] == 200
    assert call("get", f"/ledger/accounts/member:{alice.public_id}").json()["balance_points"] == 3


@pytest.mark.parametrize("body", [{"transfers": []}, {"transfers": [{}] * 1001}, {"transfers": 5}, [], "x"])
def test_a_batch_has_bounds(call, body):
    assert problem(call("post", "/ledger/transfers/batch", body), 422, "invalid-request")


def test_a_balance_as_of_a_moment(call, alice):
    call("post", "/ledger/transfers", an_award(alice, 5), idempotency_key="a1")
    moment = timezone.now()
    call("post", "/ledger/transfers", an_award(alice, 7), idempotency_key="a2")
    path = f"/ledger/accounts/member:{alice.public_id}?as_of={moment.isoformat()}"
    assert call("get", path).json()["balance_points"] == 5
    assert call("get", f"/ledger/accounts/{ISSUED}").json()["balance_points"] == -12
    assert call("get", f"/ledger/accounts/{ISSUED}?as_of={moment.isoformat().replace('+', '%2B')}").json()["balance_points"] == -5
    assert problem(call("get", f"/ledger/accounts/{ISSUED}?as_of=yesterday"), 422, "invalid-request")


def test_a_moment_may_be_told_by_any_clock_of_the_world_and_beyond(call, alice):
    path = f"/ledger/accounts/{ISSUED}?as_of="
    assert call("get", f"{path}0590-08-24T06:40:59-21:19").json()["balance_points"] == 0
    for beyond in ("0001-01-01T00:00:00%2B05:00", "9999-12-31T23:59:59-05:00"):
        problem(call("get", path + beyond), 422, "invalid-request")
    told = an_award(alice, 5) | {"occurred_at": "2026-11-01T06:00:00-21:19"}
    assert call("post", "/ledger/transfers", told, idempotency_key="far").status_code == 201
    told |= {"occurred_at": "2026-11-02T03:19:00Z"}
    assert call("post", "/ledger/transfers", told, idempotency_key="far").status_code == 200


def test_an_accounts_transfers_come_in_pages_newest_first(call, alice):
    for number in range(5):
        call("post", "/ledger/transfers", an_award(alice, number + 1), idempotency_key=f"a{number}")
    pending = call("post", "/ledger/transfers", a_spend(alice, 3, pending=True), idempotency_key="p").json()
    call("post", f"/ledger/transfers/{pending['id']}/post")
    path, seen = f"/ledger/accounts/member:{alice.public_id}/transfers?limit=4", []
    page = call("get", path).json()
    seen += page["items"]
    page = call("get", f"{path}&cursor={page['next']}").json()
    seen += page["items"]
    assert page["next"] is None
    assert [each["amount_points"] for each in seen] == [3, 5, 4, 3, 2, 1]
    assert seen[0]["status"] == "posted"


def test_a_page_of_transfers_costs_the_same_whatever_its_length(call, alice, django_assert_max_num_queries):
    for number in range(12):
        call("post", "/ledger/transfers", an_award(alice), idempotency_key=f"a{number}")
    with django_assert_max_num_queries(15):
        call("get", f"/ledger/accounts/member:{alice.public_id}/transfers")


def test_points_that_another_system_awards_lapse_as_it_says_or_as_the_programme_does(call, alice):
    said = call("post", "/ledger/transfers", an_award(alice, lapses_on="2027-03-31"), idempotency_key="a1").json()
    assert said["lapses_at"].startswith("2027-03-31T16:00:00")
    usual = call("post", "/ledger/transfers", an_award(alice, occurred_at="2026-01-15T12:00:00Z"), idempotency_key="a2").json()
    assert usual["lapses_at"].startswith("2028-01-31T16:00:00")


def test_no_key_a_wrong_key_a_revoked_key_and_a_missing_scope(client, caller, alice):
    assert problem(client.get(f"/api/v1/ledger/accounts/{ISSUED}"), 401, "key-missing")
    assert problem(client.get(f"/api/v1/ledger/accounts/{ISSUED}", HTTP_AUTHORIZATION="Bearer nope"), 401, "key-missing")
    reader = caller("ledger:read")
    assert problem(reader("post", "/ledger/transfers", an_award(alice), idempotency_key="a"), 403, "scope-missing")
    ApiKey.objects.update(revoked_at=timezone.now())
    assert problem(reader("get", f"/ledger/accounts/{ISSUED}"), 401, "key-missing")


def test_a_wrong_method_a_wrong_address_and_a_broken_body(call, client):
    response = call("delete", f"/ledger/accounts/{ISSUED}")
    assert problem(response, 405, "method-not-allowed")
    assert "GET" in response["Allow"]
    assert problem(call("get", "/nothing/here"), 404, "not-found")
    broken = client.post("/api/v1/ledger/transfers", "{", "application/json", HTTP_AUTHORIZATION="Bearer x")
    assert problem(broken, 401, "key-missing")


def test_a_body_that_is_no_json(client, db):
    _row, token = ApiKey.issue("t", ["ledger:write"])
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": "a"}
    assert problem(client.post("/api/v1/ledger/transfers", "{", "application/json", **headers), 400, "bad-request")
    huge = "x" * (5 * 1024 * 1024)
    assert problem(client.post("/api/v1/ledger/transfers", huge, "application/json", **headers), 413, "too-large")


def test_a_key_may_be_too_fast(call, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [call("get", f"/ledger/accounts/{ISSUED}").status_code for _n in range(5)]
    assert 429 in answers
    assert call("get", f"/ledger/accounts/{ISSUED}")["Retry-After"]


def test_a_key_bound_to_a_programme_sees_nothing_else(caller, alice, call):
    other = Programme.objects.create(slug="other", name="Other")
    open_books(other)
    bound = caller("ledger:read", "ledger:write", programme_slug="other")
    award = call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1").json()
    assert problem(bound("get", f"/ledger/accounts/{ISSUED}"), 404, "unknown-account")
    assert problem(bound("post", "/ledger/transfers", an_award(alice), idempotency_key="b1"), 404, "unknown-account")
    assert problem(bound("get", f"/ledger/transfers/{award['id']}"), 404, "not-found")
    assert problem(bound("post", f"/ledger/transfers/{award['id']}/reverse"), 404, "not-found")
    assert bound("get", f"/ledger/accounts/member:{alice.public_id}").json()["balance_points"] == 0


def test_a_partner_gives_from_its_own_block_up_to_its_credit_and_touches_nothing_else(caller, alice, asset):
    partner = Partner.objects.create(programme=asset.programme, slug="courier", name="Courier", credit_limit_points=50)
    accounts.block_of(partner)
    bound = caller("ledger:read", "ledger:write", "members:read", partner_slug="courier")
    gift = {"source": "partner:courier", "target": f"member:{alice.public_id}", "amount_points": 50, "reason": "Parcel"}
    assert bound("post", "/ledger/transfers", gift, idempotency_key="g1").status_code == 201
    assert problem(bound("post", "/ledger/transfers", gift | {"amount_points": 1}, idempotency_key="g2"), 409, "insufficient-points")
    assert problem(bound("post", "/ledger/transfers", an_award(alice), idempotency_key="g3"), 404, "unknown-account")
    assert problem(bound("post", "/ledger/transfers", a_spend(alice, 1), idempotency_key="g4"), 404, "unknown-account")
    assert problem(bound("get", f"/ledger/accounts/member:{alice.public_id}"), 404, "unknown-account")
    assert bound("get", "/members").json()["items"] == []
    assert problem(bound("get", f"/members/{alice.public_id}"), 404, "not-found")


def test_each_line_of_a_statement_moves_the_balance_by_what_it_says(call, alice):
    call("post", "/ledger/transfers", an_award(alice, 15), idempotency_key="a")
    call("post", "/ledger/transfers", a_spend(alice, 7), idempotency_key="s")
    lines = call("get", f"/members/{alice.public_id}/statement").json()["lines"]
    assert [(line["delta_points"], line["balance_points"]) for line in lines] == [(15, 15), (-7, 8)]


def test_members_with_tier_points_and_statement(call, alice, bob):
    call("post", "/ledger/transfers", an_award(alice, 70), idempotency_key="a1")
    call("post", "/ledger/transfers", a_spend(alice, 20), idempotency_key="s1")
    page = call("get", "/members?limit=1").json()
    assert len(page["items"]) == 1
    assert page["next"]
    found = call("get", f"/members/{alice.public_id}").json()
    assert (found["tier"], found["balance_points"], found["company"]) == ("silver", 50, "Harbour Trading")
    statement = call("get", f"/members/{alice.public_id}/statement").json()
    assert (statement["opening_balance_points"], statement["closing_balance_points"]) == (0, 50)
    assert [line["delta_points"] for line in statement["lines"]] == [70, -20]
    assert statement["lapsing_soon"][0]["amount_points"] == 50
    past = call("get", f"/members/{alice.public_id}/statement?from=2025-01-01&to=2025-12-31").json()
    assert (past["opening_balance_points"], past["lines"], past["closing_balance_points"]) == (0, [], 0)
    assert problem(call("get", f"/members/{alice.public_id}/statement?from=2026-02-01&to=2026-01-01"), 422, "invalid-request")


def test_the_document_and_its_page_are_open_and_need_no_foreign_script(client):
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/ledger/transfers" in document["paths"]
    page = client.get("/api/v1/docs").content.decode()
    assert "/api/v1/ledger/transfers/batch" in page
    assert "http" not in "".join(part for part in page.split("<script")[1:])


def test_the_books_balance_after_all_of_it(call, alice, bob):
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    call("post", "/ledger/transfers", a_spend(alice, 10, pending=True), idempotency_key="p1")
    assert audit().differences == []
