"""What many say in one moment: written in one go, and yet as if each had come alone."""

import asyncio
import json
import time
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from focusgroups import discussing, moderating, proofs, rooms, seating
from focusgroups.discussing import Saying
from focusgroups.models import Group, Seat
from focusgroups.refusals import NoSuchGroup, NotAdmitted, Refused
from live import committing, streams
from live.models import Event, Stream
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.points.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@transaction.atomic
def say_all(sayings):
    return discussing.say_all(sayings)


def said(group_id):
    rows = Event.objects.filter(stream__name__startswith=f"group:{group_id}:", kind="message").order_by("id")
    return [(name.rpartition(":")[2], seq, body["body"]) for name, seq, body in rows.values_list("stream__name", "seq", "body")]


def test_it_is_numbered_chained_and_kept_in_the_order_in_which_it_came(open_group, alice, charlie, moderator, seats, observer):
    speakers = [alice, charlie, moderator, observer]
    words = [Saying(open_group.pk, member, uuid.uuid4(), f'{place} 字 \\ "{{') for place, member in enumerate(speakers * 6)]
    written = say_all(words)
    assert [each.seq for each in written if each.stream == "all"] == list(range(4, 22))
    assert [each.stream for each in written] == ["all", "all", "all", "staff"] * 6
    assert [body for _stream, _seq, body in said(open_group.pk)] == [each.body for each in words]
    assert all(proof.is_whole for proof in proofs.of(open_group.pk))
    assert {proof.stream.rpartition(":")[2]: proof.count for proof in proofs.of(open_group.pk)}["all"] == 21
    kept = Event.objects.filter(client_id__in=[each.client_id for each in words]).order_by("id").select_related("author")
    assert [(event.author, event.client_id) for event in kept] == [(each.member, each.client_id) for each in words]
    assert discussing.say(open_group.pk, member=alice, client_id=uuid.uuid4(), body="After").seq == 22


def test_it_takes_as_many_statements_as_one_message(open_group, alice, charlie, moderator):
    def statements(number):
        words = [Saying(open_group.pk, [alice, charlie, moderator][place % 3], uuid.uuid4(), str(place)) for place in range(number)]
        with CaptureQueriesContext(connection) as asked:
            say_all(words)
        return len(asked)

    assert statements(64) == statements(1)


@pytest.fixture
def rooms_beside(open_group, alice, charlie, moderator):
    """Two more open rooms of the study: Alice and Charlie sit in the one, Charlie alone in the other; the moderator leads both."""
    beside = []
    for guests in ((alice, charlie), (charlie,)):
        room = Group.objects.create(study=open_group.study, title="Beside")
        seating.invite(room, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
        for guest in guests:
            seating.consent(seating.invite(room, member=guest, is_told=False))
        moderating.change_status(room.pk, member=moderator, client_id=uuid.uuid4(), status=Group.Status.OPEN)
        beside.append(room)
    return beside


def test_what_is_said_in_many_rooms_is_written_in_one_go_and_each_room_has_its_own(open_group, rooms_beside, alice, charlie, moderator):
    first, second = rooms_beside
    spoken = [(second, charlie), (open_group, alice), (first, alice), (second, alice), (first, charlie), (open_group, moderator)]
    words = [Saying(room.pk, member, uuid.uuid4(), f"{place} in {room.pk}") for place, (room, member) in enumerate(spoken)]
    before = {room.pk: streams.heads([f"group:{room.pk}:all"])[f"group:{room.pk}:all"] for room in (open_group, first, second)}
    outcomes = say_all([*words, words[2]])
    assert isinstance(outcomes[3], NotAdmitted), "who has no seat in this room has one in that"
    assert outcomes[6] == outcomes[2]
    for room, places in ((open_group, (1, 5)), (first, (2, 4)), (second, (0,))):
        assert [body for _stream, _seq, body in said(room.pk)] == [words[place].body for place in places]
        assert [outcomes[place].seq for place in places] == [before[room.pk] + each for each in range(1, len(places) + 1)]
        assert all(proof.is_whole for proof in proofs.of(room.pk))


def test_many_rooms_take_as_many_statements_as_two(open_group, rooms_beside, charlie):
    def statements(*groups):
        with CaptureQueriesContext(connection) as asked:
            say_all([Saying(group.pk, charlie, uuid.uuid4(), "Hello") for group in groups])
        return len(asked)

    assert statements(open_group, *rooms_beside) == statements(open_group, rooms_beside[0])
    # One more than in one room: how far its stream is can be asked while it is written, and that of several is asked beforehand.
    assert statements(open_group, *rooms_beside) <= statements(open_group) + 2


def test_a_client_id_of_one_room_is_another_in_the_next(open_group, rooms_beside, alice):
    mine = uuid.uuid4()
    here, there = say_all([Saying(room.pk, alice, mine, "The same words") for room in (open_group, rooms_beside[0])])
    assert [len(said(room.pk)) for room in (open_group, rooms_beside[0])] == [1, 1]
    assert say_all([Saying(room.pk, alice, mine, "The same words") for room in (open_group, rooms_beside[0])]) == [here, there]


def test_writers_who_come_by_the_same_rooms_in_other_orders_hold_each_other_up_and_nothing_more(
    open_group, rooms_beside, charlie, moderator
):
    """Processes on PostgreSQL, threads on SQLite: each takes three rooms at once, from its own end."""
    rooms = [open_group, *rooms_beside]

    def work(place):
        order = rooms if place % 2 else rooms[::-1]
        words = [Saying(room.pk, (charlie, moderator)[place % 2], uuid.uuid4(), str(place)) for room in order]
        return lambda: [type(outcome).__name__ for outcome in say_all(words)]

    places = range(40)
    assert at_once([work(place) for place in places], writers=4) == [["Written"] * 3] * len(places)
    for room in rooms:
        assert sorted(int(body) for _stream, _seq, body in said(room.pk)) == list(places)
        assert all(proof.is_whole for proof in proofs.of(room.pk))


def test_what_was_said_before_is_answered_as_before_also_within_one_go(open_group, alice, charlie, moderator):
    mine, twice = uuid.uuid4(), uuid.uuid4()
    before = discussing.say(open_group.pk, member=alice, client_id=mine, body="Once")
    words = [(alice, mine, "Once"), (charlie, twice, "Both"), (charlie, twice, "Both"), (moderator, mine, "Another’s")]
    again, first, second, same_id = say_all([Saying(open_group.pk, *each) for each in words])
    assert again == before
    assert first == second
    assert same_id.seq == first.seq + 1
    assert [body for _stream, _seq, body in said(open_group.pk)] == ["Once", "Both", "Another’s"]


def test_the_muted_the_removed_and_the_stranger_are_turned_away_alone(open_group, seats, alice, charlie, moderator, bob):
    moderating.mute(open_group.pk, member=moderator, client_id=uuid.uuid4(), seat=seats["alice"].pk, is_muted=True)
    moderating.remove(open_group.pk, member=moderator, client_id=uuid.uuid4(), seat=seats["charlie"].pk)
    outcomes = say_all([Saying(open_group.pk, each, uuid.uuid4(), each.name) for each in (alice, charlie, bob, moderator)])
    assert isinstance(outcomes[0], Refused)
    assert outcomes[0].code == "muted"
    assert isinstance(outcomes[1], NotAdmitted)
    assert isinstance(outcomes[2], NotAdmitted)
    assert outcomes[3].stream == "all"
    assert [body for _stream, _seq, body in said(open_group.pk)] == [moderator.name]
    assert all(proof.is_whole for proof in proofs.of(open_group.pk))


def test_a_room_that_is_not_there_is_there_for_nobody(alice, charlie):
    outcomes = say_all([Saying(999_999, each, uuid.uuid4(), "Hello") for each in (alice, charlie)])
    assert [type(each) for each in outcomes] == [NoSuchGroup, NoSuchGroup]
    assert not Stream.objects.filter(name__startswith="group:999999:").exists()


def test_words_to_the_moderators_alone_reach_the_staff_as_well(open_group, seats, alice, charlie):
    written = say_all([Saying(open_group.pk, each, uuid.uuid4(), each.name, to="me") for each in (alice, charlie)])
    assert [(each.stream, each.seq) for each in written] == [("me", 1), ("me", 1)]
    kept = said(open_group.pk)
    assert [body for stream, _seq, body in kept if stream == "staff"] == [alice.name, charlie.name]
    assert [(stream, body) for stream, _seq, body in kept if stream == str(alice.pk)] == [(str(alice.pk), alice.name)]


async def test_sockets_that_speak_at_once_are_each_answered_and_the_room_hears_all_of_it(open_group, alice, charlie, moderator):
    speakers = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    # The writer has something to do while they line up.
    busy = asyncio.create_task(committing.write(lambda: time.sleep(0.5)))
    acks = await asyncio.gather(*(do(speaker, "say", body="All at once") for speaker in speakers))
    await busy
    assert sorted(ack["seq"] for ack in acks) == [4, 5, 6]
    for socket in speakers:
        await drain(socket)
        frames = [json.loads(text) for text in socket.raw]
        assert [frame["seq"] for frame in frames if frame["type"] == "message"] == [4, 5, 6]


def test_who_sits_in_a_room_is_listed_once_until_something_happens_and_then_only_the_new_list_is_kept(open_group, seats, alice):
    seat = rooms.seat_of(open_group.pk, alice)
    before = rooms.people(seat)
    assert rooms.people(seat) is before
    say_all([Saying(open_group.pk, alice, uuid.uuid4(), "Something")])
    after = rooms.people(seat)
    assert after is not before
    kept = [each[-1] for each in rooms._kept.values()]
    assert any(each is after for each in kept)
    assert not any(each is before for each in kept)
