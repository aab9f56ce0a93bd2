"""The live layer under load, beside a bare broadcast loop (the limit) and the pattern of the Channels tutorial, in one run.

    python bench/live.py            all of it, under five minutes
    python bench/live.py --quick    one room of 200 on each server, under a minute

Rooms of 50, 200, 500, 1,000 and 20 × 50 people; every message is written to SQLite (WAL, synchronous=FULL) and acknowledged
before it is sent on. Figures of a delivery are CPU of the server process and all its threads, from /proc; wall-clock figures
depend on what else the machine does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SHAPES = {"50": (1, 50), "200": (1, 200), "500": (1, 500), "1000": (1, 1000), "20 x 50": (20, 50)}
CALM, BUSY = 1_000, 6_000
SECONDS = 2.0
TEXT = "这批货下周才到，仓库里已经放不下了。" * 3
TICK = os.sysconf("SC_CLK_TCK")


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


# The club's own rooms: a database with members, sessions, seats.
STAGE = """
import json, sys, datetime
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from focusgroups.models import Group, Seat, Study
from members.models import Member
made = [Member(email=f"m{n}@bench.example", handle=f"m{n}", name=f"M {n}", password="!") for n in range(1000)]
Member.objects.bulk_create(made)
members = list(Member.objects.filter(email__endswith="@bench.example").order_by("id"))
study, now = Study.objects.create(title="Bench"), timezone.now()
store, keys, rows = SessionStore(), [], []
for member in members:
    key = f"bench{member.pk:027d}"
    data = {"_auth_user_id": str(member.pk), "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0], "_auth_user_hash": member.get_session_auth_hash()}
    rows.append(Session(session_key=key, session_data=store.encode(data), expire_date=now + datetime.timedelta(days=1)))
    keys.append(key)
Session.objects.bulk_create(rows)
rooms = {}
for shape, (count, size) in SHAPES.items():
    rooms[shape] = []
    for room in range(count):
        group = Group.objects.create(study=study, title=f"{shape} {room}", status="open", opened_at=now)
        own = members[room * size : (room + 1) * size]
        Seat.objects.bulk_create([Seat(group=group, member=m, pseudonym=f"P{m.pk}", consented_at=now) for m in own])
        rooms[shape].append([group.pk, keys[room * size : (room + 1) * size]])
print("STAGE " + json.dumps(rooms))
"""


def lay_stage(folder: Path) -> dict:
    from tests import database_template

    database_template.lay_sqlite(folder / "club.sqlite3")
    env = environment(folder, "")
    script = f"SHAPES = {SHAPES!r}\n" + STAGE
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith("STAGE ")), None)
    if line is None:
        raise SystemExit(done.stderr)
    return json.loads(line.removeprefix("STAGE "))


def environment(folder: Path, redis: str, **more: str) -> dict[str, str]:
    env = os.environ | {"DEBUG": "false", "SECRET_KEY": "bench" * 12, "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": "http://127.0.0.1"}
    env |= {"DATABASE_URL": f"sqlite:///{folder / 'club.sqlite3'}", "REDIS_URL": redis, "MEDIA_ROOT": str(folder / "media")}
    return env | {"EMAIL_URL": "dummymail://", "MAILBOX_DIR": str(folder / "mail"), "DATABASE_POOL_SIZE": "0", **more}


def note_heads(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        Person.heads_of = {str(pk): 0 for (pk,) in connection.execute("SELECT id FROM focusgroups_group")}
        rows = connection.execute("SELECT name, last_seq FROM live_stream WHERE name LIKE 'group:%:all'")
        Person.heads_of |= {name.split(":")[1]: seq for name, seq in rows}


class Server:
    """A server process on a core of its own."""

    def __init__(self, kind: str, env: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        port = str(self.port)
        uvicorn = [sys.executable, "-m", "uvicorn", "community.asgi:application", "--port", port, "--ws-max-size", "65536"]
        uvicorn += ["--lifespan", "off", "--log-level", "warning"]
        commands = {
            "daphne": [sys.executable, "manage.py", "serve", "--port", port, "--without-work"],
            "uvicorn": uvicorn,
            "bare": [sys.executable, __file__, "--role", "bare", "--port", port],
            "tutorial": [sys.executable, __file__, "--role", "tutorial", "--port", port],
        }
        if "DATABASE_URL" in env:
            note_heads(Path(env["DATABASE_URL"].removeprefix("sqlite:///")))
        self.process = subprocess.Popen(commands[kind], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(OSError):
            os.sched_setaffinity(self.process.pid, {0})
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            if self.process.poll() is not None:
                raise SystemExit(f"{kind} did not start")
            time.sleep(0.1)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss_kb(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        return 0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(4)
            return
        self.process.kill()
        self.process.wait()


class Person:
    """One socket that reads everything, says what it has seen, and notes how late each message was."""

    # How far each room is, by the database: what was said for an earlier server is not asked for again.
    heads_of: dict[str, int] = {}

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.acks = 0
        self.heard = 0
        self.reads = True

    async def come(self, port: int, room: str, key: str, is_club: bool) -> "Person":
        import websockets

        path = f"/ws/groups/{room}/?after=all:{Person.heads_of[room]}" if is_club else f"/{room}"
        headers = {"Cookie": f"sessionid={key}"} if is_club else {}
        origin = f"http://127.0.0.1:{port}" if is_club else None
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{port}{path}", additional_headers=headers, origin=origin, compression=None, ping_interval=None,
            max_queue=2048, open_timeout=60,
        )  # fmt: skip
        self.is_club = is_club
        if is_club:
            async with asyncio.timeout(60):
                while '"hello"' not in (text := await self.socket.recv()):
                    pass
                self.heads = json.loads(text)["heads"]
        self.task = asyncio.create_task(self.read())
        return self

    async def read(self) -> None:
        import websockets

        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                now = time.monotonic()
                place = text.find("@@")
                if place >= 0 and self.reads:
                    self.delays.append(now - float(text[place + 2 : text.index("@@", place + 2)]))
                    self.heard += 1
                    if self.is_club and self.heard % 10 == 0:
                        found = text.index('"seq":') + 6
                        seq = text[found : text.index(",", found)]
                        await self.socket.send('{"type":"seen","seq":{"all":' + seq + "}}")
                elif text.startswith('{"type":"ack"'):
                    self.acks += 1

    async def say(self) -> None:
        body = f"@@{time.monotonic()}@@{TEXT}"
        frame = {"type": "say", "client_id": str(uuid.uuid4()), "body": body} if self.is_club else {"type": "message", "body": body}
        await self.socket.send(json.dumps(frame))

    async def go(self) -> None:
        self.task.cancel()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.socket.close(), 2)


async def gather_in(batches: int, makers: list) -> list:
    made: list = []
    for start in range(0, len(makers), batches):
        made += await asyncio.gather(*(make() for make in makers[start : start + batches]))
    return made


async def offer(rooms: list[list[Person]], deliveries_a_second: float, seconds: float) -> int:
    """Messages spread evenly over the rooms and speakers; how many."""
    size = len(rooms[0])
    every = size / deliveries_a_second
    began, sent = time.monotonic(), 0
    while (now := time.monotonic()) - began < seconds:
        while sent * every <= now - began:
            room = rooms[sent % len(rooms)]
            # Speakers in turn: nobody may say more than twenty things a second.
            await room[(sent // len(rooms)) % size].say()
            sent += 1
        await asyncio.sleep(min(every, 0.02))
    return sent


def percentiles(delays: list[float]) -> list[float]:
    if len(delays) < 2:
        return [float("nan")] * 3
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    return [1000 * cuts[49], 1000 * cuts[94], 1000 * cuts[98]]


async def measure(server: Server, stage: list, is_club: bool, rates: tuple[int, ...]) -> dict:
    # The first visitor has the server load what it loads only once.
    first = await Person().come(server.port, str(stage[0][0]), stage[0][1][0], is_club)
    await first.go()
    await asyncio.sleep(0.5)
    idle = server.rss_kb()
    rooms: list[list[Person]] = []
    for pk, keys in stage:
        makers = [lambda key=key, pk=pk: Person().come(server.port, str(pk), key, is_club) for key in keys]
        rooms.append(await gather_in(50, makers))
    people = [person for room in rooms for person in room]
    await asyncio.sleep(0.5)
    found: dict = {"kb": (server.rss_kb() - idle) / len(people), "rates": []}
    for rate in rates:
        for person in people:
            person.delays = []
        cpu, began = server.cpu_seconds(), time.monotonic()
        sent = await offer(rooms, rate, SECONDS)
        wanted = sent * len(rooms[0])
        until = time.monotonic() + 4
        while (got := sum(len(person.delays) for person in people)) < wanted and time.monotonic() < until:
            await asyncio.sleep(0.05)
        spent, lasted = server.cpu_seconds() - cpu, time.monotonic() - began
        delays = [delay for person in people for delay in person.delays]
        found["rates"].append(
            {"offered": rate, "cpu_us": 1e6 * spent / max(1, got), "done": got / lasted, "lost": wanted - got, "ms": percentiles(delays)}
        )
    await asyncio.gather(*(person.go() for person in people))
    return found


async def acknowledged(server: Server, stage: list) -> float:
    """Acknowledged writes a second: twenty people of one room, each with the next messages on their way before the last is answered."""
    pk, keys = stage[0]
    people = await gather_in(20, [lambda key=key: Person().come(server.port, str(pk), key, True) for key in keys[:20]])
    seconds = 4.0
    began = time.monotonic()

    async def speak(person: Person) -> None:
        said = 0
        while time.monotonic() - began < seconds:
            if said - person.acks < 6:
                await person.say()
                said += 1
                await asyncio.sleep(0.02)
            else:
                await asyncio.sleep(0.005)

    await asyncio.gather(*(speak(person) for person in people))
    rate = sum(person.acks for person in people) / (time.monotonic() - began)
    await asyncio.gather(*(person.go() for person in people))
    return rate


async def stuck_readers(server: Server, stage: list) -> float:
    """Growth in MB while thirty people never read and one speaks 2 KB twenty times a second for five seconds."""
    import websockets

    pk, keys = stage[0]
    speaker = await Person().come(server.port, str(pk), keys[0], True)
    stuck = []
    for key in keys[1:31]:
        address = f"ws://127.0.0.1:{server.port}/ws/groups/{pk}/?after=all:{Person.heads_of[str(pk)]}"
        origin, cookie = f"http://127.0.0.1:{server.port}", {"Cookie": f"sessionid={key}"}
        options = {"compression": None, "ping_interval": None, "max_queue": 1, "open_timeout": 60}
        stuck.append(await websockets.connect(address, additional_headers=cookie, origin=origin, **options))
    await asyncio.sleep(1)
    before = server.rss_kb()
    for _number in range(100):
        frame = {"type": "say", "client_id": str(uuid.uuid4()), "body": f"@@{time.monotonic()}@@" + "x" * 2000}
        await speaker.socket.send(json.dumps(frame))
        await asyncio.sleep(0.05)
    grown = (server.rss_kb() - before) / 1024
    await speaker.go()
    for each in stuck:
        each.transport.abort()
    return grown


def line(name: str, found: dict) -> None:
    for each in found["rates"]:
        lost = f"  {each['lost']} NOT DELIVERED" if each["lost"] else ""
        late = "".join(f"{delay:9.0f}" for delay in each["ms"])
        print(f"{name:34} {each['offered']:6} {each['cpu_us']:9.0f} {each['done']:9.0f}{late} {found['kb']:7.1f}{lost}", flush=True)


def run(quick: bool, redis: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {os.cpu_count() - 1 if os.cpu_count() else 0})
    shapes = ["200"] if quick else list(SHAPES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stages = lay_stage(folder)
        load = Path("/proc/loadavg").read_text().split()[0]
        print(f"load average {load}; offered deliveries a second: {CALM} calm, {BUSY} busy; {SECONDS:.0f} s each")
        print(f"{'':34} {'offer':>6} {'CPU µs':>9} {'deliv./s':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'KB/sock':>7}")
        limits: dict[str, dict] = {}
        for shape in shapes:
            server = Server("bare", dict(os.environ))
            limits[shape] = asyncio.run(measure(server, stages[shape], False, (CALM, BUSY)))
            server.stop()
            line(f"bare broadcast, {shape}", limits[shape])
        for shape in shapes:
            server = Server("tutorial", dict(os.environ))
            line(f"tutorial in memory, {shape}", asyncio.run(measure(server, stages[shape], False, (CALM,))))
            server.stop()
        for kind in ("daphne", "uvicorn"):
            for layer in ("", redis) if redis else ("",):
                for shape in shapes:
                    server = Server(kind, environment(folder, layer, SOCKETS_PER_MEMBER="50"))
                    found = asyncio.run(measure(server, stages[shape], True, (CALM, BUSY)))
                    server.stop()
                    line(f"club {kind}{' redis' if layer else ''}, {shape}", found)
                    times = [one["cpu_us"] / other["cpu_us"] for one, other in zip(found["rates"], limits[shape]["rates"], strict=True)]
                    print(f"{'':34} {times[0]:.1f} times the limit calm, {times[1]:.1f} busy", flush=True)
        rates = {}
        for batch in ("1", "64"):
            server = Server("daphne", environment(folder, "", LIVE_BATCH=batch))
            rates[batch] = asyncio.run(acknowledged(server, stages["50"]))
            server.stop()
        alone, together = rates["1"], rates["64"]
        print(f"acknowledged writes a second: {alone:.0f} one a transaction, {together:.0f} in groups: {together / alone:.1f} times")
        server = Server("daphne", environment(folder, ""))
        print(f"growth with 30 readers that never read: {asyncio.run(stuck_readers(server, stages['200'])):.1f} MB")
        server.stop()
    print(f"all of it took {time.monotonic() - began:.0f} s")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="one room of 200")
    words.add_argument("--redis", default=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"), help="where hints go; empty for none")
    words.add_argument("--role", choices=["bare", "tutorial"], help=argparse.SUPPRESS)
    words.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.role:
        {"bare": serve_bare, "tutorial": serve_tutorial}[given.role](given.port)
        return
    run(given.quick, given.redis)


if __name__ == "__main__":
    main()
