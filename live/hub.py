"""One hub a process: what its sockets follow, and how they hear of it.

A stream is followed once, however many sockets are on it. News comes from this process's own commits at once and as hints
from the others; holes, a lost last message and a restarted Redis are healed by asking the database. Sockets pull from here
at their own pace (`live.lines`), so that none can keep another waiting.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from live import hints, streams, threads, waking
from live.frames import Pace
from live.news import Handful, News

if TYPE_CHECKING:
    from live.lines import Line

log = logging.getLogger(__name__)

TAIL_SECONDS = 2.0
BEAT_SECONDS = 1.0
DEAF_SECONDS = 5.0
HOLE_SECONDS = 0.05
CLOSING_SECONDS = 3.0
RECENT = 128
# More than so many events that came at once go to each line in pieces.
GIVEN_AT_ONCE = 8
RESTARTING = 1012
TOO_MANY = 4429
# Whoever flooded a socket opens no other for so long: a new one would bring a fresh measure of frames.
TIRED_SECONDS = 10.0
# Of a thousand who come back at once each would be told of each, a million frames. So many are sent at once, and then so many a second.
CROWD_BURST, CROWD_PER_SECOND, CROWDS_MAX = 20_000, 1_000, 1_000
# The bell that every hub hears: whether a member may stay is to be asked now.
ASKING = "asking"


class Followed:
    """A stream that somebody in this process follows: its newest number, and its newest events without a gap."""

    def __init__(self, name: str, deliver_soon: Callable[["Followed"], None]) -> None:
        self.name = name
        self.deliver_soon = deliver_soon
        self.head = 0
        self.hinted = 0
        # Made with the first event: most streams that are followed are a member's own, and silent.
        self.recent: deque[News] | None = None
        self.lines: set[Line] = set()
        # The kinds of events that any line, now or earlier, is told of at once.
        self.heeded: frozenset[str] = frozenset()
        self.is_known = False
        self.delivered = 0
        self.catching_up: asyncio.Task[None] | None = None

    def take(self, news: News) -> None:
        """The next event, numbered head + 1."""
        self.head = news.seq
        if self.recent is None or news.kind == streams.REDACTED:
            # What was taken out of earlier events is not to be sent from memory.
            self.recent = deque(maxlen=RECENT)
        self.recent.append(news)
        if news.kind in self.heeded:
            for line in tuple(self.lines):
                if news.kind in line.heeded and line.on_news:
                    line.on_news(news)
        self.deliver_soon(self)

    def deliver(self) -> None:
        """To every line what came since the last time."""
        batch = self.since(self.delivered)
        self.delivered = self.head
        handful = Handful(batch) if batch and len(batch) <= GIVEN_AT_ONCE else None
        for line in tuple(self.lines):
            try:
                line.give(self, handful) if handful else line.pump()
            except Exception:
                log.exception("a socket's line stumbles")

    def since(self, seq: int) -> list[News] | None:
        """Events behind a number, or None where the memory does not reach back so far."""
        if self.recent and seq + 1 == self.recent[-1].seq:
            return [self.recent[-1]]
        if not self.recent or self.recent[0].seq > seq + 1:
            return None
        return list(itertools.islice(self.recent, seq + 1 - self.recent[0].seq, None))


class Hub:
    """All that one process's event loop follows."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.followed: dict[str, Followed] = {}
        self.lines: set[Line] = set()
        self.by_member: dict[int, list[Line]] = {}
        self.bells: dict[str, set[Callable[[dict[str, Any]], None]]] = {ASKING: {self._ask_member}}
        self.fresh: set[Followed] = set()
        self.tired: dict[int, float] = {}
        self.crowds: dict[str, Pace] = {}
        self.is_closing = False
        self.tasks: list[asyncio.Task[None]] = []

    # Sockets come and go.
    def enter(self, line: "Line") -> None:
        self.lines.add(line)
        if not self.tasks:
            self.tasks = [asyncio.create_task(self._ask_tails()), asyncio.create_task(self._beat())]
            if settings.REDIS_URL:
                self.tasks.append(asyncio.create_task(hints.listen(self.hint, self._ask_soon)))

    def seat(self, line: "Line", member_id: int) -> None:
        """Note whose line it is. Of too many the oldest goes: a socket that hangs must not keep its owner out."""
        lines = self.by_member.setdefault(member_id, [])
        line.member_id = member_id
        lines.append(line)
        for old in lines[: -settings.SOCKETS_PER_MEMBER]:
            old.close_soon(TOO_MANY)

    def tire(self, member_id: int) -> None:
        """A socket of this member was closed for its flood."""
        now = time.monotonic()
        self.tired = {pk: at for pk, at in self.tired.items() if now - at < TIRED_SECONDS} | {member_id: now}

    def is_tired(self, member_id: int) -> bool:
        return member_id in self.tired and time.monotonic() - self.tired[member_id] < TIRED_SECONDS

    def leave(self, line: "Line") -> None:
        self.lines.discard(line)
        if line.member_id is not None and line in self.by_member.get(line.member_id, []):
            self.by_member[line.member_id].remove(line)
            if not self.by_member[line.member_id]:
                del self.by_member[line.member_id]
        for following in line.following.values():
            self.unfollow(following.followed.name, line)
        if not self.lines:
            for task in self.tasks:
                task.cancel()
            self.tasks = []

    async def follow(self, name: str, line: "Line") -> Followed:
        """Follow first, then read the head: the other order loses what is committed in between."""
        followed = self.followed.get(name)
        if followed is None:
            followed = self.followed[name] = Followed(name, self.deliver_soon)
        followed.lines.add(line)
        followed.heeded |= line.heeded
        if not followed.is_known:
            head = (await threads.read(streams.heads, [name]))[name]
            if not followed.is_known:
                followed.head = followed.delivered = max(followed.head, head)
                followed.is_known = True
                if followed.hinted > followed.head:
                    self._catch_up_soon(followed)
        return followed

    async def refresh(self, followed: Followed) -> None:
        """Bring the memory of a stream up to what the database has now: somebody who was away is about to be given of it."""
        head = (await threads.read(streams.heads, [followed.name]))[followed.name]
        self.hear(followed.name, head)
        if followed.catching_up:
            await asyncio.wait([followed.catching_up])

    def unfollow(self, name: str, line: "Line") -> None:
        followed = self.followed.get(name)
        if followed is None:
            return
        followed.lines.discard(line)
        if not followed.lines:
            del self.followed[name]
            if followed.catching_up:
                followed.catching_up.cancel()

    # News arrives.
    def hear_all(self, news: list[News]) -> None:
        """What this process committed in one go."""
        for each in news:
            self.hear(each.stream, each.seq, each)

    def hear(self, name: str, seq: int, news: News | None = None) -> None:
        """A stream has reached `seq`; with `news` where this process committed it."""
        followed = self.followed.get(name)
        if followed is None:
            return
        followed.hinted = max(followed.hinted, seq)
        if not followed.is_known or seq <= followed.head:
            return
        if news is not None and seq == followed.head + 1:
            followed.take(news)
        elif news is None:
            self._catch_up_soon(followed)
        else:
            # Two threads committed in one order and rang in the other: the missing one is a moment away.
            self.loop.call_later(HOLE_SECONDS, self._catch_up_soon, followed)

    def _catch_up_soon(self, followed: Followed) -> None:
        if followed.head >= followed.hinted or (followed.catching_up and not followed.catching_up.done()):
            return
        followed.catching_up = asyncio.create_task(self._catch_up(followed))

    async def _catch_up(self, followed: Followed) -> None:
        """Read what is missing from the database, until nothing is."""
        while followed.head < followed.hinted and followed.lines:
            try:
                batch = await threads.read(streams.after, followed.name, followed.head)
            except Exception:
                log.exception("cannot read stream %s", followed.name)
                return
            for news in batch:
                if news.seq == followed.head + 1:
                    followed.take(news)
            if not batch:
                # Hinted, yet not there: a restored database, or a hint of another one.
                followed.hinted = followed.head

    def deliver_soon(self, followed: Followed) -> None:
        """At the end of this turn of the loop: what was committed together leaves together, and after its own acknowledgement."""
        if not self.fresh:
            self.loop.call_soon(self._deliver)
        self.fresh.add(followed)

    def _deliver(self) -> None:
        fresh, self.fresh = self.fresh, set()
        for followed in fresh:
            followed.deliver()

    # What has no number and may be lost: somebody types, somebody came in.
    def ring(self, name: str, frame: dict[str, Any]) -> None:
        """To whoever listens to a name, here and (with Redis) in the other processes."""
        self.heed(name, frame)
        hints.publish(name, 0, {**frame, "from_process": hints.PROCESS})

    def is_crowded(self, name: str, *, unseen: int = 0) -> bool:
        """Whether so many come and go on a bell that this one is not told of.

        unseen   how many of those who hear it are not to be noticed, by this either
        """
        if len(self.crowds) > CROWDS_MAX:
            self.crowds.clear()
        pace = self.crowds.setdefault(name, Pace(CROWD_BURST, CROWD_PER_SECOND))
        return bool(pace.take(len(self.bells.get(name, ())) - unseen))

    def heed(self, name: str, frame: dict[str, Any]) -> None:
        for listener in tuple(self.bells.get(name, ())):
            listener(frame)

    def hint(self, name: str, seq: int, frame: dict[str, Any] | None) -> None:
        """From another process, or our own come back."""
        if seq:
            self.hear(name, seq)
        elif frame and frame.pop("from_process", None) != hints.PROCESS:
            self.heed(name, frame)

    # What heals a lost hint, and what closes the dead.
    def _ask_member(self, frame: dict[str, Any]) -> None:
        for line in tuple(self.by_member.get(frame["member"], ())):
            line.ask_soon()

    async def _ask_tails(self) -> None:
        while True:
            await asyncio.sleep(TAIL_SECONDS)
            await self._ask_once()

    async def _ask_once(self) -> None:
        try:
            known = {name: followed.head for name, followed in self.followed.items() if followed.is_known}
            for name, head in (await threads.read(streams.ahead, known)).items() if known else ():
                # What this process is just committing is acknowledged first; its own news comes within that moment.
                self.loop.call_later(HOLE_SECONDS, self.hear, name, head)
        except Exception:
            log.exception("cannot ask how far the streams are")

    def _ask_soon(self) -> None:
        asyncio.create_task(self._ask_once()).add_done_callback(_ignore)

    async def _beat(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now = time.monotonic()
            # A process that was stopped, or a loop that was held up, listened to nobody meanwhile.
            deaf = now - before - BEAT_SECONDS
            for line in tuple(self.lines):
                if deaf > DEAF_SECONDS:
                    line.heard_at = min(now, line.heard_at + deaf)
                line.beat(now)
            before = now

    async def close_all(self, code: int = RESTARTING) -> None:
        self.is_closing = True
        lines = tuple(self.lines)
        await asyncio.gather(*(line.finish(code, CLOSING_SECONDS) for line in lines), return_exceptions=True)
        for line in lines:
            self.leave(line)


def _ignore(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


# A server has one loop and so one hub; tests have a loop each.
_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def current() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for old in [each for each in _hubs if each.is_closed()]:
            del _hubs[old]
        _hubs[loop] = Hub()
    return _hubs[loop]


def on_appended(sender: Any, *, news: list[News], **_ignored: Any) -> None:
    """From whichever thread committed: to this process's sockets, and a hint to the other processes."""
    for loop, hub in list(_hubs.items()):
        if loop.is_closed():
            _hubs.pop(loop, None)
        else:
            waking.tell(loop, hub.hear_all, news)
    for stream, seq in {each.stream: each.seq for each in news}.items():
        hints.publish(stream, seq)


def ring(name: str, frame: dict[str, Any]) -> None:
    """Hub.ring() for what runs in no hub's loop, such as a page: from any thread, to the sockets of this process and the others'."""
    for loop, hub in list(_hubs.items()):
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(hub.heed, name, frame)
    hints.publish(name, 0, {**frame, "from_process": hints.PROCESS})


def ask_again(member_id: int) -> None:
    """Ask all of a member's sockets, here and in the other processes, whether they may stay: now, and not within 25 seconds."""
    ring(ASKING, {"member": member_id})


async def close_all(code: int = RESTARTING) -> None:
    """Tell every socket of this process that the server restarts (1012), after what it is just writing; for a clean stop."""
    if (hub := _hubs.get(asyncio.get_running_loop())) is not None:
        await hub.close_all(code)
