"""Real server processes for fault tests, and visitors that come back as the room's script does."""

import asyncio
import contextlib
import json
import math
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import websockets

from live.news import RESERVED
from tests.browser.conftest import ROOT, Club, free_port
from tests.live.servers import OddClub, OddUvicornClub, UvicornClub

# Run in the served club's own database: members with open sessions in one open room. PEOPLE: name → role; GROUP: the room, if it is there.
SCENE = """
import json
import os
from django.test import Client
from members.models import Member
from focusgroups import moderating, seating
from focusgroups.models import Group, Item, Study
group = Group.objects.filter(pk=os.environ.get("GROUP") or None).first()
is_new = group is None
if is_new:
    group = Group.objects.create(study=Study.objects.create(title="Faults"), title="Faults")
    Item.objects.create(group=group, sort_order=1, kind="question", text="How was it?")
cookies, seats, members = {}, {}, {}
for name, role in json.loads(os.environ["PEOPLE"]).items():
    member = Member.objects.create_user(f"{name}@faults.example", None, name=name)
    seat = seating.consent(seating.invite(group, member=member, role=role, is_told=False))
    client = Client()
    client.force_login(member)
    cookies[name], seats[name], members[name] = client.cookies["sessionid"].value, seat.pk, member.pk
    if is_new and role == "moderator":
        moderating.change_status(group.pk, member=member, client_id=None, status="open")
print("SCENE " + json.dumps({"group": group.pk, "cookies": cookies, "seats": seats, "members": members}))
"""
THREE = {"alice": "participant", "charlie": "participant", "momo": "moderator"}
SECRET = "only behind the glass"
all_faults = pytest.mark.skipif(not os.environ.get("FAULTS"), reason="`make faults` runs it")
# What all that was said must have come to be within, after the last fault.
CONVERGED_SECONDS = 10
HEARTBEAT_SECONDS, SILENCE_SECONDS = 20, 45


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


def set_scene(env: dict[str, str], people: dict[str, str] = THREE, scene: dict | None = None) -> dict:
    """The room, and by name the session cookies, seats and ids of those in it; with a scene, of these and whoever comes to it."""
    asked = env | {"PEOPLE": json.dumps(people), "GROUP": str(scene["group"]) if scene else ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0"], cwd=ROOT, env=asked, input=SCENE, text=True, capture_output=True, timeout=300
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("SCENE ")), None)
    assert line, done.stderr
    made = json.loads(line.removeprefix("SCENE "))
    return made | {name: scene[name] | made[name] for name in ("cookies", "seats", "members")} if scene else made


def seat_all(env: dict[str, str], scene: dict, people: dict[str, str]) -> dict:
    """The scene with these people in it too (name → role)."""
    return set_scene(env, people, scene)


def serve(env: dict[str, str], *, is_odd: bool = False) -> Club:
    """A served club, with what `env["ODD"]` says wrong in it where it is odd; on uvicorn where LIVE_SERVER says so."""
    on_daphne, on_uvicorn = (OddClub, OddUvicornClub) if is_odd else (Club, UvicornClub)
    kind = on_uvicorn if os.environ.get("LIVE_SERVER") == "uvicorn" else on_daphne
    club = kind(f"http://127.0.0.1:{free_port()}/", env)
    club.start()
    return club


async def serve_all(*envs: dict[str, str], is_odd: bool = False) -> list[Club]:
    return list(await asyncio.gather(*(asyncio.to_thread(serve, env, is_odd=is_odd) for env in envs)))


class Row(NamedTuple):
    """An event as the database has it."""

    seq: int
    kind: str
    body: dict
    author: int | None
    client_id: str


def ask(env: dict[str, str], question: str) -> list[tuple]:
    """What the served club's database answers, asked past the club."""
    url = env["DATABASE_URL"]
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection:
            return connection.execute(question).fetchall()
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()


def streams(env: dict[str, str], group: int) -> dict[str, list[Row]]:
    """All that happened in a room, stream by stream."""
    found: dict[str, list[Row]] = {}
    for name, seq, kind, body, author, client_id in ask(
        env,
        "SELECT live_stream.name, seq, kind, body, author_id, client_id FROM live_event "
        "JOIN live_stream ON live_stream.id = live_event.stream_id "
        f"WHERE live_stream.name LIKE 'group:{group}:%' ORDER BY live_stream.name, seq",
    ):
        body = json.loads(body) if isinstance(body, str) else body
        found.setdefault(name, []).append(Row(seq, kind, body, author, str(uuid.UUID(str(client_id))) if client_id else ""))
    return found


def stored(env: dict[str, str], group: int, label: str = "all") -> list[tuple[int, str]]:
    """(number, words) of a stream as the database has it."""
    return [(row.seq, row.body.get("body", "")) for row in streams(env, group).get(f"group:{group}:{label}", [])]


async def audit(env: dict[str, str], scene: dict, visitors: list["Visitor"], sent: set[str], secret: str = "") -> None:
    """What everybody saw is the database's list, whole, in order, each once; it holds all that was acknowledged, under its number.

    Of every stream that they may hear, and they heard no other. Whoever was shown out saw the beginning of it.
    """
    # Who comes and goes is written down a moment after it, for the staff.
    until = time.monotonic() + 3
    while _is_on_its_way(truth := streams(env, scene["group"]), scene, visitors) and time.monotonic() < until:
        await asyncio.sleep(0.1)
    for name, rows in truth.items():
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), f"{name} has a hole"
        ids = [(row.author, row.client_id) for row in rows if row.client_id]
        assert len(ids) == len(set(ids)), f"{name}: one client_id twice"
    bodies = [row.body["body"] for row in truth[f"group:{scene['group']}:all"] if row.body.get("body")]
    assert len(bodies) == len(set(bodies)), "something was said twice"
    assert sent <= set(bodies), "something acknowledged is lost"
    for visitor in visitors:
        _audit_one(truth, scene, visitor, secret)


def _names(scene: dict, visitor: "Visitor") -> dict[str, str]:
    """label → stream, for all that they may hear."""
    labels = {"all": "all", "me": str(scene["members"][visitor.name])} | ({"staff": "staff"} if visitor.is_staff else {})
    return {label: f"group:{scene['group']}:{audience}" for label, audience in labels.items()}


def _is_on_its_way(truth: dict[str, list[Row]], scene: dict, visitors: list["Visitor"]) -> bool:
    pairs = [(visitor, label, name) for visitor in visitors if not visitor.is_shown_out for label, name in _names(scene, visitor).items()]
    return any(len(visitor.events.get(label, [])) < len(truth.get(name, [])) for visitor, label, name in pairs)


def _audit_one(truth: dict[str, list[Row]], scene: dict, visitor: "Visitor", secret: str) -> None:
    member, names = scene["members"][visitor.name], _names(scene, visitor)
    assert visitor.events.keys() <= names.keys(), f"{visitor.name} heard {visitor.events.keys()}"
    for label, name in names.items():
        rows = [(row.seq, row.kind, _rest(row.body)) for row in truth.get(name, [])]
        seen = visitor.list_of(label)
        assert seen == (rows[: len(seen)] if visitor.is_shown_out else rows), f"{visitor.name} saw another list of {label}"
    for client_id, (label, seq) in visitor.acks.items():
        kept = {row.client_id: row.seq for row in truth.get(names[label], []) if row.author == member}
        assert kept.get(client_id) == seq, f"{visitor.name}: an acknowledged frame is lost, or under another number"
    if secret and not visitor.is_staff:
        assert secret not in "".join(visitor.raw), f"{visitor.name} was sent what is for the staff"


def _rest(frame: dict) -> dict:
    return {word: value for word, value in frame.items() if word not in RESERVED}


class Visitor:
    """Somebody in the room: remembers every event, and sends again what was not acknowledged, on whichever server it lands.

    clubs       whatever has a `url`, tried in turn
    pause       seconds to wait before attempt n to come back (from 0): a tenth, where none is given
    """

    def __init__(self, scene: dict, name: str, clubs: list, *, is_staff: bool | None = None, pause: Callable[[int], float] | None = None):
        self.scene, self.name, self.clubs = scene, name, clubs
        self.is_staff = name == "momo" if is_staff is None else is_staff
        self.pause = pause or (lambda _attempt: 0.1)
        self.events: dict[str, list[dict]] = {}
        self.acks: dict[str, tuple[str, int]] = {}
        self.pending: dict[str, dict] = {}
        self.closes: list[int] = []
        self.raw: list[str] = []
        self.errors: list[dict] = []
        self.heard_at: dict[str, float] = {}
        # From the first knock at a server to its greeting.
        self.greeted_after: list[float] = []
        self.here_at: dict[tuple[int, bool], float] = {}
        self.away_until = 0.0
        self.is_shown_out = False
        self.hello = asyncio.Event()
        self.socket = None
        self.task = asyncio.create_task(self.stay())

    async def stay(self):
        turn = attempts = 0
        while not self.is_shown_out:
            while time.monotonic() < self.away_until:
                await asyncio.sleep(0.05)
            club = self.clubs[turn % len(self.clubs)]
            turn, before = turn + 1, len(self.greeted_after)
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                await self.visit(club)
            attempts = 0 if len(self.greeted_after) > before else attempts + 1
            self.is_shown_out = self.closes[-1:] in ([4401], [4403])
            await asyncio.sleep(self.pause(attempts))

    async def visit(self, club):
        after = ",".join(f"{label}:{events[-1]['seq']}" for label, events in self.events.items() if events)
        address = f"{club.url.replace('http', 'ws')}ws/groups/{self.scene['group']}/?after={after}"
        options = {"additional_headers": {"Cookie": f"sessionid={self.scene['cookies'][self.name]}"}, "origin": club.url.rstrip("/")}
        self.knocked_at = time.monotonic()
        # The heartbeat is the room's own: a dead connection is noticed as the room's script notices it.
        async with websockets.connect(address, **options, open_timeout=15, ping_interval=None, close_timeout=2) as socket:
            self.socket = socket
            heart = asyncio.create_task(self.beat(socket))
            try:
                async for text in socket:
                    self.heard_last = time.monotonic()
                    self.raw.append(text)
                    await self.hear(json.loads(text))
            finally:
                heart.cancel()
                self.hello.clear()
                # Also where it was no friendly close, which is raised here.
                self.closes += [socket.close_code] if socket.close_code else []

    async def beat(self, socket):
        self.heard_last = time.monotonic()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if time.monotonic() - self.heard_last > SILENCE_SECONDS:
                socket.transport.abort()
            await socket.send('{"type":"ping"}')

    async def hear(self, frame: dict):
        if frame["type"] == "hello":
            self.greeted_after.append(time.monotonic() - self.knocked_at)
            self.hello.set()
            for each in list(self.pending.values()):
                await self.socket.send(json.dumps(each))
        elif frame["type"] == "ack":
            self.pending.pop(frame["client_id"], None)
            if frame["client_id"]:
                self.acks[frame["client_id"]] = (frame["stream"], frame["seq"])
        elif frame["type"] == "error":
            self.errors.append(frame)
            if frame.get("retry_after") and frame.get("client_id") in self.pending:
                asyncio.get_running_loop().call_later(frame["retry_after"], self.say_again, frame["client_id"])
        elif frame["type"] == "presence" and "seat" in frame:
            self.here_at[frame["seat"], frame["is_here"]] = time.monotonic()
        elif "stream" in frame and "seq" in frame:
            self.events.setdefault(frame["stream"], []).append(frame)
            self.heard_at[str(frame.get("body"))] = time.monotonic()
            if frame["seq"] % 10 == 0:
                await self.socket.send(json.dumps({"type": "seen", "seq": {k: v[-1]["seq"] for k, v in self.events.items()}}))

    def cut(self, seconds: float = 0) -> None:
        """The connection is reset, and the visitor away for so long."""
        self.away_until = time.monotonic() + seconds
        with contextlib.suppress(AttributeError):
            self.socket.transport.abort()

    async def do(self, kind: str, *, is_kept: bool = True, **fields) -> str:
        """Send a frame with a client_id, which is sent again until it is answered (but a moderator's key, which is not)."""
        frame = {"type": kind, "client_id": str(uuid.uuid4()), **fields}
        if is_kept:
            self.pending[frame["client_id"]] = frame
        # Where there is no socket just now, it goes out with the next hello.
        with contextlib.suppress(AttributeError, websockets.WebSocketException):
            await self.socket.send(json.dumps(frame))
        return frame["client_id"]

    async def say(self, body: str, **more: str) -> str:
        return await self.do("say", body=body, **more)

    def say_again(self, client_id: str) -> None:
        async def send():
            if client_id in self.pending:
                with contextlib.suppress(AttributeError, websockets.WebSocketException):
                    await self.socket.send(json.dumps(self.pending[client_id]))

        self.again = asyncio.create_task(send())

    async def until(self, condition, seconds: float = 20):
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            state = {"pending": len(self.pending), "closes": self.closes[-5:], "heard": len(self.heard()), "last": self.raw[-2:]}
            raise AssertionError(f"{self.name} waited {seconds} s in vain: {state | {'errors': self.errors[-3:]}}") from None

    def heard(self, label: str = "all") -> list[tuple[int, str]]:
        """(number, words) of every event that came."""
        return [(event["seq"], event.get("body", "")) for event in self.events.get(label, [])]

    def list_of(self, label: str) -> list[tuple[int, str, dict]]:
        """(number, kind, the rest) of every event as it stands on the screen: without what was taken out of it later."""
        events = self.events.get(label, [])
        shown = {event["seq"]: _rest(event) for event in events}
        for event in events:
            for rewrite in event["rewrites"] if event["type"] == "redacted" else ():
                shown[rewrite["target"]] = _rest(rewrite["body"])
        return [(event["seq"], event["type"], shown[event["seq"]]) for event in events]

    async def leave(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@contextlib.asynccontextmanager
async def room(scene, *homes):
    """Alice, Charlie and the moderator, each with the servers that they try in turn; all are in before it begins."""
    visitors = [Visitor(scene, name, clubs) for name, clubs in zip(("alice", "charlie", "momo"), homes, strict=True)]
    async with visiting(visitors):
        await visitors[2].say(SECRET, to="staff")
        yield visitors


@contextlib.asynccontextmanager
async def visiting(visitors: list[Visitor]):
    """All of them are in before it begins, and gone after it."""
    try:
        for visitor in visitors:
            await asyncio.wait_for(visitor.hello.wait(), 60)
        yield visitors
    finally:
        await asyncio.gather(*(visitor.leave() for visitor in visitors))


def stop_all(clubs: list[Club]) -> None:
    for club in clubs:
        club.stop(at_once=True)


def said_at(body: str) -> float:
    """When `talk` had it said, by time.monotonic()."""
    return int(body.rpartition(" ")[2].strip("x")) / 1e9


async def talk(visitors, rounds, between, seconds=CONVERGED_SECONDS, filling=""):
    """Everybody speaks, `between(round)` happens; all is acknowledged and heard within so many seconds of the last fault."""
    sent = set()
    for number in range(rounds):
        for visitor in visitors:
            body = f"{visitor.name} {filling}{time.monotonic_ns()}"
            sent.add(body)
            await visitor.say(body)
        await between(number)
    await converge(visitors, seconds)
    return sent


async def converge(visitors, seconds=CONVERGED_SECONDS):
    """All is acknowledged, and everybody has heard it, within so many seconds in all, counted from the end of whoever's absence."""
    until = max(time.monotonic(), *(visitor.away_until for visitor in visitors)) + seconds

    def left():
        return max(0.1, until - time.monotonic())

    for visitor in visitors:
        await visitor.until(lambda visitor=visitor: not visitor.pending, left())
    head = max((seq for visitor in visitors for label, seq in visitor.acks.values() if label == "all"), default=0)
    for visitor in visitors:
        await visitor.until(lambda visitor=visitor: visitor.heard() and visitor.heard()[-1][0] >= head, left())
    await asyncio.sleep(0.3)


def percentile(numbers: Iterable[float], share: float) -> float:
    """The smallest that at least this share of them (0..1) does not exceed."""
    ordered = sorted(numbers)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
