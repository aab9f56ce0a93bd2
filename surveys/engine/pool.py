"""The engine processes of this process: few, started when first needed, replaced when they fail or wear out."""

import atexit
import os
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from surveys.engine.process import EngineDown, EngineProcess

WAIT_SECONDS = 15.0


class Pool:
    """Lends each engine process to one caller at a time; callers queue."""

    def __init__(self, size: int, core: Path) -> None:
        self.core = core
        self.idle: list[EngineProcess] = []
        self.lent: set[EngineProcess] = set()
        self.places = threading.BoundedSemaphore(size)
        self.lock = threading.Lock()

    def ask(self, call: str, arguments: list[Any], seconds: float) -> tuple[dict[str, Any], str]:
        """An answer and the engine's version. Raises EngineDown when no process could be had or two in a row died of it."""
        if not self.places.acquire(timeout=WAIT_SECONDS):
            raise EngineDown("every engine is busy")
        try:
            begun = time.monotonic()
            try:
                return self._once(call, arguments, seconds)
            except EngineDown:
                # Killed from outside, perhaps between two calls: the question itself is innocent until a second one dies of it.
                if time.monotonic() - begun > seconds:
                    raise
                return self._once(call, arguments, seconds)
        finally:
            self.places.release()

    def _once(self, call: str, arguments: list[Any], seconds: float) -> tuple[dict[str, Any], str]:
        process = self._take()
        try:
            answer = process.ask(call, arguments, seconds)
        except EngineDown:
            self._drop(process)
            raise
        if process.is_worn or answer.get("error") in ("timeout", "memory"):
            self._drop(process)
        else:
            with self.lock:
                self.lent.discard(process)
                self.idle.append(process)
        return answer, process.engine

    def _take(self) -> EngineProcess:
        with self.lock:
            while self.idle:
                process = self.idle.pop()
                if not process.is_worn:
                    self.lent.add(process)
                    return process
                process.end()
        process = EngineProcess(self.core)
        with self.lock:
            self.lent.add(process)
        return process

    def _drop(self, process: EngineProcess) -> None:
        with self.lock:
            self.lent.discard(process)
        process.end()

    def version(self) -> str:
        """The engine's version, as the last process said it; asks one where none ran yet."""
        with self.lock:
            known = [process.engine for process in self.idle]
        return known[0] if known else self.ask("describe", ["{}", ""], 3.0)[1]

    def pids(self) -> list[int]:
        with self.lock:
            return [process.pid for process in [*self.idle, *self.lent]]

    def close(self) -> None:
        with self.lock:
            processes = [*self.idle, *self.lent]
            self.idle, self.lent = [], set()
        for process in processes:
            process.end()


_pools: dict[int, Pool] = {}
_making = threading.Lock()


def pool() -> Pool:
    """This process's own pool: a forked server must not share its parent's pipes."""
    with _making:
        mine = _pools.get(os.getpid())
        if mine is None:
            mine = _pools[os.getpid()] = Pool(settings.SURVEY_ENGINE_PROCESSES, settings.SURVEY_CORE_DIR)
        return mine


@atexit.register
def close() -> None:
    """End this process's engines."""
    mine = _pools.pop(os.getpid(), None)
    if mine is not None:
        mine.close()
