"""Who came, who left, whose taking part was confirmed: numbered and chained like all that happens, and told to the staff alone."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from community import recurring
from focusgroups import attending, consumers, emptying, moderating
from focusgroups.models import Group, Lease, Seat
from live import threads
from live.models import Event, Stream
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)


def noted(group):
    """(name, what) of each attendance event, in the order of the numbers; asserts that nothing of it stands elsewhere."""
    rows = Event.objects.filter(stream__name__startswith=f"group:{group.pk}:", kind="attendance").order_by("seq")
    assert set(rows.values_list("stream__name", flat=True)) <= {f"group:{group.pk}:staff"}
    what = {True: "came", False: "left", None: "confirmed"}
    return [(body["name"], what[body.get("is_here")]) for body in rows.values_list("body", flat=True)]


async def test_coming_and_leaving_is_recorded_once_for_all_of_ones_sockets_and_told_to_the_staff_only(
    open_group, seats, alice, charlie, observer, moderator, monkeypatch
):
    monkeypatch.setattr(consumers, "GRACE_SECONDS", 0.1)
    head = await threads.read(lambda: Stream.objects.get(name=f"group:{open_group.pk}:all").last_seq)
    leader = await enter(moderator, open_group)
    ear = await enter(charlie, open_group)
    first, second = await enter(alice, open_group), await enter(alice, open_group)
    glass = await enter(observer, open_group)
    await first.leave()
    assert await do(ear, "say", body="Still here") != 4403
    await second.leave()
    left = await leader.until("attendance", is_here=False)
    assert (left["stream"], left["name"], left["seat"]) == ("staff", "Maple", seats["alice"].pk)
    assert left["seconds"] >= 0
    await drain(ear)
    # All that this socket was sent, also what came before the acknowledgement.
    heard = [json.loads(text) for text in ear.raw]
    assert [event["type"] for event in heard if event["type"] != "ack" and event.get("seq", 0) > head] == ["message"]
    assert "attendance" not in "".join(ear.raw)
    assert [event["name"] for event in await drain(glass) if event["type"] == "attendance"] == [
        moderator.name, "Cedar", "Maple", "Glass", "Maple",
    ]  # fmt: skip
    assert await threads.read(noted, open_group) == [
        (moderator.name, "came"), ("Cedar", "came"), ("Maple", "came"), ("Glass", "came"), ("Maple", "left"),
    ]  # fmt: skip
    await threads.read(call_command, "verify_transcript", open_group.pk)


def test_whose_process_died_has_left_when_the_lease_ran_out_and_comes_anew(open_group, seats):
    seat = seats["alice"]
    long_ago = timezone.now() - datetime.timedelta(minutes=10)
    last = timezone.now() - datetime.timedelta(minutes=2)

    def die():
        Lease.objects.filter(seat=seat).update(until=last)
        Seat.objects.filter(pk=seat.pk).update(came_at=long_ago, here_until=last)

    attending.be_here(seat.pk)
    die()
    round_of_noting = next(each for each in recurring.ROUNDS if "who has left" in each.name)
    for _time in range(2):
        assert recurring.run_once(round_of_noting)
    assert noted(open_group) == [("Maple", "came"), ("Maple", "left")]
    assert Event.objects.get(body__is_here=False).body["seconds"] == pytest.approx(480, abs=2)
    # Back before the round has looked: both are written, in their order.
    attending.be_here(seat.pk)
    die()
    attending.be_here(seat.pk)
    assert noted(open_group)[2:] == [("Maple", "came"), ("Maple", "left"), ("Maple", "came")]
    page = Client()
    page.force_login(seats["momo"].member)
    assert "16 min" in page.get(f"/groups/{open_group.pk}/people/").content.decode()


def test_a_page_that_asks_instead_of_a_socket_is_noted_too_and_once(open_group, seats, alice):
    page = Client()
    page.force_login(alice)
    for _time in range(3):
        page.get(f"/groups/{open_group.pk}/frames/")
    assert noted(open_group) == [("Maple", "came")]


def test_a_confirmation_stands_in_the_record_once_and_the_transcript_of_the_staff_says_so(open_group, seats, moderator, alice):
    attending.be_here(seats["alice"].pk)
    page = Client()
    page.force_login(moderator)
    for _time in range(2):
        page.post(f"/groups/{open_group.pk}/people/{seats['alice'].pk}/attendance/")
    assert noted(open_group) == [("Maple", "came"), ("Maple", "confirmed")]
    assert Event.objects.get(body__is_confirmed=True).author == moderator
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    attending.be_here(seats["charlie"].pk)
    assert len(noted(open_group)) == 2, "whoever looks in after the end takes part in nothing"
    lines = page.get(f"/groups/{open_group.pk}/transcript.txt").content.decode()
    assert "Maple came in." in lines
    assert "Maple took part, as a moderator confirmed." in lines
    assert "came in" not in page.get(f"/groups/{open_group.pk}/transcript.txt?copy=client").content.decode()
    page.force_login(alice)
    assert "came in" not in page.get(f"/groups/{open_group.pk}/transcript.txt").content.decode()
    call_command("verify_transcript", open_group.pk)


def test_who_is_still_in_when_all_was_deleted_leaves_no_trace(open_group, seats):
    lease = attending.be_here(seats["momo"].pk)
    emptying.empty(open_group)
    assert attending.be_gone(seats["momo"].pk, lease)
    assert not Event.objects.filter(stream__name__startswith=f"group:{open_group.pk}:", body__has_key="name").exists()
