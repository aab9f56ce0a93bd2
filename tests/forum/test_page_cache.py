"""Whole pages kept for visitors: fast, never older than the last deed, never another's."""

import re

import pytest
from django.test import Client

from forum import moderating, posting

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')


@pytest.fixture
def public(open_board, alice):
    return posting.start_thread(open_board, author=alice, title="For everybody", body="Come in.")


def test_a_visitors_second_look_asks_nothing(client, public, django_assert_num_queries):
    for address in ("/forum/", "/forum/boards/news/", f"/forum/threads/{public.pk}/", "/blogs/"):
        first = client.get(address).content
        with django_assert_num_queries(0):
            second = client.get(address)
        assert second.status_code == 200
        assert re.sub(rb"[A-Za-z0-9]{64}", b"", second.content) == re.sub(rb"[A-Za-z0-9]{64}", b"", first)


def test_a_deed_is_seen_at_once(client, public, bob, moderator, django_capture_on_commit_callbacks):
    address = f"/forum/threads/{public.pk}/"
    client.get(address)
    with django_capture_on_commit_callbacks(execute=True):
        post = posting.reply(public, author=bob, body="Fresh words.")
    assert "Fresh words." in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        moderating.hide_post(post, by=moderator, reason="Not here")
    assert "Fresh words." not in client.get(address).content.decode()


def test_a_member_sees_their_own_page_and_leaves_nothing_of_it_behind(client, public, square, thread, alice):
    visitor = client.get("/forum/").content.decode()
    client.force_login(alice)
    assert "The square" in client.get("/forum/").content.decode()
    client.logout()
    after = Client().get("/forum/").content.decode()
    assert "The square" not in after
    assert "The square" not in visitor
    assert "Alice Chen" not in after.split("</header>")[0]


def test_each_visitor_has_their_own_token_and_it_works(public):
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    tokens = [TOKEN.search(each.get("/forum/").content.decode()).group(1) for each in (first, second)]
    assert tokens[0] != tokens[1]
    form = {"csrfmiddlewaretoken": tokens[1], "theme": "dark", "next": "/forum/"}
    assert second.post("/i18n/theme/", form).status_code == 302
    assert first.post("/i18n/theme/", form).status_code == 403


def test_languages_and_themes_are_kept_apart(client, public):
    english, chinese = client.get("/forum/").content.decode(), client.get("/zh-hans/forum/").content.decode()
    assert 'lang="zh-Hans"' in chinese.split(">")[1]
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/forum/").content.decode()
    assert 'data-theme="dark"' not in english


def test_a_hidden_board_is_not_shown_from_memory(client, public, open_board, django_capture_on_commit_callbacks):
    client.get(f"/forum/threads/{public.pk}/")
    with django_capture_on_commit_callbacks(execute=True):
        open_board.audience = open_board.Audience.MEMBERS
        open_board.save()
    assert client.get(f"/forum/threads/{public.pk}/").status_code == 404
