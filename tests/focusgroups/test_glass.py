"""The glass: a participant's sockets, pages and API answers over a whole group are the same with observers and without."""

import asyncio
import json
import re
import uuid
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from focusgroups import moderating, pseudonyms, rooms, seating
from focusgroups.models import Group, Item, Seat, Study
from live import threads
from members.models import Member
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


def lay_group(moderator, alice, charlie, observers=()):
    group = Group.objects.create(study=Study.objects.create(title="Stock"), title="Stock")
    for place, (kind, fields) in enumerate([("question", {}), ("question", {"is_masked": True}), ("poll", {"options": "A\nB"})]):
        Item.objects.create(group=group, sort_order=place, kind=kind, text=f"Item {place}", **fields)
    seating.invite(group, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    # Before the participants, so that whatever counts seats would show it.
    for place, member in enumerate(observers):
        seating.invite(group, member=member, role=Seat.Role.OBSERVER, pseudonym=("Glass", "Pane")[place], is_told=False)
    for member, name in ((alice, "Maple"), (charlie, "Cedar")):
        seating.consent(seating.invite(group, member=member, pseudonym=name, is_told=False))
    return group


async def say(socket, kind, **fields):
    mine = str(uuid.uuid4())
    await socket.send({"type": kind, "client_id": mine, **fields})
    async with asyncio.timeout(30):
        while True:
            frame = await socket.hear()
            if isinstance(frame, dict) and frame.get("client_id") == mine and frame["type"] in ("ack", "error"):
                return


def pages(group, member):
    """What each address shows, and what it asked the database: what a stopwatch could tell, without the machine's moods."""
    client = Client()
    client.force_login(member)
    client.get("/groups/")
    made, asked = [], []
    own = ("", "transcript/", "transcript.txt", "transcript.json", "transcript.csv", "transcript.vtt")
    for address in (
        *(f"/groups/{group.pk}/{each}" for each in own),
        "/groups/",
        f"/api/v1/groups/{group.pk}/events",
        f"/groups/{group.pk}/frames/",
    ):
        with CaptureQueriesContext(connection) as queries:
            made.append(client.get(address, follow=True).content.decode())
        asked.append([blank(re.sub(r"'[^']*'", "?", query["sql"])) for query in queries.captured_queries])
    return made, asked


async def hold(group, alice, charlie, moderator, watching):
    """One whole group, the same each time. Returns all that Alice was sent and shown."""
    items = await threads.read(lambda: list(group.items.values_list("pk", flat=True)))
    glasses = [await knock(member, f"/ws/groups/{group.pk}/") for member in watching]
    leader = await knock(moderator, f"/ws/groups/{group.pk}/")
    other, ear = await knock(charlie, f"/ws/groups/{group.pk}/"), await knock(alice, f"/ws/groups/{group.pk}/")
    for socket in (*glasses, leader, other, ear):
        await socket.until("hello")
    await say(leader, "open")
    for glass in glasses:
        await say(glass, "say", body="They look nervous")
        await glass.send({"type": "typing"})
        await say(glass, "react", target=1, emoji="👍")
    for item, kind, fields in zip(
        items, ("answer", "answer", "vote"), ({"body": "Mine"}, {"body": "Secret"}, {"choices": [0]}), strict=True
    ):
        await say(leader, "pose", item=item)
        for socket in (ear, other):
            await say(socket, kind, item=item, **fields)
        for glass in glasses:
            await say(glass, "say", body="Ask about money")
    await say(leader, "say", to="staff", body="Thank you, back room")
    await say(leader, "reveal", item=items[1])
    if glasses:
        seat = await threads.read(lambda: group.seats.filter(role=Seat.Role.OBSERVER).first().pk)
        await say(leader, "remove", seat=seat)
    await say(leader, "close")
    while not await ear.is_quiet(0.4):
        await ear.hear()
    await ear.send({"type": "ping"})
    await ear.until("pong")
    shown = await threads.read(pages, group, alice)
    for socket in (ear, other, leader, *glasses):
        await socket.leave()
    return list(ear.raw), shown


def steady(frames):
    return [frame for frame in frames if not frame.startswith('{"type":"presence"')]


def is_of(label, frame):
    """An event of the stream; one's own acknowledgements come when they come."""
    return "seq" in frame and frame.get("stream") == label and frame["type"] != "ack"


def blank(text):
    """Without what differs between any two groups: moments, ids, hashes, tokens."""
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+\d\d:\d\d|Z)?", "T", text)
    text = re.sub(r"\d\d:\d\d(:\d\d(\.\d+)?)?", "T", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,64}|[A-Za-z0-9]{64}", "H", text)
    # Who has come in by now depends on how fast the machine is.
    text = re.sub(r"\"is_here\":(true|false)", "", text)
    return re.sub(r"\d+", "N", text)


async def test_what_a_participant_is_sent_and_shown_is_the_same_with_observers_and_without(alice, charlie, moderator, observer, researcher):
    group = await threads.write(lay_group, moderator, alice, charlie)
    unwatched, (pages_unwatched, asked_unwatched) = await hold(group, alice, charlie, moderator, [])
    glazed = await threads.write(lay_group, moderator, alice, charlie, [observer, researcher])
    watched, (pages_watched, asked_watched) = await hold(glazed, alice, charlie, moderator, [observer, researcher])

    # Kinds, numbers and heads: without a hole, and as high.
    events, plain = ([json.loads(frame) for frame in each] for each in (watched, unwatched))
    for label in ("all", "me"):
        for name in ("type", "seq"):
            own = [[frame[name] for frame in each if is_of(label, frame)] for each in (events, plain)]
            assert own[0] == own[1]
    assert [frame["heads"] for frame in events if frame["type"] == "pong"] == [frame["heads"] for frame in plain if frame["type"] == "pong"]
    hues = [[seat["hue"] for seat in each[0]["room"]["seats"]] for each in (events, plain)]
    assert hues[0] == hues[1]
    # Who comes in when depends on how fast the machine is; only that nobody but these comes in does not.
    assert {frame["name"] for frame in events if frame["type"] == "presence" and "name" in frame} <= {"Maple", "Cedar", moderator.name}
    assert sorted(map(blank, steady(watched))) == sorted(map(blank, steady(unwatched)))
    for shown, plain in zip(pages_watched[:6] + pages_watched[7:], pages_unwatched[:6] + pages_unwatched[7:], strict=True):
        assert blank(shown) == blank(plain)
    # The list of one's groups is longer by the first of the two.
    assert asked_watched[:6] + asked_watched[7:] == asked_unwatched[:6] + asked_unwatched[7:]
    everything = "".join(watched + pages_watched)
    for word in ("Glass", "Pane", "nervous", "money", "back room,", "observer", "Olga", "Rui"):
        assert word not in everything.replace("the research team and its observers", "").replace("its observers", ""), word


async def test_moderating_has_no_second_way_to_the_staffs_stream(alice, charlie, moderator, observer):
    group = await threads.write(lay_group, moderator, alice, charlie)
    ear = await knock(alice, f"/ws/groups/{group.pk}/?after=staff:0,all:0,moderators:0")
    hello = await ear.until("hello")
    assert set(hello["heads"]) == {"all", "me"}
    assert "section" not in hello["room"]
    assert "is_locked" not in hello["room"]
    topics = await knock(alice, "/ws/live/")
    for topic in (f"group:{group.pk}:staff", f"group:{group.pk}:all", f"group:{group.pk}:moderators"):
        await topics.send({"type": "subscribe", "topic": topic})
        assert (await topics.until("error"))["code"] == "no-such-topic"
    assert moderating.POSABLE


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_seat_numbers_and_names_tell_nothing_of_who_sits_behind_the_glass(moderator, observer, researcher, language):
    group = Group.objects.create(study=Study.objects.create(title="Stock"), title="Stock", language=language)
    watching = [seating.invite(group, member=member, role=Seat.Role.OBSERVER, is_told=False) for member in (observer, researcher)]
    guests = [Member.objects.create_user(f"guest{place}@example.com", None, name=f"Guest {place}") for place in range(25)]
    seats = [seating.invite(group, member=guest, is_told=False) for guest in guests]
    # As many names as without observers before the first is used twice, and none of the list is missing.
    names = pseudonyms.CHINESE if language == "zh-hans" else pseudonyms.ENGLISH
    assert {seat.pseudonym for seat in seats[:-1]} == set(names)
    assert seats[-1].pseudonym == f"{names[0]} 2"
    assert not {seat.pseudonym for seat in watching} & {seat.pseudonym for seat in seats}
    # Neither a row of numbers with gaps nor one that rises: a number is drawn, and safe for any browser.
    numbers = [seat.pk for seat in seats]
    assert numbers != sorted(numbers)
    assert all(10**11 <= number < 10**12 for number in numbers)
    assert min(abs(after - before) for before, after in pairwise(sorted(numbers))) > 100


def test_the_people_of_a_room_stand_in_the_order_of_their_names(alice, charlie, moderator, observer):
    group = lay_group(moderator, alice, charlie, [observer])
    names = [person["name"] for person in rooms.people(group.seats.get(member=alice))]
    assert names == sorted(["Maple", "Cedar", moderator.name])
