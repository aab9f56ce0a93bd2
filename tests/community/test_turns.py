"""Who writes next where SQLite is the database: the order in which threads asked, whatever becomes of those before them."""

import gc
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, connections, transaction

from community import turns

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's writers queue by themselves"),
]
WRITERS = 8


def queue():
    return turns.of(str(connection.settings_dict["NAME"]))


def until(is_so):
    for _attempt in range(1_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def in_a_thread(work):
    """What a work returns that is done in a thread with a connection of its own."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=30)


@contextmanager
def in_order(works):
    """Begin works while this thread writes, each when the one before stands in the queue; wait for them all."""
    threads = []
    with transaction.atomic():
        for place, work in enumerate(works, start=2):
            thread = threading.Thread(target=lambda work=work: (work(), connections.close_all()))
            thread.start()
            threads.append(thread)
            until(lambda place=place: queue().standing() == place)
        # Now none of them may be overtaken any more.
        time.sleep(turns.MOMENT)
        yield
    for thread in threads:
        thread.join(timeout=30)


def test_nobody_writes_twice_before_those_who_came_earlier_wrote_once():
    seen = []

    def write(name):
        for _time in range(3):
            with transaction.atomic():
                Group.objects.create(name=f"{name} {len(seen)}")
                seen.append(name)

    with in_order([lambda name=name: write(name) for name in range(WRITERS)]):
        assert seen == []
    assert seen[:WRITERS] == list(range(WRITERS))
    assert sorted(seen) == sorted(list(range(WRITERS)) * 3)
    assert queue().standing() == 0


def test_who_comes_by_while_nobody_writes_need_not_wait_for_who_was_called_a_moment_ago(monkeypatch):
    """A thread has to be woken; a file that waits for that is written less."""
    monkeypatch.setattr(turns, "MOMENT", 3600)
    line = turns.Turns()
    first = line.take(1)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(line.take, 30)
        until(lambda: line.standing() == 2)
        first.end()
        again = line.take(0)
        again.end()
        waits.result(timeout=30).end()
    assert line.standing() == 0


def test_what_is_read_waits_for_nobody():
    Group.objects.create(name="there")
    with transaction.atomic():
        Group.objects.create(name="not yet")
        assert in_a_thread(lambda: [group.name for group in Group.objects.filter(name__in=["there", "not yet"])]) == ["there"]


def fail():
    with transaction.atomic():
        Group.objects.create(name="undone")
        raise ValueError("enough")


def test_a_transaction_does_not_wait_for_itself():
    with transaction.atomic(), transaction.atomic():
        Group.objects.create(name="inside")
        with pytest.raises(ValueError, match="enough"):
            fail()
        assert queue().standing() == 1
    assert queue().standing() == 0
    assert {group.name for group in Group.objects.filter(name__in=["inside", "undone"])} == {"inside"}


def close():
    with transaction.atomic():
        Group.objects.create(name="undone")
        connection.close()
        assert queue().standing() == 0
        raise ValueError("enough")


def refuse():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (no_such_column) VALUES (1)")


@pytest.mark.parametrize("work", [fail, close, refuse])
def test_whoever_fails_lets_the_next_one_write(work):
    with pytest.raises((ValueError, OperationalError)):
        in_a_thread(work)
    assert queue().standing() == 0
    assert in_a_thread(transaction.atomic(lambda: Group.objects.create(name="next").name)) == "next"


def test_a_thread_that_ends_in_the_middle_keeps_nobody_waiting():
    """As SQLite's own lock goes with the connection that is forgotten."""
    left = threading.Thread(target=lambda: transaction.atomic().__enter__())
    left.start()
    left.join()
    del left
    gc.collect()
    assert in_a_thread(transaction.atomic(lambda: Group.objects.create(name="next").name)) == "next"
    assert queue().standing() == 0


def test_who_waits_too_long_is_told_so_by_the_database_and_the_next_one_writes(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 2)
    waited = []

    def write(name):
        began = time.monotonic()
        try:
            with transaction.atomic():
                Group.objects.create(name=name)
        finally:
            waited.append(time.monotonic() - began)
            with connection.cursor() as cursor:
                assert cursor.execute("PRAGMA busy_timeout").fetchone() == (2_000,)

    with transaction.atomic(), pytest.raises(OperationalError, match="locked"):
        # A circle: this one waits for that one, which waits for this one's lock.
        in_a_thread(lambda: write("too late"))
    # Not once in the queue and once more for the lock.
    assert 2 <= waited[0] < 3.5
    assert queue().standing() == 0
    assert in_a_thread(lambda: write("next")) is None


def test_who_waited_in_vain_for_the_first_lets_the_others_try_for_themselves():
    """Were the first never to end, each after it would wait the whole time."""
    line = turns.Turns()
    first, late = line.take(1), line.take(0.05)
    assert line.standing() == 0
    later = line.take(1)
    first.end()
    late.end()
    assert line.standing() == 1
    later.end()
    assert line.standing() == 0


def test_what_sqlite_itself_locks_is_waited_for_as_ever():
    """Another process knows nothing of turns."""
    connection.ensure_connection()
    other = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(in_a_thread, transaction.atomic(lambda: Group.objects.create(name="after").name))
        until(lambda: queue().standing() == 1)
        other.execute("ROLLBACK")
        assert waits.result(timeout=30) == "after"
    other.close()
