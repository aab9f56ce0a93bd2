"""/ws/groups/ID/: a focus group's room. Finds nothing out by itself and writes nothing: gate, form, table of deeds."""

import asyncio
import time
import uuid
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as _

from focusgroups import attending, audiences, framing, rooms
from focusgroups.models import Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from live import committing, hub, threads, visitors
from live.frames import BadFrame, Pace
from live.news import News
from live.sockets import NO_SUCH_ROOM, NOT_ADMITTED, NOT_SIGNED_IN, Socket

GRACE_SECONDS = 3.0
RECEIPT_SECONDS = 2.0

_leaving: set[asyncio.Task[None]] = set()


class RoomConsumer(Socket):
    """One socket in one room. The gate is asked when it opens, inside every deed, and every 25 seconds."""

    seat: Seat
    heeded = frozenset({"removed", "lead"})

    def __init__(self) -> None:
        super().__init__()
        self.lease = uuid.uuid4()
        self.is_in = False
        self.typing_pace = Pace(3, 0.5)
        self.receipt_at = 0.0

    # Coming in.
    async def opened(self) -> int | None:
        self.group_id = int(self.scope["url_route"]["kwargs"]["pk"])
        try:
            self.seat = await threads.read(rooms.seat_of, self.group_id, self.member)
        except NoSuchGroup:
            return NO_SUCH_ROOM
        except NotAdmitted:
            return NOT_ADMITTED
        if not self.seat.may_enter:
            self.refuse("consent-needed", _("Read what taking part means, and agree to it, before you come in."))
            return NOT_ADMITTED
        await self._be_here()
        await self._greet(self._cursor())
        self._remember()
        self._listen()
        self._tell_presence(is_here=True)
        return None

    def _remember(self) -> None:
        """A socket that is open for hours keeps who sits there; the room's texts are read again when they are asked for."""
        self.seat.member = self.member
        self.seat._state.fields_cache.pop("group", None)

    def _cursor(self) -> dict[str, int]:
        query = parse_qs(self.scope.get("query_string", b"").decode("latin1"))
        return audiences.parse_after(query.get("after", [""])[0])

    async def _greet(self, cursor: dict[str, int]) -> None:
        """Follow first, then read the room: what happens in between comes as an event."""
        self.line.hold()
        for label, name in audiences.streams_of(self.seat).items():
            await self.line.follow(name, label, after=cursor.get(label, 0))
        self.seat = await threads.read(rooms.seat_of, self.group_id, self.member)
        room = await threads.read(rooms.hello, self.seat)
        self.line.say({"type": "hello", "heads": self.line.heads(), **room})
        self.line.release()

    # While it is open.
    async def hear(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "typing":
            await self._type()
            return
        if kind == "checked":
            await self._pass_check()
            return
        client_id, deed = framing.understood(frame, self.group_id, self.member)
        try:
            written = await committing.write(deed, is_whole=True)
        except Refused as refusal:
            raise BadFrame(refusal.code, refusal.message, client_id=client_id) from None
        except (NotAdmitted, NoSuchGroup):
            await self.line.close(NOT_ADMITTED)
            return
        self.line.say(framing.acknowledged(client_id, written))

    async def _type(self) -> None:
        if self.typing_pace.take():
            return
        try:
            await threads.read(rooms.seat_of, self.group_id, self.member)
        except (NotAdmitted, NoSuchGroup):
            await self.line.close(NOT_ADMITTED)
            return
        hub.current().ring(audiences.bell(self.seat), {"type": "typing", "seat": self.seat.pk, "name": self.seat.pseudonym})

    async def _pass_check(self) -> None:
        """The waiting room's check has passed; the moderators see who is ready."""
        if self.seat.is_participant and await committing.write(partial(attending.pass_check, self.seat.pk)):
            hub.current().ring(audiences.moderators_bell(self.group_id), {"type": "checked", "seat": self.seat.pk})

    def _listen(self) -> None:
        for name in audiences.bells_of(self.seat):
            hub.current().bells.setdefault(name, set()).add(self._rung)

    def _unlisten(self) -> None:
        for name in audiences.every_bell(self.group_id):
            hub.current().bells.get(name, set()).discard(self._rung)

    def _rung(self, frame: dict[str, Any]) -> None:
        # It may be lost, so nobody who is behind is given it.
        if self.line.is_open and not self.line.outlet.is_full and not (frame["type"] == "typing" and frame["seat"] == self.seat.pk):
            self.line.say(frame)

    def _tell_presence(self, *, is_here: bool) -> None:
        """One by one as long as anybody can follow it; of a crowd, the lists of who is here tell, 25 seconds later at most."""
        bell, bells = audiences.bell(self.seat), hub.current().bells
        behind, leading = (len(bells.get(name, ())) for name in audiences.staff_bells(self.group_id))
        is_behind = self.seat.role == Seat.Role.OBSERVER
        if hub.current().is_crowded(bell, unseen=0 if is_behind else max(0, behind - leading)):
            return
        frame = {"type": "presence", "seat": self.seat.pk, "name": self.seat.pseudonym, "role": self.seat.role, "is_here": is_here}
        hub.current().ring(bell, frame)

    async def _be_here(self) -> None:
        await committing.write(partial(attending.be_here, self.seat.pk, self.lease))
        self.is_in = True

    def on_seen(self) -> None:
        """Read receipts are for the moderators, who alone listen to this bell; one in a while is enough."""
        now = time.monotonic()
        if not self.seat.is_participant or now - self.receipt_at < RECEIPT_SECONDS:
            return
        self.receipt_at = now
        if following := self.line.following.get(audiences.ALL):
            hub.current().ring(audiences.moderators_bell(self.group_id), {"type": "read", "seat": self.seat.pk, "seq": following.seen})

    # What ends it.
    def on_news(self, news: News) -> None:
        """However far behind their socket is: whoever is shown out is out, who begins or ends to lead comes back as what they are now."""
        if news.body.get("seat") != self.seat.pk:
            return
        if news.kind == "removed":
            self.line.close_soon(NOT_ADMITTED)
        elif bool(news.body.get("is_leading")) != self.seat.is_moderator:
            self._unlisten()
            self.seat.role = Seat.Role.MODERATOR if news.body.get("is_leading") else Seat.Role.OBSERVER
            self.line.close_soon(hub.RESTARTING)

    async def ask_again(self) -> int | None:
        code, here = await threads.read(self._look_again)
        if code is not None:
            return code
        await self._be_here()
        self.line.say({"type": "presence", "here": here})
        self._remember()
        return None

    def _look_again(self) -> tuple[int | None, list[int]]:
        """In one go, for a thousand sockets of a room ask it every few seconds: may they stay, and who is here?"""
        if visitors.signed_in(self.session_key) is None:
            return NOT_SIGNED_IN, []
        led = self.seat.is_moderator
        try:
            self.seat = rooms.seat_of(self.group_id, self.member)
        except (NotAdmitted, NoSuchGroup):
            return NOT_ADMITTED, []
        if led != self.seat.is_moderator:
            return hub.RESTARTING, []
        return (None, rooms.here(self.seat)) if self.seat.may_enter else (NOT_ADMITTED, [])

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.is_in:
            self._unlisten()
            task = asyncio.create_task(self._leave())
            _leaving.add(task)
            task.add_done_callback(_leaving.discard)
        await super().websocket_disconnect(message)

    async def _leave(self) -> None:
        """A page that reloads is back in a moment; only who stays away has left."""
        await asyncio.sleep(GRACE_SECONDS)
        if await committing.write(partial(attending.be_gone, self.seat.pk, self.lease)):
            self._tell_presence(is_here=False)
