"""Walks the ledger and the API at random for minutes, on both engines: `make walks`, or `python tests/walk_lanes.py PART…`.

WALK_MINUTES for each part (10). Every run draws other walks; what fails prints how to repeat it (`@reproduce_failure`).
The parts on PostgreSQL need one to copy from (TEST_DATABASE_URL, TEST_REDIS_URL); with CI=true it is a failure where none answers.
"""

import os
import subprocess
import sys
import time

from lanes import IS_CI, POSTGRES, REDIS, answers, environment_of

MINUTES = os.environ.get("WALK_MINUTES", "10")
BOOKS, CALLS = "tests/points/test_ledger_walks.py", "tests/community/test_openapi.py"
ON_POSTGRES = {"DATABASE_URL": POSTGRES, "REDIS_URL": REDIS, "TEST_ONLY_DATABASE": "1"}
PARTS: dict[str, tuple[str, dict[str, str]]] = {
    "books": (BOOKS, {}),
    "calls": (CALLS, {}),
    "books-postgresql": (BOOKS, ON_POSTGRES),
    "calls-postgresql": (CALLS, ON_POSTGRES),
}


def run(name: str) -> int:
    print(f"\n=== {name} ===", flush=True)
    test, environment = PARTS[name]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "faulthandler_timeout=0", test], env=environment_of(environment | {"WALK_MINUTES": MINUTES})
    ).returncode


def main(wanted: list[str]) -> int:
    missing, said = answers(), []
    worst = 0
    for name in wanted or list(PARTS):
        if PARTS[name][1] and missing:
            said.append(f"{name}: did not run ({missing})")
            worst = max(worst, int(IS_CI))
            continue
        began = time.monotonic()
        code = run(name)
        said.append(f"{name}: {'passed' if code == 0 else f'FAILED (exit {code})'} in {time.monotonic() - began:.0f} s")
        worst = max(worst, code)
    print("\nWalks:", *said, sep="\n  ")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
