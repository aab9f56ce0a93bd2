"""A stage for real server processes: the tests' empty database copied, an open room in it."""

import os
import sqlite3

import pytest
from django.db import connection, connections

from tests.live.processes import environment, set_scene


@pytest.fixture
def stage(tmp_path, transactional_db):
    """The environment of a club on the lane's engine, with a copy of the tests' empty database, and an open room in it."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        with sqlite3.connect(name) as source:
            source.execute("VACUUM INTO ?", [str(tmp_path / "club.sqlite3")])
        env = environment(tmp_path, f"sqlite:///{tmp_path / 'club.sqlite3'}")
        yield env, set_scene(env)
        return
    import psycopg

    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    copy = f"{name}_served"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        env = environment(tmp_path, f"{server}/{copy}", os.environ.get("REDIS_URL", ""))
        yield env, set_scene(env)
        admin.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
