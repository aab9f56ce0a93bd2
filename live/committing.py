"""Group commit: one writer a process does all the deeds that wait, in one transaction, and each is answered once that is on disk.

A disk that must be waited for costs most of a write, and as much for sixty-four as for one. Each deed has a savepoint of its own: one that
is refused undoes itself alone. Where the batch as a whole fails (a lock, a lost connection), each deed is tried once more by itself.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

Result = TypeVar("Result")


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
        try:
            self.loop.call_soon_threadsafe(self._settle)
        except RuntimeError:
            # Whoever asked is gone with its loop; what was done is done.
            return

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
        self.thread = threading.Thread(target=self._run, daemon=True, name="live-commit")
        self.thread.start()

    def stop(self) -> None:
        self.waiting.put(None)
        self.thread.join(10)

    def _run(self) -> None:
        while True:
            deed = self.waiting.get()
            if deed is None:
                connection.close()
                return
            batch = [deed]
            while len(batch) < settings.LIVE_BATCH:
                try:
                    following = self.waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self.waiting.put(None)
                    break
                batch.append(following)
            do(batch)
            if connection.vendor != "sqlite":
                connection.close()


class _BatchFailed(Exception):  # noqa: N818
    pass


def do(batch: list[Deed]) -> None:
    """Do deeds in one transaction and answer each after its commit, before anybody hears of it."""
    try:
        _together(batch)
    except Exception:
        connection.close()
        for deed in batch:
            _alone(deed)


def _together(batch: list[Deed]) -> None:
    def answer_all() -> None:
        for deed in batch:
            deed.answer()

    with transaction.atomic():
        # The first to be called after commit: the sayer's acknowledgement goes out before the room hears.
        transaction.on_commit(answer_all)
        for deed in batch:
            deed.outcome, deed.failure = None, None
            try:
                with contextlib.nullcontext() if deed.is_whole else transaction.atomic():
                    deed.outcome = deed.function()
            except (InterfaceError, DatabaseError) as error:
                if len(batch) > 1:
                    raise _BatchFailed from error
                raise
            except Exception as failure:
                deed.failure = failure


def _alone(deed: Deed) -> None:
    try:
        _together([deed])
    except Exception as failure:
        connection.close()
        deed.failure = failure
        deed.answer()


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
    _writer.waiting.put(Deed(function, loop, future, is_whole))
    return await future


def stop() -> None:
    """End the writer after what waits; the next deed starts another."""
    global _writer
    if _writer is not None:
        _writer.stop()
        _writer = None
