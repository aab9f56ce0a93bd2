import asyncio
import json
import time
import uuid

import pytest
from django.test import Client

from focusgroups import consumers, discussing
from focusgroups.models import Group
from live import hub, lines, threads
from live.models import Event
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


async def enter(member, group, after=""):
    socket = await knock(member, f"/ws/groups/{group.pk}/" + (f"?after={after}" if after else ""))
    socket.hello = await socket.until("hello")
    return socket


async def do(socket, kind, **fields):
    """Send a frame with a new client_id and wait for what it is answered."""
    mine = fields.pop("client_id", None) or str(uuid.uuid4())
    await socket.send({"type": kind, "client_id": mine, **fields})
    async with asyncio.timeout(30):
        while True:
            frame = await socket.hear()
            if isinstance(frame, int):
                return frame
            if frame["type"] in ("ack", "error") and frame.get("client_id") == mine:
                return frame


async def drain(socket, seconds=0.4):
    """All numbered events that come while nothing new has for a while."""
    events = []
    while not await socket.is_quiet(seconds):
        frame = await socket.hear()
        if isinstance(frame, dict) and "seq" in frame and frame["type"] != "ack":
            events.append(frame)
    return events


async def test_everybody_in_the_room_hears_what_is_said_and_its_sayer_hears_that_it_is_kept(open_group, alice, charlie, moderator):
    first, second, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    ack = await do(first, "say", body="It was a wild season.")
    assert (ack["type"], ack["stream"]) == ("ack", "all")
    for socket in (second, leader):
        heard = await socket.until("message")
        assert (heard["seq"], heard["body"], heard["name"]) == (ack["seq"], "It was a wild season.", "Maple")


async def test_hello_says_who_one_is_and_what_there_is(open_group, seats, alice, moderator):
    mine, theirs = (await enter(alice, open_group)).hello, (await enter(moderator, open_group)).hello
    assert mine["you"]["name"] == "Maple"
    assert mine["heads"] == {"all": 3, "me": 0}
    assert set(theirs["heads"]) == {"all", "staff", "me"}
    assert mine["epoch"] == open_group.epoch
    assert "guide" not in mine["room"]
    assert [line["kind"] for line in theirs["room"]["guide"]] == ["section", "question", "question", "poll", "probe"]
    assert "Alice Chen" in json.dumps(theirs)
    assert "Alice Chen" not in json.dumps(mine)


async def test_the_same_client_id_again_has_the_same_answer_also_on_another_socket(open_group, alice, new_id):
    mine = new_id()
    first = await enter(alice, open_group)
    ack = await do(first, "say", body="Once.", client_id=mine)
    assert await do(first, "say", body="Once.", client_id=mine) == ack
    await first.leave()
    again = await enter(alice, open_group)
    assert await do(again, "say", body="Once.", client_id=mine) == ack
    assert await threads.read(Event.objects.filter(kind="message").count) == 1


async def test_a_retry_is_answered_though_the_room_has_closed_meanwhile(open_group, alice, moderator, new_id):
    mine = new_id()
    socket, leader = await enter(alice, open_group), await enter(moderator, open_group)
    ack = await do(socket, "say", body="Just in time.", client_id=mine)
    await do(leader, "close")
    assert await do(socket, "say", body="Just in time.", client_id=mine) == ack
    assert (await do(socket, "say", body="Too late."))["code"] == "closed"


async def test_two_sockets_with_one_client_id_at_once_say_it_once(open_group, alice, new_id):
    mine = new_id()
    sockets = [await enter(alice, open_group) for _time in range(2)]
    acks = await asyncio.gather(*(do(socket, "say", body="Both.", client_id=mine) for socket in sockets))
    assert acks[0] == acks[1]
    assert await threads.read(Event.objects.filter(kind="message").count) == 1


async def test_the_frame_that_closes_a_group_sent_on_two_sockets_is_one_event(open_group, moderator, alice, new_id):
    mine, ear = new_id(), await enter(alice, open_group)
    one, other = [await enter(moderator, open_group) for _device in range(2)]
    assert await do(one, "close", client_id=mine) == await do(other, "close", client_id=mine)
    await ear.until("status", status="closed")
    assert await ear.is_quiet()


async def test_who_comes_back_hears_what_was_missed_in_order_and_once(open_group, alice, charlie):
    first, second = await enter(alice, open_group), await enter(charlie, open_group)
    await do(first, "say", body="0")
    cursor = (await second.until("message"))["seq"]
    await second.leave()
    for number in range(1, 6):
        await do(first, "say", body=str(number))
    back = await enter(charlie, open_group, after=f"all:{cursor}")
    assert [event["body"] for event in await drain(back)] == ["1", "2", "3", "4", "5"]
    plain = await enter(charlie, open_group, after=str(cursor + 4))
    assert [event["body"] for event in await drain(plain)] == ["5"]


async def test_nine_writers_at_once_leave_no_hole_and_lose_nothing(open_group, alice, charlie, moderator):
    sockets = [await enter(member, open_group) for member in (alice, charlie, moderator) for _time in range(3)]

    async def talk(socket, name):
        return [await do(socket, "say", body=f"{name} {number}") for number in range(6)]

    acks = [ack for each in await asyncio.gather(*(talk(socket, name) for name, socket in enumerate(sockets))) for ack in each]
    assert sorted(ack["seq"] for ack in acks) == list(range(4, 58))
    reader = await enter(alice, open_group, after="all:3")
    assert [event["seq"] for event in await drain(reader)] == list(range(4, 58))


async def test_a_whisper_reaches_one_ear_and_the_staff_and_leaves_no_hole(open_group, seats, alice, charlie, moderator, observer):
    ear, other, leader, glass = [await enter(member, open_group) for member in (alice, charlie, moderator, observer)]
    await do(leader, "say", body="Before")
    ack = await do(leader, "probe", seat=seats["alice"].pk, body="A secret question")
    assert ack["stream"] == "staff"
    assert (await ear.until("probe"))["stream"] == "me"
    assert (await glass.until("probe"))["stream"] == "staff"
    assert (await do(ear, "say", to="me", body="A secret answer"))["stream"] == "me"
    assert (await leader.until("message", body="A secret answer"))["is_private"]
    await do(leader, "say", body="After")
    events = await drain(other)
    assert [event["seq"] for event in events] == list(range(1, 6))
    assert "secret" not in "".join(other.raw)


async def test_the_back_room_is_not_there_for_participants_by_any_door(open_group, seats, alice, moderator, observer):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)
    before = await drain(ear)
    glass = await enter(observer, open_group)
    assert (await do(glass, "say", body="Ask about the price"))["stream"] == "staff"
    await glass.send({"type": "typing"})
    assert (await leader.until("message"))["body"] == "Ask about the price"
    assert (await do(glass, "say", to="all", body="Hello all"))["code"] == "not-yours"
    assert (await do(glass, "react", target=1, emoji="👍"))["code"] == "not-yours"
    assert (await do(ear, "say", to="staff", body="Anybody there?"))["code"] == "not-yours"
    await ear.send({"type": "ping"})
    assert set((await ear.until("pong"))["heads"]) == {"all", "me"}
    # Who is here is told anew now and then; nothing else may come.
    while not await ear.is_quiet():
        assert (await ear.hear())["type"] == "presence"
    assert len(before) == 3
    again = await enter(alice, open_group, after="all:0,staff:0")
    await drain(again)
    for raw in ("".join(ear.raw), "".join(again.raw)):
        assert "price" not in raw
        assert "Glass" not in raw
        assert "observer" not in raw
        assert "Olga" not in raw
    listing = await threads.read(_get, alice, f"/api/v1/groups/{open_group.pk}/events?after=all:0,staff:0")
    assert "price" not in json.dumps(listing)


def _get(member, address):
    client = Client()
    client.force_login(member)
    return client.get(address).json()


async def test_no_participant_or_observer_ever_receives_a_participants_name(open_group, seats, alice, charlie, observer, moderator):
    ear, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    await do(ear, "say", body="Hello")
    await do(leader, "probe", seat=seats["charlie"].pk, body="And you?")
    await do(leader, "mute", seat=seats["charlie"].pk)
    await ear.send({"type": "typing"})
    for socket in (ear, other, glass):
        await drain(socket)
        raw = "".join(socket.raw)
        for name in ("Alice", "Charlie", "alice@", "harbour", "pine"):
            assert name not in raw


async def test_masked_answers_stay_on_the_server_until_one_has_answered(open_group, masked, alice, charlie, moderator):
    first, second, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    await do(leader, "pose", item=masked.pk)
    assert (await second.until("item"))["is_masked"]
    assert (await do(first, "answer", item=masked.pk, body="Ninety a month"))["stream"] == "me"
    assert (await leader.until("answer"))["body"] == "Ninety a month"
    await drain(second)
    assert "Ninety" not in "".join(second.raw)
    await do(second, "answer", item=masked.pk, body="Nothing at all")
    await drain(second)
    assert "Ninety a month" in "".join(second.raw)
    assert (await first.until("answer", body="Nothing at all"))["stream"] == "me"


async def test_revealing_shows_everybody_all_answers(open_group, masked, alice, charlie, moderator):
    first, second, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    await do(leader, "pose", item=masked.pk)
    await do(first, "answer", item=masked.pk, body="Ninety a month")
    await do(leader, "reveal", item=masked.pk)
    assert [answer["body"] for answer in (await second.until("reveal"))["answers"]] == ["Ninety a month"]
    await do(second, "answer", item=masked.pk, body="Now I know")
    assert (await first.until("answer", body="Now I know"))["stream"] == "all"


async def test_a_poll_counts_each_voter_once_and_tells_the_room_no_names(open_group, poll, alice, charlie, moderator):
    first, second, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    assert (await do(first, "vote", item=poll.pk, choices=[0]))["code"] == "no-such-item"
    await do(leader, "pose", item=poll.pk)
    for wrong in ([], [3], [-1], [0, 1, 2], ["0"], [0.5], [True]):
        assert (await do(first, "vote", item=poll.pk, choices=wrong))["type"] == "error"
    await do(first, "vote", item=poll.pk, choices=[0])
    await do(first, "vote", item=poll.pk, choices=[1, 2])
    await do(second, "vote", item=poll.pk, choices=1)
    counts = [event for event in await drain(leader) if event["type"] == "poll"][-1]
    assert (counts["counts"], counts["voters"]) == ([0, 2, 1], 2)
    assert not [event for event in await drain(second) if event["type"] == "vote" and event["name"] == "Maple"]


async def test_two_moderators_who_press_at_once_ask_one_thing(open_group, moderator):
    one, other = [await enter(moderator, open_group) for _device in range(2)]
    items = [line["item"] for line in one.hello["room"]["guide"] if line["kind"] not in ("section", "probe")]
    assert (await do(one, "next", item=items[0]))["type"] == "ack"
    assert (await do(other, "next", item=items[0]))["code"] == "asked-already"
    assert (await do(other, "next", item=items[1]))["type"] == "ack"


async def test_the_guide_goes_on_with_one_key_and_ends(open_group, moderator, alice):
    leader, ear = await enter(moderator, open_group), await enter(alice, open_group)
    for _time in range(3):
        assert (await do(leader, "next"))["type"] == "ack"
    assert (await do(leader, "next"))["code"] == "guide-ended"
    assert [event["text"][:4] for event in await drain(ear) if event["type"] == "item"] == ["How ", "What", "What"]
    assert "Let everybody speak" not in "".join(ear.raw)
    assert (await do(leader, "pose", body="And what about returns?"))["type"] == "ack"
    assert (await ear.until("item"))["text"] == "And what about returns?"


@pytest.mark.parametrize("kind", ["open", "next", "pose", "probe", "reveal", "mute", "remove", "spotlight", "pause", "close"])
async def test_only_a_moderator_moderates(open_group, seats, masked, alice, observer, kind):
    fields = {"item": masked.pk, "seat": seats["charlie"].pk, "body": "x", "target": 1}
    for member in (alice, observer):
        assert (await do(await enter(member, open_group), kind, **fields))["code"] == "not-yours"


async def test_whoever_is_removed_is_out_at_once_and_stays_out(open_group, seats, alice, moderator):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)
    await do(leader, "remove", seat=seats["alice"].pk)
    assert await ear.closes(1) == 4403
    assert await (await knock(alice, f"/ws/groups/{open_group.pk}/")).closes() == 4403
    assert (await do(leader, "remove", seat=seats["momo"].pk))["code"] == "yourself"


async def test_the_gate_is_asked_on_every_frame(open_group, seats, alice):
    ear = await enter(alice, open_group)
    await threads.write(lambda: type(seats["alice"]).objects.filter(pk=seats["alice"].pk).delete())
    assert await do(ear, "say", body="Still here?") == 4403


async def test_muted_paused_and_not_yet_open_are_errors_and_no_more(group, seats, alice, moderator):
    ear, leader = await enter(alice, group), await enter(moderator, group)
    assert (await do(ear, "say", body="Too early"))["code"] == "not-open"
    await do(leader, "open")
    assert (await do(ear, "say", body="Now"))["type"] == "ack"
    await do(leader, "mute", seat=seats["alice"].pk)
    assert (await do(ear, "say", body="Mm"))["code"] == "muted"
    await do(leader, "mute", seat=seats["alice"].pk, is_muted=False)
    await do(leader, "pause")
    assert (await do(ear, "say", body="Hm"))["code"] == "not-open"
    assert '"status":"paused"' in "".join(ear.raw)


async def test_who_may_not_come_in_learns_why_by_the_code(open_group, bob, seats, mei):
    assert await (await knock(None, f"/ws/groups/{open_group.pk}/")).closes() == 4401
    assert await (await knock(bob, f"/ws/groups/{open_group.pk}/")).closes() == 4403
    assert await (await knock(bob, "/ws/groups/999999/")).closes() == 4404
    from focusgroups import seating

    await threads.write(lambda: seating.invite(open_group, member=mei))
    socket = await knock(mei, f"/ws/groups/{open_group.pk}/")
    assert (await socket.until("error"))["code"] == "consent-needed"
    assert await socket.closes() == 4403


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", None])
async def test_a_foreign_page_cannot_enter(open_group, alice, origin):
    with pytest.raises(PermissionError):
        await knock(alice, f"/ws/groups/{open_group.pk}/", origin=origin)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", "not-json"),
        ({"type": "dance", "client_id": str(uuid.uuid4())}, "no-such-type"),
        ({"type": "say", "body": "No id"}, "no-client-id"),
        ({"type": "say", "client_id": "7", "body": "Bad id"}, "bad-client-id"),
        ({"type": "say", "client_id": ["x"], "body": "Bad id"}, "bad-client-id"),
        ({"type": "say", "client_id": str(uuid.uuid4())}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": "   "}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": ["a"]}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": "nul \0"}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": "x" * 4001}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": "x", "reply_to": 10**30}, "invalid"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": "x", "to": "everybody"}, "invalid"),
        ({"type": "react", "client_id": str(uuid.uuid4()), "target": 1, "emoji": "<b>"}, "invalid"),
    ],
)
async def test_a_bad_frame_is_an_error_and_the_socket_stays_open(open_group, alice, frame, code):
    socket = await enter(alice, open_group)
    await socket.send(frame)
    assert (await socket.until("error"))["code"] == code
    assert (await do(socket, "say", body="Still here 中文 😀"))["type"] == "ack"
    assert await threads.read(Event.objects.filter(kind="message").count) == 1


async def test_16_kibibytes_and_one_byte_end_the_socket(open_group, alice):
    socket = await enter(alice, open_group)
    await socket.send(json.dumps({"type": "say", "body": ""}).replace('""', '"%s"' % ("x" * 16 * 1024)))
    assert await socket.closes() == 4413


async def test_presence_and_typing_come_and_go(open_group, seats, alice, charlie, monkeypatch):
    monkeypatch.setattr(consumers, "GRACE_SECONDS", 0.1)
    first = await enter(alice, open_group)
    second = await enter(charlie, open_group)
    assert (await first.until("presence", is_here=True, name="Cedar"))["seat"] == seats["charlie"].pk
    assert [each["is_here"] for each in second.hello["room"]["seats"] if each["name"] == "Maple"] == [True]
    await second.send({"type": "typing"})
    assert (await first.until("typing"))["name"] == "Cedar"
    await second.leave()
    assert (await first.until("presence", is_here=False))["name"] == "Cedar"


async def test_a_lost_announcement_is_made_up_within_two_seconds(open_group, alice, charlie, monkeypatch):
    last = 6
    monkeypatch.setattr(hub.Hub, "hear", lambda self, name, seq, news=None: None if news and seq == last else hear(self, name, seq, news))
    # Nor may Redis, where there is one, say what this process lost.
    monkeypatch.setattr(hub.Hub, "hint", lambda *_words: None)
    first, second = await enter(alice, open_group, after="all:3"), await enter(charlie, open_group, after="all:3")
    for body in ("One", "two"):
        await do(first, "say", body=body)
        assert (await second.until("message"))["body"] == body
    assert (await do(first, "say", body="and into the void"))["seq"] == last
    began = time.monotonic()
    assert (await second.until("message"))["body"] == "and into the void"
    # The database is asked every tail; the second one is for the asking itself.
    assert time.monotonic() - began < 2 * hub.TAIL_SECONDS


hear = hub.Hub.hear


async def test_a_stuck_reader_is_told_and_then_let_go(open_group, alice, charlie, monkeypatch):
    monkeypatch.setattr(lines, "LAG_SECONDS", 0.5)
    stuck = await enter(charlie, open_group, after="all:3")

    def flood():
        for number in range(80):
            discussing.say(open_group.pk, member=alice, client_id=uuid.uuid4(), body=str(number))

    await threads.write(flood)
    assert (await stuck.until("lag"))["heads"]["all"] >= 64
    assert await stuck.closes() == 4008


async def test_a_restart_closes_the_room_with_1012(open_group, alice):
    socket = await enter(alice, open_group)
    await hub.close_all()
    assert await socket.closes() == 1012


async def test_the_list_over_http_says_the_same_in_the_same_words(open_group, masked, alice, moderator, charlie):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)
    await do(leader, "pose", item=masked.pk)
    await do(ear, "say", body="Hello", to="me")
    await do(ear, "answer", item=masked.pk, body="Ninety")
    heard = [json.loads(text) for text in ear.raw] + await drain(ear)
    heard = [frame for frame in heard if "seq" in frame and frame["type"] != "ack"]
    listing = await threads.read(_get, alice, f"/api/v1/groups/{open_group.pk}/events")
    assert sorted(listing["items"], key=str) == sorted({json.dumps(each): each for each in heard}.values(), key=str)
    for label in ("all", "me"):
        assert [e["seq"] for e in listing["items"] if e["stream"] == label] == [e["seq"] for e in heard if e["stream"] == label][
            : listing["heads"][label]
        ]
    assert listing["next"] is None
    behind = await threads.read(_get, alice, f"/api/v1/groups/{open_group.pk}/events?after=all:3,me:1")
    assert [(event["stream"], event["seq"]) for event in behind["items"]] == [("all", 4), ("me", 2)]


def test_the_list_over_http_is_for_those_in_the_room(client, open_group, bob, alice):
    address = f"/api/v1/groups/{open_group.pk}/events"
    assert client.get(address).status_code == 401
    client.force_login(bob)
    assert client.get(address).status_code == 404
    assert client.get("/api/v1/groups/999999/events").status_code == 404
    client.force_login(alice)
    assert client.get(f"{address}?after=nonsense").status_code == 200
    Group.objects.filter(pk=open_group.pk).update(status=Group.Status.PAUSED)
    assert client.get(address).status_code == 200
