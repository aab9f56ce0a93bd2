"""Turns of a process's threads at something that one does at a time: nobody who has waited a moment is overtaken.

Until then whoever comes by while nobody has the turn takes it: a thread that runs already need not wait for one that has to be woken first,
and where all queue strictly most of the time goes into waking them.

A turn is a courtesy and no lock: who has waited long enough goes on without it, and what is asked for has to guard what is at stake.
"""

import os
import threading
import time
import weakref
from collections import deque

LOOKS_AGAIN = 1.0  # seconds; whether who has the turn is still there
MOMENT = 0.06  # seconds


class Turn:
    """Held from when one queues until it is ended or forgotten."""

    __slots__ = ("__weakref__", "_turns", "_wakes", "came_at")

    def __init__(self, turns: "Turns") -> None:
        self._turns = turns
        self.came_at = time.monotonic()
        self._wakes = threading.Lock()
        self._wakes.acquire()

    def wake(self) -> None:
        """Only by whoever holds the guard."""
        if self._wakes.locked():
            self._wakes.release()

    def sleep(self, seconds: float) -> None:
        self._wakes.acquire(timeout=max(seconds, 0))

    def end(self) -> None:
        self._turns.leave(self)


class Turns:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        # Weakly: whoever's thread or connection is gone, with its turn, keeps nobody waiting.
        self._holder: weakref.ref[Turn] | None = None
        self._queue: deque[weakref.ref[Turn]] = deque()

    def take(self, patience: float) -> Turn:
        """Wait for a turn, for as many seconds at most; then without one. It has to be ended in either case."""
        turn = Turn(self)
        place = weakref.ref(turn)
        with self._guard:
            first = self._first()
            if self._is_free() and (first is None or turn.came_at - first.came_at < MOMENT):
                self._holder = place
                return turn
            self._queue.append(place)
        until = turn.came_at + patience
        while True:
            turn.sleep(min(until - time.monotonic(), LOOKS_AGAIN))
            with self._guard:
                if self._holder is place:
                    return turn
                is_late = time.monotonic() >= until
                if is_late:
                    self._queue.remove(place)
                    # Nobody else should wait as long for the same one.
                    self._holder = None
                    self._call_next()
                    return turn
                if self._is_free() and self._first() is turn:
                    self._queue.popleft()
                    self._holder = place
                    return turn

    def standing(self) -> int:
        """How many there are, with who has the turn."""
        return len(self._queue) + (not self._is_free())

    def leave(self, turn: Turn) -> None:
        place = weakref.ref(turn)
        with self._guard:
            if self._holder is place:
                self._holder = None
                self._call_next()

    def _is_free(self) -> bool:
        return self._holder is None or self._holder() is None

    def _first(self) -> Turn | None:
        while self._queue:
            if first := self._queue[0]():
                return first
            self._queue.popleft()
        return None

    def _call_next(self) -> None:
        first = self._first()
        if first is None:
            return
        if time.monotonic() - first.came_at >= MOMENT:
            self._holder = self._queue.popleft()
        first.wake()


_all: dict[str, Turns] = {}
# A child has none of the threads that stood here.
os.register_at_fork(after_in_child=_all.clear)


def of(name: str) -> Turns:
    return _all.get(name) or _all.setdefault(name, Turns())
