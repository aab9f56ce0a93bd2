"""The addresses that people's bookmarks and other systems rely on: each answers, in both languages, for whom it should."""

import pytest

PUBLIC = [
    "/",
    "/magazine/",
    "/events/",
    "/forum/",
    "/forum/search/?q=x",
    "/blogs/",
    "/accounts/login/",
    "/accounts/signup/",
    "/privacy/",
    "/contact/",
]
SIGNED_IN = [
    "/surveys/",
    "/groups/",
    "/points/",
    "/points/rewards/",
    "/points/leaderboard/",
    "/refer/",
    "/notifications/",
    "/notifications/preferences/",
    "/members/settings/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
MACHINE_READ = [
    "/healthz",
    "/readyz",
    "/sitemap.xml",
    "/robots.txt",
    "/manifest.webmanifest",
    "/.well-known/security.txt",
    "/magazine/feed/",
    "/api/v1/openapi.json",
]


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_may_open(client, db, prefix, path):
    answer = client.get(prefix + path)
    assert answer.status_code == 200
    assert f'lang="{"zh-Hans" if prefix else "en"}"' in answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_member_may_open(client, alice, prefix, path):
    client.force_login(alice)
    answer = client.get(prefix + path)
    assert answer.status_code == 200
    assert f'lang="{"zh-Hans" if prefix else "en"}"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/points/", "/refer/", "/notifications/", "/members/settings/"])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", MACHINE_READ)
def test_a_machine_may_read_without_a_language(client, db, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/pages/"])
def test_no_customer_enters_the_back_office(client, alice, path):
    client.force_login(alice)
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/admin/", "/django-admin/"])
def test_a_visitor_at_a_back_office_is_asked_to_sign_in(client, db, path):
    assert client.get(path).status_code == 302


def test_no_customer_enters_the_technical_office(client, alice):
    client.force_login(alice)
    assert client.get("/django-admin/").status_code == 302


@pytest.mark.parametrize("role", ["marketer", "researcher", "moderator", "admin"])
def test_the_clubs_own_people_enter_the_back_office(client, request, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get("/admin/").status_code == 200


def test_the_back_office_speaks_the_language_of_who_works_there(client, marketer):
    client.force_login(marketer)
    assert "What needs you" in client.get("/admin/").content.decode()
    type(marketer).objects.filter(pk=marketer.pk).update(locale="zh-hans")
    answer = client.get("/admin/")
    assert "What needs you" not in answer.content.decode()
    assert answer["Content-Language"] == "zh-hans"
    assert client.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/no-such-page/", "/members/nobody/", "/forum/threads/999999/", "/surveys/none/", "/groups/999999/"])
def test_what_is_not_there_says_so_kindly(client, alice, path):
    client.force_login(alice)
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<main" in answer.content.decode()
