"""A member's own way out of the club: asked who they are, told what goes, forgotten at once."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache

from members.models import Member
from members.roles import MARKETER
from points import accounts, ledger, redeeming
from points.models import Programme, Reward, Transfer
from points.starting import open_books
from tests.conftest import PASSWORD

LEAVE = "/members/settings/leave/"


@pytest.fixture
def inside(client, alice):
    client.force_login(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_a_member_leaves_and_is_forgotten(inside, alice):
    page = inside.get("/zh-hans/members/settings/data/").content.decode()
    assert f"/zh-hans{LEAVE}" in page
    assert "作废" in inside.get(f"/zh-hans{LEAVE}").content.decode()
    answer = inside.post(f"/zh-hans{LEAVE}", {"is_sure": "on"})
    assert answer.url == "/zh-hans/"
    gone = Member.objects.get(pk=alice.pk)
    assert gone.erased_at
    assert "Alice" not in f"{gone.name}{gone.handle}{gone.email}"
    home = inside.get("/zh-hans/").content.decode()
    assert "你已离开俱乐部" in home
    assert inside.get("/members/settings/").status_code == 302, "signed out"
    inside.post("/accounts/login/", {"login": "alice@harbour.example", "password": PASSWORD})
    assert inside.get("/members/settings/").status_code == 302, "and no way back in"


def test_the_page_says_before_how_many_points_lapse(inside, alice):
    """What is held for a reward and a gift among them, and those of every programme."""
    assert "no points that could lapse" in inside.get(LEAVE).content.decode()
    academy = Programme.objects.create(slug="academy", name="Academy")
    open_books(academy)
    for programme, points in (("relationship", 1_040), ("academy", 7)):
        issued = accounts.issuing(programme)
        order = ledger.Order(source=issued, target=accounts.wallet_of(alice, issued.asset), amount_points=points, reference=programme)
        ledger.transfer(order)
    own = accounts.default_asset()
    mug = Reward.objects.create(programme=own.programme, slug="mug", name="A mug", price_points=40)
    redeeming.redeem(mug, member=alice, reference="r")
    page, chinese = (inside.get(f"{prefix}{LEAVE}").content.decode() for prefix in ("", "/zh-hans"))
    assert "<b>1040</b> points of yours lapse at once" in page
    assert "<b>7</b> points of Academy lapse as well" in page
    assert "<b>1040</b> 积分立即作废" in chinese
    assert "Academy的 <b>7</b> 积分也一并作废" in chinese
    inside.post(LEAVE, {"is_sure": "on"})
    lapsed = {row.asset.programme.slug: row.amount_points for row in Transfer.objects.filter(reason="erased")}
    assert lapsed == {"relationship": 1_040, "academy": 7}


def test_nobody_leaves_without_the_tick_or_by_a_mere_visit(inside, alice):
    inside.get(LEAVE)
    assert inside.post(LEAVE, {}).status_code == 422
    assert not Member.objects.get(pk=alice.pk).erased_at


def test_who_was_not_asked_for_the_password_lately_is_asked_first(client, alice):
    client.force_login(alice)
    answer = client.post(LEAVE, {"is_sure": "on"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not Member.objects.get(pk=alice.pk).erased_at


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.post(LEAVE, {"is_sure": "on"}).url.startswith("/accounts/login/")


def test_who_works_for_the_club_hands_over_first(inside, alice):
    alice.groups.add(Group.objects.get(name=MARKETER))
    cache.clear()
    assert "administers it" in inside.get(LEAVE).content.decode()
    assert inside.post(LEAVE, {"is_sure": "on"}).status_code == 422
    assert not Member.objects.get(pk=alice.pk).erased_at
