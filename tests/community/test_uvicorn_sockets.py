"""The club's socket on uvicorn: finished frames go out as they are, what is seen is heeded, what is not taken is counted."""

import asyncio
import contextlib

import pytest
import uvicorn
import websockets

from community.incoming import FULL
from community.uvicorn_sockets import ClubSocket
from live.news import framed
from live.outlets import EMPTIED, HEEDED, WIRE
from tests.live.test_upgrading import masked


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
async def serving(application, **options):
    options |= {"lifespan": "off", "log_level": "error", "timeout_graceful_shutdown": 1}
    config = uvicorn.Config(application, port=0, ws=ClubSocket, **options)
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
async def test_finished_frames_reach_their_reader_between_messages_and_nothing_is_packed(compression):
    application = Application()
    async with serving(application) as url, websockets.connect(url, compression=compression) as reader:
        await application.opened.wait()
        assert "Sec-WebSocket-Extensions" not in reader.response.headers
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


@pytest.mark.parametrize("at_once", [1, 3, 7, 10_000])
async def test_words_are_taken_up_whole_and_in_order_however_they_are_cut_and_whatever_comes_between(at_once):
    application = Application()
    said = [masked("一".encode()), masked(b"begun ", first=0x01), masked(b"ping", first=0x89), masked(b"and ended", first=0x80)]
    said += [masked(b"x" * 130), masked(b"bytes", first=0x82), masked(b"last"), masked(b"x" * 300, first=0x01), masked(b"", first=0x80)]
    said += [masked(b"after"), masked(b"\x03\xe8", first=0x88), masked(b"too late")]
    async with serving(application) as url, websockets.connect(url, compression=None, ping_interval=None) as reader:
        await application.opened.wait()
        everything = b"".join(said)
        for place in range(0, len(everything), at_once):
            reader.transport.write(everything[place : place + at_once])
            await asyncio.sleep(0)
        await reader.wait_closed()
        await until(lambda: len(application.taken) >= 7)
        assert application.taken == ["一", "begun and ended", "x" * 130, None, "last", "x" * 300, "after"]


WRONG = {1007: masked(b"\xff\xfe"), 1002: masked(b"packed", first=0xC1), 1009: masked(b"x" * 70_000)}


@pytest.mark.parametrize("code", WRONG)
async def test_what_may_not_be_said_ends_the_socket_after_what_was_said_before(code):
    application = Application()
    async with serving(application, ws_max_size=65_536) as url, websockets.connect(url, compression=None) as reader:
        await application.opened.wait()
        reader.transport.write(masked(b"before") + WRONG[code] + masked(b"after"))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await reader.recv()
        assert closed.value.rcvd.code == code
        assert application.taken == ["before"]


async def test_what_is_not_taken_up_waits_with_its_sender_and_none_of_it_is_lost():
    application = Application()
    async with serving(application) as url, websockets.connect(url, compression=None) as reader:
        await application.opened.wait()
        application.holds.clear()
        words = [f"{number} " + "x" * 4_000 for number in range(5 * FULL)]
        saying = asyncio.create_task(say_all(reader, words))
        await until(lambda: application.taken)
        await asyncio.sleep(0.1)
        assert FULL <= len(application.scope[WIRE].__self__.queue.letters) < 5 * FULL - 1
        application.holds.set()
        await until(lambda: len(application.taken) == len(words))
        assert application.taken == words
        await saying


async def say_all(reader, words):
    for word in words:
        await reader.send(word)
