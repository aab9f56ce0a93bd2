"""What comes in through an open socket, whichever server it is on: whole frames are read at once, and what waits lies in a box."""

import asyncio
from collections.abc import Callable
from typing import Any

# So many frames may wait for the room; while more do, none is read from their socket: a flood stays with its sender.
FULL, ROOM_AGAIN = 64, 16
TEXT_FRAME, MASKED, LENGTH_IN_TWO = 0x81, 0x80, 126


def whole_text(data: bytes, place: int, most: int) -> tuple[bytes, int] | None:
    """A client's unfragmented, masked text frame that begins at `place` and is all there (RFC 6455, 5.2): (text in UTF-8, where it ends).

    None for whatever else begins there, or is longer than `most` (0: any), or is no UTF-8.
    """
    if len(data) < place + 6 or data[place] != TEXT_FRAME or not data[place + 1] & MASKED:
        return None
    size, begin = data[place + 1] & 127, place + 2
    if size == LENGTH_IN_TWO:
        size, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
        if size < LENGTH_IN_TWO:
            return None
    elif size > LENGTH_IN_TWO:
        return None
    end = begin + 4 + size
    if end > len(data) or (most and size > most):
        return None
    mask = data[begin : begin + 4] * (size // 4 + 1)
    payload = (int.from_bytes(data[begin + 4 : end], "big") ^ int.from_bytes(mask[:size], "big")).to_bytes(size, "big")
    try:
        payload.decode()
    except UnicodeDecodeError:
        return None
    return payload, end


class Mailbox:
    """What came for a socket and has not been taken up: an `asyncio.Queue` for one reader, a tenth of its size.

    transport   is not read from while the box is full; it speaks as Twisted's do
    """

    __slots__ = ("heeds", "is_done", "is_full", "letters", "reader", "transport")

    def __init__(self, transport: Any) -> None:
        self.letters: list[dict[str, Any]] = []
        self.reader: asyncio.Future[None] | None = None
        self.transport = transport
        self.is_full = self.is_done = False
        self.heeds: Callable[[dict[str, Any]], bool] | None = None

    def show_first(self, heeds: Callable[[dict[str, Any]], bool]) -> None:
        """To whom each letter is shown that nothing is before, neither waiting nor being done; True from them, and it has been."""
        self.heeds = heeds

    def put_nowait(self, letter: dict[str, Any]) -> None:
        if self.heeds and not self.letters and self.reader is not None and not self.reader.done():
            if letter["type"] == "websocket.disconnect":
                self.heeds = None
            elif self.heeds(letter):
                return
        self.letters.append(letter)
        if len(self.letters) == FULL:
            self.is_full = True
            self.transport.pauseProducing()
        if self.reader is not None and not self.reader.done():
            self.reader.set_result(None)

    async def get(self) -> dict[str, Any]:
        while not self.letters:
            self.reader = asyncio.get_running_loop().create_future()
            await self.reader
            self.reader = None
        letter = self.letters.pop(0)
        if self.is_full and len(self.letters) <= ROOM_AGAIN:
            self.is_full = False
            if not self.is_done:
                self.transport.resumeProducing()
        return letter
