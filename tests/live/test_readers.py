"""Readers on a server of ours: those in step are given the same bytes, and who takes nothing is handed little and let go."""

import asyncio
import json

import pytest
from django.db import transaction

from community import routing
from live import lines, outlets, streams, threads
from live.outlets import EMPTIED, WIRE
from tests.live.test_outlets import parsed
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def gates(monkeypatch):
    monkeypatch.setitem(routing.gates, "thread", lambda member, key: f"thread:{key}")


class Wire:
    """A server's own door, whose reader takes what is written at once, or only when told to."""

    def __init__(self, *, takes=True):
        self.takes, self.unsent, self.read, self.most = takes, b"", b"", 0
        self.pieces = []

    def write(self, data):
        self.pieces.append(data)
        self.unsent += data
        self.most = max(self.most, len(self.unsent))
        if self.takes:
            self.take()
        return len(self.unsent)

    def take(self):
        self.read, self.unsent = self.read + self.unsent, b""

    def take_and_say_so(self):
        self.take()
        self.on_emptied()

    def call_when_emptied(self, on_emptied):
        self.on_emptied = on_emptied

    def frames(self, kind):
        return [frame for frame in map(json.loads, parsed(self.read)) if frame["type"] == kind]


async def follow(member, wire, topic="thread:2", after=None):
    socket = await knock(member, "/ws/live/", scope={WIRE: wire.write, EMPTIED: wire.call_when_emptied})
    await socket.send({"type": "subscribe", "topic": topic, "after": after})
    await until(lambda: wire.frames("subscribed"))
    return socket


async def until(is_so, seconds=10):
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.02)


async def write(texts, topic="thread:2"):
    def deed():
        with transaction.atomic():
            for text in texts:
                streams.append(topic, "note", {"text": text})

    await threads.write(deed)


async def test_readers_in_step_are_given_the_same_bytes_and_the_others_what_they_lack(alice, bob, charlie, mei):
    await write(["one", "two"])
    wires = [Wire() for _each in range(4)]
    afters = (2, 2, 0, 1)
    sockets = [
        await follow(member, wire, after=after) for member, wire, after in zip((alice, bob, charlie, mei), wires, afters, strict=True)
    ]
    await write(["three"])
    await write(["four", "five"])
    await until(lambda: all(wire.frames("note") and wire.frames("note")[-1]["seq"] == 5 for wire in wires))
    for wire, after in zip(wires, afters, strict=True):
        assert [note["seq"] for note in wire.frames("note")] == list(range(after + 1, 6))
    assert wires[0].pieces[-1] is wires[1].pieces[-1]
    assert len(sockets) == 4


async def test_who_follows_two_streams_is_given_both_when_both_have_news_at_once(alice):
    wire = Wire()
    socket = await follow(alice, wire)
    await socket.send({"type": "subscribe", "topic": "thread:4"})
    await until(lambda: len(wire.frames("subscribed")) == 2)

    def both():
        with transaction.atomic():
            for topic in ("thread:2", "thread:4", "thread:2"):
                streams.append(topic, "note", {"text": "news"})

    await threads.write(both)
    await until(lambda: len(wire.frames("note")) == 3)
    assert sorted((note["topic"], note["seq"]) for note in wire.frames("note")) == [("thread:2", 1), ("thread:2", 2), ("thread:4", 1)]


async def test_who_takes_nothing_is_handed_little_and_the_rest_in_order_once_it_is_taken(alice, bob):
    slow, quick = Wire(takes=False), Wire()
    slow.takes = True
    stuck, awake = await follow(alice, slow), await follow(bob, quick)
    slow.takes = False
    await write([f"{number} " + "x" * 4000 for number in range(30)])
    for number in range(30, 60):
        await write([f"{number} " + "x" * 4000])
    await until(lambda: len(quick.frames("note")) == 60)
    assert slow.most < outlets.FULL_BYTES + 5_000
    for _time in range(60):
        slow.take_and_say_so()
        await asyncio.sleep(0.01)
    assert [note["seq"] for note in slow.frames("note")] == list(range(1, 61))
    assert slow.most < outlets.FULL_BYTES + 5_000
    assert stuck.communicator.output_queue.empty()
    assert awake.communicator.output_queue.empty()


async def test_what_waits_already_counts_in_how_much_more_one_is_handed(alice):
    slow = Wire()
    stuck = await follow(alice, slow)
    slow.takes = False
    for _time in range(5):
        waited = len(slow.unsent)
        await write(["x" * 4000])
        await until(lambda waited=waited: len(slow.unsent) > waited)
    await write([f"{number} " + "x" * 4000 for number in range(30)])
    await until(lambda: slow.most > outlets.FULL_BYTES)
    assert slow.most < outlets.FULL_BYTES + 5_000
    assert stuck.communicator.output_queue.empty()


async def test_who_takes_nothing_for_long_is_let_go(alice, bob, monkeypatch):
    monkeypatch.setattr(lines, "LAG_SECONDS", 0.5)
    slow, quick = Wire(), Wire()
    stuck, awake = await follow(alice, slow), await follow(bob, quick)
    slow.takes = False
    for number in range(20):
        await write([f"{number} " + "x" * 4000])
    assert await stuck.closes() == 4008
    await until(lambda: len(quick.frames("note")) == 20)
    assert await awake.is_quiet()
