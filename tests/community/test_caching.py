"""Redis is away or frozen: pages go on, and what is limited stays limited."""

import socket
import time

import pytest
from django.core.cache import cache

from community import caching
from community.caching import PatientCache

OPTIONS = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}


@pytest.fixture
def now_away(monkeypatch):
    monkeypatch.setattr(caching, "_away_until", 0.0)


@pytest.fixture(params=["nobody listens", "nobody answers"])
def lost(request, now_away):
    """A cache whose Redis refuses, or takes a connection and is silent."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            silent.listen()
        made = PatientCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", dict(OPTIONS))
        made.clear()
        yield made


def test_a_cache_that_is_away_remembers_by_itself_and_keeps_nobody_waiting_twice(lost):
    assert lost.get("a", "nothing") == "nothing"
    lost.set("a", 1, 30)
    assert lost.incr("a") == 2
    assert not lost.add("a", 7)
    assert lost.get_many(["a", "b"]) == {"a": 2}
    began = time.monotonic()
    for _time in range(50):
        lost.get("a")
    assert time.monotonic() - began < 0.5
    lost.delete("a")
    assert lost.get("a") is None


def test_a_cache_is_asked_again_a_while_after_it_was_away(lost, monkeypatch):
    lost.set("a", 1, 30)
    monkeypatch.setattr(PatientCache.__mro__[1], "get", lambda *_words, **_options: "back")
    assert lost.get("a") == 1
    monkeypatch.setattr(caching, "_away_until", 0.0)
    assert lost.get("a") == "back"


def test_pages_of_the_api_and_their_limits_go_on_without_it(client, alice, lost, monkeypatch):
    for name in ("get", "get_many", "set", "add", "incr", "delete", "touch"):
        if not isinstance(cache._connections[cache._alias], PatientCache):
            monkeypatch.setattr(cache._connections[cache._alias], name, getattr(lost, name))
    client.force_login(alice)
    assert client.get("/api/v1/groups/999999/events").status_code == 404
