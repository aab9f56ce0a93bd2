"""A stage for real server processes: the tests' empty database copied, an open room in it."""

import shutil

import pytest

from tests.live.processes import served_copy, set_scene
from tests.live.servers import Redis


@pytest.fixture
def stage(tmp_path, transactional_db):
    """The environment of a club on the lane's engine, with a copy of the tests' empty database, and an open room in it."""
    with served_copy(tmp_path) as env:
        yield env, set_scene(env)


@pytest.fixture
def redis():
    """A Redis of the test's own, to be stopped and hurt."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server here")
    server = Redis()
    yield server
    server.pause(is_paused=False)
    server.stop()
