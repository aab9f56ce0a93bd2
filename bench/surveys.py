"""Surveys measured in one run: what a submission costs here, and beside django-survey-and-report's own form saving like answers.

    DATABASE_URL=postgres://… python -m bench.surveys --rounds 5

One client, in this process: CPU milliseconds of this process, its engine and its PostgreSQL backend together, and queries; rounds are interleaved
and a figure is the median of them. Without DATABASE_URL: SQLite. A database of its own is made and taken away.
With --served: completed surveys a second, members one at a time and eight at once over HTTP.
With --large: a survey of 100 questions and 50,000 answers, its results page and its XLSX and SPSS files.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import database_template

CALLS = 24


def prepare_database() -> tuple[str, Callable[[], None]]:
    """The address of a fresh database and what takes it away again."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    lane = os.environ.get("DATABASE_URL", "")
    if not lane.startswith("postgres"):
        file = folder / f"surveys-{os.getpid()}.sqlite3"
        database_template.lay_sqlite(file)
        return f"sqlite:///{file}", lambda: [Path(f"{file}{end}").unlink(missing_ok=True) for end in ("", "-wal", "-shm")] and None
    server, name = database_template.server_of(lane), f"clubroom_bench_surveys_{os.getpid()}"
    database_template.lay_postgres(server, name)

    def drop() -> None:
        import psycopg

        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    return f"{server}/{name}", drop


def spent_ms() -> float:
    """CPU so far of this process, its engines and its PostgreSQL backend."""
    from django.db import connection

    from surveys.engine.pool import pool

    pids = list(pool().pids())
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        pids.append(connection.connection.info.backend_pid)
    return time.process_time() * 1_000 + sum(_cpu_ms(pid) for pid in pids)


def _cpu_ms(pid: int) -> float:
    """CPU of all threads of a process: V8 works in several."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(task.read_text().split()[0]) / 1e6
    return total


def memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def members(count: int, name: str = "bench") -> list[Any]:
    from members.models import Company, Member

    company = Company.objects.create(name="Harbour Traders")
    made = [
        Member(email=f"{name}{number}@example.org", name=f"{name} {number}", handle=f"{name}{number}", company=company)
        for number in range(count)
    ]
    return Member.objects.bulk_create(made)


def survey_of(name: str, number: int) -> tuple[Any, dict[str, Any]]:
    from bench.surveys_kinds import KINDS
    from surveys import publishing

    definition, answers = KINDS[name]
    survey = publishing.create(title=f"{name} {number}", definition=definition, minutes=0)
    publishing.publish(survey)
    return survey, answers


def cost(rounds: int) -> None:
    """CPU and queries of one submission, ours and the peer's, one client, round by round."""
    from django.db import connection
    from django.test import Client

    from bench.surveys_kinds import KINDS, peers_survey

    people = members(CALLS + 1)
    clients = []
    for member in people:
        client = Client(raise_request_exception=True)
        client.force_login(member)
        client.get("/surveys/")  # a first visit writes down the device
        clients.append(client)
    from members.activity import recorded

    bells = recorded.receivers
    figures: dict[str, list[float]] = {}
    queries: dict[str, float] = {}

    def measure(name: str, send: Callable[[Any], Any]) -> None:
        asked = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(sql, params, many, context)

        send(clients[0])
        before = spent_ms()
        with connection.execute_wrapper(count):
            for client in clients[1:]:
                send(client)
        figures.setdefault(name, []).append((spent_ms() - before) / CALLS)
        queries[name] = asked / CALLS

    for number in range(rounds):
        for name in KINDS:
            survey, answers = survey_of(name, number)
            body = {"data": answers}

            def ours(client: Any, address: str = f"/surveys/{survey.slug}/answers/", body: Any = body) -> None:
                response = client.post(address, body, content_type="application/json")
                assert response.status_code == 200, (response.status_code, response.headers, response.content)

            def draft(client: Any, address: str = f"/surveys/{survey.slug}/draft/", body: Any = body) -> None:
                assert client.post(address, body, content_type="application/json").status_code == 200

            if name == "20 questions":
                measure("draft of 20", draft)
            # Points are weighed after the answer is kept, by whoever hears of it: measured apart, the peer pays none.
            recorded.receivers = []
            recorded.sender_receivers_cache.clear()
            measure(name, ours)
            recorded.receivers = bells
            recorded.sender_receivers_cache.clear()
            if name == "10 static":
                paid, _answers = survey_of(name, 1_000 + number)

                def ours_paid(client: Any, address: str = f"/surveys/{paid.slug}/answers/", body: Any = body) -> None:
                    assert client.post(address, body, content_type="application/json").status_code == 200

                measure("10 static and its points", ours_paid)
                theirs, form = peers_survey()

                def peer(client: Any, address: str = f"/peer/{theirs.pk}/", form: Any = form) -> None:
                    response = client.post(address, form)
                    assert "confirm" in response.headers.get("Location", ""), response.content[-3000:]

                measure("django-survey's form, 10", peer)
    print(f"\nCost, one client, {rounds} rounds of {CALLS} ({connection.vendor})")
    print(f"{'':28}{'CPU ms':>8}{'least–most':>16}{'queries':>9}")
    for name, found in figures.items():
        print(f"{name:28}{statistics.median(found):8.1f}{min(found):9.1f}–{max(found):<6.1f}{queries[name]:9.1f}")
    ratio = statistics.median(a / b for a, b in zip(figures["10 static"], figures["django-survey's form, 10"], strict=True))
    print(f"ours / django-survey's, 10 static questions: {ratio:.2f} × its CPU")
    from surveys.engine.pool import pool

    print("memory of an engine process: " + ", ".join(f"{memory_mb(pid):.0f} MB" for pid in pool().pids()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="a survey of many answers instead: its results page and its files")
    parser.add_argument("--served", action="store_true", help="surveys completed a second over HTTP instead")
    parser.add_argument("--servers", type=int, default=1, help="processes that serve them")
    parser.add_argument("--answers", type=int, default=50_000)
    wanted = parser.parse_args()
    url, drop = prepare_database()
    if wanted.served:
        from bench import surveys_served

        try:
            return surveys_served.measure(url, wanted.servers, questions=20)
        finally:
            drop()
    os.environ |= {
        "DATABASE_URL": url,
        "DATABASE_POOL_SIZE": "0",
        "DEBUG": "false",
        "SECRET_KEY": "bench" * 12,
        "SECURE_SSL_REDIRECT": "false",
    }
    os.environ |= {
        "ALLOWED_HOSTS": "*",
        "DJANGO_SETTINGS_MODULE": "bench.surveys_settings",
        "RATE_LIMITS_OFF": "true",
        "SECURE_COOKIES": "false",
    }
    import django

    django.setup()
    try:
        if wanted.large:
            from bench import surveys_large

            surveys_large.measure(wanted.answers)
        else:
            cost(wanted.rounds)
    finally:
        from django.db import connections

        connections.close_all()
        drop()


if __name__ == "__main__":
    main()
