"""The club's rooms under load, for bench/live.py: a stage of members and rooms, servers on a core of their own, people who read and speak."""

import asyncio
import atexit
import contextlib
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from live.frames import Pace

# Of the server's 60 at once and 20 a second.
FIRST_SAID, SAID_A_SECOND = 30, 15
SHAPES = {"50": (1, 50), "200": (1, 200), "500": (1, 500), "1000": (1, 1000), "20 x 50": (20, 50)}
TEXT = "这批货下周才到，仓库里已经放不下了。" * 3


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
        Seat.objects.bulk_create([Seat(group=group, member=m, pseudonym=f"P{m.pk}", consented_at=now, consent_version=group.consent_version) for m in own])
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
    """A server process on a core of its own, of this checkout or of another (`root`)."""

    def __init__(self, kind: str, env: dict[str, str], root: Path = ROOT) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        port = str(self.port)
        uvicorn = [sys.executable, "-m", "uvicorn", "community.asgi:application", "--port", port, "--ws-max-size", "65536"]
        uvicorn += ["--lifespan", "off", "--log-level", "warning"]
        if (root / "community/uvicorn_sockets.py").exists():
            uvicorn += ["--ws", "community.uvicorn_sockets:ClubSocket"]
        commands = {
            "daphne": [sys.executable, "manage.py", "serve", "--port", port, "--without-work"],
            "uvicorn": uvicorn,
            "bare": [sys.executable, str(ROOT / "bench/live.py"), "--role", "bare", "--port", port],
            "tutorial": [sys.executable, str(ROOT / "bench/live.py"), "--role", "tutorial", "--port", port],
            "slow": [sys.executable, str(ROOT / "bench/live.py"), "--role", "slow", "--port", port],
            "unbounded": [sys.executable, str(ROOT / "bench/live.py"), "--role", "unbounded", "--port", port],
        }
        if kind not in ("bare", "tutorial"):
            note_heads(Path(env["DATABASE_URL"].removeprefix("sqlite:///")))
        self.process = subprocess.Popen(commands[kind], cwd=root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Also where the measuring fails in between.
        atexit.register(self.process.kill)
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
        """Of all its threads, to the nanosecond: the clock's ticks are as long as a hundred deliveries take."""
        spent = 0
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                spent += int(task.read_text().split()[0])
        return spent / 1e9

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
        # As the server's own bucket, but smaller, so that what travels in a bunch finds room there.
        self.pace = Pace(FIRST_SAID, SAID_A_SECOND)

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
                        # It counts as something said, and does not wait for its turn.
                        self.pace.drops -= 1
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
