"""Runs every fault schedule, part after part, and says how long each took: `make faults`, or `python tests/fault_lanes.py PART…`.

Servers that are hurt are the tests' own. FAULTS_RUNS random schedules in one process (100) and FAULTS_SEEDS with real ones (10),
and of both one more that is new each run; its test's name says the seed, and FAULTS_SEED repeats it.
The parts on PostgreSQL need one to copy from (TEST_DATABASE_URL, TEST_REDIS_URL); with CI=true it is a failure where none answers.
"""

import os
import subprocess
import sys

from lanes import ON_POSTGRES, environment_of, run_parts

SERVERS = tuple(f"tests/live/test_{name}.py" for name in ("processes", "faults", "storms", "meanwhile"))
# name → what to run, and in which environment
PARTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "rooms": (("tests/focusgroups/test_faults.py", "tests/focusgroups/test_glass.py"), {}),
    "live": (("tests/live",), {}),
    "surveys": (("tests/surveys/test_faults.py", "-s"), {}),
    "uvicorn": (SERVERS, {"LIVE_SERVER": "uvicorn"}),
    # Too much for one writer at a time: on SQLite one of the thousand waited 20 seconds for its turn in vain.
    "crowd": (("tests/surveys/test_crowd.py", "-s"), ON_POSTGRES | {"CROWD": os.environ.get("CROWD", "1000")}),
    "postgresql": (SERVERS, ON_POSTGRES),
}


def run(name: str) -> int:
    tests, environment = PARTS[name]
    asked = {"FAULTS": "1", "FAULTS_RUNS": os.environ.get("FAULTS_RUNS", "100"), "FAULTS_SEEDS": os.environ.get("FAULTS_SEEDS", "10")}
    return subprocess.run([sys.executable, "-m", "pytest", *tests], env=environment_of(environment | asked)).returncode


if __name__ == "__main__":
    needs_postgres = [name for name, (_tests, environment) in PARTS.items() if environment.get("DATABASE_URL")]
    sys.exit(run_parts("Fault schedules", sys.argv[1:], PARTS, needs_postgres, run))
