"""On Daphne: what an open socket is given comes in its order, a reader who waited and left takes nothing with them, and all are pinged."""

import asyncio
import contextlib
import socket
from types import SimpleNamespace

import pytest

from community.incoming import FULL, ROOM_AGAIN, Mailbox, whole_text
from community.upgrading import ClubSocket


class Transport:
    is_read = True

    def pauseProducing(self):  # noqa: N802
        self.is_read = False

    def resumeProducing(self):  # noqa: N802
        self.is_read = True


async def test_letters_are_taken_up_in_their_order_before_and_after_somebody_waits():
    box = Mailbox(Transport())
    box.put_nowait({"type": "a"})
    box.put_nowait({"type": "b"})
    assert [(await box.get())["type"], (await box.get())["type"]] == ["a", "b"]
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    box.put_nowait({"type": "c"})
    box.put_nowait({"type": "d"})
    assert (await waiting)["type"] == "c"
    assert (await box.get())["type"] == "d"


async def test_a_reader_who_was_called_off_loses_no_letter():
    box = Mailbox(Transport())
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    box.put_nowait({"type": "kept"})
    assert await asyncio.wait_for(box.get(), 1) == {"type": "kept"}


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_socket_is_not_read_while_too_much_of_it_waits_nor_when_it_is_done_with(is_done):
    wire = Transport()
    box = Mailbox(wire)
    for number in range(FULL - 1):
        box.put_nowait({"type": number})
    assert wire.is_read
    # What one reading brought is kept, however much it is.
    for number in range(FULL - 1, 3 * FULL):
        box.put_nowait({"type": number})
    assert not wire.is_read
    box.is_done = is_done
    taken = [(await box.get())["type"] for _time in range(3 * FULL - ROOM_AGAIN - 1)]
    assert not wire.is_read
    taken.append((await box.get())["type"])
    assert wire.is_read is not is_done
    assert taken == list(range(3 * FULL - ROOM_AGAIN))


async def test_a_letter_that_nothing_is_before_may_be_done_at_once_and_all_others_wait_their_turn():
    box, shown = Mailbox(Transport()), []

    def heed(letter):
        shown.append(letter["type"])
        return letter["type"] == "seen"

    box.show_first(heed)
    box.put_nowait({"type": "seen"})
    assert (await box.get())["type"] == "seen", "nobody waited for it yet"
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put_nowait({"type": "seen"})
    box.put_nowait({"type": "say"})
    box.put_nowait({"type": "seen"})
    assert [(await waiting)["type"], (await box.get())["type"]] == ["say", "seen"]
    assert shown == ["seen", "say"]


def masked(payload: bytes, *, first: int = 0x81, mask: bytes = b"\x01\xfe\x00\x7f") -> bytes:
    """A frame as a browser sends it."""
    size = len(payload)
    length = (
        bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big") if size < 65_536 else b"\xff" + size.to_bytes(8, "big")
    )
    return bytes([first]) + length + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 125, 126, 127, 4_096, 65_535])
def test_a_whole_text_frame_is_read_at_once_wherever_it_begins(size):
    payload = ("积分" * size).encode()[: size - size % 3] + b"x" * (size % 3)
    frame = masked(payload)
    assert whole_text(b"before" + frame + frame, 6, 0) == (payload, 6 + len(frame))
    assert whole_text(frame, 0, size or 1) == (payload, len(frame))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        masked(b"text")[:5],
        masked(b"text")[:-1],
        masked(b"x" * 200)[:3],
        masked(b"bytes", first=0x82),
        masked(b"begun", first=0x01),
        masked(b"goes on", first=0x80),
        masked(b"packed", first=0xC1),
        masked(b"ping", first=0x89),
        masked(b"\x03\xe8", first=0x88),
        masked(b"\xff\xfe"),
        masked(b"\xed\xa0\x80"),
        masked("积".encode()[:2]),
        masked(b"x" * 65_536),
        b"\x81\xfe\x00\x05" + masked(b"short")[2:],
        b"\x81\x04text",
    ],
)
def test_all_else_goes_the_long_way(frame):
    assert whole_text(frame, 0, 0) is None


def test_a_frame_longer_than_allowed_is_left_to_who_refuses_it():
    assert whole_text(masked(b"x" * 101), 0, 100) is None


@pytest.mark.parametrize(
    ("payload", "state", "expected"), [(b"12345678abcd", 3, b"\x89\x0c12345678abcd"), (None, 3, b"\x89\x00"), (b"late", 2, b"")]
)
def test_an_open_socket_on_daphne_is_asked_by_a_whole_ping_whether_it_is_there(payload, state, expected):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        asked = ClubSocket()
        assert (asked.STATE_OPEN, asked.STATE_CLOSING) == (3, 2)
        asked.state, asked.transport = state, SimpleNamespace(socket=ours, dataBuffer=b"", _tempDataBuffer=[])
        asked.sendPing(payload)
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError) if not expected else contextlib.nullcontext():
            assert theirs.recv(100) == expected
