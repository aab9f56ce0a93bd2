"""The bugs that `make mutants` sows have somewhere to be sown; that each is caught takes it minutes to show."""

import pytest

from tests.points.mutants import IN_LOYALTY, IN_PYTHON, IN_SQL, ROOT, places


@pytest.mark.parametrize("mutant", IN_PYTHON + IN_LOYALTY + IN_SQL, ids=lambda mutant: mutant.name)
def test_a_bug_has_one_place_and_tests_that_look_for_it(mutant):
    assert places(mutant) == 1
    assert mutant.old != mutant.new
    assert all((ROOT / "tests" / "points" / name).is_file() for name in mutant.tests)
