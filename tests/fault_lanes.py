"""Runs every fault schedule, part after part, and says how long each took: `make faults`, or `python tests/fault_lanes.py PART…`.

Servers that are hurt are the tests' own. FAULTS_RUNS random schedules in one process (100) and FAULTS_SEEDS with real ones (10),
and of both one more that is new each run; its test's name says the seed, and FAULTS_SEED repeats it.
The parts on PostgreSQL need one to copy from (TEST_DATABASE_URL, TEST_REDIS_URL); with CI=true it is a failure where none answers.
"""

import os
import subprocess
import sys
import time

from lanes import IS_CI, POSTGRES, REDIS, answers, environment_of

SERVERS = tuple(f"tests/live/test_{name}.py" for name in ("processes", "faults", "storms", "meanwhile"))
ON_POSTGRES = {"DATABASE_URL": POSTGRES, "REDIS_URL": REDIS, "TEST_ONLY_DATABASE": "1"}
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
    print(f"\n=== {name} ===", flush=True)
    tests, environment = PARTS[name]
    asked = {"FAULTS": "1", "FAULTS_RUNS": os.environ.get("FAULTS_RUNS", "100"), "FAULTS_SEEDS": os.environ.get("FAULTS_SEEDS", "10")}
    return subprocess.run([sys.executable, "-m", "pytest", *tests], env=environment_of(environment | asked)).returncode


def main(wanted: list[str]) -> int:
    missing, said = answers(), []
    worst = 0
    for name in wanted or list(PARTS):
        if name in ("crowd", "postgresql") and missing:
            said.append(f"{name}: did not run ({missing})")
            worst = max(worst, int(IS_CI))
            continue
        began = time.monotonic()
        code = run(name)
        said.append(f"{name}: {'passed' if code == 0 else f'FAILED (exit {code})'} in {time.monotonic() - began:.0f} s")
        worst = max(worst, code)
    print("\nFault schedules:", *said, sep="\n  ")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
