"""The way out of a line: finished frames for a server of ours, messages for any other, and no task where nothing waits."""

import asyncio
import contextlib
import datetime
import json

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from live.news import News, framed
from live.outlets import WIRE, Outlet, begin


def news(seq, text="hello"):
    return News("thread:1", seq, "note", {"text": text}, datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC))


def parsed(data: bytes) -> list[str]:
    """What a client's own library reads in these bytes."""
    reader, frames = StreamReader(), []
    reader.feed_data(data)
    reader.feed_eof()

    def read():
        frames.append((yield from Frame.parse(reader.read_exact, mask=False, max_size=None)))

    with contextlib.suppress(EOFError):
        while True:
            list(read())
    assert all((frame.opcode, frame.fin) == (Opcode.TEXT, True) for frame in frames)
    return [bytes(frame.data).decode() for frame in frames]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_a_frame_of_any_length_is_read_as_it_was_written(size):
    assert parsed(framed("x" * size)) == ["x" * size]
    assert parsed(framed("客" * (size // 3)) + framed("second")) == ["客" * (size // 3), "second"]


def test_a_server_of_ours_is_given_all_frames_in_one_piece_each_made_once():
    written = []
    outlet = Outlet({WIRE: written.append}, None)
    events = [news(1), news(2)]
    assert outlet.put(events, "all") is None
    assert outlet.put(events[1:], "all") is None
    assert [json.loads(text)["seq"] for text in parsed(written[0])] == [1, 2]
    assert written[1] is events[1].wire("all")
    assert outlet.put(['{"type":"pong"}']) is None
    assert parsed(written[2]) == ['{"type":"pong"}']


async def test_another_server_is_given_messages_at_once_until_it_makes_us_wait_and_then_in_order():
    taken, is_free = [], asyncio.Event()

    async def send(message):
        if len(taken) == 2:
            await is_free.wait()
        taken.append(json.loads(message["text"])["seq"])

    rest = Outlet({}, send).put([news(seq) for seq in range(1, 6)], "all")
    assert taken == [1, 2]
    waiting = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    assert taken == [1, 2]
    is_free.set()
    await waiting
    assert taken == [1, 2, 3, 4, 5]


async def test_what_a_server_raises_reaches_whoever_waits_also_after_a_wait():
    async def fails(after):
        if after:
            await asyncio.sleep(0)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        begin(fails(after=False))
    with pytest.raises(ConnectionResetError):
        await begin(fails(after=True))


async def test_a_wait_that_is_given_up_is_given_up_within_the_server_too():
    given_up = []

    async def waits():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            given_up.append(True)
            raise

    task = asyncio.create_task(_wait_for(begin(waits())))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert given_up == [True]


async def _wait_for(awaitable):
    await awaitable
