"""A group whose only moderator is gone is led again by who runs the club's research, though they watched from behind the glass."""

import uuid

import pytest
from django.core.management import call_command
from django.test import Client

from community import erasing
from focusgroups import leading, moderating, seating
from focusgroups.models import Group, Seat
from focusgroups.refusals import NotAdmitted, Refused
from live import threads
from members.models import Member
from tests.focusgroups.test_handing_over import leaders
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.focusgroups.test_withdrawing import page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watching(open_group, researcher) -> Seat:
    """Rui, who runs the club's research, sits behind the glass."""
    return seating.invite(open_group, member=researcher, role=Seat.Role.OBSERVER, pseudonym="Quartz", is_told=False)


async def test_the_researcher_takes_it_by_their_socket_and_the_room_reads_who_leads(open_group, watching, alice, moderator, researcher):
    ear, glass = await enter(alice, open_group), await enter(researcher, open_group)
    await threads.write(lambda: Member.objects.filter(pk=moderator.pk).update(is_active=False))
    assert (await do(glass, "open"))["code"] == "not-yours"
    once = str(uuid.uuid4())
    assert (await do(glass, "take_lead", client_id=once))["type"] == "ack"
    assert await glass.closes(1) == 1012
    told = await ear.heard("lead")
    assert (told["name"], told["is_leading"]) == (researcher.name, True)
    assert "Quartz" not in "".join(ear.raw), "under which name they watched nobody learns"
    led = await enter(researcher, open_group)
    assert led.hello["you"]["role"] == "moderator"
    assert (await do(led, "take_lead", client_id=once))["type"] == "ack", "the same again is the same answer"
    assert (await do(led, "take_lead"))["code"] == "leads-already"
    assert (await do(led, "pause"))["type"] == "ack"
    await drain(ear)
    assert "".join(ear.raw).count('"lead"') == 1
    await threads.read(call_command, "verify_transcript", open_group.pk)


async def test_nobody_else_takes_it_by_their_socket(open_group, watching, seats, alice, observer, researcher):
    for member in (alice, observer):
        assert (await do(await enter(member, open_group), "take_lead"))["code"] == "not-yours"
    glass = await enter(researcher, open_group)
    role = await threads.read(researcher.groups.get)
    await threads.write(researcher.groups.clear)
    assert (await do(glass, "take_lead"))["code"] == "not-yours"
    assert await threads.read(leaders, open_group) == {"Momo the moderator"}
    await threads.write(researcher.groups.add, role)
    assert (await do(glass, "take_lead"))["type"] == "ack", "an open socket is asked anew each time"


def test_the_page_offers_it_to_who_may_and_says_that_nobody_leads(open_group, watching, seats, alice, observer, moderator, researcher):
    room, lead = f"/groups/{open_group.pk}/", f"/groups/{open_group.pk}/lead/"
    assert "Nobody leads" not in page_of(researcher, room)[1]
    erasing.erase(moderator)
    for page in (room, f"{room}people/"):
        assert "Nobody leads this group any more." in page_of(researcher, page)[1]
    assert all(lead not in page_of(member, room)[1] for member in (alice, observer))
    assert [page_of(member, lead, sent="")[0] for member in (alice, observer)] == [404, 404]
    assert leaders(open_group) == set()
    page = Client()
    page.force_login(researcher)
    assert page.get(lead).status_code == 405
    assert "You lead this group now." in page.post(lead, follow=True).content.decode()
    assert leaders(open_group) == {researcher.name}
    assert lead not in page_of(researcher, room)[1]
    assert f"{researcher.name} leads from now on." in page_of(researcher, f"{room}transcript/")[1]


def test_a_board_is_taken_too_and_nothing_that_has_ended(open_group, watching, moderator, researcher):
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    assert "Take the lead" in page_of(researcher, f"/groups/{open_group.pk}/")[1]
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    with pytest.raises(Refused, match="closed"):
        leading.take(open_group.pk, member=researcher, client_id=None)


def test_neither_a_researcher_who_takes_part_nor_one_who_was_shown_out_takes_it(open_group, seats, moderator, researcher):
    seat = seating.consent(seating.invite(open_group, member=researcher, is_told=False))
    with pytest.raises(Refused, match="not-yours"):
        leading.take(open_group.pk, member=researcher, client_id=None)
    assert page_of(researcher, f"/groups/{open_group.pk}/lead/", sent="")[0] == 404
    moderating.remove(open_group.pk, member=moderator, client_id=None, seat=seat.pk)
    with pytest.raises(NotAdmitted):
        leading.take(open_group.pk, member=researcher, client_id=None)
