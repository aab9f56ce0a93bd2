"""What an open socket is given comes in its order, and a reader who waited and left takes nothing with them."""

import asyncio

import pytest

from community.upgrading import Mailbox


async def test_letters_are_taken_up_in_their_order_before_and_after_somebody_waits():
    box = Mailbox()
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
    box = Mailbox()
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    box.put_nowait({"type": "kept"})
    assert await asyncio.wait_for(box.get(), 1) == {"type": "kept"}
