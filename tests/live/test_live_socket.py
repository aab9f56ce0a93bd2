import asyncio
import time

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction

from community import erasing, routing
from live import epochs, hints, hub, lines, sockets, streams, threads, visitors
from members.sessions import SessionStore
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


async def write(stream, text="hello", times=1):
    def deed():
        for number in range(times):
            with transaction.atomic():
                streams.append(stream, "note", {"text": f"{text} {number}"})

    await threads.write(deed)


@pytest.fixture(autouse=True)
def gates(monkeypatch):
    """Threads with an even number are open to everybody, others to nobody, until `closed` says so."""
    closed = set()
    gate = lambda member, key: f"thread:{key}" if key.isdigit() and int(key) % 2 == 0 and key not in closed else None  # noqa: E731
    monkeypatch.setitem(routing.gates, "thread", gate)
    return closed


async def test_a_follower_hears_what_is_written_and_nobody_else_does(alice, bob):
    first, second = await knock(alice, "/ws/live/"), await knock(bob, "/ws/live/")
    await first.send({"type": "subscribe", "topic": "thread:2"})
    assert (await first.until("subscribed"))["head"] == 0
    await write("thread:2")
    news = await first.until("note")
    assert (news["topic"], news["seq"], news["text"]) == ("thread:2", 1, "hello 0")
    await second.until("hello")
    assert await second.is_quiet()


async def test_a_page_that_was_away_resumes_behind_the_last_number_it_saw(alice):
    await write("thread:2", times=5)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 3})
    assert [(await socket.until("note"))["seq"] for _time in range(2)] == [4, 5]
    assert await socket.is_quiet()


async def test_a_number_beyond_the_stream_starts_again_and_says_so(alice):
    await write("thread:2", times=2)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 99})
    assert (await socket.until("subscribed"))["is_reset"]
    assert (await socket.until("note"))["seq"] == 1


async def test_an_outsider_is_told_what_everybody_is_told_of_what_does_not_exist(alice):
    socket = await knock(alice, "/ws/live/")
    for topic in ("thread:3", "thread:x", "nothing:1", "member:5", "member:", "", None, 7):
        await socket.send({"type": "subscribe", "topic": topic})
        assert (await socket.until("error"))["code"] == "no-such-topic"
    await write("thread:3")
    assert await socket.is_quiet()


async def test_what_the_club_tells_a_member_reaches_that_member_only(alice, bob):
    mine, other = await knock(alice, "/ws/live/"), await knock(bob, "/ws/live/")
    for socket in (mine, other):
        await socket.send({"type": "subscribe", "topic": "member:me"})
        await socket.until("subscribed")
    await write(f"member:{alice.pk}")
    assert (await mine.until("note"))["topic"] == "member:me"
    assert await other.is_quiet()


async def test_a_stranger_is_not_signed_in(db):
    assert await (await knock(None, "/ws/live/")).closes() == 4401


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", None, b"http://testserver:81", b"http://testserver.evil.example"])
async def test_a_foreign_page_gets_no_socket(alice, origin):
    with pytest.raises(PermissionError):
        await knock(alice, "/ws/live/", origin=origin)


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "7", '"hi"', "{}", '{"type":7}', '{"type":NaN}', '{"type":"\\ud800"}', "[" * 9000])
async def test_a_frame_that_is_no_json_object_leaves_the_socket_open(alice, nonsense):
    socket = await knock(alice, "/ws/live/")
    await socket.send(nonsense)
    assert (await socket.until("error"))["code"] == "not-json"
    await socket.send({"type": "ping"})
    assert (await socket.until("pong"))["heads"] == {}


async def test_a_frame_may_have_16_kibibytes_and_not_one_more(alice):
    socket = await knock(alice, "/ws/live/")
    fitting = '{"type":"ping","pad":"%s"}'
    fill = 16 * 1024 - len(fitting % "")
    await socket.send(fitting % ("x" * fill))
    await socket.until("pong")
    await socket.send(fitting % ("客" * (fill // 3) + "x" * (fill % 3 + 1)))
    assert await socket.closes() == 4413


async def test_a_flood_is_warned_and_then_ended(alice):
    socket = await knock(alice, "/ws/live/")
    for _time in range(200):
        await socket.send({"type": "ping"})
    warning = await socket.until("error")
    assert warning["code"] == "too-fast"
    assert warning["retry_after"] > 0
    assert await socket.closes() == 4429


async def test_whoever_says_much_at_once_is_still_heard_saying_how_far_they_have_seen(alice, monkeypatch):
    monkeypatch.setattr(sockets, "FRAMES_BURST", 1)
    monkeypatch.setattr(sockets, "FRAMES_PER_SECOND", 0.001)
    await write("thread:2", times=lines.WINDOW + 10)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 0})
    await socket.until("note", seq=lines.WINDOW)
    await socket.send({"type": "seen", "seq": {"thread:2": lines.WINDOW}})
    await socket.until("note", seq=lines.WINDOW + 10)
    assert "too-fast" not in "".join(socket.raw), "a page would tell its reader of it"
    for _time in range(30):
        await socket.send({"type": "seen", "seq": {"thread:2": lines.WINDOW}})
    assert await socket.closes() == 4429, "but not for ever"


async def test_who_flooded_opens_no_other_socket_for_a_while_and_others_do(alice, bob, monkeypatch):
    monkeypatch.setattr(hub, "TIRED_SECONDS", 1.0)
    socket = await knock(alice, "/ws/live/")
    for _time in range(200):
        await socket.send({"type": "ping"})
    assert await socket.closes() == 4429
    assert await (await knock(alice, "/ws/live/")).closes() == 4429
    await (await knock(bob, "/ws/live/")).until("hello")
    await asyncio.sleep(1.1)
    await (await knock(alice, "/ws/live/")).until("hello")


async def test_of_a_crowd_that_comes_at_once_not_each_is_told_of_each(monkeypatch):
    monkeypatch.setattr(hub, "CROWD_BURST", 100)
    here = hub.current()
    here.bells["group:1:all:bell"] = {lambda _frame, number=number: number for number in range(30)}
    here.bells["group:2:all:bell"] = {print}
    assert [here.is_crowded("group:1:all:bell") for _time in range(5)] == [False] * 3 + [True] * 2
    assert not here.is_crowded("group:2:all:bell")
    assert not here.is_crowded("group:3:all:bell")


async def test_a_silent_page_is_let_go(alice, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT_SECONDS", 0.5)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.1)
    assert await (await knock(alice, "/ws/live/")).closes() == 4408


async def test_a_page_that_a_busy_server_keeps_waiting_is_not_silent(alice, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT_SECONDS", 0.3)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.05)
    asked, opened = visitors.signed_in, epochs.current
    monkeypatch.setattr(visitors, "signed_in", lambda key: time.sleep(0.5) or asked(key))
    monkeypatch.setattr(epochs, "current", lambda: time.sleep(0.5) or opened())
    socket = await knock(alice, "/ws/live/")
    await socket.until("hello")
    # From here on it has the word again.
    assert await socket.closes() == 4408


async def test_silence_is_not_counted_while_the_server_stood_still(alice, monkeypatch):
    monkeypatch.setattr(lines, "HEARTBEAT_SECONDS", 0.5)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(hub, "DEAF_SECONDS", 0.3)
    socket = await knock(alice, "/ws/live/")
    await socket.until("hello")
    time.sleep(0.8)
    await socket.send({"type": "ping"})
    await socket.until("pong")
    assert await socket.closes() == 4408


async def test_a_session_that_ends_ends_its_sockets(alice, monkeypatch):
    monkeypatch.setattr(lines, "ASK_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.1)
    socket = await knock(alice, "/ws/live/")
    await socket.until("hello")
    await threads.write(Session.objects.all().delete)
    assert await socket.closes() == 4401


async def test_a_topic_that_is_closed_to_a_member_falls_silent(alice, gates, monkeypatch):
    monkeypatch.setattr(lines, "ASK_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.1)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2"})
    await socket.until("subscribed")
    gates.add("2")
    assert (await socket.until("unsubscribed"))["topic"] == "thread:2"
    await write("thread:2")
    assert await socket.is_quiet()


async def test_a_lost_hint_is_made_up_from_the_database(alice, monkeypatch):
    monkeypatch.setattr(hub.Hub, "hear", lambda self, name, seq, news=None: hear(self, name, seq) if news is None else None)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2"})
    await socket.until("subscribed")
    await write("thread:2", times=3)
    began = time.monotonic()
    assert [(await socket.until("note"))["seq"] for _time in range(3)] == [1, 2, 3]
    assert time.monotonic() - began < 2 * hub.TAIL_SECONDS


hear = hub.Hub.hear


async def test_hints_out_of_order_and_of_what_does_not_exist_do_no_harm(alice):
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2"})
    await socket.until("subscribed")
    hub.current().hear("thread:2", 40)
    hub.current().hear("thread:8", 2)
    await asyncio.sleep(0.1)
    await write("thread:2", times=3)
    assert [(await socket.until("note"))["seq"] for _time in range(3)] == [1, 2, 3]
    hub.current().hear("thread:2", 1)
    assert await socket.is_quiet()


async def test_a_reader_who_says_nothing_of_what_it_saw_gets_64_events_and_a_word(alice, monkeypatch):
    monkeypatch.setattr(lines, "LAG_SECONDS", 1.0)
    await write("thread:2", times=150)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 0})
    assert [(await socket.until("note"))["seq"] for _time in range(64)] == list(range(1, 65))
    assert (await socket.until("lag"))["heads"] == {"thread:2": 150}
    assert await socket.is_quiet()
    await socket.send({"type": "seen", "seq": {"thread:2": 60}})
    assert [(await socket.until("note"))["seq"] for _time in range(60)] == list(range(65, 125))
    assert await socket.closes() == 4008


async def test_a_reader_from_far_behind_is_given_all_of_it_in_order_from_the_database_and_then_from_memory(alice):
    """300 events: more than twice what a process remembers, and while it reads on more is written."""
    await write("thread:2", times=300)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 0})
    seen = []
    while len(seen) < 320:
        seen.append((await socket.until("note"))["seq"])
        if len(seen) == 100:
            await write("thread:2", "meanwhile", times=20)
        if len(seen) % 10 == 0:
            await socket.send({"type": "seen", "seq": {"thread:2": seen[-1]}})
    assert seen == list(range(1, 321))
    assert await socket.is_quiet()


async def test_a_client_ahead_of_this_process_is_sent_nothing_twice(alice, monkeypatch):
    """The process it lands on has heard of less than the client has: no hint has reached it, and it asks the database late."""
    monkeypatch.setattr(hub, "TAIL_SECONDS", 60)
    await write("thread:2", times=3)
    first = await knock(alice, "/ws/live/")
    await first.send({"type": "subscribe", "topic": "thread:2", "after": 3})
    await first.until("subscribed")
    hear = hub.Hub.hear
    monkeypatch.setattr(hub.Hub, "hear", lambda *_words: None)
    await write("thread:2", "elsewhere", times=4)
    ahead = await knock(alice, "/ws/live/")
    await ahead.send({"type": "subscribe", "topic": "thread:2", "after": 6})
    assert (await ahead.until("subscribed"))["is_reset"] is False
    monkeypatch.setattr(hub.Hub, "hear", hear)
    await write("thread:2", "at last", times=1)
    assert [(await ahead.until("note"))["seq"] for _time in range(2)] == [7, 8]
    assert [(await first.until("note"))["seq"] for _time in range(5)] == [4, 5, 6, 7, 8]


async def test_seeing_what_was_never_sent_opens_no_window(alice):
    await write("thread:2", times=80)
    socket = await knock(alice, "/ws/live/")
    await socket.send({"type": "subscribe", "topic": "thread:2", "after": 0})
    await socket.send({"type": "seen", "seq": {"thread:2": 10**9, "thread:4": 3, "x": "y"}})
    assert (await socket.until("lag"))["heads"] == {"thread:2": 80}


async def test_a_restart_tells_every_socket_to_come_back(alice, bob):
    sockets = [await knock(alice, "/ws/live/"), await knock(bob, "/ws/live/")]
    for socket in sockets:
        await socket.until("hello")
    await hub.close_all()
    assert [await socket.closes() for socket in sockets] == [1012, 1012]
    assert await (await knock(alice, "/ws/live/")).closes() == 1012


def end_their_session(member):
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(member.pk):
            SessionStore(session.session_key).delete()


def deactivate(member):
    member.is_active = False
    member.save(update_fields=["is_active"])


@pytest.mark.parametrize("deed", [end_their_session, deactivate, erasing.erase])
async def test_whoever_may_no_longer_be_here_is_out_at_once_and_nobody_else_is(alice, bob, deed):
    socket, other = await knock(alice, "/ws/live/"), await knock(bob, "/ws/live/")
    for each in (socket, other):
        await each.until("hello")
    await threads.write(deed, alice)
    # They would be asked after 25 seconds anyway.
    assert await socket.closes(timeout=5) == 4401
    await other.send({"type": "ping"})
    await other.until("pong")


async def test_what_another_process_hears_of_a_member_is_asked_here_too(alice, monkeypatch):
    socket = await knock(alice, "/ws/live/")
    await socket.until("hello")
    sent = []
    monkeypatch.setattr(hints, "publish", lambda *hint: sent.append(hint))
    monkeypatch.setattr(hub, "_hubs", {})
    await threads.write(deactivate, alice)
    monkeypatch.undo()
    name, seq, frame = sent[0]
    hub.current().hint(name, seq, {**frame, "from_process": "another"})
    assert await socket.closes(timeout=5) == 4401
