"""Sockets for tests: a signed-in member knocks at an address of the club, in this process."""

import asyncio
import json

from channels.testing import WebsocketCommunicator
from django.test import Client

from live import threads

ORIGIN = b"http://testserver"


async def cookie_of(member) -> str:
    def sign_in() -> str:
        client = Client()
        client.force_login(member)
        return client.cookies["sessionid"].value

    return await threads.write(sign_in)


class Knock:
    """An open socket that remembers every byte it was sent."""

    def __init__(self, communicator):
        self.communicator = communicator
        self.raw: list[str] = []

    async def send(self, frame) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def hear(self, timeout: float = 30):
        """The next frame; an int where the server closed the socket."""
        message = await self.communicator.receive_output(timeout)
        if message["type"] == "websocket.close":
            return message.get("code", 1000)
        self.raw.append(message["text"])
        return json.loads(message["text"])

    async def until(self, kind: str, timeout: float = 30, **wanted):
        """The next frame of a type (with these values), passing over others."""
        async with asyncio.timeout(timeout):
            while True:
                frame = await self.hear(timeout)
                if isinstance(frame, int):
                    raise AssertionError(f"closed with {frame} while waiting for {kind}")
                if frame["type"] == kind and all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def heard(self, kind: str, timeout: float = 30, **wanted):
        """The first frame of a type: what one did oneself may be heard before its acknowledgement as well as after it."""
        for frame in map(json.loads, self.raw):
            if frame["type"] == kind and all(frame.get(name) == value for name, value in wanted.items()):
                return frame
        return await self.until(kind, timeout, **wanted)

    async def closes(self, timeout: float = 30) -> int:
        async with asyncio.timeout(timeout):
            while not isinstance(frame := await self.hear(timeout), int):
                pass
            return frame

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        return await self.communicator.receive_nothing(seconds, 0.05)

    async def leave(self) -> None:
        await self.communicator.disconnect()


async def knock(member, path: str, *, origin: bytes | None = ORIGIN, scope=None) -> Knock:
    """Opens a socket as this member (None: signed out). Returns it, accepted. scope: what a server of ours puts there besides."""
    from community.asgi import application

    headers = [(b"host", b"testserver")]
    headers += [(b"origin", origin)] if origin is not None else []
    headers += [(b"cookie", f"sessionid={await cookie_of(member)}".encode())] if member else []
    communicator = WebsocketCommunicator(application, path, headers=headers)
    communicator.scope.update(scope or {})
    accepted, _code = await communicator.connect(timeout=30)
    if not accepted:
        raise PermissionError("not accepted")
    return Knock(communicator)
