"""One socket's line: what it follows, how far it has been sent, and how far it says it has seen.

Daphne never makes a sender wait, so the window does: more than WINDOW numbered events unseen, and the line sends no more
until the reader says what it saw, or is closed. Frames come straight from the hub's memory; a reader who was away reads
from the database. What a line has sent it never sends again, also where the client was ahead of this process.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from live import streams, threads
from live.hub import Followed, Hub
from live.news import News, encode

log = logging.getLogger(__name__)

WINDOW = 64
WAITING = 256
LAG_SECONDS = 15.0
HEARTBEAT_SECONDS = 45.0
ASK_AGAIN_SECONDS = 25.0
TOO_FAR_BEHIND, HEARTBEAT_MISSED = 4008, 4408

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Following:
    """A stream under the name that this socket's reader knows it by."""

    followed: Followed
    label: str
    cursor: int
    seen: int
    is_topic: bool = False


class Line:
    """A socket's way out.

    ask_again   coroutine function, asked every ASK_AGAIN_SECONDS: a close code where the reader may no longer be here, else None
    on_news     called at once with every event of a followed stream, before and apart from its sending
    """

    def __init__(
        self, hub: Hub, send: Send, *, ask_again: Callable[[], Awaitable[int | None]], on_news: Callable[[News], None] | None = None
    ) -> None:
        self.hub = hub
        self._send = send
        self.ask_again = ask_again
        self.on_news = on_news
        self.following: dict[str, Following] = {}
        self.waiting: deque[str] = deque()
        self.member_id: int | None = None
        self.is_open = True
        self.is_busy = False
        self.is_held = False
        self.is_gone = asyncio.Event()
        self.heard_at = self.asked_at = time.monotonic()
        self.lagging_since: float | None = None
        self._awake = asyncio.Event()
        self._writer = asyncio.create_task(self._write())
        self._asking: asyncio.Task[None] | None = None
        hub.enter(self)

    # What goes out.
    def say(self, frame: dict[str, Any]) -> None:
        """An unnumbered frame, ahead of whatever events wait."""
        if len(self.waiting) >= WAITING:
            self.close_soon(TOO_FAR_BEHIND)
            return
        self.waiting.append(encode(frame))
        self._awake.set()

    def hold(self) -> None:
        """Keep events back while the frame that must come before them is made."""
        self.is_held = True

    def release(self) -> None:
        self.is_held = False
        self._awake.set()

    def notice(self, news: News) -> None:
        if self.on_news:
            self.on_news(news)
        self._awake.set()

    async def follow(self, name: str, label: str, *, after: int | None, is_topic: bool = False) -> Following:
        """Follow a stream from behind `after`; from now on where it is None; from the start where it lies beyond the stream's end."""
        followed = await self.hub.follow(name, self)
        head = followed.head
        if after is not None and after > head:
            head = (await threads.read(streams.heads, [name]))[name]
        cursor = head if after is None else after if after <= head else 0
        following = self.following[label] = Following(followed, label, cursor, cursor, is_topic)
        self._awake.set()
        return following

    def unfollow(self, label: str) -> None:
        following = self.following.pop(label, None)
        if following and not any(each.followed is following.followed for each in self.following.values()):
            self.hub.unfollow(following.followed.name, self)

    def heads(self) -> dict[str, int]:
        return {label: max(each.followed.head, each.cursor) for label, each in self.following.items()}

    def see(self, label: str, seq: int) -> None:
        """The reader has seen a stream up to a number."""
        following = self.following.get(label)
        if following is None:
            return
        following.seen = max(following.seen, min(seq, following.cursor))
        if self.unseen() < WINDOW:
            self.lagging_since = None
            self._awake.set()

    def unseen(self) -> int:
        return sum(each.cursor - each.seen for each in self.following.values())

    async def _write(self) -> None:
        while self.is_open:
            await self._awake.wait()
            self._awake.clear()
            try:
                await self._say_waiting()
                for following in list(self.following.values()):
                    if not self.is_held:
                        await self._advance(following)
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a socket's line stumbles")
                await asyncio.sleep(1)
                self._awake.set()

    async def _say_waiting(self) -> None:
        while self.waiting and self.is_open:
            await self._send({"type": "websocket.send", "text": self.waiting.popleft()})

    async def _advance(self, following: Following) -> None:
        """Send what the reader lacks of one stream, as far as the window lets."""
        while self.is_open and following.cursor < following.followed.head:
            if self.following.get(following.label) is not following:
                return
            if self.unseen() >= WINDOW:
                self._lag()
                return
            newest = following.followed.recent[-1] if following.followed.recent else None
            if newest is not None and newest.seq == following.cursor + 1:
                batch: list[News] | None = [newest]
            else:
                batch = following.followed.since(following.cursor)
            if batch is None:
                batch = await threads.read(streams.after, following.followed.name, following.cursor, WINDOW)
            if not batch:
                return
            for news in batch[: WINDOW - self.unseen()]:
                if not self.is_open or self.following.get(following.label) is not following:
                    return
                following.cursor = news.seq
                await self._send({"type": "websocket.send", "text": news.frame(following.label, is_topic=following.is_topic)})
            await self._say_waiting()

    def _lag(self) -> None:
        if self.lagging_since is None:
            self.lagging_since = time.monotonic()
            self.say({"type": "lag", "heads": self.heads()})

    # What keeps it honest.
    def heard(self) -> None:
        self.heard_at = time.monotonic()

    def beat(self) -> None:
        """Once a second, from the hub."""
        now = time.monotonic()
        if now - self.heard_at > HEARTBEAT_SECONDS:
            self.close_soon(HEARTBEAT_MISSED)
        elif self.lagging_since is not None and now - self.lagging_since > LAG_SECONDS:
            self.close_soon(TOO_FAR_BEHIND)
        elif now - self.asked_at > ASK_AGAIN_SECONDS and (self._asking is None or self._asking.done()):
            self.asked_at = now
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            code = await self.ask_again()
        except Exception:
            log.exception("cannot ask whether a socket may stay")
            return
        if code is not None:
            await self.close(code)

    # How it ends.
    def close_soon(self, code: int) -> None:
        if self.is_open:
            asyncio.create_task(self.close(code)).add_done_callback(lambda task: task.cancelled() or task.exception())

    async def close(self, code: int) -> None:
        """Close from our side. What waits unsent is for the reader's next visit: the database has it."""
        if not self.is_open:
            return
        self.end()
        await self._send({"type": "websocket.close", "code": code})

    async def finish(self, code: int, within_seconds: float) -> None:
        """Close after what the socket is just writing has been answered, and wait for the reader to have noticed."""
        until = time.monotonic() + within_seconds
        while self.is_busy and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if self.is_open:
            await self._say_waiting()
        await self.close(code)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.is_gone.wait(), min(within_seconds, 1))

    def end(self) -> None:
        """The socket is gone, whoever closed it."""
        self.is_open = False
        self.hub.leave(self)
        if asyncio.current_task() is not self._writer:
            self._writer.cancel()
