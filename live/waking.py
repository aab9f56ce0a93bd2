"""Calls from threads into loops. To wake a loop is to give way to it, so it is woken once for all that it is told at once."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_calls: "dict[asyncio.AbstractEventLoop, list[tuple[Callable[..., Any], tuple[Any, ...]]]]" = {}
_lock = threading.Lock()
_thread = threading.local()


def tell(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], *args: Any) -> None:
    """Call a function in a loop soon, after whatever the loop was told before. Nobody hears of it where the loop is closed."""
    with _lock:
        is_woken = loop in _calls
        _calls.setdefault(loop, []).append((function, args))
    held = getattr(_thread, "held", None)
    if held is not None:
        held.add(loop)
    elif not is_woken:
        _wake(loop)


@contextmanager
def at_once() -> Iterator[None]:
    """What this thread tells within, its loops hear at the end."""
    held: set[asyncio.AbstractEventLoop] = set()
    _thread.held = held
    try:
        yield
    finally:
        _thread.held = None
        for loop in held:
            _wake(loop)


def _wake(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.call_soon_threadsafe(_hear, loop)
    except RuntimeError:
        with _lock:
            _calls.pop(loop, None)


def _hear(loop: asyncio.AbstractEventLoop) -> None:
    with _lock:
        calls = _calls.pop(loop, [])
    for function, args in calls:
        try:
            function(*args)
        except Exception as error:
            loop.call_exception_handler({"message": "what a thread asked for failed", "exception": error})
