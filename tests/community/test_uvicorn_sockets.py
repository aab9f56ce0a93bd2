"""The club's socket on uvicorn: finished frames go out as they are, what is seen is heeded, what is not taken is counted."""

import asyncio
import contextlib

import pytest
import uvicorn
import websockets

from community.uvicorn_sockets import ClubSocket
from live.news import framed
from live.outlets import EMPTIED, HEEDED, WIRE


class Application:
    """Accepts a socket and lets the test have what it was given; takes what comes up until `stays` is set."""

    def __init__(self):
        self.scope, self.taken, self.opened, self.holds = {}, [], asyncio.Event(), asyncio.Event()
        self.holds.set()

    async def __call__(self, scope, receive, send):
        self.scope, self.send = scope, send
        await send({"type": "websocket.accept"})
        self.opened.set()
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                self.taken.append(message.get("text"))
                await self.holds.wait()


@contextlib.asynccontextmanager
async def serving(application):
    config = uvicorn.Config(application, port=0, lifespan="off", log_level="error", ws=ClubSocket, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server._serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    await task


async def until(is_so):
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_finished_frames_reach_their_reader_between_messages(compression):
    application = Application()
    async with serving(application) as url, websockets.connect(url, compression=compression) as reader:
        await application.opened.wait()
        await application.send({"type": "websocket.send", "text": "先"})
        assert application.scope[WIRE](framed("这批货") + framed("x" * 70_000)) >= 0
        await application.send({"type": "websocket.send", "text": "后"})
        assert [await reader.recv() for _each in range(4)] == ["先", "这批货", "x" * 70_000, "后"]


async def test_what_is_heeded_is_done_without_a_turn_and_nothing_overtakes_what_is_being_done():
    application, heeded = Application(), []
    async with serving(application) as url, websockets.connect(url, compression=None) as reader:
        await application.opened.wait()
        application.scope[HEEDED](lambda message: message["text"].startswith("seen") and not heeded.append(message["text"]))
        await reader.send("seen 1")
        await until(lambda: heeded == ["seen 1"])
        application.holds.clear()
        for word in ("say", "seen 2"):
            await reader.send(word)
        await until(lambda: application.taken == ["say"])
        assert heeded == ["seen 1"]
        application.holds.set()
        await until(lambda: application.taken == ["say", "seen 2"])


async def test_a_reader_who_takes_nothing_is_counted_and_told_of_when_all_has_been_taken():
    application, emptied = Application(), []
    async with serving(application) as url, websockets.connect(url, compression=None, max_queue=1, max_size=None) as reader:
        await application.opened.wait()
        application.scope[EMPTIED](lambda: emptied.append(True))
        unsent, sent = 0, 0
        while unsent < 40_000 and sent < 400:
            unsent, sent = application.scope[WIRE](framed("x" * 60_000)), sent + 1
        assert unsent >= 40_000
        assert emptied == []
        for _each in range(sent):
            await reader.recv()
        await until(lambda: emptied == [True])
        assert application.scope[WIRE](framed("more")) == 0


async def test_nothing_is_written_to_a_socket_that_is_closed():
    application = Application()
    async with serving(application) as url:
        async with websockets.connect(url, compression=None) as reader:
            await application.opened.wait()
            await application.send({"type": "websocket.close", "code": 4408})
            assert application.scope[WIRE](framed("too late")) == 0
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await reader.recv()
        assert closed.value.rcvd.code == 4408
        await asyncio.sleep(0.1)
        assert application.scope[WIRE](framed("too late")) == 0
