"""A member's own way out of the club: asked who they are, told what goes, forgotten at once."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache

from members.models import Member
from members.roles import MARKETER
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
