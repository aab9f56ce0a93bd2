"""Faults with real servers, each ending in the same audit: nothing acknowledged lost or doubled, order kept, nobody saw what they must not.

`make faults` runs all of them, on Daphne and on uvicorn, against Redis and PostgreSQL servers of their own; `make test` the first.
A random schedule says its seed.
"""

import asyncio
import contextlib
import json
import random
import signal
import socket
import sqlite3
import time

import pytest
import websockets
from django.db import connection

from live.hub import TAIL_SECONDS
from live.lines import TOO_FAR_BEHIND, WINDOW
from tests.live.processes import SECRET, all_faults, audit, room, said_at, serve, serve_all, stop_all, talk
from tests.live.servers import Postgres, program
from tests.seeds import seeds

# What a service manager is told to wait for (`community.serving.DRAIN_SECONDS`, uvicorn's --timeout-graceful-shutdown), and a little.
STOP_SECONDS = 5 + 1
pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.django_db(transaction=True)]


def rss_megabytes(club):
    with open(f"/proc/{club.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


async def test_hints_lost_clocks_apart_and_a_reader_who_is_cut_off_and_back_on_the_other_server(stage, redis):
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    odd = [env | {"ODD": json.dumps({"lost": 0.2, "seed": seed, "clock_seconds": seconds})} for seed, seconds in ((1, -60), (2, 60))]
    clubs = await serve_all(*odd, is_odd=True)
    try:
        async with room(scene, clubs, clubs[::-1], clubs[:1]) as visitors:

            async def cut_and_silence(number):
                if number in (2, 6):
                    visitors[number % 4 // 2].cut(1)
                if number == 4:
                    redis.stop()
                await asyncio.sleep(0.05)

            await audit(env, scene, visitors, await talk(visitors, 10, cut_and_silence), SECRET)
    finally:
        stop_all(clubs)


@all_faults
async def test_the_last_hint_of_a_burst_lost_between_two_servers_is_made_up_within_two_tails(stage, redis, tmp_path):
    env, scene = stage
    env, mute = env | {"REDIS_URL": redis.url}, tmp_path / "mute"
    clubs = await serve_all(env | {"ODD": json.dumps({"mute_while": str(mute)})}, env, is_odd=True)
    try:
        async with room(scene, clubs[:1], clubs[1:], clubs[1:]) as visitors:
            alice, charlie, momo = visitors
            sent = await talk([alice], 4, lambda _number: asyncio.sleep(0))
            await charlie.until(lambda: sent <= charlie.heard_at.keys())
            mute.touch()
            last = await talk([alice], 1, lambda _number: asyncio.sleep(0))
            [body] = last
            for reader in (charlie, momo):
                await reader.until(lambda reader=reader: body in reader.heard_at)
            late = max(reader.heard_at[body] - alice.heard_at[body] for reader in (charlie, momo))
            print(f"the last was {late:.1f} s late")
            assert late < 2 * TAIL_SECONDS
            await audit(env, scene, visitors, sent | last, SECRET)
    finally:
        stop_all(clubs)


@all_faults
async def test_kill_9_of_one_of_two_servers_with_redis_stopped_and_started(stage, redis):
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    clubs = await serve_all(env, env)
    try:
        async with room(scene, clubs, clubs[::-1], clubs) as visitors:
            frozen = {}

            async def hurt(number):
                if number in (3, 12):
                    clubs[number % 2].stop(at_once=True)
                    await asyncio.to_thread(clubs[number % 2].start)
                if number == 6:
                    redis.stop()
                if number == 9:
                    redis.start()
                if number == 14:
                    redis.pause(is_paused=True)
                    frozen["from"] = time.monotonic()
                if number == 24:
                    frozen["until"] = time.monotonic()
                    redis.pause(is_paused=False)
                await asyncio.sleep(0.6 if 14 <= number < 24 else 0.1)

            sent = await talk(visitors, 28, hurt)
            await audit(env, scene, visitors, sent, SECRET)
            assert frozen["until"] - frozen["from"] > 5
            # Nobody waited for Redis to thaw: the database is asked meanwhile.
            early = [body for body in sent if frozen["from"] < said_at(body) < frozen["until"] - 2 * TAIL_SECONDS]
            assert early
            assert all(visitor.heard_at[body] < frozen["until"] for visitor in visitors for body in early)
    finally:
        stop_all(clubs)


@all_faults
async def test_postgresql_restarted_at_once_in_the_middle(stage, redis, tmp_path):
    if connection.vendor != "postgresql" or not program("initdb"):
        pytest.skip("for the PostgreSQL lane")
    env, scene = stage
    cluster = Postgres(tmp_path, env["DATABASE_URL"])
    env = env | {"REDIS_URL": redis.url, "DATABASE_URL": cluster.url}
    clubs = await serve_all(env, env)
    try:
        async with room(scene, clubs, clubs[::-1], clubs) as visitors:

            async def restart(number):
                if number in (4, 10):
                    await asyncio.to_thread(cluster.restart)
                if number == 7:
                    visitors[0].cut(2)
                await asyncio.sleep(0.1)

            await audit(env, scene, visitors, await talk(visitors, 14, restart), SECRET)
    finally:
        stop_all(clubs)
        cluster.stop()


@all_faults
async def test_a_client_cut_for_half_a_minute_comes_back_on_the_other_server(stage, redis):
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    clubs = await serve_all(env, env)
    try:
        async with room(scene, clubs, clubs[1:], clubs[:1]) as visitors:
            visitors[0].cut(30)
            sent = await talk(visitors, 60, lambda _number: asyncio.sleep(0.5))
            await audit(env, scene, visitors, sent, SECRET)
    finally:
        stop_all(clubs)


@all_faults
@pytest.mark.parametrize(("place", "after"), [("before-ack", 20), ("before-fan-out", 4)])
async def test_a_server_that_dies_between_commit_and_answer_or_between_answer_and_room(stage, place, after):
    env, scene = stage
    # Deeds are counted one by one; what is committed together is told in one round.
    dying = env | {"ODD": json.dumps({"dies_at": place, "dies_after": after})}
    clubs = [await asyncio.to_thread(serve, dying, is_odd=True), await asyncio.to_thread(serve, env)]
    try:
        async with room(scene, clubs, clubs, clubs) as visitors:
            sent = await talk(visitors, 20, lambda _number: asyncio.sleep(0.05))
            assert clubs[0].process.poll() == 9
            await audit(env, scene, visitors, sent, SECRET)
    finally:
        stop_all(clubs)


@all_faults
async def test_sigterm_in_the_middle_of_posts_leaves_nothing_unanswered(stage):
    env, scene = stage
    clubs = await serve_all(env, env)
    try:
        async with room(scene, clubs, clubs, clubs) as visitors:
            ends = []

            async def seconds_to_its_end():
                began = time.monotonic()
                await asyncio.to_thread(clubs[0].process.wait, 30)
                return time.monotonic() - began

            async def terminate(number):
                if number == 6:
                    clubs[0].process.send_signal(signal.SIGTERM)
                    ends.append(asyncio.create_task(seconds_to_its_end()))
                await asyncio.sleep(0.05)

            sent = await talk(visitors, 16, terminate)
            # It may take its seconds to finish what it was doing; afterwards the other one goes on.
            [seconds] = await asyncio.gather(*ends)
            print(f"ended {seconds:.1f} s after SIGTERM")
            assert seconds < STOP_SECONDS
            sent |= await talk(visitors, 2, lambda _number: asyncio.sleep(0.05))
            await audit(env, scene, visitors, sent, SECRET)
            assert 1012 in [code for visitor in visitors for code in visitor.closes]
    finally:
        stop_all(clubs)


async def come_to_read_nothing(club, scene, name):
    """A socket whose reader takes nothing up, and whose kernel holds little for it."""
    small = socket.socket()
    # Before connecting, or the window that was offered then stays.
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    # The server's kernel goes by it; between two sockets of one machine it would hold four megabytes for the server otherwise.
    small.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    small.connect(("127.0.0.1", int(club.url.rsplit(":", 1)[1].strip("/"))))
    address = f"{club.url.replace('http', 'ws')}ws/groups/{scene['group']}/"
    cookie = {"Cookie": f"sessionid={scene['cookies'][name]}"}
    options = {"additional_headers": cookie, "origin": club.url.rstrip("/"), "max_queue": 1, "ping_interval": None, "compression": None}
    return await websockets.connect(address, sock=small, open_timeout=30, **options)


async def read_to_the_end(reader):
    """All that still comes, without a word of having seen it, and the code of the end."""
    frames = []
    with contextlib.suppress(websockets.ConnectionClosed):
        async for text in reader:
            frames.append(json.loads(text))
    return frames, reader.close_code


@all_faults
async def test_readers_that_read_nothing_keep_nobody_waiting(stage):
    env, scene = stage
    club = await asyncio.to_thread(serve, env | {"SOCKETS_PER_MEMBER": "40"})
    deaf, awake, grown = [], [], []
    try:
        for _number in range(30):
            deaf.append(await come_to_read_nothing(club, scene, "charlie"))
        async with room(scene, [club], [club], [club]) as visitors:
            began, before = time.monotonic(), rss_megabytes(club)

            async def look(number):
                grown.append(rss_megabytes(club) - before)
                if number == 40:
                    awake.extend(asyncio.create_task(read_to_the_end(each)) for each in deaf[:15])
                await asyncio.sleep(0.07)

            # 2.3 MB for each reader: without a window the server would hold some sixty for them.
            sent = await talk(visitors, 200, look, filling="x" * 3900)
            await audit(env, scene, visitors, sent, SECRET)
            assert time.monotonic() - began < 60
            # What a server loads with its first messages is in it.
            assert max(grown) < 30
        async with asyncio.timeout(60):
            told = await asyncio.gather(*awake)
            late = await asyncio.gather(*(read_to_the_end(each) for each in deaf[15:]))
        for frames, code in told:
            assert "lag" in [frame["type"] for frame in frames]
            assert code == TOO_FAR_BEHIND
        for frames, _code in told + late:
            assert sum("seq" in frame for frame in frames) <= WINDOW
    finally:
        print(f"grown by {max(grown, default=0):.1f} MB")
        for each in deaf:
            each.transport.abort()
        stop_all([club])


@all_faults
async def test_another_writer_locks_the_database_for_ten_seconds(stage):
    if connection.vendor != "sqlite":
        pytest.skip("for the SQLite lane")
    env, scene = stage
    club = await asyncio.to_thread(serve, env)

    def lock():
        with contextlib.closing(sqlite3.connect(env["DATABASE_URL"].removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(10)
            other.execute("ROLLBACK")

    try:
        async with room(scene, [club], [club], [club]) as visitors:
            locked = []

            async def lock_once(number):
                if number == 3:
                    locked.append(asyncio.get_running_loop().run_in_executor(None, lock))
                if number == 9:
                    await locked[0]
                await asyncio.sleep(0.2)

            await audit(env, scene, visitors, await talk(visitors, 10, lock_once), SECRET)
    finally:
        stop_all([club])


@all_faults
@pytest.mark.parametrize("seed", seeds("FAULTS_SEEDS"))
async def test_a_random_schedule_of_all_of_it(stage, redis, seed):
    env, scene = stage
    lot = random.Random(seed)
    env = env | {"REDIS_URL": redis.url}
    odd = [env | {"ODD": json.dumps({"lost": 0.2, "seed": seed, "clock_seconds": lot.choice([-120, 0, 120])})} for _server in range(2)]
    clubs = await serve_all(*odd, is_odd=True)
    done = []
    try:
        async with room(scene, clubs, clubs[::-1], clubs) as visitors:

            async def hurt(number):
                fault = lot.choices(["nothing", "cut", "kill", "redis", "pause"], [60, 25, 5, 5, 5])[0]
                done.append((number, fault))
                if fault == "cut":
                    lot.choice(visitors).cut(lot.random() * 3)
                elif fault == "kill":
                    club = lot.choice(clubs)
                    club.stop(at_once=True)
                    await asyncio.to_thread(club.start)
                elif fault == "redis":
                    redis.stop()
                    await asyncio.sleep(lot.random())
                    redis.start()
                elif fault == "pause":
                    redis.pause(is_paused=True)
                    await asyncio.sleep(lot.random() * 3)
                    redis.pause(is_paused=False)
                await asyncio.sleep(0.05)

            try:
                await audit(env, scene, visitors, await talk(visitors, 30, hurt), SECRET)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"seed {seed}, schedule {done}") from error
    finally:
        stop_all(clubs)
