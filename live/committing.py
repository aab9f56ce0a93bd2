"""Group commit: one writer a process does all the deeds that wait, in one transaction, and each is answered once that is on disk.

A disk that must be waited for costs most of a write, and as much for sixty-four as for one. Each deed has a savepoint of its own: one that
is refused undoes itself alone. Shares of one work are done in one go. Where the batch as a whole fails (a lock, a lost connection), each
deed is tried once more by itself. While deeds come fast the writer rests a moment between two transactions, so that neighbours go
together: into one commit, and to every reader of their room in one write.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from live import waking

Result = TypeVar("Result")

# So many deeds within so long, and transactions begin no closer than REST_SECONDS after one another; unless ENOUGH deeds wait already.
FAST_DEEDS, FAST_SECONDS, REST_SECONDS, ENOUGH = 8, 0.1, 0.03, 16


@dataclass(frozen=True, slots=True)
class Share:
    """A deed that can be done in one go with others of its kind: what is said at once in many rooms, say.

    together   from what each share gives, in the caller's transaction, to the outcome of each in their order: an exception for one that
               is refused and has written nothing. What it raises must undo all of them.
    """

    together: Callable[[list[Any]], list[Any]]
    given: Any

    @transaction.atomic
    def __call__(self) -> Any:
        return self.alone()

    def alone(self) -> Any:
        """In a transaction that is undone with it."""
        [outcome] = self.together([self.given])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@dataclass(slots=True)
class Deed:
    """A function of no arguments that writes, and the future in its caller's loop that waits for it.

    is_whole   it undoes itself where it fails, as what `transaction.atomic` decorates does, and needs no savepoint around it
    """

    function: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    is_whole: bool = False
    outcome: Any = None
    failure: BaseException | None = None

    def answer(self) -> None:
        """From the writer's thread, once it is committed or will not be."""
        waking.tell(self.loop, self._settle)

    def _settle(self) -> None:
        if self.future.done():
            return
        if self.failure is not None:
            self.future.set_exception(self.failure)
        else:
            self.future.set_result(self.outcome)


class Writer:
    """One thread that does deeds in the order they came, up to LIVE_BATCH of them in a transaction."""

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue[Deed | None] = queue.SimpleQueue()
        self.enough = threading.Event()
        # When each of the newest deeds was begun.
        self.begun: deque[float] = deque(maxlen=FAST_DEEDS)
        self.thread = threading.Thread(target=self._run, daemon=True, name="live-commit")
        self.thread.start()

    def put(self, deed: Deed | None) -> None:
        self.waiting.put(deed)
        if deed is None or self.waiting.qsize() >= ENOUGH:
            self.enough.set()

    def stop(self) -> None:
        self.put(None)
        self.thread.join(10)

    def _rest(self) -> None:
        """With one deed in hand, where they come fast: wait for its neighbours."""
        if len(self.begun) < FAST_DEEDS or settings.LIVE_BATCH == 1:
            return
        now = time.monotonic()
        pause = self.begun[-1] + REST_SECONDS - now
        if pause <= 0 or now - self.begun[0] > FAST_SECONDS:
            return
        self.enough.clear()
        if self.waiting.qsize() < ENOUGH:
            self.enough.wait(pause)
        if self.waiting.empty():
            # Somebody who says one thing after the other waits for us, and nobody else is there: no rest for the next few.
            self.begun.clear()

    def _run(self) -> None:
        while True:
            deed = self.waiting.get()
            if deed is None:
                connection.close()
                return
            batch = [deed]
            self._rest()
            while len(batch) < settings.LIVE_BATCH:
                try:
                    following = self.waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self.waiting.put(None)
                    break
                batch.append(following)
            self.begun.extend([time.monotonic()] * len(batch))
            _keep_little()
            do(batch)
            if connection.vendor != "sqlite":
                connection.close()


def _keep_little() -> None:
    """Pages once written are hardly read again by who wrote them: SQLite need not keep megabytes of them for this thread."""
    if connection.vendor == "sqlite" and connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -2000")


class _BatchFailed(Exception):  # noqa: N818
    pass


def do(batch: list[Deed]) -> None:
    """Do deeds in one transaction and answer each after its commit, before anybody hears of it."""
    # After shares nothing is done at commit but to tell of them; after other deeds there may be more, which no answer should wait for.
    is_brief = all(isinstance(deed.function, Share) for deed in batch)
    try:
        with waking.at_once() if is_brief else contextlib.nullcontext():
            _by_itself(batch[0]) if len(batch) == 1 else _together(batch)
    except Exception:
        connection.close()
        for deed in batch:
            _once_more(deed)


def _by_itself(deed: Deed) -> None:
    """What it raises undoes the transaction, which is its own. Raises what the database raises."""
    share = deed.function
    try:
        with transaction.atomic():
            # The first to be called after commit: the sayer's acknowledgement goes out before the room hears.
            transaction.on_commit(deed.answer)
            deed.outcome, deed.failure = share.alone() if isinstance(share, Share) else share(), None
    except (InterfaceError, DatabaseError):
        raise
    except Exception as failure:
        deed.outcome, deed.failure = None, failure
        deed.answer()


def _once_more(deed: Deed) -> None:
    try:
        _by_itself(deed)
    except Exception as failure:
        connection.close()
        deed.outcome, deed.failure = None, failure
        deed.answer()


def _together(batch: list[Deed]) -> None:
    def answer_all() -> None:
        for deed in batch:
            deed.answer()

    with transaction.atomic():
        transaction.on_commit(answer_all)
        for run in _runs(batch):
            if len(run) > 1:
                _share(run)
            else:
                _among_others(run[0])


def _runs(batch: list[Deed]) -> list[list[Deed]]:
    """Shares of one work together, where the first of them stands; no share goes past a deed that is none."""
    runs: list[list[Deed]] = []
    begun: dict[Any, list[Deed]] = {}
    for deed in batch:
        run, share = [deed], deed.function
        if not isinstance(share, Share):
            begun.clear()
        elif (earlier := begun.setdefault(share.together, run)) is not run:
            earlier.append(deed)
            continue
        runs.append(run)
    return runs


def _share(run: list[Deed]) -> None:
    shares: list[Any] = [deed.function for deed in run]
    try:
        outcomes = shares[0].together([share.given for share in shares])
    except Exception as error:
        raise _BatchFailed from error
    for deed, outcome in zip(run, outcomes, strict=True):
        is_refused = isinstance(outcome, Exception)
        deed.outcome, deed.failure = (None, outcome) if is_refused else (outcome, None)


def _among_others(deed: Deed) -> None:
    deed.outcome, deed.failure = None, None
    try:
        with contextlib.nullcontext() if deed.is_whole else transaction.atomic():
            deed.outcome = deed.function()
    except (InterfaceError, DatabaseError) as error:
        raise _BatchFailed from error
    except Exception as failure:
        deed.failure = failure


_writer: Writer | None = None
_starting = threading.Lock()


async def write(function: Callable[[], Result], *, is_whole: bool = False) -> Result:
    """Do a deed off the loop, together with whatever else waits. Returns once it is committed; raises what the deed raises.

    is_whole   see Deed
    """
    global _writer
    if _writer is None or not _writer.thread.is_alive():
        with _starting:
            if _writer is None or not _writer.thread.is_alive():
                _writer = Writer()
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()
    _writer.put(Deed(function, loop, future, is_whole))
    return await future


def stop() -> None:
    """End the writer after what waits; the next deed starts another."""
    global _writer
    if _writer is not None:
        _writer.stop()
        _writer = None
