"""Sockets on uvicorn that take the hub's finished frames as they are: `uvicorn … --ws community.uvicorn_sockets:ClubSocket`.

Without it uvicorn is given messages, and frames each anew for every reader.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from live.outlets import EMPTIED, HEEDED, WIRE


class ClubSocket(WebSocketsSansIOProtocol):
    on_emptied: Callable[[], None] | None = None
    heeds: Callable[[dict[str, Any]], bool] | None = None
    is_awaited = False  # nothing that came is being done

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # Told of the first byte that is not taken, and again when all are: `Outlet` counts in between.
        transport.set_write_buffer_limits(high=0)

    async def run_asgi(self) -> None:
        scope: Any = self.scope
        scope[WIRE], scope[EMPTIED], scope[HEEDED] = self.write_frames, self.call_when_emptied, self.show_first
        await super().run_asgi()

    def write_frames(self, data: bytes) -> int:
        """Finished frames, made once for all their readers. Returns how many bytes wait now."""
        if self.conn.state is not OPEN or self.close_sent or self.transport.is_closing():
            return 0
        self.transport.write(data)
        return self.transport.get_write_buffer_size()

    def call_when_emptied(self, on_emptied: Callable[[], None]) -> None:
        self.on_emptied = on_emptied

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_emptied:
            self.on_emptied()

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_emptied = self.heeds = None
        super().connection_lost(exc)

    def show_first(self, heeds: Callable[[dict[str, Any]], bool]) -> None:
        """To whom each letter is shown that nothing is before, neither waiting nor being done; True from them, and it has been."""
        self.heeds = heeds

    async def receive(self) -> Any:
        self.is_awaited = True
        try:
            return await super().receive()
        finally:
            self.is_awaited = False

    def send_receive_event_to_app(self) -> None:
        if self.heeds and self.is_awaited and self.queue.empty() and self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                text = b"".join(self.frames).decode()
            except UnicodeDecodeError:
                text = ""
            if text and self.heeds({"type": "websocket.receive", "text": text}):
                self.frames = []
                return
        super().send_receive_event_to_app()
