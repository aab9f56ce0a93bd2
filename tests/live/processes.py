"""Real server processes for fault tests, and visitors that come back as the room's script does."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import websockets

from tests.browser.conftest import ROOT, Club, free_port

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


def set_scene(env: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0"], cwd=ROOT, env=env, input=SCENE, text=True, capture_output=True, timeout=120
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("SCENE ")), None)
    assert line, done.stderr
    return json.loads(line.removeprefix("SCENE "))


def serve(env: dict[str, str]) -> Club:
    club = Club(f"http://127.0.0.1:{free_port()}/", env)
    club.start()
    return club


class Visitor:
    """Somebody in the room: remembers every event, and sends again what was not acknowledged, on whichever server it lands."""

    def __init__(self, scene: dict, name: str, clubs: list[Club]):
        self.scene, self.name, self.clubs = scene, name, clubs
        self.events: dict[str, list[dict]] = {}
        self.acks: dict[str, int] = {}
        self.pending: dict[str, dict] = {}
        self.closes: list[int] = []
        self.hello = asyncio.Event()
        self.socket = None
        self.task = asyncio.create_task(self.stay())

    async def stay(self):
        turn = 0
        while True:
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
                    await self.hear(json.loads(text))
            finally:
                self.hello.clear()
        self.closes.append(socket.close_code)

    async def hear(self, frame: dict):
        if frame["type"] == "hello":
            self.hello.set()
            for each in list(self.pending.values()):
                await self.socket.send(json.dumps(each))
        elif frame["type"] == "ack":
            self.acks[frame["client_id"]] = frame["seq"]
            self.pending.pop(frame["client_id"], None)
        elif "seq" in frame:
            self.events.setdefault(frame["stream"], []).append(frame)
            if frame["seq"] % 10 == 0:
                await self.socket.send(json.dumps({"type": "seen", "seq": {k: v[-1]["seq"] for k, v in self.events.items()}}))

    async def say(self, body: str) -> str:
        frame = {"type": "say", "client_id": str(uuid.uuid4()), "body": body}
        self.pending[frame["client_id"]] = frame
        # Where there is no socket just now, it goes out with the next hello.
        with contextlib.suppress(AttributeError, websockets.WebSocketException):
            await self.socket.send(json.dumps(frame))
        return frame["client_id"]

    async def until(self, condition, seconds: float = 20):
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)

    def heard(self, label: str = "all") -> list[tuple[int, str]]:
        return [(event["seq"], event.get("body", "")) for event in self.events.get(label, [])]

    async def leave(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
