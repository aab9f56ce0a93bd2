"""What every socket of the club does before it does anything: know who it is, bound what comes in, answer the heartbeat, end cleanly."""

import logging
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from live import hub, threads, visitors
from live.frames import BadFrame, FrameTooLong, Pace, number, parse
from live.lines import Line
from live.origins import KNOWN
from live.outlets import HEEDED, Outlet
from members.models import Member

log = logging.getLogger(__name__)

NOT_SIGNED_IN, NOT_ADMITTED, NO_SUCH_ROOM, FRAME_TOO_LONG, TOO_FAST = 4401, 4403, 4404, 4413, 4429
SEEN = '{"type":"seen"'
FRAMES_BURST, FRAMES_PER_SECOND, WARNINGS = 60, 20, 20


class Socket(AsyncConsumer):
    """A consumer without Channels' layer, and without its hop to the one thread-sensitive thread before every message.

    Whoever inherits says `opened()` (a close code to refuse), `hear(frame)` and `ask_again()` (a close code to end it).
    """

    member: Member
    line: Line
    # Kinds of events that on_news() is told of.
    heeded: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.pace = Pace(FRAMES_BURST, FRAMES_PER_SECOND)
        self.warnings = 0
        self.session_key: str | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:
            if hasattr(self, "line"):
                self.line.end()

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                self.line.is_ours = True
                await self.websocket_receive(message)
                self.line.is_ours = False
            case "websocket.connect":
                await self.websocket_connect(message)
                self.line.is_ours = False
            case "websocket.disconnect":
                await self.websocket_disconnect(message)

    async def opened(self) -> int | None:
        raise NotImplementedError

    async def hear(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError

    async def ask_again(self) -> int | None:
        raise NotImplementedError

    def on_seen(self) -> None:
        """The reader has said how far it has seen, or that it is still there."""

    def on_news(self, news: Any) -> None:
        """Every event of a followed stream of the kinds in `heeded`, the moment this process knows of it."""

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        # Before it is open, for a server may forget what it was asked by then.
        self.session_key = visitors.session_key(self.scope)
        # Accepted first: a browser learns a close code only of a socket that was open.
        await self.base_send({"type": "websocket.accept"})
        outlet = Outlet(self.scope, self.base_send)
        self.line = Line(hub.current(), outlet, ask_again=self.ask_again, on_news=self.on_news, heeded=self.heeded)
        if hub.current().is_closing:
            await self.line.close(hub.RESTARTING)
            return
        member = await threads.read(visitors.signed_in, self.session_key)
        code: int | None = NOT_SIGNED_IN
        if member is not None:
            self.member = member
            code = TOO_FAST if hub.current().is_tired(member.pk) else await self._open()
        if HEEDED in self.scope:
            self.scope[HEEDED](self.heed)
        # All that was asked of it is known by now, and an open socket would keep it for hours; so would whoever handed on a copy of it.
        forget = self.scope.get(KNOWN)
        self.scope.clear()
        if forget:
            forget()
        if code is not None:
            await self.line.finish(code, 0)

    async def _open(self) -> int | None:
        hub.current().seat(self.line, self.member.pk)
        return await self.opened()

    def heed(self, message: dict[str, Any]) -> bool:
        """What was seen is noted at once, and only that: most frames of a room are that, and none must wait."""
        if not message.get("text", "").startswith(SEEN) or not self.line.is_open or self.pace.drops < 2:
            return False
        try:
            frame = parse(message)
        except (BadFrame, FrameTooLong):
            return False
        if frame["type"] != "seen":
            return False
        self.pace.take()
        self.line.heard()
        self._see(frame)
        return True

    def _see(self, frame: dict[str, Any]) -> None:
        seen = frame.get("seq")
        for label, seq in seen.items() if isinstance(seen, dict) else ():
            if number(seq) is not None:
                self.line.see(label, seq)
        self.on_seen()

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        if not self.line.is_open:
            return
        self.line.heard()
        try:
            frame = parse(message)
            if wait := self.pace.take():
                await self._warn(frame, wait)
                if frame["type"] == "seen" and self.line.is_open:
                    # Were it lost, its reader would be sent nothing more: whoever comes back with much to say says much at once.
                    await self._hear(frame)
            else:
                await self._hear(frame)
        except FrameTooLong:
            await self.line.close(FRAME_TOO_LONG)
        except BadFrame as error:
            self.refuse(error.code, error.message, client_id=error.client_id)
        except DatabaseError:
            log.exception("a frame could not be done")
            self.refuse("unavailable", _("The club is busy. Try again in a moment."), client_id=frame.get("client_id"), retry_after=1)

    async def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ping":
                self.line.say({"type": "pong", "heads": self.line.heads()})
                self.on_seen()
            case "seen":
                self._see(frame)
            case _:
                self.line.is_busy = True
                try:
                    await self.hear(frame)
                finally:
                    self.line.is_busy = False

    async def _warn(self, frame: dict[str, Any], wait: float) -> None:
        self.warnings += 1
        if self.warnings > WARNINGS:
            hub.current().tire(self.member.pk)
            await self.line.close(TOO_FAST)
            return
        if frame["type"] != "seen":
            words, client_id = _("That was too fast. Take a breath and try again."), frame.get("client_id")
            self.refuse("too-fast", words, client_id=client_id, retry_after=wait)

    def refuse(self, code: str, message: Any, *, client_id: Any = None, retry_after: float | None = None) -> None:
        """Tell the client that a frame was not done, and leave the socket open."""
        with translation.override(self.member.locale):
            frame = {"type": "error", "code": code, "message": str(message)}
        if isinstance(client_id, str):
            frame["client_id"] = client_id
        elif client_id is not None:
            frame["client_id"] = str(client_id)
        # Never 0, which is no time to come back after: a page would take it for a refusal for good.
        self.line.say(frame if retry_after is None else {**frame, "retry_after": max(0.01, round(retry_after, 2))})

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        self.line.is_gone = True
        self.line.end()
        raise StopConsumer
