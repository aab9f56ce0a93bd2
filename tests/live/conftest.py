"""A stage for real server processes: the tests' empty database copied, an open room in it."""

import pytest

from tests.live.processes import served_copy, set_scene


@pytest.fixture
def stage(tmp_path, transactional_db):
    """The environment of a club on the lane's engine, with a copy of the tests' empty database, and an open room in it."""
    with served_copy(tmp_path) as env:
        yield env, set_scene(env)
