"""Seeds of random schedules: the same ones in every run, and one that no run had before, which its test's name says.

FAULTS_SEED=… repeats that one: `FAULTS_SEED=7 pytest tests/focusgroups/test_faults.py -k fresh`.
"""

import os
import time
import zlib

import pytest

# The workers of one run must agree on the names of tests; the run's own name is new each time.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(time.time_ns())
FRESH = int(os.environ.get("FAULTS_SEED") or zlib.crc32(_RUN.encode()))


def seeds(variable: str) -> list:
    """As many fixed ones as the environment's variable says, two without it, and the fresh one."""
    return [*range(int(os.environ.get(variable, "2"))), pytest.param(FRESH, id=f"fresh-{FRESH}")]
