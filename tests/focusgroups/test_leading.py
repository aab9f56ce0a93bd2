"""Leading a room: who learns what was read, follow-ups in reserve, two at the head, and a door that stays shut behind somebody."""

import asyncio
import json
import time
import uuid

import pytest
from django.test import Client

from focusgroups import seating
from focusgroups.models import Group, Item, Seat
from live import threads
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


async def test_how_far_one_has_read_is_told_to_the_moderators_alone(open_group, seats, alice, charlie, observer, moderator):
    mine, other, glass, leader = [await enter(member, open_group) for member in (alice, charlie, observer, moderator)]
    said = await do(leader, "say", body="Have you read this?")
    await mine.until("message")
    await mine.send({"type": "seen", "seq": {"all": said["seq"]}})
    receipt = await leader.until("read")
    assert (receipt["seat"], receipt["seq"]) == (seats["alice"].pk, said["seq"])
    await leader.send({"type": "seen", "seq": {"all": said["seq"]}})
    for socket in (mine, other, glass):
        await drain(socket)
        assert '"read"' not in "".join(socket.raw)


async def test_a_follow_up_in_reserve_is_sent_when_the_moderator_wants_it_and_never_by_the_guides_own_order(open_group, alice, moderator):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)
    reserve = await threads.read(lambda: open_group.items.get(kind=Item.Kind.PROBE).pk)
    while (await do(leader, "next"))["type"] == "ack":
        pass
    assert "Can you give an example?" not in "".join(ear.raw)
    assert (await do(leader, "pose", item=reserve))["type"] == "ack"
    assert (await ear.heard("item", item=reserve))["text"] == "Can you give an example?"
    assert (await do(ear, "answer", item=reserve, body="Last May"))["type"] == "ack"


async def test_two_at_the_head_press_the_same_key_at_once_and_one_thing_is_asked(open_group, researcher, moderator, alice):
    await threads.write(lambda: seating.invite(open_group, member=researcher, role=Seat.Role.MODERATOR, is_told=False))
    one, other, ear = [await enter(member, open_group) for member in (moderator, researcher, alice)]
    items = [line["item"] for line in one.hello["room"]["guide"] if line["kind"] not in ("section", "probe")]
    for item in items:
        answers = await asyncio.gather(do(one, "next", item=item), do(other, "next", item=item))
        late = "asked-already" if item != items[-1] else "guide-ended"
        assert sorted(answer.get("code", "ack") for answer in answers) == ["ack", late]
    posed = [event["item"] for event in await drain(ear) if event["type"] == "item"]
    assert posed == items
    # One of them is gone; the other leads on, and whoever comes back finds the room where it is.
    await one.leave()
    assert (await do(other, "pose", body="And now?"))["type"] == "ack"
    assert (await do(other, "extend", minutes=5))["type"] == "ack"
    back = await enter(moderator, open_group)
    assert (back.hello["room"]["status"], back.hello["room"]["item"]["text"]) == ("open", "And now?")
    assert (await do(back, "next"))["code"] == "guide-ended"


async def test_whoever_is_shown_out_is_out_within_a_second_by_every_door_and_comes_back_by_none(
    open_group, seats, poll, alice, charlie, moderator
):
    sockets = [await enter(alice, open_group) for _device in range(2)]
    leader, browser = await enter(moderator, open_group), Client()
    await threads.write(lambda: browser.force_login(alice))
    await threads.write(lambda: Group.objects.filter(pk=open_group.pk).update(open_seats=5, takes_pictures=True))
    cursor = sockets[0].hello["heads"]
    began = time.monotonic()
    await do(leader, "remove", seat=seats["alice"].pk)
    assert [await socket.closes(1) for socket in sockets] == [4403, 4403]
    assert time.monotonic() - began < 1
    await do(leader, "say", body="Now that she is gone")
    # The old socket, a new one with the old place, and without.
    await sockets[0].send({"type": "say", "client_id": str(uuid.uuid4()), "body": "Still here?"})
    for after in ("", f"?after=all:{cursor['all']},me:{cursor['me']}"):
        again = await knock(alice, f"/ws/groups/{open_group.pk}/{after}")
        assert await again.closes() == 4403
        assert "gone" not in "".join(again.raw)
    pk = open_group.pk

    def doors():
        found = {}
        for path in (
            f"/groups/{pk}/", f"/groups/{pk}/frames/", f"/groups/{pk}/transcript/", f"/groups/{pk}/transcript.json",
            f"/groups/{pk}/people/", f"/groups/{pk}/tasks/{poll.pk}/", f"/groups/{pk}/invitation.ics", f"/api/v1/groups/{pk}/events",
        ):  # fmt: skip
            answer = browser.get(path)
            found[path] = answer.status_code
            assert b"gone" not in answer.content, path
        say = {"type": "say", "client_id": str(uuid.uuid4()), "body": "By the back door"}
        sent = browser.post(f"/groups/{pk}/frames/", say, content_type="application/json")
        assert sent.json() == {"close": 4403}
        for path, form in (
            (f"/groups/{pk}/seat/", {"agree": "on"}),
            (f"/groups/{pk}/pictures/", {}),
            (f"/groups/{pk}/tasks/{poll.pk}/answer/", {"choice": "0"}),
            (f"/groups/{pk}/staff-seat/", {"role": "observer"}),
        ):
            found[path] = browser.post(path, form).status_code
        assert str(pk) not in [str(group.pk) for group in browser.get("/groups/").context["free"]]
        return found

    found = await threads.write(doors)
    assert {path: status for path, status in found.items() if status not in (403, 404)} == {}
    # Only whoever runs the room lets somebody in again.
    await threads.write(lambda: seating.invite(open_group, member=alice, is_told=False))
    back = await enter(alice, open_group)
    assert (await do(back, "say", body="Thank you"))["type"] == "ack"
    assert "By the back door" not in json.dumps(await drain(await enter(charlie, open_group)))


async def test_a_private_probe_and_its_answer_are_known_to_one_ear_and_the_staff_by_every_door(
    open_group, seats, question, alice, charlie, observer, moderator
):
    ear, other, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    await do(leader, "probe", seat=seats["alice"].pk, body="hush: why?", item=question.pk)
    await do(ear, "say", to="me", body="hush: money")
    await do(leader, "close")
    await drain(other)

    def shown(member):
        page = Client()
        page.force_login(member)
        paths = ["transcript/", *(f"transcript.{kind}" for kind in ("txt", "csv", "json", "vtt"))]
        copies = [f"{path}?copy=client" for path in paths]
        texts = [page.get(f"/groups/{open_group.pk}/{path}").content.decode() for path in [*paths, *copies, "frames/"]]
        texts.append(page.get(f"/api/v1/groups/{open_group.pk}/events").content.decode())
        return texts

    assert "hush" not in "".join(other.raw)
    assert all("hush" not in text for text in await threads.read(shown, charlie))
    assert sum("hush: money" in text for text in await threads.read(shown, moderator)) >= 6
    assert any("hush: why?" in text for text in await threads.read(shown, alice))
    copies = (await threads.read(shown, moderator))[5:10]
    # The page has no copy of its own for whoever leads; the files have.
    assert all("hush" not in text for text in copies[1:])
    assert all("hush" not in text for text in (await threads.read(shown, observer))[:10]), "an observer takes the client's copy along"


async def test_when_the_words_of_consent_change_in_the_middle_nobody_speaks_on_under_the_old_ones(open_group, seats, alice, moderator):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)

    def reword():
        group = Group.objects.get(pk=open_group.pk)
        group.consent_text += " Sound is recorded too."
        group.save()

    await threads.write(reword)
    assert await do(ear, "say", body="Under the old words") == 4403
    refused = await knock(alice, f"/ws/groups/{open_group.pk}/")
    assert (await refused.until("error"))["code"] == "consent-needed"
    assert (await do(leader, "say", body="Read the door again, please"))["type"] == "ack", "the staff agrees to nothing"
    version = await threads.read(lambda: Group.objects.get(pk=open_group.pk).consent_version)
    await threads.write(lambda: seating.consent(seats["alice"], version=version))
    back = await enter(alice, open_group)
    assert (await do(back, "say", body="Under the new ones"))["type"] == "ack"
    assert "old words" not in "".join(leader.raw)
