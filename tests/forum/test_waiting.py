"""A database that is away or locked: the page asks to come again, the API says it in its own words, and it is in the log."""

import pytest
from django.db import OperationalError

from focusgroups import rooms
from forum import posting
from forum.views import threads


@pytest.fixture
def locked():
    def refuse(*_args, **_more):
        raise OperationalError("database is locked")

    return refuse


def test_a_page_whose_database_is_locked_asks_to_come_again(client, bob, thread, monkeypatch, locked, caplog):
    client.force_login(bob)
    monkeypatch.setattr(posting, "reply", locked)
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Hello all."})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert "reload this page" in page
    assert "刷新本页" in page
    assert "the database did not answer POST" in caplog.text


def test_the_api_says_it_as_a_problem(client, alice, monkeypatch, locked):
    client.force_login(alice)
    monkeypatch.setattr(rooms, "seat_of", locked)
    answer = client.get("/api/v1/groups/1/events")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")


def test_another_mistake_is_still_a_mistake(client, bob, thread, monkeypatch):
    def stumble(*_args, **_more):
        raise RuntimeError

    client.force_login(bob)
    client.raise_request_exception = False
    monkeypatch.setattr(threads, "_page", stumble)
    assert client.get(f"/forum/threads/{thread.pk}/").status_code == 500
