"""Group commit: many deeds in one transaction, each answered after it, none lost through another's failure."""

import asyncio
import time
import uuid

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from live import committing, streams, threads
from live.models import Event, Stream

pytestmark = pytest.mark.django_db(transaction=True)


def note(text, **details):
    def deed():
        return streams.append("thread:1", "note", {"text": text}, **details).seq

    return deed


def refuse():
    streams.append("thread:1", "note", {"text": "undone"})
    raise ZeroDivisionError


async def many(*deeds):
    return await asyncio.gather(*(committing.write(deed) for deed in deeds), return_exceptions=True)


async def test_deeds_that_wait_together_are_done_in_one_transaction_in_the_order_they_came():
    statements = []

    def watched():
        context = CaptureQueriesContext(connection)
        context.__enter__()
        statements.append(context)

    await committing.write(watched)
    gate = asyncio.get_running_loop()
    answers = await many(*(note(str(number)) for number in range(40)))
    assert gate
    assert answers == list(range(1, 41))
    begun = [each["sql"] for each in statements[0].captured_queries if each["sql"].startswith("BEGIN")]
    assert len(begun) < 20
    await committing.write(lambda: statements[0].__exit__(None, None, None))


async def test_a_refused_deed_undoes_itself_alone():
    answers = await many(note("one"), refuse, note("two"))
    assert answers[0] == 1
    assert isinstance(answers[1], ZeroDivisionError)
    assert answers[2] == 2
    assert await threads.read(Stream.objects.get) == await threads.read(Stream.objects.get)
    assert await threads.read(lambda: Stream.objects.get().last_seq) == 2


async def test_a_deed_that_is_a_transaction_of_its_own_undoes_itself_alone_too():
    whole = transaction.atomic(refuse)
    waiting = [committing.write(deed, is_whole=deed is whole) for deed in (note("one"), whole, note("two"), whole)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [answers[0], answers[2]] == [1, 2]
    assert all(isinstance(answers[place], ZeroDivisionError) for place in (1, 3))
    assert await threads.read(lambda: list(Event.objects.values_list("body__text", flat=True))) == ["one", "two"]


async def test_where_a_batch_fails_each_deed_is_tried_by_itself():
    times = []

    def breaks_once():
        times.append(1)
        if len(times) == 1:
            raise OperationalError("the connection is gone")
        return note("mended")()

    answers = await many(note("one"), breaks_once, note("two"))
    assert sorted(answers) == [1, 2, 3]


async def test_a_deed_that_cannot_be_written_says_so_and_the_next_can():
    def never():
        raise OperationalError("disk full")

    answers = await many(never, note("after"))
    assert isinstance(answers[0], OperationalError)
    assert answers[1] == 1


async def test_nobody_is_answered_before_the_commit(monkeypatch):
    told, answer = [], committing.Deed.answer

    def watched(deed):
        # In the writer's thread; asked over another connection, which sees what is committed and nothing else.
        told.append((connection.in_atomic_block, threads.readers.submit(lambda: [Event.objects.count(), connection.close()][0]).result(10)))
        answer(deed)

    monkeypatch.setattr(committing.Deed, "answer", watched)
    assert await committing.write(note("kept")) == 1
    assert told == [(False, 1)]


async def test_one_client_id_twice_in_a_batch_is_one_event(alice):
    mine = uuid.uuid4()
    assert await many(*(note("once", author=alice, client_id=mine) for _time in range(5))) == [1] * 5


def shares(number, together):
    return [committing.Share(together, given) for given in range(number)]


async def test_shares_of_one_work_are_done_in_one_go_and_none_goes_past_another_deed():
    done = []

    def here(given):
        done.append(("here", given))
        return [f"here {each}" for each in given]

    def there(given):
        done.append(("there", given))
        return [f"there {each}" for each in given]

    first, second = shares(2, here), shares(2, there)
    # The writer has something to do while they line up.
    busy = asyncio.create_task(committing.write(lambda: time.sleep(0.3)))
    await asyncio.sleep(0.1)
    answers = await many(first[0], second[0], first[1], lambda: done.append("between"), first[0], second[1])
    await busy
    assert answers == ["here 0", "there 0", "here 1", None, "here 0", "there 1"]
    assert done == [("here", [0, 1]), ("there", [0]), "between", ("here", [0]), ("there", [1])]


async def test_a_share_that_is_refused_is_refused_alone():
    def together(given):
        return [ZeroDivisionError() if each == 1 else note(f"words {each}")() for each in given]

    answers = await many(*shares(4, together))
    assert isinstance(answers[1], ZeroDivisionError)
    assert sorted(answers[:1] + answers[2:]) == [1, 2, 3]


async def test_where_a_work_breaks_each_share_is_tried_by_itself():
    def together(given):
        seqs = [note(f"words {each}")() for each in given]
        if 2 in given:
            raise KeyError(2)
        return seqs

    answers = await many(*shares(4, together))
    assert isinstance(answers[2], KeyError)
    assert sorted(answers[:2] + answers[3:]) == [1, 2, 3]
    assert sorted(await threads.read(lambda: list(Event.objects.values_list("body__text", flat=True)))) == ["words 0", "words 1", "words 3"]


class Rests:
    """In the place of the writer's wish to be woken: how long it wished to rest, and it does not."""

    def __init__(self):
        self.wished = []

    def wait(self, seconds):
        self.wished.append(seconds)
        time.sleep(seconds)

    def clear(self):
        pass

    set = clear


async def at_a_pace(number, every):
    begun = []
    for place in range(number):
        begun.append(asyncio.create_task(committing.write(note(str(place)))))
        await asyncio.sleep(every)
    return await asyncio.gather(*begun)


async def test_deeds_that_come_fast_are_committed_with_their_neighbours(monkeypatch):
    batches, do = [], committing.do
    monkeypatch.setattr(committing, "do", lambda batch: [batches.append(len(batch)), do(batch)])
    assert await at_a_pace(40, 0.004) == list(range(1, 41))
    assert sum(batches) == 40
    assert len(batches) < 30


async def test_a_deed_waits_for_no_neighbour_where_they_come_calmly(monkeypatch):
    await committing.write(note("the writer is there"))
    rests = Rests()
    monkeypatch.setattr(committing._writer, "enough", rests)
    await at_a_pace(12, 0.03)
    assert rests.wished == []


async def test_a_deed_waits_for_no_neighbour_where_each_has_a_transaction_of_its_own(monkeypatch, settings):
    await committing.write(note("the writer is there"))
    rests, settings.LIVE_BATCH = Rests(), 1
    monkeypatch.setattr(committing._writer, "enough", rests)
    await at_a_pace(30, 0.002)
    assert rests.wished == []


async def test_who_says_one_thing_after_the_other_is_made_to_wait_for_nobody_once_in_nine_times_at_most(monkeypatch):
    await committing.write(note("the writer is there"))
    rests = Rests()
    monkeypatch.setattr(committing._writer, "enough", rests)
    for place in range(36):
        await committing.write(note(str(place)))
    assert len(rests.wished) <= 4
    assert all(wished <= committing.REST_SECONDS for wished in rests.wished)


async def test_where_enough_wait_already_nobody_rests(monkeypatch):
    await at_a_pace(10, 0.001)
    rests = Rests()
    monkeypatch.setattr(committing._writer, "enough", rests)
    await many(*(note(str(number)) for number in range(200)))
    assert len(rests.wished) <= 2
