"""Answers over HTTP to a club that is served, by sixteen at once, while its engines are killed: none lost, none double.

`CROWD=1000 pytest tests/surveys/test_crowd.py` (or `make faults`) sends a thousand.
"""

import os

import pytest
from django.db import connection

from tests.live.processes import serve, served_copy
from tests.surveys import crowd

PEOPLE, CLIENTS = int(os.environ.get("CROWD", "32")), 16
pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.django_db(transaction=True)]


@pytest.mark.skipif(connection.vendor != "postgresql" and "CROWD" not in os.environ, reason="writers queue on SQLite: asked on PostgreSQL")
def test_answers_of_sixteen_at_once_are_none_lost_and_none_double_while_engines_are_killed(tmp_path, transactional_db):
    with served_copy(tmp_path) as env:
        club = serve(env | {"CROWD": str(PEOPLE), "RATE_LIMITS_OFF": "true", "SQLITE_SYNCHRONOUS": "OFF"})
        try:
            proof = crowd.prove(club, PEOPLE, CLIENTS)
        finally:
            club.stop()
    print(f"{PEOPLE} answers, {proof.refused} turned away, {len(proof.killed)} engines killed: {proof.figures(proof.seconds)}")
