"""Database work for the event loop, in threads of our own.

Django's one thread-sensitive thread would let a slow query in any room stall all rooms, so sockets never use it.
Reading and writing have threads apart: a queue of writers must not keep the readers waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connection

from live import committing

Result = TypeVar("Result")


def _pool(workers: int, name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)


readers, writers = _pool(4, "live-read"), _pool(8, "live-write")


async def read(function: Callable[..., Result], *args: Any) -> Result:
    """Run a function that asks the database, off the loop."""
    return await asyncio.get_running_loop().run_in_executor(readers, _tidily, function, args)


async def write(function: Callable[..., Result], *args: Any) -> Result:
    """Run a deed, off the loop."""
    return await asyncio.get_running_loop().run_in_executor(writers, _tidily, function, args)


def _tidily(function: Callable[..., Result], args: tuple[Any, ...]) -> Result:
    """Hand connections back when done. An SQLite file may stay open in these few threads: opening it costs more than asking it."""
    close_old_connections() if connection.vendor != "sqlite" else None
    try:
        return function(*args)
    except Exception:
        connection.close()
        raise
    finally:
        if connection.vendor != "sqlite":
            connection.close()


def begin_anew() -> None:
    """End these threads, and with them their connections: the database behind them is another one now."""
    global readers, writers
    committing.stop()
    for pool in (readers, writers):
        pool.shutdown()
    readers, writers = _pool(4, "live-read"), _pool(8, "live-write")
