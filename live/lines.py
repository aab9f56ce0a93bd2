"""One socket's line: what it follows, how far it has been sent, and how far it says it has seen.

Daphne never makes a sender wait, so the window does: more than WINDOW numbered events unseen, and the line sends no more
until the reader says what it saw, or is closed. Frames go straight from the hub's memory to the socket; a task is made only for
what must be waited for: a reader who was away reads from the database, a server pushes back. What a line has sent it never sends
again, also where the client was ahead of this process.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from live import streams, threads
from live.hub import Followed, Hub
from live.news import Handful, News, encode
from live.outlets import Outlet

log = logging.getLogger(__name__)

WINDOW = 64
WAITING = 256
LAG_SECONDS = 15.0
HEARTBEAT_SECONDS = 45.0
ASK_AGAIN_SECONDS = 25.0
TOO_FAR_BEHIND, HEARTBEAT_MISSED = 4008, 4408


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
    on_news     called at once with every event of a followed stream of the kinds in `heeded`, before and apart from its sending
    """

    def __init__(
        self,
        hub: Hub,
        outlet: Outlet,
        *,
        ask_again: Callable[[], Awaitable[int | None]],
        on_news: Callable[[News], None] | None = None,
        heeded: frozenset[str] = frozenset(),
    ) -> None:
        self.hub = hub
        self.outlet = outlet
        self.ask_again = ask_again
        self.on_news = on_news
        self.heeded = heeded
        self.following: dict[str, Following] = {}
        self.waiting: list[str] = []
        self.unseen = 0
        self.member_id: int | None = None
        self.is_open = True
        self.is_busy = False
        # While we open the socket or do what it asked, its next words wait unread: that silence is ours.
        self.is_ours = True
        self.is_held = False
        self.is_gone = False
        self.heard_at = self.asked_at = time.monotonic()
        self.lagging_since: float | None = None
        self._working: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._must_ask = False
        outlet.on_emptied = self._emptied
        hub.enter(self)

    # What goes out.
    def say(self, frame: dict[str, Any]) -> None:
        """An unnumbered frame, ahead of whatever events wait."""
        if len(self.waiting) >= WAITING:
            self.close_soon(TOO_FAR_BEHIND)
            return
        self.waiting.append(encode(frame))
        self.pump()

    def hold(self) -> None:
        """Keep events back while the frame that must come before them is made."""
        self.is_held = True

    def release(self) -> None:
        self.is_held = False
        self.pump()

    async def follow(self, name: str, label: str, *, after: int | None, is_topic: bool = False) -> Following:
        """Follow a stream from behind `after`; from now on where it is None; from the start where it lies beyond the stream's end."""
        followed = await self.hub.follow(name, self)
        if not self.is_open:
            self.hub.unfollow(name, self)
        if after is not None and followed.since(after):
            # No hint may have come yet of what has been taken out of the record meanwhile.
            await self.hub.refresh(followed)
        head = followed.head
        if after is not None and after > head:
            head = (await threads.read(streams.heads, [name]))[name]
        cursor = head if after is None else after if after <= head else 0
        self.unfollow(label, is_kept=followed)
        following = self.following[label] = Following(followed, label, cursor, cursor, is_topic)
        self.pump()
        return following

    def unfollow(self, label: str, *, is_kept: Followed | None = None) -> None:
        following = self.following.pop(label, None)
        if following is None:
            return
        self.unseen -= following.cursor - following.seen
        if following.followed is not is_kept and not any(each.followed is following.followed for each in self.following.values()):
            self.hub.unfollow(following.followed.name, self)

    def heads(self) -> dict[str, int]:
        return {label: max(each.followed.head, each.cursor) for label, each in self.following.items()}

    def see(self, label: str, seq: int) -> None:
        """The reader has seen a stream up to a number."""
        following = self.following.get(label)
        if following is None:
            return
        seen = max(following.seen, min(seq, following.cursor))
        self.unseen -= seen - following.seen
        following.seen = seen
        if self.lagging_since is not None and self.unseen < WINDOW:
            self.lagging_since = None
            self.pump()

    def pump(self) -> None:
        """Send all that may be sent now. Where something must be waited for, a task goes on and pumps again at its end."""
        if self._working is not None or not self.is_open:
            return
        if self.waiting and not self.outlet.is_full:
            frames, self.waiting = self.waiting, []
            if self._hand_over(self.outlet.put(frames)):
                return
        if self.is_held:
            return
        for following in self.following.values():
            while following.cursor < following.followed.head:
                if self.outlet.is_full:
                    self._clog()
                    return
                if not self._advance(following):
                    break
                if self._working is not None:
                    return

    def give(self, followed: Followed, handful: Handful) -> None:
        """A stream's newest events, to many lines: the same bytes to each that lacks just these, and may have them, at once."""
        outlet = self.outlet
        wire = outlet.wire
        if wire is None or outlet.is_full or self.waiting or self.is_held or self._working is not None or not self.is_open:
            self.pump()
            return
        is_behind = False
        for following in self.following.values():
            if following.followed is followed and following.cursor == handful.before and (unseen := self.unseen + handful.count) <= WINDOW:
                following.cursor, self.unseen = handful.last, unseen
                # No call more than must be: this is done once for each reader of every event.
                label = following.label
                data = handful.wires[label] if label in handful.wires else handful.wire(label, is_topic=following.is_topic)
                if unsent := wire(data):
                    outlet.note_unsent(unsent)
            elif following.cursor < following.followed.head:
                is_behind = True
        if is_behind:
            self.pump()

    def _advance(self, following: Following) -> bool:
        """Send what the reader lacks of one stream, as far as the window and the way out let. False where the window does not."""
        free = WINDOW - self.unseen
        if free <= 0:
            self._lag()
            return False
        batch = following.followed.since(following.cursor)
        if batch is None:
            self._work(self._read_on(following))
            return True
        some = self.outlet.some(batch[:free], following.label, is_topic=following.is_topic)
        self._note(following, some)
        self._hand_over(self.outlet.put(some, following.label, is_topic=following.is_topic))
        return True

    def _note(self, following: Following, batch: list[News]) -> None:
        self.unseen += batch[-1].seq - following.cursor
        following.cursor = batch[-1].seq

    def _hand_over(self, rest: Awaitable[None] | None) -> bool:
        """Whether the server makes us wait for it."""
        if rest is None:
            return False
        self._work(rest)
        return True

    async def _read_on(self, following: Following) -> None:
        """A reader from further back than the memory reaches: the next of it from the database."""
        batch = await threads.read(streams.after, following.followed.name, following.cursor, WINDOW)
        if not batch:
            # The head is known and the event cannot be read: a database that was set back, or is behind.
            await asyncio.sleep(1)
        free = WINDOW - self.unseen
        if self.is_open and self.following.get(following.label) is following and batch and free > 0:
            some = self.outlet.some(batch[:free], following.label, is_topic=following.is_topic)
            self._note(following, some)
            if rest := self.outlet.put(some, following.label, is_topic=following.is_topic):
                await rest

    def _work(self, work: Awaitable[None]) -> None:
        self._working = asyncio.create_task(self._go_on(work))

    async def _go_on(self, work: Awaitable[None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a socket's line stumbles")
            await asyncio.sleep(1)
        self._working = None
        self.pump()

    def _lag(self) -> None:
        if self.lagging_since is None:
            self.lagging_since = time.monotonic()
            self.say({"type": "lag", "heads": self.heads()})

    def _clog(self) -> None:
        """The reader does not even take what it was sent: it is as far behind as one who says nothing of what it saw."""
        if self.lagging_since is None:
            self.lagging_since = time.monotonic()

    def _emptied(self) -> None:
        if self.unseen < WINDOW:
            self.lagging_since = None
        self.pump()

    # What keeps it honest.
    def heard(self) -> None:
        self.heard_at = time.monotonic()

    def beat(self, now: float) -> None:
        """Once a second, from the hub."""
        if self.is_ours:
            self.heard_at = now
        if now - self.heard_at > HEARTBEAT_SECONDS:
            self.close_soon(HEARTBEAT_MISSED)
        elif self.lagging_since is not None and now - self.lagging_since > LAG_SECONDS:
            self.close_soon(TOO_FAR_BEHIND)
        elif now - self.asked_at > ASK_AGAIN_SECONDS and (self._asking is None or self._asking.done()):
            self.ask_soon()

    def ask_soon(self) -> None:
        """Ask whether the reader may stay; where that is being asked already, once more after it, for the answer may be of before."""
        self.asked_at = time.monotonic()
        self._must_ask = True
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        while self._must_ask and self.is_open:
            self._must_ask = False
            try:
                code = await self.ask_again()
            except Exception:
                log.exception("cannot ask whether a socket may stay")
                continue
            if code is not None:
                await self.close(code)
        # A task that is done is as much to keep as one that is not.
        self._asking = None

    # How it ends.
    def close_soon(self, code: int) -> None:
        if self.is_open:
            asyncio.create_task(self.close(code)).add_done_callback(lambda task: task.cancelled() or task.exception())

    async def close(self, code: int) -> None:
        """Close from our side. What waits unsent is for the reader's next visit: the database has it."""
        if not self.is_open:
            return
        self.end()
        await self.outlet.send({"type": "websocket.close", "code": code})

    async def finish(self, code: int, within_seconds: float) -> None:
        """Close after what the socket is just writing has been answered, and wait for the reader to have noticed."""
        until = time.monotonic() + within_seconds
        while (self.is_busy or (self._working is not None and self.waiting)) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        await self.close(code)
        until = time.monotonic() + min(within_seconds, 1)
        while not self.is_gone and time.monotonic() < until:
            await asyncio.sleep(0.02)

    def end(self) -> None:
        """The socket is gone, whoever closed it."""
        self.is_open = False
        self.outlet.on_emptied = None
        self.hub.leave(self)
        if self._working is not None and self._working is not asyncio.current_task():
            self._working.cancel()
        with contextlib.suppress(RuntimeError):
            if self._asking is not None and self._asking is not asyncio.current_task():
                self._asking.cancel()
