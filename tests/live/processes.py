"""Real server processes for fault tests, and visitors that come back as the room's script does."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import websockets

from tests.browser.conftest import ROOT, Club, free_port
from tests.live.servers import OddClub, OddUvicornClub, UvicornClub

# Run in the served club's own database: three members with open sessions in one open room.
SCENE = """
import json
import os
from django.test import Client
from members.models import Member
from focusgroups import moderating, seating
from focusgroups.models import Group, Study
group = Group.objects.create(study=Study.objects.create(title="Faults"), title="Faults")
cookies = {}
for name in ("alice", "charlie", "momo"):
    member = Member.objects.create_user(f"{name}@faults.example", None, name=name)
    role = "moderator" if name == "momo" else "participant"
    seating.consent(seating.invite(group, member=member, role=role, is_told=False))
    client = Client()
    client.force_login(member)
    cookies[name] = client.cookies["sessionid"].value
    if name == "momo":
        moderating.change_status(group.pk, member=member, client_id=None, status="open")
print("SCENE " + json.dumps({"group": group.pk, "cookies": cookies}))
"""


def environment(folder: Path, database_url: str, redis_url: str = "") -> dict[str, str]:
    env = os.environ | {"DEBUG": "true", "DATABASE_URL": database_url, "REDIS_URL": redis_url, "MAILBOX_DIR": str(folder / "mail")}
    return env | {"EMAIL_URL": "dummymail://", "DATABASE_POOL_SIZE": "8", "MEDIA_ROOT": str(folder / "media")}


@contextlib.contextmanager
def served_copy(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a club on the lane's engine, with a copy of the tests' empty database of its own."""
    from django.db import connection, connections

    name = connection.settings_dict["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        with sqlite3.connect(name) as source:
            source.execute("VACUUM INTO ?", [str(folder / "club.sqlite3")])
        yield environment(folder, f"sqlite:///{folder / 'club.sqlite3'}")
        return
    import psycopg

    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    copy = f"{name}_served"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        yield environment(folder, f"{server}/{copy}", os.environ.get("REDIS_URL", ""))
        admin.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


def set_scene(env: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0"], cwd=ROOT, env=env, input=SCENE, text=True, capture_output=True, timeout=120
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("SCENE ")), None)
    assert line, done.stderr
    return json.loads(line.removeprefix("SCENE "))


def serve(env: dict[str, str], *, is_odd: bool = False) -> Club:
    """A served club, with what `env["ODD"]` says wrong in it where it is odd; on uvicorn where LIVE_SERVER says so."""
    on_daphne, on_uvicorn = (OddClub, OddUvicornClub) if is_odd else (Club, UvicornClub)
    kind = on_uvicorn if os.environ.get("LIVE_SERVER") == "uvicorn" else on_daphne
    club = kind(f"http://127.0.0.1:{free_port()}/", env)
    club.start()
    return club


async def serve_all(*envs: dict[str, str], is_odd: bool = False) -> list[Club]:
    return list(await asyncio.gather(*(asyncio.to_thread(serve, env, is_odd=is_odd) for env in envs)))


def stored(env: dict[str, str], group: int, label: str = "all") -> list[tuple[int, str]]:
    """(number, words) of a stream as the database has it."""
    asked = (
        "SELECT live_event.seq, live_event.body FROM live_event JOIN live_stream ON live_stream.id = live_event.stream_id "
        f"WHERE live_stream.name = 'group:{group}:{label}' ORDER BY live_event.seq"
    )
    url = env["DATABASE_URL"]
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            rows = [(seq, json.loads(body)) for seq, body in connection.execute(asked)]
    else:
        import psycopg

        with psycopg.connect(url) as connection:
            rows = connection.execute(asked).fetchall()
    return [(seq, body.get("body", "")) for seq, body in rows]


def audit(env: dict[str, str], scene: dict, visitors: list["Visitor"], sent: set[str], secret: str = "") -> None:
    """What everybody saw is the database's list, whole, in order, each once; it holds all that was acknowledged, under its number."""
    truth = stored(env, scene["group"])
    assert [seq for seq, _body in truth] == list(range(1, len(truth) + 1))
    bodies = [body for _seq, body in truth if body]
    assert len(bodies) == len(set(bodies)), "something was said twice"
    assert sent <= set(bodies), "something acknowledged is lost"
    for visitor in visitors:
        assert visitor.heard() == truth, f"{visitor.name} saw another list"
        for body, seq in visitor.said.items():
            assert (seq, body) in truth, f"{body} was acknowledged under another number"
        if secret and visitor.name != "momo":
            assert secret not in "".join(visitor.raw), f"{visitor.name} was sent what is for the staff"


class Visitor:
    """Somebody in the room: remembers every event, and sends again what was not acknowledged, on whichever server it lands."""

    def __init__(self, scene: dict, name: str, clubs: list[Club]):
        self.scene, self.name, self.clubs = scene, name, clubs
        self.events: dict[str, list[dict]] = {}
        self.acks: dict[str, int] = {}
        self.pending: dict[str, dict] = {}
        self.closes: list[int] = []
        self.said: dict[str, int] = {}
        self.raw: list[str] = []
        self.heard_at: dict[str, float] = {}
        self.away_until = 0.0
        self.hello = asyncio.Event()
        self.socket = None
        self.task = asyncio.create_task(self.stay())

    async def stay(self):
        turn = 0
        while True:
            while time.monotonic() < self.away_until:
                await asyncio.sleep(0.05)
            club = self.clubs[turn % len(self.clubs)]
            turn += 1
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                await self.visit(club)
            await asyncio.sleep(0.1)

    async def visit(self, club: Club):
        after = ",".join(f"{label}:{events[-1]['seq']}" for label, events in self.events.items() if events)
        address = f"{club.url.replace('http', 'ws')}ws/groups/{self.scene['group']}/?after={after}"
        cookie = {"Cookie": f"sessionid={self.scene['cookies'][self.name]}"}
        async with websockets.connect(address, additional_headers=cookie, origin=club.url.rstrip("/"), open_timeout=15) as socket:
            self.socket = socket
            try:
                async for text in socket:
                    self.raw.append(text)
                    await self.hear(json.loads(text))
            finally:
                self.hello.clear()
                # Also where it was no friendly close, which is raised here.
                self.closes += [socket.close_code] if socket.close_code else []

    async def hear(self, frame: dict):
        if frame["type"] == "hello":
            self.hello.set()
            for each in list(self.pending.values()):
                await self.socket.send(json.dumps(each))
        elif frame["type"] == "ack":
            self.acks[frame["client_id"]] = frame["seq"]
            if (said := self.pending.pop(frame["client_id"], None)) and frame["stream"] == "all":
                self.said[said["body"]] = frame["seq"]
        elif frame["type"] == "error" and frame.get("retry_after") and frame.get("client_id") in self.pending:
            await asyncio.sleep(frame["retry_after"])
            await self.socket.send(json.dumps(self.pending[frame["client_id"]]))
        elif "stream" in frame:
            self.events.setdefault(frame["stream"], []).append(frame)
            self.heard_at[str(frame.get("body"))] = time.monotonic()
            if frame["seq"] % 10 == 0:
                await self.socket.send(json.dumps({"type": "seen", "seq": {k: v[-1]["seq"] for k, v in self.events.items()}}))

    def cut(self, seconds: float = 0) -> None:
        """The connection is reset, and the visitor away for so long."""
        self.away_until = time.monotonic() + seconds
        with contextlib.suppress(AttributeError):
            self.socket.transport.abort()

    async def say(self, body: str, **more: str) -> str:
        frame = {"type": "say", "client_id": str(uuid.uuid4()), "body": body, **more}
        self.pending[frame["client_id"]] = frame
        # Where there is no socket just now, it goes out with the next hello.
        with contextlib.suppress(AttributeError, websockets.WebSocketException):
            await self.socket.send(json.dumps(frame))
        return frame["client_id"]

    async def until(self, condition, seconds: float = 20):
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            state = {"pending": len(self.pending), "closes": self.closes[-5:], "heard": len(self.heard()), "last": self.raw[-2:]}
            state["errors"] = [text for text in self.raw if text.startswith('{"type":"error"')][-3:]
            raise AssertionError(f"{self.name} waited {seconds} s in vain: {state}") from None

    def heard(self, label: str = "all") -> list[tuple[int, str]]:
        return [(event["seq"], event.get("body", "")) for event in self.events.get(label, [])]

    async def leave(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def said_at(body: str) -> float:
    """When `talk` had it said, by time.monotonic()."""
    return int(body.rpartition(" ")[2].strip("x")) / 1e9


async def talk(visitors, rounds, between, seconds=30, filling=""):
    """Everybody speaks, `between(round)` happens, and all of it comes to be acknowledged and heard within so many seconds."""
    sent = set()
    for number in range(rounds):
        for visitor in visitors:
            body = f"{visitor.name} {filling}{time.monotonic_ns()}"
            sent.add(body)
            await visitor.say(body)
        await between(number)
    for visitor in visitors:
        await visitor.until(lambda visitor=visitor: not visitor.pending, seconds)
    head = max(seq for visitor in visitors for seq in visitor.acks.values())
    for visitor in visitors:
        await visitor.until(lambda visitor=visitor: visitor.heard() and visitor.heard()[-1][0] >= head, seconds)
    await asyncio.sleep(0.3)
    return sent
