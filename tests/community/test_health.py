import pytest

from community import health


def test_a_process_that_answers_is_alive_without_asking_the_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_club_with_database_cache_and_migrations_is_ready(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "cache": "ok"}


def test_a_club_whose_database_fails_is_not_ready_and_says_which_part(client, db, monkeypatch):
    def broken():
        raise OSError

    monkeypatch.setattr(health, "_database", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "OSError"


def test_a_process_that_stops_takes_no_new_work(client, db):
    health.draining.set()
    try:
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    finally:
        health.draining.clear()


def test_figures_are_for_the_machine_itself(client, alice):
    assert "clubroom_members 1.0" in client.get("/metrics").content.decode()


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "203.0.113.5"}, {"Authorization": "Bearer wrong", "X-Forwarded-For": "203.0.113.5"}]
)
def test_figures_are_not_public(client, db, headers, settings):
    settings.METRICS_TOKEN = "the-right-one"
    assert client.get("/metrics", headers=headers).status_code == 404
    assert client.get("/metrics", headers={**headers, "Authorization": "Bearer the-right-one"}).status_code == 200
