"""docs/faults.md names a test for each fault, and none that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_fault_of_the_list_has_a_test_and_every_test_named_there_exists():
    page = (ROOT / "docs/faults.md").read_text()
    rows = dict(re.findall(r"^\| (F\d+) \|(.*)$", page, re.MULTILINE))
    assert list(rows) == [f"F{number}" for number in range(1, 26)]
    assert all("`test_" in row or "the same test" in row for row in rows.values())
    known = {name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())}
    assert set(re.findall(r"`(test_\w+)`", page)) <= known
