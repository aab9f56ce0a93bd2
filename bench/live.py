"""The live layer under load, beside a bare broadcast loop (the limit) and the pattern of the Channels tutorial, in one run.

    python bench/live.py            all of it, about ten minutes
    python bench/live.py --quick    one room of 200 on each server, about a minute
    python bench/live.py --only sockets writes slow stuck      parts of it; `rooms` is the other
    python bench/live.py --only rooms --shapes 50 200 --kinds daphne --rounds 7 --beside DIR
                                    seven spells of each by turns, beside the same of another checkout

Rooms of 50, 200, 500, 1,000 and 20 × 50 people; every message is written to SQLite (WAL, synchronous=FULL) and acknowledged
before it is sent on. Figures of a delivery are CPU of the server process and all its threads, from /proc; wall-clock figures
depend on what else the machine does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.live_rooms import BUSY, CALM, KINDS, SECONDS, measure_rooms
from bench.live_stage import SHAPES, Person, Server, environment, gather_in, lay_stage, offer, percentiles

SLOW_SECONDS, SLOW_EVERY = 0.25, 0.4
# Bodies near the limit of 4,000 characters, from five speakers who keep to the pace that one may have: 3.7 MB for each reader.
STUCK, STUCK_SPEAKERS, STUCK_ROUNDS, STUCK_BODY, STUCK_EVERY = 30, 5, 200, "x" * 3900, 0.065
# What the kernel may hold for a reader, so that the rest is the server's to hold: between two sockets of one machine it takes four
# megabytes otherwise, most of it on the server's side, which goes by the largest segment that the reader asks for.
KERNEL_BYTES, SEGMENT_BYTES = 16 * 1024, 536


# Server roles, each a process of its own.
def serve_bare(port: int) -> None:
    """The limit: the websockets package's broadcast to everybody connected, nothing kept."""
    import websockets
    from websockets.asyncio.server import broadcast, serve

    rooms: dict[str, set] = {}

    async def handle(connection):
        room = rooms.setdefault(connection.request.path, set())
        room.add(connection)
        try:
            async for text in connection:
                broadcast(room, text)
        except websockets.ConnectionClosed:
            pass
        finally:
            room.discard(connection)

    async def main():
        async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
            await asyncio.Future()

    asyncio.run(main())


def serve_tutorial(port: int) -> None:
    """The Channels tutorial's chat: a channel-layer group, a channel for each socket, in memory, on Daphne; nothing kept."""
    from daphne.server import Server
    from django.conf import settings

    settings.configure(
        CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    import django

    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.routing import ProtocolTypeRouter

    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            self.group = "room" + self.scope["path"].strip("/").replace("/", "-")
            await self.channel_layer.group_add(self.group, self.channel_name)
            await self.accept()

        async def disconnect(self, code):
            await self.channel_layer.group_discard(self.group, self.channel_name)

        async def receive(self, text_data=None, bytes_data=None):
            await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": text_data})

        async def chat_message(self, event):
            await self.send(text_data=event["message"])

    application = ProtocolTypeRouter({"websocket": Chat.as_asgi()})
    Server(application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"], signal_handlers=False).run()


def serve_slow(port: int) -> None:
    """The club, where SLOW_GROUP's database is slow: asking for a seat there takes a quarter of a second."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from focusgroups import rooms

    seat_of, slow = rooms.seat_of, int(os.environ["SLOW_GROUP"])

    def slowly(group_id, member):
        if group_id == slow:
            connection.ensure_connection()
            connection.connection.create_function("pause", 1, time.sleep)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pause(%s)", [SLOW_SECONDS])
        return seat_of(group_id, member)

    rooms.seat_of = slowly
    call_command("serve", "--port", str(port), "--without-work")


def serve_unbounded(port: int) -> None:
    """The club without a window: whoever reads nothing is sent everything."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from live import lines

    lines.WINDOW = 1_000_000
    call_command("serve", "--port", str(port), "--without-work")


async def idle_sockets(server: Server, stages: dict, is_club: bool) -> list[float]:
    """KB a socket, from 200 to 1,200 of them: what a server loads once is loaded by then. Twice, the second time where others have been."""
    [[few_room, few]], [[many_room, many]] = stages["200"], stages["1000"]
    people = await gather_in(50, [lambda key=key: Person().come(server.port, str(few_room), key, is_club) for key in few])
    found = []
    for _time in range(2):
        await asyncio.sleep(2)
        before = server.rss_kb()
        more = await gather_in(50, [lambda key=key: Person().come(server.port, str(many_room), key, is_club) for key in many])
        await asyncio.sleep(2)
        found.append((server.rss_kb() - before) / len(more))
        await gather_in(50, [person.go for person in more])
    await gather_in(50, [person.go for person in people])
    return found


async def acknowledged(server: Server, stage: list) -> tuple[float, float]:
    """Acknowledged writes a second, and CPU ms of the server for each.

    Fifty people of one room, each with the next messages on their way before the last is answered, as fast as a socket may say them.
    """
    pk, keys = stage[0]
    people = await gather_in(20, [lambda key=key: Person().come(server.port, str(pk), key, True) for key in keys])
    seconds = 4.0
    cpu, began = server.cpu_seconds(), time.monotonic()

    async def speak(person: Person) -> None:
        said = 0
        while time.monotonic() - began < seconds:
            # A socket that says more than twenty things a second on end is closed, and turns that were not used are kept for a while only.
            if said - person.acks < 6 and not person.pace.take():
                await person.say()
                said += 1
            else:
                await asyncio.sleep(0.005)

    await asyncio.gather(*(speak(person) for person in people))
    acks = sum(person.acks for person in people)
    rate, spent = acks / (time.monotonic() - began), 1000 * (server.cpu_seconds() - cpu) / max(1, acks)
    await asyncio.gather(*(person.go() for person in people))
    return rate, spent


async def beside_a_slow_room(server: Server, stages: dict, *, is_slow: bool) -> list[float]:
    """p50, p95, p99 in a room of 50 at 1,000 deliveries a second while somebody comes into another room again and again."""
    pk, keys = stages["50"][0]
    people = await gather_in(50, [lambda key=key: Person().come(server.port, str(pk), key, True) for key in keys])
    other, visitors = stages["20 x 50"][0]

    async def come_and_go() -> None:
        place, visits = 0, set()
        while True:
            place += 1
            visits.add(asyncio.create_task(visit(visitors[place % 50])))
            await asyncio.sleep(SLOW_EVERY)

    async def visit(key: str) -> None:
        with contextlib.suppress(Exception):
            await (await Person().come(server.port, str(other), key, True)).go()

    coming = asyncio.create_task(come_and_go()) if is_slow else None
    await asyncio.sleep(1)
    for person in people:
        person.delays = []
    await offer([people], CALM, 6.0)
    await asyncio.sleep(1)
    if coming:
        coming.cancel()
    delays = [delay for person in people for delay in person.delays]
    await asyncio.gather(*(person.go() for person in people))
    return percentiles(delays)


async def stuck_readers(server: Server, stage: list) -> tuple[float, float]:
    """Greatest growth in MB while thirty people never read and five speak, and the MB that each reader would have been sent."""
    import websockets

    pk, keys = stage[0]
    speakers = [await Person().come(server.port, str(pk), key, True) for key in keys[:STUCK_SPEAKERS]]
    stuck = []
    for key in keys[STUCK_SPEAKERS : STUCK_SPEAKERS + STUCK]:
        address = f"ws://127.0.0.1:{server.port}/ws/groups/{pk}/?after=all:{Person.heads_of[str(pk)]}"
        origin, cookie = f"http://127.0.0.1:{server.port}", {"Cookie": f"sessionid={key}"}
        options = {"compression": None, "ping_interval": None, "max_queue": 1, "open_timeout": 60}
        small = socket.socket()
        # Before connecting, or the window that was offered then stays.
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
        small.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        small.connect(("127.0.0.1", server.port))
        stuck.append(await websockets.connect(address, sock=small, additional_headers=cookie, origin=origin, **options))
    # What a server loads with its first message is not what readers cost.
    await speakers[0].say()
    await asyncio.sleep(2)
    before = most = server.rss_kb()
    for _round in range(STUCK_ROUNDS):
        for speaker in speakers:
            body = f"@@{time.monotonic()}@@{STUCK_BODY}"
            await speaker.socket.send(json.dumps({"type": "say", "client_id": str(uuid.uuid4()), "body": body}))
        await asyncio.sleep(STUCK_EVERY)
        most = max(most, server.rss_kb())
    until, wanted = time.monotonic() + 30, STUCK_ROUNDS
    while min(person.acks for person in speakers) < wanted and time.monotonic() < until:
        await asyncio.sleep(0.05)
        most = max(most, server.rss_kb())
    acks = sum(person.acks for person in speakers) - 1
    for person in speakers:
        await person.go()
    for each in stuck:
        each.transport.abort()
    return (most - before) / 1024, acks * len(STUCK_BODY) / 1e6


def measure_stuck(folder: Path, stages: dict) -> None:
    for kind, name in (("daphne", "as it is"), ("unbounded", "without a window")):
        server = Server(kind, environment(folder, ""))
        grown, sent = asyncio.run(stuck_readers(server, stages["200"]))
        server.stop()
        print(f"growth with {STUCK} readers that never read {sent:.1f} MB each, {name}: {grown:.1f} MB", flush=True)


def measure_sockets(folder: Path, stages: dict, kinds: list[str], beside: Path | None) -> None:
    asked = [(kind, root) for kind in ("daphne", "uvicorn") if kind in kinds for root in (ROOT, beside) if root is not None]
    for kind, root in [("bare", ROOT), *asked]:
        server = Server(kind, dict(os.environ) if kind == "bare" else environment(folder, ""), root)
        first, again = asyncio.run(idle_sockets(server, stages, kind != "bare"))
        server.stop()
        word = "" if root == ROOT else " before"
        print(f"idle sockets, {kind}{word}: {first:.1f} KB each from 200 to 1,200, {again:.1f} the second time", flush=True)


def measure_writes(folder: Path, stages: dict, rounds: int = 3) -> None:
    found: dict[str, list[tuple[float, float]]] = {"1": [], "64": []}
    for _round in range(rounds):
        for batch, rates in found.items():
            server = Server("daphne", environment(folder, "", LIVE_BATCH=batch))
            rates.append(asyncio.run(acknowledged(server, stages["50"])))
            server.stop()
    (alone, alone_ms), (together, together_ms) = (sorted(rates)[rounds // 2] for rates in found.values())
    print(f"acknowledged writes a second: {alone:.0f} one a transaction ({alone_ms:.1f} ms CPU each),", end=" ")
    print(f"{together:.0f} in groups ({together_ms:.1f} ms): {together / alone:.1f} times; medians of {rounds}", flush=True)


def measure_slow(folder: Path, stages: dict, rounds: int = 3) -> None:
    group = str(stages["20 x 50"][0][0])
    found: dict[bool, list[float]] = {False: [], True: []}
    for _round in range(rounds):
        for is_slow, p95 in found.items():
            server = Server("slow", environment(folder, "", SLOW_GROUP=group))
            p95.append(asyncio.run(beside_a_slow_room(server, stages, is_slow=is_slow))[1])
            server.stop()
    calm, slow = (sorted(p95)[rounds // 2] for p95 in found.values())
    print(
        f"p95 of a room of 50: {calm:.0f} ms, and {slow:.0f} ms while another room's queries take {SLOW_SECONDS * 1000:.0f} ms", flush=True
    )


def run(given: argparse.Namespace) -> None:
    parts, began = given.only, time.monotonic()
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {os.cpu_count() - 1 if os.cpu_count() else 0})
    shapes = ["200"] if given.quick else given.shapes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stages = lay_stage(folder)
        load = Path("/proc/loadavg").read_text().split()[0]
        print(f"load average {load}; offered deliveries a second: {CALM} calm, {BUSY} busy; {SECONDS:.0f} s each")
        if "rooms" in parts:
            measure_rooms(folder, stages, shapes, redis=given.redis, rounds=given.rounds, kinds=given.kinds, beside=given.beside)
        if "sockets" in parts:
            measure_sockets(folder, stages, given.kinds, given.beside)
        if "writes" in parts:
            measure_writes(folder, stages)
        if "slow" in parts:
            measure_slow(folder, stages)
        if "stuck" in parts:
            measure_stuck(folder, stages)
    load = Path("/proc/loadavg").read_text().split()[0]
    print(f"all of it took {time.monotonic() - began:.0f} s; load average {load}")


PARTS = ["rooms", "sockets", "writes", "slow", "stuck"]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="one room of 200")
    words.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts of it")
    words.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=list(SHAPES), help="rooms of how many")
    words.add_argument("--kinds", nargs="+", choices=KINDS, default=["tutorial", "daphne", "daphne+redis", "uvicorn"], help="servers")
    words.add_argument("--rounds", type=int, default=1, help="spells of each in the rooms, by turns; figures are their medians")
    words.add_argument("--beside", type=Path, help="another checkout, whose rooms and sockets have their spells in between")
    words.add_argument("--redis", default=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"), help="where hints go; empty for none")
    words.add_argument("--role", choices=["bare", "tutorial", "slow", "unbounded"], help=argparse.SUPPRESS)
    words.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.role:
        {"bare": serve_bare, "tutorial": serve_tutorial, "slow": serve_slow, "unbounded": serve_unbounded}[given.role](given.port)
        return
    run(given)


if __name__ == "__main__":
    main()
