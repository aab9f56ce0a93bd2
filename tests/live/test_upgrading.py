"""What an open socket is given comes in its order, and a reader who waited and left takes nothing with them."""

import asyncio

import pytest

from community.upgrading import FULL, ROOM_AGAIN, Mailbox


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
