"""Answers while the engine dies: each is stored once, or said not to be and kept as a draft; sent again, it is stored once."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from members.models import Activity
from surveys import answering, judging
from surveys.engine import pool as pools
from surveys.engine.process import EngineDown, EngineProcess
from surveys.models import Draft, Participation, Submission
from tests.browser.conftest import CHROMIUM
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


def send_changes(client, data, address="/surveys/doing/answers/?edit=1"):
    return client.post(address, {"data": data}, content_type="application/json")


@pytest.fixture
def sent(client, alice, questionnaire, good_answers):
    """Alice's answers, which she may change."""
    questionnaire.is_editable = True
    questionnaire.save()
    client.force_login(alice)
    assert send_changes(client, good_answers, ANSWERS).status_code == 200
    return Submission.objects.get()


def test_changes_that_no_engine_judged_are_kept_beside_what_was_sent_and_sent_again_replace_it(client, sent, good_answers, monkeypatch):
    changed = {**good_answers, "nps": 8}
    with monkeypatch.context() as fault:
        fault.setattr(pools.Pool, "ask", _down)
        refused = send_changes(client, changed)
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    sent.refresh_from_db()
    assert sent.data["nps"] == 9
    assert Draft.objects.get().data == changed

    page = client.get("/surveys/doing/?edit=1").content.decode()
    assert "not sent yet" in page
    assert '"nps": 8' in page
    assert '"nps": 9' in client.get("/surveys/doing/?edit=sent").content.decode()

    assert send_changes(client, changed).status_code == 200
    sent.refresh_from_db()
    assert sent.data["nps"] == 8
    assert not Draft.objects.exists()
    assert "not sent yet" not in client.get("/surveys/doing/?edit=1").content.decode()


def test_changes_half_made_are_kept_too_but_only_where_they_may_be_made(client, sent, questionnaire, bob, good_answers):
    address = "/surveys/doing/draft/?edit=1"
    assert client.post(address, {"data": {"nps": 4}, "page": 1}, content_type="application/json").json() == {"saved": True}
    assert (Draft.objects.get().data, Draft.objects.get().page) == ({"nps": 4}, 1)
    questionnaire.is_editable = False
    questionnaire.save()
    assert client.post(address, {"data": {"nps": 5}}, content_type="application/json").status_code == 409
    assert Draft.objects.get().data == {"nps": 4}
    assert client.get("/surveys/doing/?edit=1").status_code == 302


def test_a_draft_from_before_the_sending_is_no_change_of_it(client, sent, alice, questionnaire):
    late = Draft.objects.create(questionnaire=questionnaire, version=sent.version, member=alice, data={"nps": 1})
    Draft.objects.filter(pk=late.pk).update(saved_at=sent.completed_at)
    page = client.get("/surveys/doing/?edit=1").content.decode()
    assert '"nps": 1' not in page
    assert '"nps": 9' in page


def known_to(client, edit="1"):
    """The state of unsent changes that a page opened now goes on from."""
    return client.get(f"/surveys/doing/?edit={edit}").context["draft_at"]


def send_state(client, door, **body):
    return client.post(f"/surveys/doing/{door}/?edit=1", body, content_type="application/json")


def test_a_page_that_knows_of_older_changes_is_told_of_those_made_elsewhere(client, sent, good_answers):
    began = known_to(client)
    assert f'data-draft-at="{began}"' in client.get("/surveys/doing/?edit=1").content.decode()
    first = send_state(client, "draft", data={**good_answers, "nps": 8}, at=began).json()["at"]
    second = send_state(client, "draft", data={**good_answers, "nps": 7}, page=1, at=first).json()["at"]
    assert known_to(client) == second
    there = {"data": {**good_answers, "nps": 7}, "page": 1, "at": second}
    for at in ("", began, first, "no moment", "2026-01-01"):
        stale = send_state(client, "draft", data={**good_answers, "size": "1-9"}, at=at)
        assert (stale.status_code, stale.json()["elsewhere"]) == (409, there)
        refused = send_state(client, "answers", data={**good_answers, "size": "1-9"}, at=at)
        assert (refused.status_code, refused.json()["elsewhere"]) == (409, there)
    sent.refresh_from_db()
    assert (sent.data["nps"], sent.data["size"], Draft.objects.get().data) == (9, "10-99", there["data"])
    # What is the same is no news, and programs that name no state do as before.
    assert send_state(client, "draft", data={**good_answers, "nps": 6}).json() == {"saved": True}
    assert send_state(client, "answers", data={**good_answers, "nps": 6, "why": "slow"}, at=known_to(client)).status_code == 200
    sent.refresh_from_db()
    assert (sent.data["nps"], Draft.objects.exists()) == (6, False)


def test_changes_on_one_device_go_on_from_what_was_sent_on_another_meanwhile(client, sent, good_answers):
    began = known_to(client)
    kept = send_state(client, "draft", data={**good_answers, "nps": 8}, at=began).json()["at"]
    assert send_state(client, "answers", data={**good_answers, "nps": 7}, at=kept).status_code == 200
    now = known_to(client)
    for at in (began, kept):
        stale = send_state(client, "draft", data={**good_answers, "size": "1-9"}, at=at)
        assert (stale.status_code, stale.json()["elsewhere"]["at"], stale.json()["elsewhere"]["data"]["nps"]) == (409, now, 7)
    assert not Draft.objects.exists()
    assert send_state(client, "draft", data={**good_answers, "nps": 7, "size": "1-9"}, at=now).status_code == 200


def test_going_back_to_what_was_sent_replaces_the_changes_that_the_page_knew_of(client, sent, good_answers):
    kept = send_state(client, "draft", data={**good_answers, "nps": 8}, at=known_to(client)).json()["at"]
    assert known_to(client, edit="sent") == kept
    assert send_state(client, "draft", data={**good_answers, "size": "1-9"}, at=kept).status_code == 200
    assert Draft.objects.get().data == {**good_answers, "size": "1-9"}
    assert send_state(client, "answers", data=good_answers, at=kept).status_code == 409


def test_changes_that_come_from_elsewhere_while_others_are_judged_are_not_lost(
    client, sent, alice, questionnaire, good_answers, monkeypatch
):
    began, judge = known_to(client), judging.judge

    def meanwhile(*args, **kwargs):
        answering.keep_changes(questionnaire, member=alice, data={**good_answers, "nps": 8}, since=began)
        return judge(*args, **kwargs)

    monkeypatch.setattr(judging, "judge", meanwhile)
    assert send_state(client, "answers", data=good_answers, at=began).status_code == 200  # changes nothing
    assert Draft.objects.get().data["nps"] == 8
    Draft.objects.all().delete()
    refused = send_state(client, "answers", data={**good_answers, "size": "1-9"}, at=began)
    assert (refused.status_code, refused.json()["elsewhere"]["data"]["nps"]) == (409, 8)
    sent.refresh_from_db()
    assert (sent.data["size"], sent.edited_at, Draft.objects.get().data["nps"]) == ("10-99", None, 8)


@pytest.mark.django_db(transaction=True)
def test_of_changes_kept_on_many_devices_at_once_one_stands_and_the_others_hear_of_it(client, sent, alice, questionnaire, good_answers):
    since, gate, outcomes = known_to(client), threading.Barrier(4), []

    def device(number):
        gate.wait()
        try:
            outcomes.append(answering.keep_changes(questionnaire, member=alice, data={**good_answers, "nps": number}, since=since))
        except answering.WentOnElsewhere as other:
            outcomes.append(other.draft)
        finally:
            connection.close()

    threads = [threading.Thread(target=device, args=(number,)) for number in range(5, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = Draft.objects.get()
    assert [each for each in outcomes if isinstance(each, str)] == [answering.state_of(held)]
    assert [(each.pk, each.data) for each in outcomes if not isinstance(each, str)] == [(held.pk, held.data)] * 3


def _down(*args, **kwargs):
    raise EngineDown("down")


@pytest.fixture
def kiosk(questionnaire):
    questionnaire.kiosk_token = "the-kiosks-token"
    questionnaire.save()
    return "/surveys/kiosk/the-kiosks-token/"


def test_a_kiosk_is_told_to_come_again_and_what_comes_twice_is_taken_once(client, kiosk, good_answers, monkeypatch):
    body = {"data": good_answers, "once": "0123456789abcdef0123456789abcdef"}
    with monkeypatch.context() as fault:
        fault.setattr(pools.Pool, "ask", _down)
        refused = client.post(f"{kiosk}answers/", body, content_type="application/json")
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert not Submission.objects.exists()
    for _time in range(2):
        assert client.post(f"{kiosk}answers/", body, content_type="application/json").status_code == 200
    assert Submission.objects.count() == 1
    for strange in ({}, {"once": ["x"]}, {"once": "x" * 5000}, {"once": "f" * 32}):
        assert client.post(f"{kiosk}answers/", {"data": good_answers} | strange, content_type="application/json").status_code == 200
    assert Submission.objects.count() == 5


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
@pytest.mark.django_db(transaction=True)
def test_a_kiosk_keeps_what_it_could_not_hand_in_while_the_next_person_begins_and_sends_it_by_itself(device, alice, kiosk, monkeypatch):
    page = device(alice, kiosk)
    ask = pools.Pool.ask
    monkeypatch.setattr(pools.Pool, "ask", _down)
    for rating in (9, 8):
        page.locator("label.sd-rating__item").nth(rating).click()
        page.locator(".sd-navigation__next-btn").click()
        page.locator(".sd-navigation__complete-btn").click()
        page.locator(".sd-navigation__next-btn").wait_for()  # the first page again
        page.get_by_text("They are kept on this device").wait_for()
        assert page.locator("input[type=radio]:checked").count() == 0
    page.get_by_text("wait to be sent: 2").wait_for()
    assert not Submission.objects.exists()
    monkeypatch.setattr(pools.Pool, "ask", ask)
    page.reload()
    until = time.monotonic() + 15
    while page.evaluate("localStorage.length") and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert sorted(data["nps"] for data in Submission.objects.values_list("data", flat=True)) == [8, 9]
    assert page.evaluate("localStorage.length") == 0
    assert page.mistakes == []
