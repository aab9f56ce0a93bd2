"""Walks the ledger and the API at random for minutes, on both engines: `make walks`, or `python tests/walk_lanes.py PART…`.

WALK_MINUTES for each part (10). Every run draws other walks; what fails prints how to repeat it (`@reproduce_failure`).
The parts on PostgreSQL need one to copy from (TEST_DATABASE_URL, TEST_REDIS_URL); with CI=true it is a failure where none answers.
"""

import os
import subprocess
import sys

from lanes import ON_POSTGRES, environment_of, run_parts

MINUTES = os.environ.get("WALK_MINUTES", "10")
BOOKS, CALLS = "tests/points/test_ledger_walks.py", "tests/community/test_openapi.py"
PARTS: dict[str, tuple[str, dict[str, str]]] = {
    "books": (BOOKS, {}),
    "calls": (CALLS, {}),
    "books-postgresql": (BOOKS, ON_POSTGRES),
    "calls-postgresql": (CALLS, ON_POSTGRES),
}


def run(name: str) -> int:
    test, environment = PARTS[name]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "faulthandler_timeout=0", test], env=environment_of(environment | {"WALK_MINUTES": MINUTES})
    ).returncode


if __name__ == "__main__":
    needs_postgres = [name for name, (_tests, environment) in PARTS.items() if environment.get("DATABASE_URL")]
    sys.exit(run_parts("Walks", sys.argv[1:], PARTS, needs_postgres, run))
