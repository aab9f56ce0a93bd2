"""After a restored backup: numbers are given out again, and whoever was greeted before learns that they mean something else."""

import uuid

import pytest
from django.core.management import call_command
from django.test import Client

from focusgroups import discussing
from live import threads
from live.models import Event, Stream
from tests.focusgroups.test_room_socket import enter
from tests.sockets import knock

pytestmark = pytest.mark.django_db(transaction=True)


def set_back(group, seq):
    """The database as it was when the room's stream had reached `seq`."""
    stream = Stream.objects.get(name=f"group:{group.pk}:all")
    stream.events.filter(seq__gt=seq).delete()
    last = Event.objects.get(stream=stream, seq=seq)
    Stream.objects.filter(pk=stream.pk).update(last_seq=seq, digest=last.digest)


def say(group, member, body):
    return discussing.say(group.pk, member=member, client_id=uuid.uuid4(), body=body).seq


async def test_other_words_under_the_same_number_are_not_taken_for_what_was_seen(open_group, alice, charlie):
    before = await enter(alice, open_group)
    seen = [await threads.write(say, open_group, charlie, body) for body in ("First", "Second")]
    await before.leave()
    await threads.write(set_back, open_group, seen[0] - 1)
    await threads.write(call_command, "renew_epochs")
    assert [await threads.write(say, open_group, charlie, body) for body in ("Another first", "Another second", "Third")][:2] == seen

    # The numbers alone would hide it: the cursor is not beyond the end.
    after = await enter(alice, open_group, after=f"all:{seen[1]}")
    assert after.hello["heads"]["all"] > seen[1]
    assert after.hello["epoch"] != before.hello["epoch"]
    page = Client()

    def asked(path):
        page.force_login(alice)
        return page.get(path).json()

    greeted = await threads.read(asked, f"/groups/{open_group.pk}/frames/")
    assert greeted["frames"][0]["epoch"] == after.hello["epoch"]
    assert (await threads.read(asked, f"/api/v1/groups/{open_group.pk}/events"))["epoch"] == after.hello["epoch"]
    again = await enter(alice, open_group)
    assert again.hello["epoch"] == after.hello["epoch"]


async def test_a_page_of_the_site_is_greeted_with_the_epoch_too(alice):
    greetings = []
    for _time in range(2):
        socket = await knock(alice, "/ws/live/")
        greetings.append((await socket.until("hello"))["epoch"])
    assert greetings[0] == greetings[1]
    await threads.write(call_command, "renew_epochs")
    socket = await knock(alice, "/ws/live/")
    assert (await socket.until("hello"))["epoch"] not in ("", greetings[0])


def test_each_restoring_begins_another_epoch(open_group, capsys):
    known = {open_group.epoch}
    for number in range(2, 4):
        call_command("renew_epochs")
        open_group.refresh_from_db()
        known.add(open_group.epoch)
        assert len(known) == number
    assert "1 rooms" in capsys.readouterr().out
