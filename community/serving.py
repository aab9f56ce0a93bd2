"""The embedded club's one process: Daphne for pages and sockets, a thread for recurring work, and a quiet way to stop."""

import asyncio
import contextlib
import logging
import signal
import threading
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet import reactor

from community import health, recurring
from community.incoming import Mailbox
from community.upgrading import ClubSocket
from live import hub
from live.outlets import EMPTIED, HEEDED, WIRE

log = logging.getLogger(__name__)
DRAIN_SECONDS = 5


class ClubServer(Server):
    """Daphne that finishes what it has begun: on a signal it stops listening, lets requests end, and tells sockets to come back (1012)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, signal_handlers=False, **kwargs)
        self.ports: list[Any] = []
        self.failure: str = ""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if not isinstance(protocol, ClubSocket):
            return super().create_application(protocol, scope)
        scope[WIRE], scope[EMPTIED] = protocol.write_frames, protocol.call_when_emptied
        mailbox = Mailbox(protocol.transport)
        scope[HEEDED] = mailbox.show_first
        application = self.application(scope=scope, receive=mailbox.get, send=partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return mailbox

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def drain(self) -> None:
        """From the main thread's signal handler: begin to stop. A second signal stops at once."""
        if health.draining.is_set():
            reactor.callFromThread(self.stop)
            return
        health.draining.set()
        reactor.callFromThread(lambda: asyncio.ensure_future(self._drain()))

    async def _drain(self) -> None:
        for port in self.ports:
            port.stopListening()
        try:
            await asyncio.wait_for(hub.close_all(), DRAIN_SECONDS)
        except Exception:
            log.exception("sockets were not all closed")
        for _tenth in range(DRAIN_SECONDS * 10):
            if not any(isinstance(protocol, WebRequest) for protocol in self.connections):
                break
            await asyncio.sleep(0.1)
        self.stop()


def serve(application: Any, *, host: str, port: int, with_work: bool, on_answer: Callable[[], None]) -> str:
    """Serve until a signal comes. Calls on_answer once the first request was answered. Returns what went wrong, or an empty text."""
    server = ClubServer(
        application,
        endpoints=[f"tcp:port={port}:interface={host}"],
        websocket_max_message_size=64 * 1024,
        websocket_max_frame_size=64 * 1024,
        websocket_timeout=-1,
        application_close_timeout=DRAIN_SECONDS,
    )
    stop = threading.Event()
    threads = [threading.Thread(target=_announce, args=(f"http://{host}:{port}/healthz", stop, on_answer), daemon=True)]
    if with_work:
        threads.append(threading.Thread(target=recurring.run, args=(stop,), daemon=True, name="recurring work"))
    for thread in threads:
        thread.start()
    # asyncio's loop sits in a C call most of the time; Twisted wakes it for us, so a plain handler is enough.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.drain())
    server.run()
    stop.set()
    for thread in threads:
        thread.join(DRAIN_SECONDS)
    return server.failure


def _announce(url: str, stop: threading.Event, on_answer: Callable[[], None]) -> None:
    while not stop.wait(0.2):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    break
        except OSError:
            continue
    else:
        return
    _warm_up(url)
    on_answer()


def _warm_up(url: str) -> None:
    """The first page loads templates and translations for seconds: let that be ours, not the first visitor's."""
    opener = urllib.request.build_opener(_StayHere)
    for path in ("/", "/zh-hans/"):
        with contextlib.suppress(OSError):
            ask = urllib.request.Request(url.replace("/healthz", path), headers={"X-Forwarded-Proto": "https"})  # noqa: S310
            opener.open(ask, timeout=20).close()


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Behind no proxy a page leads to https, which this port does not speak: a thread would wait there for nothing."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None
