"""The way from a line to its reader: a server's own door for whole frames where it has one, else the `send` of ASGI.

A server of ours puts a function under WIRE into a socket's scope, which takes the bytes of finished frames, never waits, and says how
many bytes it has not got rid of; and one under EMPTIED, which is told whom to call once it has. Any other server is given messages; nearly
always it takes one without waiting, so no task is made for it before it does.
"""

from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any

from live.news import News, framed

WIRE, EMPTIED = "clubroom.wire", "clubroom.emptied"
# Where it has one, a function that is told whom to show each message before it waits its turn: True from them, and it has been done.
HEEDED = "clubroom.heeded"
# A reader who takes nothing is kept no more than this, and what was handed over with it.
FULL_BYTES = 32 * 1024
Send = Callable[[dict[str, Any]], Awaitable[None]]
Frame = Callable[[], str]


class Outlet:
    """put() hands frames over in their order; what it returns must be awaited before the next is put, None where nothing waits.

    is_full      so much is unsent that nothing more should be put
    on_emptied   called when that is over
    """

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        self.send = send
        self.wire: Callable[[bytes], int | None] | None = scope.get(WIRE)
        self.is_full = False
        self.on_emptied: Callable[[], None] | None = None
        self._unsent = 0  # bytes, when something was last handed over
        if EMPTIED in scope:
            scope[EMPTIED](self._emptied)

    def _emptied(self) -> None:
        self.is_full, self._unsent = False, 0
        if self.on_emptied:
            self.on_emptied()

    def hand_over(self, data: bytes) -> None:
        """The bytes of finished frames, where there is a wire."""
        if self.wire is not None and (unsent := self.wire(data)):
            self.note_unsent(unsent)

    def note_unsent(self, size: int) -> None:
        """So many bytes have not been got rid of; `on_emptied` follows once they have."""
        self._unsent, self.is_full = size, size > FULL_BYTES

    def some(self, news: list[News], label: str, *, is_topic: bool) -> list[News]:
        """As many of these, and one at least, as may be put at once."""
        if self.wire is None or len(news) == 1:
            return news
        size = self._unsent
        for place, each in enumerate(news):
            size += len(each.wire(label, is_topic=is_topic))
            if size > FULL_BYTES:
                return news[: place + 1]
        return news

    def put(self, frames: Sequence[Any], label: str = "", *, is_topic: bool = False) -> Awaitable[None] | None:
        """Frames are texts, or news under a label."""
        if self.wire is not None:
            parts = [framed(frame) if isinstance(frame, str) else frame.wire(label, is_topic=is_topic) for frame in frames]
            self.hand_over(parts[0] if len(parts) == 1 else b"".join(parts))
            return None
        for place, frame in enumerate(frames):
            text = frame if isinstance(frame, str) else frame.frame(label, is_topic=is_topic)
            begun = begin(self.send({"type": "websocket.send", "text": text}))
            if begun is not None:
                return self._go_on(begun, frames[place + 1 :], label, is_topic)
        return None

    async def _go_on(self, begun: Awaitable[None], frames: Sequence[Any], label: str, is_topic: bool) -> None:
        await begun
        for frame in frames:
            text = frame if isinstance(frame, str) else frame.frame(label, is_topic=is_topic)
            await self.send({"type": "websocket.send", "text": text})


class _Begun:
    """A coroutine that has run to its first wait, to be awaited for the rest."""

    def __init__(self, coroutine: Any, waits_for: Any) -> None:
        self.coroutine, self.waits_for = coroutine, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self.waits_for
        while True:
            try:
                answer = yield waits_for
            except BaseException as error:
                step, given = self.coroutine.throw, error
            else:
                step, given = self.coroutine.send, answer
            try:
                waits_for = step(given)
            except StopIteration:
                return


def begin(awaitable: Awaitable[None]) -> Awaitable[None] | None:
    """Run a coroutine at once as far as it goes without waiting. None where it went to its end."""
    coroutine: Any = awaitable if hasattr(awaitable, "send") else _awaited(awaitable)
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return _Begun(coroutine, waits_for)


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable
