"""Telling the club's other processes that a stream has grown. A hint may be lost: the database is asked every two seconds anyway."""

import asyncio
import json
import logging
import os
import queue
import random
import secrets
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings

Heard = Callable[[str, int, dict[str, Any] | None], None]

log = logging.getLogger(__name__)
# Two clubs in one Redis number their members and groups alike: each hears its own name only.
CHANNEL = f"{settings.REDIS_PREFIX}:live"
PROCESS = secrets.token_hex(6)
_waiting: queue.Queue[str] = queue.Queue(maxsize=10_000)
_publisher: tuple[int, threading.Thread] | None = None
_starting = threading.Lock()


def publish(stream: str, seq: int, frame: dict[str, Any] | None = None) -> None:
    """From any thread, at once: Redis may be slow or away, and no deed waits for it. A frame goes along only where there is no number."""
    global _publisher
    if not settings.REDIS_URL:
        return
    with _starting:
        if _publisher is None or _publisher[0] != os.getpid() or not _publisher[1].is_alive():
            thread = threading.Thread(target=_publish_all, args=(settings.REDIS_URL,), daemon=True, name="live-hints")
            _publisher = (os.getpid(), thread)
            thread.start()
    try:
        _waiting.put_nowait(json.dumps([stream, seq, frame]))
    except queue.Full:
        log.warning("hints are not taken; other processes will see news when they next ask the database")


def _publish_all(url: str) -> None:
    from redis import Redis, RedisError

    client = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    while True:
        hint = _waiting.get()
        try:
            client.publish(CHANNEL, hint)
        except (RedisError, OSError) as error:
            log.info("a hint was lost: %s", error)


async def listen(heard: Heard, connected: Callable[[], None]) -> None:
    """Call heard(stream, seq, frame) for every hint, until the task is cancelled.

    After each (re)connection connected() is called, for hints were missed before it.
    """
    pause = 0.2
    while True:
        try:
            await _listen_once(heard, connected)
            return
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.info("no hints from Redis: %s", error)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(pause * 2, 5)


async def _listen_once(heard: Heard, connected: Callable[[], None]) -> None:
    from redis.asyncio import Redis

    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=5)
    task = asyncio.current_task()
    try:
        async with client.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            connected()
            # A cancellation that meets the end of a wait may be taken for it; the task still knows.
            while not (task and task.cancelling()):
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=5)
                if message and message["type"] == "message":
                    heard(*json.loads(message["data"]))
    finally:
        await client.aclose()
