"""The glass: a participant's sockets, pages and API answers over a whole group are the same with observers and without."""

import asyncio
import json
import re
import time
import uuid
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from focusgroups import moderating, pseudonyms, rooms, seating
from focusgroups.models import Answer, Group, Item, Seat, Study
from live import hub, threads
from live.models import Stream
from members.models import Member
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


# The two groups that are compared have the same numbers, one after the other: no number needs to be blanked.
STUDY, GROUP, ITEMS = 7_000_001, 7_000_101, 7_000_201


def lay_group(moderator, alice, charlie, observers=(), *, number=0):
    study = Study.objects.create(pk=STUDY + number, title="Stock")
    group = Group.objects.create(pk=GROUP + number, study=study, title="Stock")
    lines = [("question", {}), ("question", {"is_masked": True}), ("poll", {"options": "A\nB"}), ("notes", {})]
    for place, (kind, fields) in enumerate(lines):
        Item.objects.create(pk=ITEMS + 10 * number + place, group=group, sort_order=place, kind=kind, text=f"Item {place}", **fields)
    seating.invite(group, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    # Before the participants, so that whatever counts seats would show it.
    for place, member in enumerate(observers):
        seating.invite(group, member=member, role=Seat.Role.OBSERVER, pseudonym=("Glass", "Pane")[place])
    for member, name in ((alice, "Maple"), (charlie, "Cedar")):
        seating.consent(seating.invite(group, member=member, pseudonym=name, is_told=False))
    return group


def clear(group):
    """As if the group had never been, so that the next may bear its numbers."""
    Answer.objects.filter(item__group=group).delete()
    Stream.objects.filter(name__startswith=f"group:{group.pk}:").delete()
    Group.objects.filter(pk=group.pk).update(current_item=None)
    group.items.all().delete()
    group.seats.all().delete()
    group.delete()
    group.study.delete()


async def say(socket, kind, **fields):
    mine = str(uuid.uuid4())
    await socket.send({"type": kind, "client_id": mine, **fields})
    async with asyncio.timeout(30):
        while True:
            frame = await socket.hear()
            if isinstance(frame, dict) and frame.get("client_id") == mine and frame["type"] in ("ack", "error"):
                return frame


def pages(group, member):
    """What each address shows, with headers, and what it asked the database: what a stopwatch could tell, without the machine's moods."""
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
        # Beside the room: what one was told and how much of it is unread, one's own and others' profiles, searches, the back office, files.
        "/notifications/",
        "/forum/search/?q=They+look",
        f"/members/{member.handle}/",
        "/points/",
        f"/groups/{group.pk}/people/",
        f"/groups/{group.pk}/results/",
        f"/groups/{group.pk}/coding/",
        f"/groups/studies/{group.study_id}/",
        f"/groups/studies/{group.study_id}/project.qdpx",
        f"/admin/snippets/focusgroups/group/edit/{group.pk}/",
        "/api/v1/members",
    ):
        # What is put together once for all is there, whoever comes first.
        client.get(address, follow=True)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, follow=True)
        assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in CHANCE)
        made.append(f"{address} {answer.status_code}\n{headers}\n{answer.content.decode()}")
        asked.append([query["sql"] for query in queries.captured_queries])
    return made, asked


# Told apart by the length of an answer's number, which the club counts; what is that long is compared itself.
CHANCE = ("Content-Length",)


async def enter(member, group):
    """In, and greeted: whoever comes next comes after it."""
    socket = await knock(member, f"/ws/groups/{group.pk}/")
    await socket.until("hello")
    return socket


async def hold(group, alice, charlie, moderator, watching):
    """One whole group, the same each time. Returns all that Alice was sent and shown."""
    items = await threads.read(lambda: list(group.items.values_list("pk", flat=True)))
    glasses = [await enter(member, group) for member in watching]
    leader, other, ear = [await enter(member, group) for member in (moderator, charlie, alice)]
    await say(leader, "open")
    for glass in glasses:
        behind = await say(glass, "say", body="They look nervous")
        await say(glass, "edit", target=behind["seq"], body="They look very nervous")
        await glass.send({"type": "typing"})
        await say(glass, "react", target=1, emoji="👍")
    given = ({"body": "Mine"}, {"body": "Secret"}, {"choices": [0]}, {"given": {"notes": ["A note"]}})
    for item, kind, fields in zip(items, ("answer", "answer", "vote", "answer"), given, strict=True):
        await say(leader, "pose", item=item)
        for socket in (ear, other):
            await say(socket, kind, item=item, **fields)
        for glass in glasses:
            await say(glass, "say", body="Ask about money")
    said = await say(ear, "say", body="I mean it")
    await say(ear, "edit", target=said["seq"], body="I meant it")
    await say(leader, "column", item=items[3], title="Ideas")
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
    known = await threads.read(named, group)
    for socket in (ear, other, leader, *glasses):
        await socket.leave()
    return [known(frame) for frame in ear.raw], ([known(page) for page in shown[0]], shown[1])


def named(group):
    """A function that puts a name in place of what is drawn by lot or told by a clock, and of nothing else. Every other digit stays."""
    seats = {str(pk): name for pk, name in group.seats.values_list("pk", "pseudonym")}
    # Answers are counted over the whole club: from the group's first on, so that a gap would be seen.
    first = min(Answer.objects.filter(item__group=group).values_list("pk", flat=True))
    drawn = [
        (r'(name="csrfmiddlewaretoken" value=|csrftoken=|"X-CSRFToken": ?)"?[A-Za-z0-9]{32,64}"?', r"\1CSRF"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r'"epoch": ?"[0-9a-f]{12}"', "EPOCH"),
        (r"head [0-9a-f]{64}", "HEAD"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+\d\d:\d\d|Z)?", "MOMENT"),
        (r"\d\d:\d\d(:\d\d(\.\d+)?)?", "CLOCK"),
    ]

    def name(text):
        for pattern, word in drawn:
            text = re.sub(pattern, word, text)
        text = re.sub(r"(?<!\d)\d{12}(?!\d)", lambda found: seats.get(found[0], found[0]), text)
        return re.sub(r'"answer": ?(\d+)', lambda found: f'"answer":+{int(found[1]) - first}', text)

    return name


def is_of_the_clock(frame):
    """Who is here, said every 25 seconds: how often depends on how fast the machine is. What it says does not."""
    return frame["type"] == "presence" and "here" in frame


def is_of(label, frame):
    return "seq" in frame and frame.get("stream") == label and frame["type"] != "ack"


def shape(sql):
    """A query without its values: the database counts its rows over the whole club."""
    return re.sub(r"(?<![\w\"])\d+(?![\w\"])", "N", re.sub(r"'[^']*'(::\w+)?", "?", sql))


async def test_what_a_participant_is_sent_and_shown_is_the_same_with_observers_and_without(
    alice, charlie, moderator, observer, researcher, settings
):
    # That somebody was seen is noted every few minutes, by the clock.
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    group = await threads.write(lay_group, moderator, alice, charlie)
    unwatched, (pages_unwatched, asked_unwatched) = await hold(group, alice, charlie, moderator, [])
    await threads.write(clear, group)
    glazed = await threads.write(lay_group, moderator, alice, charlie, [observer, researcher])
    watched, (pages_watched, asked_watched) = await hold(glazed, alice, charlie, moderator, [observer, researcher])

    both = [[frame for frame in map(json.loads, map(quoted, each)) if not is_of_the_clock(frame)] for each in (watched, unwatched)]
    # Each stream in its order, to the last digit: kinds, numbers, counts, names, colours, who is here.
    for label in ("all", "me"):
        own = [[frame for frame in each if is_of(label, frame)] for each in both]
        assert own[0] == own[1]
        assert [frame["seq"] for frame in own[0]] == list(range(1, len(own[0]) + 1))
    # What has no number, in its order too: greeting, presence, heads; and one's own acknowledgements.
    for is_ack in (True, False):
        rest = [
            [frame for frame in each if (frame["type"] == "ack") is is_ack and not any(is_of(label, frame) for label in ("all", "me"))]
            for each in both
        ]
        assert rest[0] == rest[1]
    # As many frames, each as long.
    assert sizes(watched) == sizes(unwatched)
    for frame in map(json.loads, map(quoted, watched)):
        if is_of_the_clock(frame):
            assert set(frame["here"]) <= {"Maple", "Cedar", moderator.name}
    # Every page, header and answer, to the last digit and character, and as long.
    for shown, plain in zip(pages_watched, pages_unwatched, strict=True):
        assert shown.splitlines() == plain.splitlines()
    # What a stopwatch would measure: as many queries, of the same shape, in the same order.
    for shown, each, other in zip(pages_watched, asked_watched, asked_unwatched, strict=True):
        if shown.startswith("/forum/"):
            # What boards there are is remembered for all, and asked anew by the clock.
            continue
        assert list(map(shape, each)) == list(map(shape, other)), shown.partition(" ")[0]
    everything = "".join(watched + pages_watched)
    for word in ("Glass", "Pane", "nervous", "money", "back room,", "observer", "Olga", "Rui"):
        assert word not in everything.replace("the research team and its observers", "").replace("its observers", ""), word


def quoted(frame):
    """A frame in which names stand for numbers, as JSON again."""
    frame = frame.replace("EPOCH", '"epoch":"E"')
    frame = re.sub(r'"answer":\+(\d+)', r'"answer":\1', frame)
    return re.sub(r"(?<=[:\[,])(?!true|false|null)([A-Z][\w ]*)(?=[,\]}])", r'"\1"', frame)


def sizes(frames):
    return sorted(len(frame) for frame in frames if not is_of_the_clock(json.loads(quoted(frame))))


async def test_how_long_the_room_takes_to_answer_tells_nothing_of_who_sits_behind_the_glass(
    alice, charlie, moderator, observer, researcher
):
    plain = await threads.write(lay_group, moderator, alice, charlie)
    glazed = await threads.write(partial(lay_group, moderator, alice, charlie, [observer, researcher], number=1))
    glasses = [await enter(member, glazed) for member in (observer, researcher)]
    rooms_of = {}
    for group in (plain, glazed):
        leader, ear = await enter(moderator, group), await enter(alice, group)
        await say(leader, "open")
        rooms_of[group] = ear
    pages_of = {group: f"/groups/{group.pk}/frames/" for group in (plain, glazed)}
    browser = Client()
    await threads.read(browser.force_login, alice)

    async def rounds(count):
        """By turns, so that the machine's moods fall on both: seconds from saying to acknowledgement, and of a page's answer."""
        took = {(group, way): [] for group in (plain, glazed) for way in ("socket", "page")}
        for number in range(count):
            for group in (plain, glazed) if number % 2 else (glazed, plain):
                began = time.perf_counter()
                await say(rooms_of[group], "say", body="Hello there")
                took[group, "socket"].append(time.perf_counter() - began)
                began = time.perf_counter()
                await threads.read(browser.get, pages_of[group])
                took[group, "page"].append(time.perf_counter() - began)
            for glass in glasses:
                await say(glass, "say", body="They hear nothing of us")
                await glass.send({"type": "seen", "seq": {"all": 10**6, "staff": 10**6}})
            for ear in rooms_of.values():
                await ear.send({"type": "seen", "seq": {"all": 10**6}})
            # As fast as people speak, not as fast as the room lets them.
            await asyncio.sleep(0.05)
        return took

    def tell_apart(took, way):
        """How often of two moments, one of each room, the watched one is the longer: one half where nobody can tell."""
        pairs = [(slow > fast) for slow in took[glazed, way] for fast in took[plain, way]]
        return sum(pairs) / len(pairs)

    # A machine that does other things may make one try odd; a difference that is there is there each time.
    for _try in range(3):
        took = await rounds(25)
        odds = {way: tell_apart(took, way) for way in ("socket", "page")}
        if all(0.25 <= each <= 0.75 for each in odds.values()):
            return
    raise AssertionError(odds)


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


async def test_in_a_crowd_too_who_comes_and_goes_is_told_as_often_as_without_observers(
    alice, charlie, moderator, observer, researcher, monkeypatch
):
    """Of a crowd nobody is told of each; from how many on, those behind the glass must not change."""
    monkeypatch.setattr(hub, "CROWD_BURST", 7)
    monkeypatch.setattr(hub, "CROWD_PER_SECOND", 1e-9)
    told = []
    for number, watching in ((0, []), (1, [observer, researcher])):
        group = await threads.write(partial(lay_group, moderator, alice, charlie, watching, number=number))
        glasses = [await enter(member, group) for member in watching]
        ear = await enter(alice, group)
        others = [await enter(charlie, group) for _device in range(3)]
        leader = await enter(moderator, group)
        while not await ear.is_quiet(0.3):
            await ear.hear()
        frames = [frame for frame in map(json.loads, ear.raw) if frame["type"] == "presence" and "is_here" in frame]
        told.append([frame["name"] for frame in frames])
        for socket in (*glasses, ear, *others, leader):
            await socket.leave()
    assert told[0] == told[1]
    assert 0 < len(told[0]) < 5, "it was a crowd"
