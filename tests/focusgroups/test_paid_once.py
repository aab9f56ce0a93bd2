"""The end of a group said twice and by several at once, its doorbell lost: the points are paid once, to the last one."""

import threading
import uuid

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from focusgroups import attending, discussing, moderating, seating
from focusgroups.models import Seat
from focusgroups.refusals import Refused
from members.models import Activity
from points import accruing, reading
from points.models import Transfer

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = 8


@pytest.fixture
def spoken(open_group, seats, alice, charlie, researcher):
    """Both participants were there and said something; the researcher moderates too."""
    seating.invite(open_group, member=researcher, role=Seat.Role.MODERATOR, is_told=False)
    Seat.objects.filter(group=open_group, role="participant").update(first_here_at=open_group.opened_at)
    for member in (alice, charlie):
        discussing.say(open_group.pk, member=member, client_id=uuid.uuid4(), body="Good evening")
    return open_group


def all_at_once(works):
    """Each in a thread of its own, let go together. Returns what they returned, or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        gate.wait(30)
        try:
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def signed_in(member):
    client = Client()
    client.force_login(member)
    return client


def is_paid_once(member, points):
    return [transfer.amount_points for transfer in Transfer.objects.filter(target__code=f"member:{member.public_id}")] == [points]


@pytest.mark.parametrize("is_rung", [True, False])
def test_all_who_finish_a_session_at_once_and_again_pay_each_participant_once(
    spoken, seats, alice, charlie, moderator, researcher, is_rung, monkeypatch
):
    if not is_rung:
        # The process dies between the commit and the bell.
        monkeypatch.setattr(accruing, "weigh", lambda *_words, **_options: None)
    pages = [signed_in(member) for member in (moderator, researcher) for _device in range(PLACES // 2)]
    one, every = f"/groups/{spoken.pk}/people/{seats['alice'].pk}/attendance/", f"/groups/{spoken.pk}/people/attendance/"
    answers = all_at_once(
        [lambda page=page, address=address: page.post(address).status_code for page, address in zip(pages, [one, every] * 4, strict=True)]
    )
    assert answers == [302] * PLACES
    for page in pages:
        page.post(every)
    if not is_rung:
        assert not Transfer.objects.exists()
        monkeypatch.undo()
    for _again in range(2):
        call_command("accrue_points")
    deeds = Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED)
    assert sorted(deeds.values_list("member_id", flat=True)) == sorted([alice.pk, charlie.pk])
    for member in (alice, charlie):
        assert is_paid_once(member, 30)
        assert reading.balance_of(member) == 30
    call_command("audit_ledger")


def test_a_deed_weighed_by_many_at_once_is_paid_once(spoken, seats, alice, moderator, monkeypatch):
    weigh = accruing.weigh
    monkeypatch.setattr(accruing, "weigh", lambda *_words, **_options: None)
    attending.confirm(seats["alice"], by=moderator)
    deed = Activity.objects.get(kind=Activity.Kind.GROUP_ATTENDED)
    all_at_once([lambda: weigh(deed.pk)] * PLACES)
    assert is_paid_once(alice, 30)


def test_a_group_is_closed_once_by_whoever_is_first(spoken, moderator, researcher):
    """Two moderators end it with the same press of a key, each also sent twice: one event, one answer to each frame."""
    ids = {member: uuid.uuid4() for member in (moderator, researcher)}

    def close(member):
        return moderating.change_status(spoken.pk, member=member, client_id=ids[member], status="closed")

    answers = all_at_once([lambda member=member: close(member) for member in (moderator, researcher) for _time in range(4)])
    written = {(answer.stream, answer.seq) for answer in answers if not isinstance(answer, Exception)}
    assert len(written) == 1
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["closed"] * 4
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)]
