"""The way from a line to its reader: a server's own door for whole frames where it has one, else the `send` of ASGI.

A server of ours puts a function under WIRE into a socket's scope, which takes the bytes of finished frames and never waits. Any other
server is given messages; nearly always it takes one without waiting, so no task is made for it before it does.
"""

from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any

from live.news import framed

WIRE = "clubroom.wire"
Send = Callable[[dict[str, Any]], Awaitable[None]]
Frame = Callable[[], str]


class Outlet:
    """put() hands frames over in their order; what it returns must be awaited before the next is put, None where nothing waits."""

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        self.send = send
        self.wire: Callable[[bytes], None] | None = scope.get(WIRE)

    def put(self, frames: Sequence[Any], label: str = "", *, is_topic: bool = False) -> Awaitable[None] | None:
        """Frames are texts, or news under a label."""
        if self.wire is not None:
            parts = [framed(frame) if isinstance(frame, str) else frame.wire(label, is_topic=is_topic) for frame in frames]
            self.wire(parts[0] if len(parts) == 1 else b"".join(parts))
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
