"""Who leads a running room: shared, handed over, taken away. Rights end within a second, and a group is never without a moderator."""

import asyncio
import json
import time
import uuid

import pytest
from django.test import Client

from focusgroups import attending, leading, moderating, seating
from focusgroups.models import Group, Seat
from focusgroups.refusals import NotAdmitted, Refused
from live import threads
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second(open_group, researcher) -> Seat:
    """Rui leads beside Momo."""
    return seating.invite(open_group, member=researcher, role=Seat.Role.MODERATOR, is_told=False)


def leaders(group):
    return set(group.seats.filter(role=Seat.Role.MODERATOR, removed_at=None).values_list("member__name", flat=True))


async def test_a_co_moderator_who_is_shown_out_has_no_rights_within_a_second_by_any_door(open_group, second, alice, moderator, researcher):
    sockets = [await enter(researcher, open_group) for _device in range(2)]
    leader, ear = await enter(moderator, open_group), await enter(alice, open_group)
    began = time.monotonic()
    assert (await do(leader, "remove", seat=second.pk))["type"] == "ack"
    assert [await socket.closes(1) for socket in sockets] == [4403, 4403]
    assert time.monotonic() - began < 1
    assert (await ear.heard("removed"))["seat"] == second.pk
    await do(leader, "say", to="staff", body="Now that he is gone")
    again = await knock(researcher, f"/ws/groups/{open_group.pk}/")
    assert await again.closes() == 4403
    assert "gone" not in "".join(again.raw)

    def doors():
        with pytest.raises(NotAdmitted):
            moderating.probe(open_group.pk, member=researcher, client_id=None, seat=1, body="Psst")
        page, answers = Client(), []
        page.force_login(researcher)
        answers.append(page.post(f"/groups/{open_group.pk}/frames/", {"type": "close"}, content_type="application/json").json())
        # Also who runs the club's research does not let themselves in again: somebody else does.
        page.post(f"/groups/{open_group.pk}/staff-seat/", {"role": "moderator"})
        page.post(f"/groups/{open_group.pk}/people/", {"members": researcher.email, "role": "moderator"})
        return answers, leaders(open_group)

    answers, left = await threads.write(doors)
    assert answers == [{"close": 4403}]
    assert left == {moderator.name}
    await threads.write(lambda: seating.invite(open_group, member=researcher, by=moderator, is_told=False))
    assert (await do(await enter(researcher, open_group), "pause"))["type"] == "ack"


async def test_two_who_show_each_other_out_at_once_leave_one_who_leads(open_group, second, seats, moderator, researcher):
    one, other = await enter(moderator, open_group), await enter(researcher, open_group)
    await asyncio.gather(do(one, "remove", seat=second.pk), do(other, "remove", seat=seats["momo"].pk))
    assert len(await threads.read(leaders, open_group)) == 1


async def test_nobody_shows_themselves_out_and_only_a_moderator_shows_out_a_moderator(
    open_group, seats, second, alice, observer, moderator
):
    leader = await enter(moderator, open_group)
    assert (await do(leader, "remove", seat=seats["momo"].pk))["code"] == "yourself"
    for member in (alice, observer):
        socket = await enter(member, open_group)
        for deed in ("remove", "hand_over"):
            assert (await do(socket, deed, seat=second.pk))["code"] == "not-yours"
    assert len(await threads.read(leaders, open_group)) == 2


async def test_the_lead_is_handed_over_to_somebody_behind_the_glass_who_comes_back_as_a_moderator(
    open_group, seats, alice, observer, moderator
):
    leader, glass, ear = [await enter(member, open_group) for member in (moderator, observer, alice)]
    await do(glass, "say", body="I could take over")
    began = time.monotonic()
    assert (await do(leader, "hand_over", seat=seats["olga"].pk))["type"] == "ack"
    assert [await socket.closes(1) for socket in (leader, glass)] == [1012, 1012]
    assert time.monotonic() - began < 1
    told = [event for event in await drain(ear) if event["type"] == "lead"]
    assert [(event["name"], event["is_leading"]) for event in told] == [(observer.name, True), (moderator.name, False)]
    assert "Glass" not in "".join(ear.raw), "that there was an observer of this name nobody learns"
    assert "observer" not in json.dumps(told).replace(observer.name, "")
    led, watching = await enter(observer, open_group), await enter(moderator, open_group)
    assert (led.hello["you"]["role"], watching.hello["you"]["role"]) == ("moderator", "observer")
    assert (await do(led, "pause"))["type"] == "ack"
    for deed, fields in (("open", {}), ("next", {}), ("remove", {"seat": seats["olga"].pk}), ("say", {"to": "all", "body": "Still me"})):
        assert (await do(watching, deed, **fields))["code"] == "not-yours"
    assert "member_name" not in json.dumps(watching.hello), "and reads no names of the club any more"
    late = await enter(alice, open_group)
    assert {seat["name"] for seat in late.hello["room"]["seats"] if seat["role"] == "moderator"} == {observer.name}


async def test_the_lead_is_shared_and_receipts_reach_who_leads_now(open_group, seats, alice, observer, moderator):
    leader, glass, ear = [await enter(member, open_group) for member in (moderator, observer, alice)]
    assert (await do(leader, "hand_over", seat=seats["olga"].pk, is_staying=True))["type"] == "ack"
    assert await glass.closes(1) == 1012
    led = await enter(observer, open_group)
    assert (await do(leader, "hand_over", seat=seats["olga"].pk, is_staying=True))["code"] == "leads-already"
    said = await do(leader, "say", body="We are two now")
    await ear.until("message")
    await ear.send({"type": "seen", "seq": {"all": said["seq"]}})
    for socket in (leader, led):
        assert (await socket.until("read"))["seat"] == seats["alice"].pk
    assert (await do(leader, "hand_over", seat=seats["olga"].pk))["type"] == "ack"
    assert await leader.closes(1) == 1012
    assert await threads.read(leaders, open_group) == {observer.name}


async def test_a_live_room_is_handed_over_to_nobody_who_is_away_or_takes_part(open_group, seats, alice, observer, moderator):
    leader = await enter(moderator, open_group)
    assert (await do(leader, "hand_over", seat=seats["olga"].pk))["code"] == "not-there"
    for seat, code in (("alice", "no-such-seat"), ("momo", "yourself")):
        assert (await do(leader, "hand_over", seat=seats[seat].pk))["code"] == code
    assert await threads.read(leaders, open_group) == {moderator.name}
    assert (await do(leader, "hand_over", seat=seats["olga"].pk, is_staying=True))["type"] == "ack", "who only joins may come later"


def test_the_page_of_people_does_the_same_without_a_script(open_group, seats, second, alice, moderator, observer):
    page, people = Client(), f"/groups/{open_group.pk}/people/"
    page.force_login(moderator)
    shown = page.get(people).content.decode()
    for label in ("Let lead too", "Hand over the lead", "Lead or show out"):
        assert label in shown
    assert f"{people}{seats['momo'].pk}/deeds/" not in shown, "not to oneself"
    page.post(f"{people}{seats['olga'].pk}/deeds/", {"deed": "share_lead"})
    assert observer.name in leaders(open_group)
    page.post(f"{people}{second.pk}/deeds/", {"deed": "remove"})
    assert leaders(open_group) == {moderator.name, observer.name}
    refused = page.post(f"{people}{seats['olga'].pk}/deeds/", {"deed": "hand_over"}, follow=True).content.decode()
    assert "They are not in the room." in refused
    attending.be_here(seats["olga"].pk)
    left = page.post(f"{people}{seats['olga'].pk}/deeds/", {"deed": "hand_over"}, follow=True)
    assert "You are behind the glass" in left.content.decode()
    assert page.get(people).status_code == 404
    assert page.post(f"{people}{seats['olga'].pk}/deeds/", {"deed": "remove"}).status_code == 404
    page.force_login(alice)
    assert page.post(f"{people}{seats['olga'].pk}/deeds/", {"deed": "hand_over"}).status_code == 404
    transcript = Client()
    transcript.force_login(observer)
    assert f"{moderator.name} has handed over the lead." in transcript.get(f"/groups/{open_group.pk}/transcript/").content.decode()
    copy = transcript.get(f"/groups/{open_group.pk}/transcript.txt?copy=client").content.decode()
    assert "handed over" not in copy


def test_before_it_begins_and_on_a_board_nobody_has_to_be_there_to_be_handed_the_lead(group, seats, moderator, observer):
    leading.hand_over(group.pk, member=moderator, client_id=uuid.uuid4(), seat=seats["olga"].pk)
    assert leaders(group) == {observer.name}
    Group.objects.filter(pk=group.pk).update(status=Group.Status.OPEN, kind=Group.Kind.BOARD)
    leading.hand_over(group.pk, member=observer, client_id=uuid.uuid4(), seat=seats["momo"].pk)
    assert leaders(group) == {moderator.name}
    moderating.change_status(group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    with pytest.raises(Refused, match="closed"):
        leading.hand_over(group.pk, member=moderator, client_id=None, seat=seats["olga"].pk)
