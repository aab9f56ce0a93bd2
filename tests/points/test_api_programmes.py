"""Keys of one programme and the books of another."""

import json

import pytest
from django.utils import timezone

from members.models import ApiKey
from points import reading
from points.auditing import audit
from points.models import Programme, Standing, Tier
from points.starting import open_books
from tests.points.test_api import ISSUED, REDEEMED, a_spend, an_award, problem


def academy_of(caller, **bound):
    """A second programme with a tier from 20 points, and a key."""
    open_books(Programme.objects.create(slug="academy", name="Academy"))
    Tier.objects.create(programme=Programme.objects.get(slug="academy"), slug="scholar", name="Scholar", threshold_points=20)
    return caller("ledger:read", "ledger:write", "members:read", **bound)


def test_no_call_of_a_key_of_one_programme_reaches_into_another(caller, call, client, alice, bob):
    bound = academy_of(caller, programme_slug="academy")
    own = an_award(alice) | {"source": "programme:academy:issued"}
    held = call("post", "/ledger/transfers", an_award(alice, pending=True), idempotency_key="h1").json()
    call("post", "/ledger/transfers", an_award(alice), idempotency_key="a1")
    crossing = [
        an_award(alice),
        own | {"source": ISSUED, "target": "programme:academy:goodwill"},
        own | {"target": REDEEMED},
        {**own, "source": "programme:academy:goodwill", "target": "programme:relationship:goodwill"},
    ]
    for n, body in enumerate(crossing):
        item = body | {"idempotency_key": f"x{n}"}
        assert problem(bound("post", "/ledger/transfers", body, idempotency_key=f"x{n}"), 404, "unknown-account")
        assert problem(
            bound("post", "/ledger/transfers/batch", {"transfers": [own | {"idempotency_key": "o"}, item]}), 404, "unknown-account"
        )
        each = bound("post", "/ledger/transfers/batch", {"transfers": [item], "linked": False}).json()["items"]
        assert each[0]["status_code"] == 404
    for verb in ("post", "void", "reverse"):
        assert problem(bound("post", f"/ledger/transfers/{held['id']}/{verb}"), 404, "not-found")
    for path in (ISSUED, REDEEMED, f"{ISSUED}/transfers"):
        assert problem(bound("get", f"/ledger/accounts/{path}"), 404, "unknown-account")
    assert bound("get", f"/ledger/accounts/member:{alice.public_id}/transfers").json()["items"] == []
    today = timezone.localdate()
    assert "Workshop" not in bound("get", f"/ledger/export?since={today}&until={today}").getvalue().decode()
    assert bound("get", f"/members/{alice.public_id}/statement").json()["lines"] == []
    # A member's points of one's own programme are spent in it, though those of the other would reach.
    spend = a_spend(alice, 10) | {"target": "programme:academy:redeemed"}
    assert problem(bound("post", "/ledger/transfers", spend, idempotency_key="s1"), 409, "insufficient-points")
    assert call("get", f"/ledger/accounts/member:{alice.public_id}").json()["available_points"] == 30
    assert audit().differences == []


def test_a_file_of_a_key_of_one_programme_moves_nothing_of_another(caller, alice, client):
    academy_of(caller)
    _row, token = ApiKey.issue("academy", ["ledger:write"], programme_slug="academy")
    lines = [
        an_award(alice) | {"source": source, "idempotency_key": source}
        for source in ("programme:academy:issued", ISSUED, "programme::issued")
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    for path in ("?dry_run=true", ""):
        answer = client.post(
            f"/api/v1/ledger/transfers/file{path}", text, "application/x-ndjson", HTTP_AUTHORIZATION=f"Bearer {token}"
        ).json()
        assert [item["outcome"] for item in answer["items"]] == ["done", "refused", "refused"]
    assert reading.balance_of(alice, "academy") == 30
    assert reading.balance_of(alice) == 0


@pytest.mark.parametrize("linked", [True, False])
def test_a_batch_that_names_several_programmes_moves_the_tiers_of_each(caller, alice, linked):
    unbound = academy_of(caller)
    both = [an_award(alice, 70) | {"source": source, "idempotency_key": source} for source in (ISSUED, "programme:academy:issued")]
    answer = unbound("post", "/ledger/transfers/batch", {"transfers": both, "linked": linked})
    assert [item["status_code"] for item in answer.json()["items"]] == [201, 201]
    tiers = dict(Standing.objects.filter(member=alice).values_list("programme__slug", "tier__slug"))
    assert tiers == {"relationship": "silver", "academy": "scholar"}
