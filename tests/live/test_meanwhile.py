"""What people and machines do while others talk, on two real servers: hints out of order, members shown out, words taken out,
clocks that jump, disks that refuse, moderators who are gone. Each ends in the audit of what everybody saw.
"""

import asyncio
import contextlib
import json
import random
import secrets
import subprocess
import sys
import time
import urllib.request

import pytest
from django.db import connection

from focusgroups import attending
from live.hub import TAIL_SECONDS
from tests.browser.conftest import ROOT
from tests.live.processes import (
    SECRET,
    Visitor,
    all_faults,
    ask,
    audit,
    converge,
    room,
    said_at,
    seat_all,
    serve,
    serve_all,
    stop_all,
    streams,
    talk,
    visiting,
)
from tests.live.servers import Postgres, program
from tests.seeds import FRESH

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.django_db(transaction=True), all_faults]


def get(club, scene, name, path) -> tuple[int, str]:
    """The status and the text of a page as somebody sees it."""
    return _answer(urllib.request.Request(f"{club.url}{path}", headers={"Cookie": f"sessionid={scene['cookies'][name]}"}))


def post(club, scene, name, path, **fields) -> int:
    """What somebody sends from a page. The status of the page that they come to."""
    token = secrets.token_hex(16)
    headers = {"Cookie": f"sessionid={scene['cookies'][name]}; csrftoken={token}", "X-CSRFToken": token}
    return _answer(urllib.request.Request(f"{club.url}{path}", urllib.parse.urlencode(fields).encode(), headers))[0]


def _answer(asked: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


async def test_hints_of_two_servers_arrive_late_and_out_of_order_at_all_three(stage, redis):
    """Each hint leaves up to 0.4 s late, while both write as fast as people press keys: they overtake one another on every way."""
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    scene = await asyncio.to_thread(seat_all, env, scene, {"dora": "participant"})
    clubs = await serve_all(*(env | {"ODD": json.dumps({"late": 0.4, "seed": seed})} for seed in (1, 2)), env, is_odd=True)
    try:
        async with room(scene, clubs[:1], clubs[1:2], clubs[2:]) as visitors:
            dora = Visitor(scene, "dora", clubs[2:])
            async with visiting([dora]):
                sent = await talk(visitors[:2], 100, lambda _number: asyncio.sleep(0.06))
                await converge([*visitors, dora])
                await audit(env, scene, [*visitors, dora], sent, SECRET)
                late = max(each.heard_at[body] - said_at(body) for body in sent for each in (*visitors, dora))
                print(f"the latest came after {late:.1f} s")
                assert late < 2 * TAIL_SECONDS
    finally:
        stop_all(clubs)


async def test_whoever_may_no_longer_be_here_is_out_within_a_second_on_the_other_server_and_hears_nothing_on_coming_back(stage, redis):
    """Shown out, signed out: while inside, and while away. An observer from behind the glass, too. And one while Redis is gone."""
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    people = dict.fromkeys(("dora", "erin", "femi", "gale"), "participant") | {"olga": "observer"}
    scene = await asyncio.to_thread(seat_all, env, scene, people)
    here, there = clubs = await serve_all(env, env)
    sent = set()
    try:
        async with room(scene, [here], [here], [there]) as visitors:
            charlie, momo = visitors[1:]
            leaving = {name: Visitor(scene, name, [here], is_staff=name == "olga") for name in people}
            alice = leaving["alice"] = visitors[0]
            async with visiting(list(leaving.values())):
                sent |= await talk([*visitors, leaving["dora"], leaving["erin"]], 2, lambda _number: asyncio.sleep(0.1))
                await converge([*visitors, *leaving.values()])
                heads = {}

                async def is_out(name, deed, within):
                    """Inside until then, and gone in time; what is said after it is not for them."""
                    heads[name] = momo.events["all"][-1]["seq"]
                    began = time.monotonic()
                    # They talk on until the door shuts.
                    talking = asyncio.create_task(
                        leaving[name].say(f"{name} {time.monotonic_ns()}") if name != "olga" else asyncio.sleep(0)
                    )
                    await deed()
                    await leaving[name].until(lambda: leaving[name].is_shown_out, within)
                    await talking
                    print(f"{name} was out {time.monotonic() - began:.2f} s after the deed, {leaving[name].closes}")
                    leaving[name].pending.clear()
                    sent.add(body := f"momo after {name} {time.monotonic_ns()}")
                    await momo.say(body)
                    await momo.say(f"staff after {name}", to="staff")
                    return body

                def shown_out(name):
                    return lambda: momo.do("remove", seat=scene["seats"][name], is_kept=False)

                def signed_out(name):
                    return lambda: asyncio.to_thread(post, there, scene, name, "accounts/logout/")

                after = {name: await is_out(name, shown_out(name), 1) for name in ("alice", "olga")}
                after["dora"] = await is_out("dora", signed_out("dora"), 1)
                for name, deed in (("erin", shown_out("erin")), ("femi", signed_out("femi"))):
                    leaving[name].cut(1)
                    after[name] = await is_out(name, deed, 10)
                redis.stop()
                after["gale"] = await is_out("gale", shown_out("gale"), 2 * TAIL_SECONDS)
                sent |= await talk(visitors[1:], 2, lambda _number: asyncio.sleep(0.1))
                await audit(env, scene, [charlie, momo, *leaving.values()], sent, SECRET)
                for name, visitor in leaving.items():
                    assert visitor.closes[-1] == (4401 if name in ("dora", "femi") else 4403)
                    raw = "".join(visitor.raw)
                    assert after[name] not in raw, name
                    assert f"staff after {name}" not in raw, name
                    # By no other door either.
                    status, _text = await asyncio.to_thread(get, here, scene, name, f"api/v1/groups/{scene['group']}/events")
                    assert status in (401, 404)
                assert alice.is_shown_out
    finally:
        stop_all(clubs)


@pytest.mark.parametrize("seed", [1, pytest.param(FRESH, id=f"fresh-{FRESH}")])
async def test_words_taken_out_while_people_are_away_never_reach_them_on_either_server(stage, redis, tmp_path, seed):
    """Half the time the other server has not heard of it: whoever comes back just then is not given the words from its memory."""
    env, scene = stage
    lot, mute = random.Random(seed), tmp_path / "mute"
    env = env | {"REDIS_URL": redis.url}
    clubs = await serve_all(env | {"ODD": json.dumps({"mute_while": str(mute)})}, env, is_odd=True)
    sent, secret_numbers = set(), []
    try:
        # Momo and Alice on the first server, which falls silent now and then; Charlie comes back on either.
        async with room(scene, clubs[:1], clubs[1:], clubs[:1]) as visitors:
            alice, charlie, momo = visitors
            for turn in range(8):
                number = f"138{lot.randrange(10**8):08}"
                heard = len(charlie.raw)
                charlie.clubs = [lot.choice(clubs)] if lot.random() < 0.3 else clubs[1:]
                charlie.cut(60)
                await asyncio.sleep(0.2)
                await alice.say(f"alice, time {turn}: call me on {number}")
                await momo.until(lambda number=number: number in "".join(momo.raw))
                # Somebody else keeps the second server's memory awake, so that it has the words.
                async with visiting([Visitor(scene, "charlie", clubs[1:])]) as [other]:
                    await other.until(lambda number=number, other=other: number in "".join(other.raw))
                    if lot.random() < 0.5:
                        mute.touch()
                    assert (
                        await asyncio.to_thread(
                            post, clubs[0], scene, "momo", f"groups/{scene['group']}/redactions/", words=number, kind="number"
                        )
                        == 200
                    )
                    secret_numbers.append((number, heard))
                    charlie.away_until = 0
                    await charlie.until(charlie.hello.is_set)
                    await charlie.until(lambda: charlie.heard()[-1][0] >= len(streams(env, scene["group"])[f"group:{scene['group']}:all"]))
                    mute.unlink(missing_ok=True)
                    assert number not in "".join(charlie.raw[heard:]), f"seed {seed}"
                    await other.until(lambda number=number, other=other: number not in json.dumps(other.list_of("all")))
                sent |= await talk(visitors, 1, lambda _number: asyncio.sleep(0.05))
            await audit(env, scene, visitors, sent, SECRET)
            everything = json.dumps(ask(env, "SELECT body FROM live_event"), default=str)
            assert not [number for number, _heard in secret_numbers if number in everything]
            proof = subprocess.run(
                [sys.executable, "manage.py", "verify_transcript", str(scene["group"])], cwd=ROOT, env=env, capture_output=True, text=True
            )
            assert proof.returncode == 0, proof.stdout + proof.stderr
    finally:
        stop_all(clubs)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_servers_clock_jumps_by_an_hour_and_back_in_the_middle_of_a_talk(stage, redis, tmp_path, hours):
    env, scene = stage
    env, jump = env | {"REDIS_URL": redis.url}, tmp_path / "jump"
    clubs = await serve_all(env | {"ODD": json.dumps({"jump": str(jump)})}, env, is_odd=True)
    try:
        async with room(scene, clubs[:1], clubs[1:], clubs) as visitors:

            async def turn(number):
                if number == 6:
                    jump.write_text(str(hours * 3600))
                if number == 20:
                    visitors[0].cut(0.5)
                if number == 60:
                    jump.unlink()
                await asyncio.sleep(0.5)

            # Half a minute in the other hour: longer than it takes to ask every socket again, and to look after empty rooms.
            sent = await talk(visitors, 70, turn)
            await audit(env, scene, visitors, sent, SECRET)
            moments = [event["at"] for event in visitors[0].events["all"]]
            assert moments != sorted(moments)
            # Nobody was thrown out, but for the one who was cut; the room was not paused, and is not empty.
            assert [code for each in visitors for code in each.closes] == [1006]
            assert [event["type"] for event in visitors[0].events["all"]].count("status") == 1
            _status, text = await asyncio.to_thread(get, clubs[1], scene, "momo", f"groups/{scene['group']}/transcript.txt")
            places = [text.index(body) for _seq, body in visitors[0].heard() if body]
            assert places == sorted(places)
            absent = [seat for seat, is_here in visitors[2].here_at if not is_here and seat != scene["seats"]["alice"]]
            assert not absent
    finally:
        stop_all(clubs)


@pytest.mark.parametrize("fault", ["full", "read-only"])
async def test_a_disk_that_is_full_or_may_only_be_read_acknowledges_nothing_and_goes_on_when_it_is_mended(stage, tmp_path, fault):
    """SQLite's own SQLITE_FULL and SQLITE_READONLY; on PostgreSQL a cluster that has become read-only."""
    env, scene = stage
    cluster = None
    if connection.vendor == "postgresql":
        if fault == "full" or not program("initdb"):
            pytest.skip("SQLITE_FULL is SQLite's" if fault == "full" else "no PostgreSQL of one's own here")
        cluster = Postgres(tmp_path, env["DATABASE_URL"])
        env = env | {"DATABASE_URL": cluster.url}
    told = {"full": tmp_path / "full", "read-only": tmp_path / "read-only"}
    odd = {"full_while": str(told["full"]), "read_only_while": str(told["read-only"])} if cluster is None else {}
    club = await asyncio.to_thread(serve, env | {"ODD": json.dumps(odd)}, is_odd=True)

    async def spoil(is_spoilt):
        if cluster is not None:
            await asyncio.to_thread(cluster.be_read_only, is_spoilt)
        elif is_spoilt:
            told[fault].touch()
        else:
            told[fault].unlink()

    try:
        async with room(scene, [club], [club], [club]) as visitors:
            sent = await talk(visitors, 4, lambda _number: asyncio.sleep(0.05))
            await spoil(True)
            before = len(streams(env, scene["group"])[f"group:{scene['group']}:all"])
            acknowledged = [len(each.acks) for each in visitors]
            for each in visitors:
                # Long enough for a page of its own.
                sent.add(body := f"{each.name} {'x' * 3900}{time.monotonic_ns()}")
                await each.say(body)
            for each in visitors:
                await each.until(lambda each=each: each.errors)
                assert (each.errors[0]["code"], each.errors[0]["retry_after"] > 0) == ("unavailable", True)
            await asyncio.sleep(3)
            assert [len(each.acks) for each in visitors] == acknowledged
            assert len(streams(env, scene["group"])[f"group:{scene['group']}:all"]) == before
            assert all(each.closes == [] for each in visitors), "reading goes on"
            await spoil(False)
            await converge(visitors)
            sent |= await talk(visitors, 4, lambda _number: asyncio.sleep(0.05))
            await audit(env, scene, visitors, sent, SECRET)
    finally:
        stop_all([club])
        if cluster is not None:
            cluster.stop()


async def test_a_moderator_killed_pauses_the_room_and_a_second_moderator_takes_over(stage, redis):
    """Killed with the server that she was on, -9, and never back. While a second moderator is there nothing stops; then she is gone too."""
    env, scene = stage
    env = env | {"REDIS_URL": redis.url}
    scene = await asyncio.to_thread(seat_all, env, scene, {"mira": "moderator"})
    clubs = await serve_all(env, env)
    # What `manage.py serve` does beside serving; on other servers it is a process of its own.
    work = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    allowed = attending.LEASE.total_seconds() + attending.LEADERLESS.total_seconds() + 15
    sent = set()
    try:
        async with room(scene, clubs[:1], clubs[:1], clubs[1:]) as visitors:
            alice, charlie, momo = visitors
            async with visiting([Visitor(scene, "mira", clubs[:1], is_staff=True)]) as [mira]:
                sent |= await talk([*visitors, mira], 3, lambda _number: asyncio.sleep(0.1))
                momo.task.cancel()
                clubs[1].stop(at_once=True)
                # The other one leads on at once.
                await mira.do("next", is_kept=False)
                await alice.until(lambda: "item" in [event["type"] for event in alice.events["all"]], 5)
                sent |= await talk([alice, charlie, mira], 10, lambda _number: asyncio.sleep(1))
                assert "paused" not in json.dumps(alice.events)
            gone = time.monotonic()
            await alice.until(lambda: alice.events["all"][-1]["type"] == "status", allowed + 10)
            print(f"paused {time.monotonic() - gone:.0f} s after the last moderator")
            assert alice.events["all"][-1]["status"] == "paused"
            assert attending.LEADERLESS.total_seconds() - 5 < time.monotonic() - gone < allowed + 5
            refused = await alice.say("alice: hello?")
            await alice.until(lambda: any(error.get("client_id") == refused for error in alice.errors))
            assert alice.errors[-1]["code"] == "not-open"
            alice.pending.clear()
            mira = Visitor(scene, "mira", clubs[:1], is_staff=True)
            async with visiting([mira]):
                await mira.do("open", is_kept=False)
                await alice.until(lambda: alice.events["all"][-1].get("status") == "open", 5)
                sent |= await talk([alice, charlie, mira], 3, lambda _number: asyncio.sleep(0.1))
                # She was away, and has all of it now; the first moderator has the beginning.
                momo.is_shown_out = True
                await audit(env, scene, [alice, charlie, mira, momo], sent, SECRET)
    finally:
        work.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            work.wait(10)
        stop_all(clubs)
