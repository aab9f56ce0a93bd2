"""Whoever floods: a process of its own, so that its work delays nobody's reading. Args: JSON of address, cookie, origin, seconds, sockets.

Says at the end how often it was let in, told "too fast", and closed with which code.
"""

import asyncio
import collections
import contextlib
import json
import sys
import time
import uuid

import websockets

ASKED = json.loads(sys.argv[1])
NOISE = ['{"type":"typing"}', '{"type":"ping"}', "no json", '{"type":"say"}']


def frames():
    """Now noise, now what would be written if it were taken."""
    while True:
        yield from NOISE
        yield json.dumps({"type": "say", "client_id": str(uuid.uuid4()), "body": f"flood {uuid.uuid4()}"})


async def flood(until: float, seen: collections.Counter) -> None:
    """Sends as fast as the socket takes it; closed, it is back at once with a new one."""
    options = {"additional_headers": {"Cookie": f"sessionid={ASKED['cookie']}"}, "origin": ASKED["origin"], "open_timeout": 10}
    while time.monotonic() < until:
        with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
            async with websockets.connect(ASKED["address"], **options, max_queue=None, ping_interval=None, close_timeout=1) as socket:
                listening = asyncio.create_task(listen(socket, seen))
                try:
                    with contextlib.suppress(websockets.ConnectionClosed):
                        for number, frame in enumerate(frames()):
                            await socket.send(frame)
                            if number % 25 == 0:
                                # A moment to listen: who never does is reset unheard.
                                await asyncio.sleep(0)
                            if time.monotonic() > until:
                                break
                finally:
                    await asyncio.wait([listening], timeout=2)
                    listening.cancel()
                    seen[str(socket.close_code)] += 1


async def listen(socket, seen: collections.Counter) -> None:
    with contextlib.suppress(websockets.ConnectionClosed):
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] in ("hello", "ack"):
                seen[frame["type"]] += 1
            elif frame["type"] == "error":
                seen[frame["code"]] += 1
                seen["without a time to come back"] += frame["code"] == "too-fast" and not frame["retry_after"]


async def main() -> None:
    seen: collections.Counter = collections.Counter()
    until = time.monotonic() + ASKED["seconds"]
    print("flooding", flush=True)
    await asyncio.gather(*(flood(until, seen) for _socket in range(ASKED["sockets"])))
    print(json.dumps(seen))


asyncio.run(main())
