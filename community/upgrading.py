"""From a request to an open socket, on Daphne: how much of one is kept, what the other can say, how little it keeps while silent."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from daphne import server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings

from community.incoming import whole_text
from live import hub
from live.sockets import FRAME_TOO_LONG, TOO_FAST

# Read at once from a socket: all of the smallest frames in it are taken apart before anybody else's turn.
READ_BYTES = 4 * 1024
# Of a body that is too long, heard out for the sake of who waits for an answer: a browser shows none before it has sent all.
MOST_THROWN_AWAY = 256 * 1024 * 1024
# What a handshake leaves behind and an open socket never asks for again.
HANDSHAKE = frozenset(
    {
        "http_headers",
        "http_request_data",
        "http_request_host",
        "http_request_params",
        "http_request_path",
        "http_request_uri",
        "http_response_data",
        "http_status_line",
        "websocket_extensions",
        "websocket_origin",
        "websocket_protocols",
        "_raw_query_string",
        "application_deferred",
    }
)


class ClubSocket(WebSocketProtocol):
    """Daphne's socket, able to say that the server restarts: autobahn takes 1012 for a code that no server sends."""

    on_emptied: Callable[[], None] | None = None

    def write_frames(self, data: bytes) -> int:
        """Finished frames, made once for all their readers: into the socket at once where nothing waits before them, else behind it.

        Returns how many bytes wait now.
        """
        if self.state != self.STATE_OPEN:
            return 0
        transport = self.transport
        # Once all of it has been taken, the transport's buffer is empty again.
        if not (transport.dataBuffer or transport._tempDataBuffer):
            try:
                sent = transport.socket.send(data)
            except OSError:
                # It takes nothing now, or never again: the transport finds out which.
                sent = 0
            if sent == len(data):
                return 0
            data = data[sent:]
        transport.write(data)
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def sendPing(self, payload: bytes | None = None) -> None:  # noqa: N802
        """Every socket is sent one every twenty seconds. Autobahn would paint a picture of it for its log first."""
        payload = payload or b""
        self.write_frames(b"\x89" + bytes([len(payload)]) + payload)

    def call_when_emptied(self, on_emptied: Callable[[], None]) -> None:
        self.on_emptied = on_emptied

    # As the producer of its transport.
    def pauseProducing(self) -> None:  # noqa: N802
        """Whoever writes was told by `write_frames`. What the reader says is heard meanwhile: it may be on its way to catching up."""

    def resumeProducing(self) -> None:  # noqa: N802
        if self.on_emptied:
            self.on_emptied()

    def stopProducing(self) -> None:  # noqa: N802
        self.on_emptied = None

    def unregisterProducer(self) -> None:  # noqa: N802
        self.on_emptied = None
        super().unregisterProducer()

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        if code == hub.RESTARTING and self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code, isReply=False)
        else:
            super().serverClose(code)
        if code == TOO_FAST:
            # Nor is what still pours in while the farewell is on its way; autobahn waits a second for an answer and hangs up.
            self.application_queue.is_done = True
            self.transport.pauseProducing()

    def _max_message_size_exceeded(self, msg_size: int, max_msg_size: int, reason: str) -> None:
        """A frame too long to be read at all is refused by the same code as one that is read and too long."""
        if self.state == self.STATE_OPEN:
            self.failedByMe = True  # what still comes of it is let go by
            self.sendCloseFrame(code=FRAME_TOO_LONG, isReply=False)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """What nearly always comes, whole text frames, is read at once; all else goes autobahn's way, without the line for its log.

        Autobahn goes through a dozen calls for each frame, which is what a silent room with many readers spends most of its time on.
        """
        place = 0
        while self.state == self.STATE_OPEN and not (self.data or self.current_frame or self.inside_message or self.failedByMe):
            found = whole_text(data, place, self.maxFramePayloadSize)
            if found is None:
                break
            payload, place = found
            self.onMessage(payload, False)
            if place == len(data):
                return
        self._dataReceived(data[place:] if place else data)

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        self.transport.bufferSize = READ_BYTES
        # Until now that was the channel of the request, which would not read on from a socket that is written to faster than it takes.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)
        self._forget_handshake()

    def _forget_handshake(self) -> None:
        """Autobahn and Daphne keep every header several times over for as long as a socket is open: a good part of its memory."""
        self.clean_headers.clear()
        kept = {name: value for name, value in vars(self).items() if name not in HANDSHAKE}
        # Daphne's log of what it does asks for the path until the end. A new dict, because the old one would stay as big as it was.
        self.__dict__ = {**kept, "request": SimpleNamespace(path=self.request.path)}


WebSocketFactory.protocol = ClubSocket


class ClubRequest(WebRequest):
    """Daphne's request. One that became a socket lets go of its channel, which would wait for the collector with it otherwise.

    Forms are left for Django to read. Twisted would take each apart beforehand, whole, between two turns of the rooms' loop, answer
    an empty one with 400, and keep as long a body as is sent.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, parsePOSTFormSubmission=False)
        # So many bytes more are kept, the last of which shows that it is too long; then so many are only heard out.
        self.kept_left, self.heard_left = settings.REQUEST_BODY_MAX_BYTES + 1, MOST_THROWN_AWAY

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        kept = data[: self.kept_left]
        self.kept_left -= len(kept)
        self.heard_left -= len(data) - len(kept)
        if kept:
            super().handleContentChunk(kept)
        if self.heard_left < 0:
            self.channel.loseConnection()

    def process(self) -> Any:
        done = super().process()
        if self.transport is None:
            self.channel.requests.clear()
            self.requestHeaders = self.responseHeaders = None
            self.channel: Any = None
        return done


class ClubFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = ClubRequest
        return protocol


# Daphne's server names its own factory in its code.
server.HTTPFactory = ClubFactory
