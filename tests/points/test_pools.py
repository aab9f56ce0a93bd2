"""The statement of a company's pool."""

import datetime

import pytest
from django.utils import timezone

from community.demo import clock
from points import accounts, gifting, pools, redeeming
from points.models import Account, Reward


@pytest.fixture
def pooled(funded, alice, bob, harbour, asset, marketer, issued, move):
    """Alice puts 40 in, ten days ago; Bob spends 30 five days ago, and 10 that come back today; a colleague leaves 5 waiting."""
    now = timezone.now()
    mug = Reward.objects.create(programme=asset.programme, slug="mug", name="Mug", price_points=30, stock=5)
    pin = Reward.objects.create(programme=asset.programme, slug="pin", name="=Pin", price_points=10, stock=5)
    with clock.set_to(now - datetime.timedelta(days=10)):
        gifting.accept(gifting.offer(alice, to=harbour, points=40, reference="a"), by=bob)
    with clock.set_to(now - datetime.timedelta(days=5)):
        for reward in (mug, pin):
            redeeming.fulfil(redeeming.redeem(reward, member=bob, reference=reward.slug, company=harbour), by=marketer)
    redeeming.give_back(bob.redemptions.get(reward=pin), by=marketer, note="Wrong")
    gifting.offer(alice, to=harbour, points=5, reference="b")
    return accounts.pool_of(harbour)


def test_the_administrator_sees_who_put_in_and_who_spent(client, bob, alice, pooled):
    client.force_login(bob)
    answer = client.get("/points/pool/")
    page = answer.content.decode()
    assert {(share.member, share.put_in, share.spent) for share in answer.context["shares"]} == {(alice, 40, 0), (bob, 0, 30)}
    assert [(line.who, line.delta_points, line.balance_points) for line in answer.context["lines"]] == [
        (bob, 10, 10),
        (bob, -10, 0),
        (bob, -30, 10),
        (alice, 40, 40),
    ]
    assert "Harbour Trading has 10 points in its pool." in page
    assert "Reward returned" in page
    assert "Mug" in page


def test_the_pool_as_of_a_day_is_what_it_was_then(client, bob, pooled):
    day = (timezone.localtime() - datetime.timedelta(days=7)).date().isoformat()
    client.force_login(bob)
    answer = client.get(f"/points/pool/?to={day}")
    assert (answer.context["period"].closing, [line.delta_points for line in answer.context["lines"]]) == (40, [40])
    assert [share.spent for share in answer.context["shares"]] == [0]
    since = client.get(f"/points/pool/?from={day}")
    assert (since.context["period"].opening, len(since.context["lines"])) == (40, 3)
    assert "first day lies after" in client.get("/points/pool/?from=2026-05-02&to=2026-05-01").content.decode()


def test_the_pools_csv_has_every_line_with_its_member_and_no_formula(client, bob, pooled):
    client.force_login(bob)
    lines = client.get("/points/pool.csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Date,Who,Reason,About,Points,Balance"
    assert lines[-1].endswith("Alice Chen,Gift,,40,40")
    assert "'=Pin" in lines[1]
    assert len(lines) == 5


def test_only_the_companys_administrators_see_it(client, alice, charlie, bob, db):
    for member in (alice, charlie):
        client.force_login(member)
        assert client.get("/points/pool/").status_code == 404
        assert client.get("/points/pool.csv").status_code == 404
        assert "/points/pool/" not in client.get("/points/").content.decode()
    client.force_login(bob)
    assert "Nothing here yet" in client.get("/points/pool/").content.decode()
    assert client.get("/points/pool/?programme=nothing").status_code == 404
    assert not Account.objects.filter(kind="pool").exists()


def test_the_pools_page_asks_no_more_for_more_lines(client, bob, pooled, issued, move, django_assert_max_num_queries, monkeypatch):
    for _n in range(40):
        move(issued, pooled, 1, reason="goodwill")
    client.force_login(bob)
    client.get("/points/pool/")
    with django_assert_max_num_queries(22):
        page = client.get("/points/pool/")
    assert len(page.context["lines"]) == 30
    with django_assert_max_num_queries(22):
        rest = client.get(f"/points/pool/?before={page.context['next']}")
    assert len(rest.context["lines"]) == 14
    assert pools.name_of(None) == "The club"
