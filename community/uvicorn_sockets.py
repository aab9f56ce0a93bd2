"""Sockets on uvicorn that take the hub's finished frames as they are: `uvicorn … --ws community.uvicorn_sockets:ClubSocket`.

Without it uvicorn is given messages, frames each anew for every reader, and keeps what a handshake leaves behind while a socket is open.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN

from community.incoming import Mailbox, whole_text
from live.outlets import EMPTIED, HEEDED, WIRE

# Of all that may be written to; nobody waits at it, and so nobody clears it.
ANY_TIME = asyncio.Event()
ANY_TIME.set()
# What an upgrade leaves behind and an open socket never asks for again.
HANDSHAKE = frozenset(
    {"app", "app_state", "asgi_version", "config", "default_headers", "request", "response", "root_path", "scheme", "scope", "server"}
)


class ClubSocket(WebSocketsSansIOProtocol):
    on_emptied: Callable[[], None] | None = None
    send_now: Callable[[bytes], int] | None = None
    # Bytes that websockets was given and that are not yet a frame: only where there are none does another begin.
    unread = 0
    # As long as a socket has these values it keeps none of its own.
    initial_response = close_timer = ping_timer = pong_timer = pending_ping_payload = None
    close_sent = disconnected = read_paused = is_clogged = False
    ping_sent_at = last_ping_rtt = 0.0
    close_timeout = 10.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.queue: Any = Mailbox(self)
        self.writable = ANY_TIME
        # Finished frames are never packed, so that packing (31 KB for each socket that offers it, as browsers do) would hardly be used.
        self.conn.available_extensions = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # Told of the first byte that is not taken, and again when all are: `Outlet` counts in between.
        transport.set_write_buffer_limits(high=0)
        # asyncio's plain transport; one that encrypts, or of another loop, is written to its own way.
        ours = getattr(transport, "_sock", None)
        if ours is not None:
            self.send_now = ours.send

    def run_asgi(self) -> Any:
        scope: Any = self.scope
        scope[WIRE], scope[EMPTIED], scope[HEEDED] = self.write_frames, self.call_when_emptied, self.queue.show_first
        return super().run_asgi()

    def start_keepalive(self) -> None:
        """The last that is done of a handshake."""
        super().start_keepalive()
        # websockets keeps the request for as long as it reads.
        self.request.headers.clear()
        usual = vars(ClubSocket)
        # A new one, because the old would stay as big as it was.
        self.__dict__ = {
            name: value for name, value in vars(self).items() if name not in HANDSHAKE and not (name in usual and value == usual[name])
        }

    # What goes out.
    def write_frames(self, data: bytes) -> int:
        """Finished frames, made once for all their readers: into the socket at once where nothing waits before them, else behind it.

        Returns how many bytes wait now.
        """
        if self.conn.state is not OPEN or self.close_sent or self.transport.is_closing():
            return 0
        if self.send_now is not None and not self.is_clogged:
            try:
                sent = self.send_now(data)
            except OSError:
                # It takes nothing now, or never again: the transport finds out which.
                sent = 0
            if sent == len(data):
                return 0
            data = data[sent:]
        self.transport.write(data)
        return self.transport.get_write_buffer_size() if self.is_clogged else 0

    def call_when_emptied(self, on_emptied: Callable[[], None]) -> None:
        self.on_emptied = on_emptied

    def pause_writing(self) -> None:
        self.is_clogged, self.writable = True, asyncio.Event()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_clogged, self.writable = False, ANY_TIME
        if self.on_emptied:
            self.on_emptied()

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_emptied = self.send_now = None
        super().connection_lost(exc)

    # What comes in.
    def data_received(self, data: bytes) -> None:
        """Whole text frames, which nearly all are, are read at once. All else goes through websockets, at a frame's end at the earliest."""
        place = 0
        while not self.unread and self.conn.state is OPEN and not (self.close_sent or self.conn.current_size is not None):
            found = whole_text(data, place, self.conn.max_message_size or 0)
            if found is None:
                break
            payload, place = found
            self.queue.put_nowait({"type": "websocket.receive", "text": payload.decode()})
            if place == len(data):
                return
        # What came first was the request, which uvicorn has read already and hands over by itself.
        if self.handshake_initiated:
            self.unread += len(data) - place
        super().data_received(data[place:] if place else data)

    def handle_events(self) -> None:
        for event in self.conn.events:
            if isinstance(event, Frame):
                size = len(event.data)
                # Two bytes and a mask of four, and a length of its own where the two have no room for it.
                self.unread -= size + (6 if size < 126 else 8 if size < 65_536 else 14)
        super().handle_events()

    def send_receive_event_to_app(self) -> None:
        data = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "bytes":
            self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
            return
        try:
            self.queue.put_nowait({"type": "websocket.receive", "text": data.decode()})
        except UnicodeDecodeError:
            self.conn.send_close(1007)
            self.handle_parser_exception()

    def receive(self) -> Any:
        return self.queue.get()

    # As the box's transport.
    def pauseProducing(self) -> None:  # noqa: N802
        self.read_paused = True
        self.transport.pause_reading()

    def resumeProducing(self) -> None:  # noqa: N802
        self.read_paused = False
        self.transport.resume_reading()
