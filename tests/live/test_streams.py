import datetime
import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from live import streams
from live.chain import prove
from live.models import Event, Stream


def write(stream="thread:1", **details):
    with transaction.atomic():
        return streams.append(stream, "note", {"text": "hello"}, **details)


def test_events_of_a_stream_are_numbered_from_one_and_each_stream_counts_for_itself(db):
    assert [write().seq, write().seq, write("thread:2").seq, write().seq] == [1, 2, 1, 3]
    assert streams.heads(["thread:1", "thread:2", "thread:3"]) == {"thread:1": 3, "thread:2": 1, "thread:3": 0}
    assert [news.seq for news in streams.after("thread:1", 1)] == [2, 3]


def test_of_streams_that_are_followed_only_those_that_went_on_are_told_of(db):
    write(), write(), write("thread:2")
    assert streams.ahead({"thread:1": 1, "thread:2": 1, "thread:3": 0}) == {"thread:1": 2}
    assert streams.ahead({"thread:1": 5, 'odd "name"': 0}) == {}
    assert streams.ahead({}) == {}


def test_the_same_client_id_again_is_the_same_event_and_burns_no_number(alice, bob):
    mine = uuid.uuid4()
    first, again = write(author=alice, client_id=mine), write(author=alice, client_id=mine)
    assert first == again
    assert write(author=bob, client_id=mine).seq == 2
    assert write(author=alice, client_id=uuid.uuid4()).seq == 3
    assert Stream.objects.get().last_seq == Event.objects.count() == 3


def test_a_deed_that_fails_leaves_no_hole(db):
    write()

    @transaction.atomic
    def fail():
        streams.append("thread:1", "note", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert write().seq == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written():
    with pytest.raises(RuntimeError, match="transaction"):
        streams.append("thread:1", "note", {})
    with pytest.raises(RuntimeError, match="transaction"):
        streams.spread(["thread:1", "board:1"], "note", {})
    assert not Event.objects.exists()


def test_every_event_follows_from_the_one_before_however_many_streams_it_goes_to(alice, django_capture_on_commit_callbacks):
    """Wherever a link of the chain is forged: here and, on PostgreSQL, in the database."""
    words = {"text": "财务 'quoted' \\ and \n more", "on": datetime.date(2026, 3, 1), "n": 7, "is_new": True, "nobody": None}
    with transaction.atomic():
        streams.append("board:1", "note", words, author=alice)
    heard = []
    with hearing(heard), django_capture_on_commit_callbacks(execute=True):
        streams.spread(["thread:1", "board:1"], "note", words, author=alice)
        event = streams.append("thread:1", "note", {}, client_id=uuid.uuid4())
    proofs = {name: prove(name) for name in ("thread:1", "board:1")}
    assert {name: (proof.faults, proof.count, proof.unchained) for name, proof in proofs.items()} == dict.fromkeys(proofs, ([], 2, 0))
    assert [(news.stream, news.seq) for news in heard] == [("thread:1", 1), ("board:1", 2), ("thread:1", 2)]
    assert heard[0].body == Event.objects.filter(stream__name="thread:1").order_by("seq").first().body == words | {"on": "2026-03-01"}
    assert heard[0].at == Event.objects.get(stream__name="thread:1", seq=1).at
    event.refresh_from_db()
    assert (event.seq, event.digest) == (2, proofs["thread:1"].head)
    salts = set(Event.objects.values_list("salt", flat=True))
    assert len(salts) == 4, "what one event's fingerprint is of cannot be guessed from another's"


@contextmanager
def hearing(heard):
    def hear(news, **_more):
        heard.extend(news)

    streams.appended.connect(hear)
    try:
        yield
    finally:
        streams.appended.disconnect(hear)


def at_once(work, times):
    def run(number):
        try:
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.django_db(transaction=True)
def test_ten_writers_at_once_leave_no_hole_and_no_double():
    at_once(lambda _number: [write() for _time in range(10)], 10)
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 101))
    assert Stream.objects.get().last_seq == 100


@pytest.mark.django_db(transaction=True)
def test_one_client_id_sent_by_eight_threads_at_once_is_one_event(alice):
    mine, seen = uuid.uuid4(), []
    at_once(lambda _number: seen.append(write(author=alice, client_id=mine).pk), 8)
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert Stream.objects.get().last_seq == Event.objects.count() == 1
