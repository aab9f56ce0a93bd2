"""The promise of the contract, held by real processes: kill -9, SIGTERM, two servers side by side."""

import asyncio
import json
import os
import time

import pytest
import websockets

from tests.live.processes import Visitor, audit, serve, talk

IS_UVICORN = os.environ.get("LIVE_SERVER") == "uvicorn"
pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.django_db(transaction=True)]


async def closing(socket) -> int:
    """Reads on until the server closes; the code."""

    async def read_on():
        while True:
            await socket.recv()

    with pytest.raises(websockets.ConnectionClosed) as closed:
        await asyncio.wait_for(read_on(), 30)
    assert closed.value.rcvd, "closed without a word"
    return closed.value.rcvd.code


async def test_kill_9_in_the_middle_of_a_talk_loses_and_doubles_nothing(stage):
    env, scene = stage
    club = serve(env)
    visitors = [Visitor(scene, name, [club]) for name in ("alice", "charlie")]
    try:
        for visitor in visitors:
            await asyncio.wait_for(visitor.hello.wait(), 30)

        async def kill_at_times(number):
            if number in (3, 8):
                club.stop(at_once=True)
                await asyncio.to_thread(club.start)
            await asyncio.sleep(0.05)

        await audit(env, scene, visitors, await talk(visitors, 12, kill_at_times))
    finally:
        for visitor in visitors:
            await visitor.leave()
        club.stop()


async def test_sigterm_tells_sockets_to_come_back_and_frames_are_bounded(stage):
    env, scene = stage
    club = serve(env)
    address = f"{club.url.replace('http', 'ws')}ws/groups/{scene['group']}/"
    cookie = {"Cookie": f"sessionid={scene['cookies']['alice']}"}
    ours = club.url.rstrip("/")
    try:
        for too_long in (16 * 1024 + 1, 64 * 1024 + 1, 1024 * 1024):
            async with websockets.connect(address, additional_headers=cookie, origin=ours) as socket:
                await socket.send("x" * too_long)
                # A server that does not read so much closes by itself.
                assert await closing(socket) == (1009 if too_long > 64 * 1024 and IS_UVICORN else 4413)
        for origin in ("https://evil.example", "null", None):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(address, additional_headers=cookie, origin=origin)
            assert refused.value.response.status_code == 403
        async with websockets.connect(address, origin=ours) as socket:
            assert await closing(socket) == 4401
        async with websockets.connect(address, additional_headers=cookie, origin=ours) as socket:
            await asyncio.wait_for(socket.recv(), 30)
            club.process.terminate()
            assert await closing(socket) == 1012
    finally:
        club.stop()


def frame_of(text: bytes) -> bytes:
    return b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text


async def test_frames_are_understood_however_they_are_cut(stage):
    env, scene = stage
    club = serve(env)
    address = f"{club.url.replace('http', 'ws')}ws/groups/{scene['group']}/"
    known = {"additional_headers": {"Cookie": f"sessionid={scene['cookies']['alice']}"}, "origin": club.url.rstrip("/")}

    async def pongs(socket, count):
        seen = 0
        while seen < count:
            seen += json.loads(await asyncio.wait_for(socket.recv(), 10))["type"] == "pong"

    ping = b'{"type":"ping"}'
    try:
        async with websockets.connect(address, compression=None, **known) as socket:
            await socket.send(['{"type":', '"ping"}'])
            socket.transport.write(frame_of(ping) * 3)
            await pongs(socket, 4)
            for byte in frame_of(ping) + frame_of(ping):
                socket.transport.write(bytes([byte]))
                await asyncio.sleep(0.005)
            socket.transport.write(frame_of(ping) + frame_of(ping)[:7])
            await asyncio.sleep(0.1)
            socket.transport.write(frame_of(ping)[7:] + b"\x89\x80\0\0\0\0" + frame_of(ping))
            await pongs(socket, 5)
        async with websockets.connect(address, **known) as socket:
            await socket.send(ping.decode())
            await pongs(socket, 1)
        async with websockets.connect(address, compression=None, **known) as socket:
            socket.transport.write(frame_of(ping) + frame_of(b'{"type":"\xff"}'))
            # Daphne hangs up on what is no UTF-8 without a word; uvicorn says 1007.
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await pongs(socket, 2)
            assert closed.value.rcvd is None or closed.value.rcvd.code == 1007
    finally:
        club.stop()


async def test_two_servers_side_by_side_show_each_others_messages(stage):
    env, scene = stage
    clubs = await asyncio.gather(asyncio.to_thread(serve, env), asyncio.to_thread(serve, env))
    visitors = [Visitor(scene, "alice", clubs[:1]), Visitor(scene, "charlie", clubs[1:])]
    try:
        for visitor in visitors:
            await asyncio.wait_for(visitor.hello.wait(), 30)
        await asyncio.sleep(1)
        began = time.monotonic()
        await visitors[0].say("Can you hear me over there?")
        await visitors[1].until(lambda: "Can you hear me over there?" in [body for _seq, body in visitors[1].heard()])
        # With Redis at once; without it when the database is next asked.
        assert time.monotonic() - began < (1.5 if env["REDIS_URL"] else 4)
        await audit(env, scene, visitors, await talk(visitors, 10, lambda _number: asyncio.sleep(0.02)))
    finally:
        for visitor in visitors:
            await visitor.leave()
        for club in clubs:
            club.stop()


async def test_one_of_two_servers_killed_and_redis_away_still_loses_nothing(stage):
    env, scene = stage
    # Nothing listens there: the hints are all lost, and only the database is left.
    deaf = env | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    clubs = await asyncio.gather(asyncio.to_thread(serve, deaf), asyncio.to_thread(serve, deaf))
    visitors = [Visitor(scene, "alice", clubs), Visitor(scene, "charlie", clubs[::-1])]
    try:
        for visitor in visitors:
            await asyncio.wait_for(visitor.hello.wait(), 30)

        async def kill_one(number):
            if number == 3:
                clubs[1].stop(at_once=True)
            await asyncio.sleep(0.05)

        await audit(env, scene, visitors, await talk(visitors, 8, kill_one))
    finally:
        for visitor in visitors:
            await visitor.leave()
        for club in clubs:
            club.stop()
