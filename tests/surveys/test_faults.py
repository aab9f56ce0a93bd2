"""Answers while the engine dies: each is stored once, or said not to be and kept as a draft; sent again, it is stored once."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from members.models import Activity
from surveys.engine import pool as pools
from surveys.engine.process import EngineProcess
from surveys.models import Draft, Participation, Submission
from tests.conftest import member_of

THREADS, PEOPLE, STORED_BEFORE, TURNED_AWAY = 4, 16, 4, 2
ANSWERS = "/surveys/doing/answers/"


class Reaper:
    """Kills an engine just after it was asked, once some answers are stored, until some members were turned away."""

    def __init__(self):
        self.statuses: list[int] = []
        self.killed: list[int] = []
        self.lock = threading.Lock()

    def note(self, status):
        with self.lock:
            self.statuses.append(status)

    def is_out(self):
        with self.lock:
            return self.statuses.count(200) >= STORED_BEFORE and self.statuses.count(503) < TURNED_AWAY

    def meet(self, process):
        if self.is_out():
            os.kill(process.pid, signal.SIGKILL)
            self.killed.append(process.pid)


@pytest.fixture
def reaper(monkeypatch):
    reaper, ask = Reaper(), EngineProcess._write

    def asked(process, body):
        ask(process, body)
        reaper.meet(process)

    monkeypatch.setattr(EngineProcess, "_write", asked)
    return reaper


@pytest.fixture
def crowd(transactional_db, questionnaire, harbour):
    return [member_of(harbour, f"f{number}@harbour.example", f"Fault {number}") for number in range(PEOPLE)]


def answers_of(place):
    return {"nps": 7 + place % 4, "used": ["forum"], "size": "10-99"}


def send_all(crowd, note):
    """Everybody's answers, by four threads at once: the status each was given, in the crowd's order."""

    def send(place):
        try:
            client = Client()
            client.force_login(crowd[place])
            response = client.post(ANSWERS, {"data": answers_of(place)}, content_type="application/json")
            note(response.status_code)
            return response
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(send, range(len(crowd))))


def test_answers_sent_while_engines_are_killed_are_stored_once_or_kept_as_drafts_and_stored_once_when_sent_again(crowd, reaper):
    responses = send_all(crowd, reaper.note)

    assert len(reaper.killed) >= 2 * TURNED_AWAY  # a question is put to a second engine before its asker is turned away
    stored = {place for place, response in enumerate(responses) if response.status_code == 200}
    refused = {place for place, response in enumerate(responses) if response.status_code == 503}
    assert len(refused) >= TURNED_AWAY
    assert stored | refused == set(range(PEOPLE))
    assert all(responses[place]["Retry-After"] for place in refused)
    held = dict(Submission.objects.values_list("member", "data"))
    drafts = dict(Draft.objects.values_list("member", "data"))
    assert Submission.objects.count() == Participation.objects.count() == len(stored)
    assert set(held) == {crowd[place].pk for place in stored}
    assert drafts == {crowd[place].pk: answers_of(place) for place in refused}

    again = send_all(crowd, lambda status: None)  # those who were thanked send again as well

    assert {response.status_code for response in again} == {200}
    assert not Draft.objects.exists()
    assert sorted(Submission.objects.values_list("member", flat=True)) == sorted(member.pk for member in crowd)
    assert Participation.objects.count() == Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).count() == PEOPLE
    assert all(data.items() >= answers_of(place).items() for place, data in enumerate(_in_order(crowd)))
    assert not set(reaper.killed) & set(pools.pool().pids())


def _in_order(crowd):
    held = dict(Submission.objects.values_list("member", "data"))
    return [held[member.pk] for member in crowd]
