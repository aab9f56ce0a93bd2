"""Telling the club's other processes that a stream has grown. A hint may be lost: the database is asked every two seconds anyway.

What waits to be told goes in one letter: who sends it, and then hints, each [stream, number, frame]. Redis brings every process its own
letters, too; they are known by their first bytes and laid aside. Its answer to a letter says how many listen: a process that listens alone,
as the only one for sockets does, says nothing for a second, then asks again with its next letter. Who begins to listen sends a letter
without hints, so that the others speak at once.
"""

import asyncio
import json
import logging
import os
import queue
import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

Heard = Callable[[str, int, dict[str, Any] | None], None]

log = logging.getLogger(__name__)
# Two clubs in one Redis number their members and groups alike: each hears its own name only.
CHANNEL = f"{settings.REDIS_PREFIX}:live"
PROCESS = secrets.token_hex(6)
OURS = f'["{PROCESS}"'.encode()
# So many hints go in one letter. A letter soon after another waits a moment for what else there is.
MOST, SOON_SECONDS, REST_SECONDS = 200, 0.02, 0.005
ALONE_SECONDS = 1.0
_Hint = tuple[str, int, dict[str, Any] | None]
_waiting: queue.Queue[_Hint | None] = queue.Queue(maxsize=10_000)
_publisher: tuple[int, threading.Thread] | None = None
_starting = threading.Lock()
_is_listening = False
_alone_until = _others_heard_at = 0.0  # by `time.monotonic`


def publish(stream: str, seq: int, frame: dict[str, Any] | None = None) -> None:
    """From any thread, at once: Redis may be slow or away, and no deed waits for it. A frame goes along only where there is no number."""
    if settings.REDIS_URL and time.monotonic() >= _alone_until:
        _send((stream, seq, frame))


def _send(hint: _Hint | None) -> None:
    """None is a letter without hints."""
    global _publisher
    with _starting:
        if _publisher is None or _publisher[0] != os.getpid() or not _publisher[1].is_alive():
            thread = threading.Thread(target=_publish_all, args=(settings.REDIS_URL,), daemon=True, name="live-hints")
            _publisher = (os.getpid(), thread)
            thread.start()
    try:
        _waiting.put_nowait(hint)
    except queue.Full:
        log.warning("hints are not taken; other processes will see news when they next ask the database")


def _publish_all(url: str) -> None:
    from redis import Redis, RedisError

    # A connection of its own, and the answer to one letter read before the next: a client's `publish` costs twice as much.
    connection = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).connection_pool.make_connection()
    is_answer_due, sent_at = False, 0.0
    while True:
        first = _waiting.get()
        if time.monotonic() - sent_at < SOON_SECONDS:
            time.sleep(REST_SECONDS)
        letter = json.dumps([PROCESS, *(hint for hint in (first, *_others()) if hint)])
        try:
            if is_answer_due:
                _note_listeners(_read_answer(connection), sent_at)
            connection.send_command("PUBLISH", CHANNEL, letter)
            is_answer_due, sent_at = True, time.monotonic()
        except (RedisError, OSError) as error:
            log.info("hints were lost: %s", error)
            connection.disconnect()
            is_answer_due = False


def _others() -> list[_Hint | None]:
    found: list[_Hint | None] = []
    while len(found) < MOST - 1:
        try:
            found.append(_waiting.get_nowait())
        except queue.Empty:
            break
    return found


def _note_listeners(count: int | None, sent_at: float) -> None:
    """Whether a letter sent then reached nobody else. Whoever came after it has said so."""
    global _alone_until
    if count is not None and count <= _is_listening and sent_at > _others_heard_at:
        _alone_until = sent_at + ALONE_SECONDS


def _note_others() -> None:
    global _alone_until, _others_heard_at
    _others_heard_at, _alone_until = time.monotonic(), 0.0


def _read_answer(connection: Any) -> int | None:
    """How many the last letter reached; None where that cannot be had, and the next goes over a new connection."""
    from redis import RedisError

    count = None
    try:
        count = int(connection.read_response())
        if connection.can_read(0):
            # Nothing else is due: that is its end.
            connection.disconnect()
    except (RedisError, OSError) as error:
        log.info("a hint was lost: %s", error)
        connection.disconnect()
    return count


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
    global _is_listening, _alone_until
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
                if not _is_listening:
                    # The first thing that Redis says is that it brings letters from now on.
                    _is_listening = True
                    _send(None)
                if message and message["type"] == "message" and not message["data"].startswith(OURS):
                    _note_others()
                    _read(message["data"], heard, connected)
    finally:
        _is_listening, _alone_until = False, 0.0
        await client.aclose()


def _read(letter: bytes, heard: Heard, connected: Callable[[], None]) -> None:
    try:
        _sender, *hints = json.loads(letter)
        read = [(str(stream), int(seq), frame) for stream, seq, frame in hints]
    except (ValueError, TypeError):
        # A process of another version writes otherwise. It has something to tell all the same.
        connected()
        return
    for hint in read:
        heard(*hint)
