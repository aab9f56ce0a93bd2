"""Runs the suite on SQLite, then on PostgreSQL and Redis where they answer, and says which lanes ran.

`--prepare` only makes the databases that the lanes' tests copy, one after the other.
TEST_DATABASE_URL and TEST_REDIS_URL name the servers (default: the local standard ports). With CI=true a missing lane is a failure.
"""

import getpass
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable

POSTGRES = os.environ.get("TEST_DATABASE_URL", f"postgres://{getpass.getuser()}@127.0.0.1:5432/clubroom")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
ON_POSTGRES = {"DATABASE_URL": POSTGRES, "REDIS_URL": REDIS, "TEST_ONLY_DATABASE": "1"}
IS_CI = os.environ.get("CI", "").lower() in ("1", "true")


def answers() -> str:
    """Why the PostgreSQL and Redis lane cannot run, or an empty text."""
    import psycopg
    import redis

    try:
        server, _slash, _name = POSTGRES.rpartition("/")
        psycopg.connect(f"{server}/postgres", connect_timeout=3).close()
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except Exception as error:
        return f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return ""


# What asks the database and yet does not depend on it is looked at once: pages, how they are served, the demo's words, hostile Markdown,
# each of two thousand permissions.
LOOKED_AT_ONCE = [
    "tests/browser/test_accessible.py",
    "tests/browser/test_conditions.py",
    "tests/browser/test_following.py",
    "tests/browser/test_forum.py",
    "tests/browser/test_group.py",
    "tests/browser/test_hostile.py",
    "tests/browser/test_leading.py",
    "tests/browser/test_look.py",
    "tests/browser/test_marks.py",
    "tests/browser/test_messages.py",
    "tests/browser/test_passkey.py",
    "tests/browser/test_phone.py",
    "tests/browser/test_results.py",
    "tests/browser/test_room_words.py",
    "tests/browser/test_serving.py",
    "tests/browser/test_taking_out.py",
    "tests/community/test_production.py",
    "tests/community/test_seed_demo.py",
    "tests/forum/test_hostile_words.py",
    "tests/forum/test_permission_table.py",
    "tests/surveys/test_adopting_browser.py",
    "tests/surveys/test_builder_browser.py",
    "tests/surveys/test_engine_agrees_browser.py",
    "tests/surveys/test_here.py",
    "tests/surveys/test_player.py",
    "tests/surveys/test_results_browser.py",
]

# Several servers, and the whole of a member's way: looked at where clubs of that size live, on PostgreSQL, if it is there.
# `make faults` hurts two servers on SQLite, too.
LOOKED_AT_THERE = [
    "tests/browser/test_story.py",
    "tests/live/test_faults.py",
    "tests/live/test_processes.py::test_one_of_two_servers_killed_and_redis_away_still_loses_nothing",
    "tests/live/test_processes.py::test_two_servers_side_by_side_show_each_others_messages",
]


def environment_of(lane: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")} | lane


def run(lane: str, *words: str, **environment: str) -> int:
    print(f"\n=== {lane} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "loadgroup", *words, *sys.argv[1:]]
    return subprocess.run(command, env=environment_of(environment)).returncode


def run_parts(title: str, wanted: list[str], parts: Iterable[str], needs_postgres: Collection[str], run: Callable[[str], int]) -> int:
    """Runs the parts wanted, or all, one after the other, and says how long each took; the worst of their exit codes."""
    missing, said = answers(), []
    worst = 0
    for name in wanted or parts:
        if name in needs_postgres and missing:
            said.append(f"{name}: did not run ({missing})")
            worst = max(worst, int(IS_CI))
            continue
        began = time.monotonic()
        print(f"\n=== {name} ===", flush=True)
        code = run(name)
        said.append(f"{name}: {'passed' if code == 0 else f'FAILED (exit {code})'} in {time.monotonic() - began:.0f} s")
        worst = max(worst, code)
    print(f"\n{title}:", *said, sep="\n  ")
    return worst


def prepare(**environment: str) -> subprocess.Popen:
    """Begin to make the databases that a lane's tests copy."""
    environment = environment_of(environment)
    return subprocess.Popen([sys.executable, "-m", "tests.demo_template"], env=environment)


def prepare_all() -> int:
    lanes: list[dict[str, str]] = [{}] if answers() else [{}, {"DATABASE_URL": POSTGRES}]
    return max(prepare(**lane).wait() for lane in lanes)


def main() -> int:
    began, results = time.monotonic(), {}
    missing = answers()
    # One processor each, at the same time.
    preparing = [prepare()] if missing else [prepare(), prepare(DATABASE_URL=POSTGRES)]
    preparing[0].wait()
    there = [] if missing else [f"--deselect={name}" for name in LOOKED_AT_THERE]
    results["SQLite"] = run("SQLite, in one process", *there)
    if not missing:
        preparing[1].wait()
        once = [f"--ignore={name}" for name in LOOKED_AT_ONCE]
        results["PostgreSQL + Redis"] = run("PostgreSQL and Redis", *once, **ON_POSTGRES)
    print(f"\nLanes after {time.monotonic() - began:.0f} s:")
    for lane, code in results.items():
        print(f"  {lane}: {'passed' if code == 0 else f'FAILED (exit {code})'}")
    if missing:
        print(f"  PostgreSQL + Redis: did not run ({missing})")
    return max(*results.values(), int(bool(missing) and IS_CI), 0)


if __name__ == "__main__":
    sys.exit(prepare_all() if sys.argv[1:] == ["--prepare"] else main())
