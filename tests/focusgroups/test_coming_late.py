"""Whoever comes late, or comes back after long, finds the room as it stands: what events say together is what the greeting says."""

import datetime
import json
import uuid

import pytest
from django.utils import timezone

from community import recurring
from focusgroups import attending, discussing, moderating, rooms
from focusgroups.models import Group, Lease, Seat
from live import hub, threads
from live.models import Event
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.focusgroups.test_without_socket import Page

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(hello):
    """What a greeting says of the room and of oneself, less what nobody is told by an event: who is connected just now."""
    room = {name: value for name, value in hello["room"].items() if name != "guide"}
    room["seats"] = sorted(({**seat, "is_here": None, "is_checked": None} for seat in room["seats"]), key=lambda seat: seat["seat"])
    return {"room": room, "you": hello["you"]}


def heard(state, event):
    """A page's state after one more event, as the room's script has it."""
    room, you = state["room"], state["you"]
    seats = {seat["seat"]: seat for seat in room["seats"]}
    match event["type"]:
        case "status":
            room["status"] = event["status"]
        case "item":
            room["item"] = {name: event[name] for name in event if name not in ("type", "stream", "seq", "at", "client_id")}
        case "reveal":
            if room["item"]["item"] == event["item"]:
                room["item"]["is_revealed"] = True
        case "spotlight":
            room["spotlight"] = event["target"]
        case "section":
            room["section"] = {name: event[name] for name in ("item", "text", "began_at", "minutes")}
        case "locked":
            room["is_locked"] = event["is_locked"]
        case "muted":
            seats[event["seat"]]["is_muted"] = event["is_muted"]
            if event["seat"] == you["seat"]:
                you["is_muted"] = event["is_muted"]
        case "removed":
            seats.pop(event["seat"], None)
        case "answer" | "vote":
            if event["seat"] == you["seat"] and event["item"] not in you["answered"]:
                you["answered"] = sorted([*you["answered"], event["item"]])
    room["seats"] = sorted(seats.values(), key=lambda seat: seat["seat"])
    return state


async def test_what_was_lifted_muted_paused_locked_and_extended_is_so_for_those_who_come_later(
    open_group, seats, question, masked, alice, charlie, observer, moderator, mei
):
    early = {member: await enter(member, open_group) for member in (alice, observer, moderator)}
    leader, ear = early[moderator], early[alice]
    await do(leader, "pose", item=question.pk)
    said = await do(ear, "say", body="Listen to this")
    await do(leader, "spotlight", target=said["seq"])
    await do(leader, "mute", seat=seats["charlie"].pk)
    await do(leader, "extend", minutes=7)
    await do(leader, "pose", item=masked.pk)
    await do(ear, "answer", item=masked.pk, body="Ninety")
    await do(leader, "reveal", item=masked.pk)
    await do(leader, "lock")
    await do(leader, "pause")
    charlies = (await enter(charlie, open_group)).hello
    assert (charlies["room"]["status"], charlies["room"]["spotlight"]) == ("paused", said["seq"])
    assert charlies["you"]["is_muted"] is True
    assert [each["is_muted"] for each in charlies["room"]["seats"] if each["name"] == "Cedar"] == [True]
    assert charlies["room"]["item"] == {**charlies["room"]["item"], "item": masked.pk, "is_revealed": True}
    second = (await enter(moderator, open_group)).hello["room"]
    assert (second["is_locked"], second["section"]["minutes"]) == (True, 17)
    assert second["section"]["began_at"]
    page = await threads.write(Page, open_group, charlie)
    assert state_of(await threads.write(page.greeting)) == state_of(charlies), "without a socket, too"
    # And what each early page made of the events is what a late one is greeted with.
    for member, socket in early.items():
        state = state_of(socket.hello)
        await drain(socket)
        frames = [json.loads(text) for text in socket.raw]
        for event in sorted((each for each in frames if "seq" in each and each["type"] != "ack"), key=lambda each: each["at"]):
            # What was written before the greeting is in it.
            if event["seq"] > socket.hello["heads"][event["stream"]]:
                state = heard(state, event)
        assert state == state_of((await enter(member, open_group)).hello), member
    assert ear.hello["room"]["status"] == "open"


def test_a_locked_paused_room_lets_back_who_was_in_it_and_nobody_else(client, open_group, seats, alice, bob, moderator):
    Group.objects.filter(pk=open_group.pk).update(open_seats=5)
    moderating.lock(open_group.pk, member=moderator, client_id=None)
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.PAUSED)
    assert rooms.seat_of(open_group.pk, alice).may_enter
    client.force_login(bob)
    client.post(f"/groups/{open_group.pk}/seat/", {"agree": "on"})
    assert not Seat.objects.filter(member=bob).exists()


async def test_ten_minutes_in_a_tunnel_lose_no_word_of_either_side(open_group, seats, alice, charlie, moderator, monkeypatch):
    """Seven hundred messages later, the seat long noted as empty, the server's memory far past it; what was written there is sent once."""
    monkeypatch.setattr(hub, "RECENT", 16)
    phone, other = await enter(charlie, open_group), await enter(alice, open_group)
    cursor = (await do(phone, "say", body="Into the tunnel"))["seq"]
    await other.until("message")
    await phone.leave()

    def ten_minutes():
        gone = timezone.now() - datetime.timedelta(minutes=10)
        Lease.objects.filter(seat=seats["charlie"]).update(until=gone)
        Seat.objects.filter(pk=seats["charlie"].pk).update(came_at=gone - datetime.timedelta(minutes=5), here_until=gone)
        noting = next(each for each in recurring.ROUNDS if "who has left" in each.name)
        recurring.run_once(noting)
        for number in range(700):
            discussing.say(open_group.pk, member=alice, client_id=uuid.uuid4(), body=f"Word {number}")
        moderating.probe(open_group.pk, member=moderator, client_id=None, seat=seats["charlie"].pk, body="Are you there?")

    await threads.write(ten_minutes)
    await other.leave()
    back = await enter(charlie, open_group, after=f"all:{cursor}")
    # What was written in the tunnel lies in the page and goes out at once, also twice where an answer is lost.
    mine = str(uuid.uuid4())
    acks = [await do(back, "say", body="Written in the tunnel", client_id=mine) for _time in range(2)]
    assert acks[0] == acks[1]
    heard_of, read = 0, 0
    while heard_of < 701:
        for text in back.raw[read:]:
            frame = json.loads(text)
            heard_of += frame["type"] == "message" and frame["stream"] == "all" and frame["seq"] > cursor
            if frame["type"] != "ack" and frame.get("stream") == "all" and frame["seq"] % 20 == 0:
                await back.send({"type": "seen", "seq": {"all": frame["seq"]}})
        read = len(back.raw)
        if heard_of < 701:
            assert not isinstance(await back.hear(), int), f"closed after {heard_of}"
    await back.send({"type": "seen", "seq": {"all": acks[0]["seq"]}})
    await back.heard("probe")
    early = [json.loads(text) for text in back.raw]
    bodies = [frame["body"] for frame in early if frame["type"] == "message" and frame["stream"] == "all" and frame["seq"] > cursor]
    assert bodies == [*(f"Word {number}" for number in range(700)), "Written in the tunnel"]
    assert [frame["body"] for frame in early if frame["type"] == "probe"] == ["Are you there?"]
    assert await threads.read(Event.objects.filter(body__body="Written in the tunnel").count) == 1
    facts = await threads.read(lambda: {each.seat.pseudonym: each for each in attending.facts(open_group)})
    assert facts["Cedar"].minutes == 5, "the tunnel is no attendance"
