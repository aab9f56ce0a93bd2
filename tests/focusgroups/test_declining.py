"""Whoever cannot come says so: the place is free, who came too late before is told, and the next draw fills what is missing."""

import threading

import pytest
from django.db import connection
from django.test import Client

from focusgroups import moderating, recruiting, reminding, seating
from focusgroups.models import Group, Quota, Seat
from focusgroups.refusals import Refused
from live.models import Event
from members.models import Company, Consent
from notifications.models import Notification
from tests.conftest import member_of


@pytest.fixture
def wanted(group, seats, moderator) -> Group:
    """Two are wanted, and Alice and Charlie have agreed; Gwen was invited as well, and thanked."""
    Group.objects.filter(pk=group.pk).update(seats_wanted=2)
    firm = Company.objects.create(name="Gale", email_domain="gale.example")
    seating.invite(group, member=member_of(firm, "gwen@gale.example", "Gwen"), by=moderator)
    group.refresh_from_db()
    return group


def page_of(member):
    client = Client()
    client.force_login(member)
    return client


def agree(client, group):
    return client.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True).content.decode()


def test_a_place_that_becomes_free_goes_to_who_came_too_late(wanted, seats, alice, moderator):
    late = wanted.seats.get(member__name="Gwen").member
    gwen, page = page_of(late), page_of(alice)
    assert "Enough people have agreed" in agree(gwen, wanted)
    assert "I cannot come" in page.get("/groups/").content.decode()
    assert "Your place is free for somebody else" in page.post(f"/groups/{wanted.pk}/refusal/", follow=True).content.decode()
    told = Notification.objects.get(details__is_free=True)
    assert told.member == late
    assert "A place has become free in the focus group" in gwen.get("/notifications/").content.decode()
    assert "Enough people" not in agree(gwen, wanted)
    assert wanted.seats.get(member=late).consented_at
    # She is out by every door, is not reminded and not drawn again; what she had agreed to stays in the register.
    assert page.get(f"/groups/{wanted.pk}/").status_code == 404
    assert page.get(f"/groups/{wanted.pk}/frames/").status_code == 403
    assert page.post(f"/groups/{wanted.pk}/seat/", {"agree": "on"}).status_code == 404
    assert Consent.objects.filter(member=alice, purpose=Consent.Purpose.RECORDING).count() == 1
    assert alice not in {seat.member for seat in recruiting.draw(wanted, by=moderator)}
    Group.objects.filter(pk=wanted.pk).update(status=Group.Status.PLANNED)
    reminding.remind_due()
    people = page_of(moderator).get(f"/groups/{wanted.pk}/people/").content.decode()
    assert "does not come" in people
    gone = Event.objects.get(stream__name=f"group:{wanted.pk}:all", kind="removed")
    assert (gone.body["name"], gone.body["is_own"]) == ("Maple", True)
    assert "Maple does not come." in page_of(moderator).get(f"/groups/{wanted.pk}/transcript.txt").content.decode()


def test_who_has_not_agreed_says_no_without_a_word_in_the_room_and_the_next_is_drawn(group, moderator, alice, charlie):
    for member in (alice, charlie):
        company = member.company
        Company.objects.filter(pk=company.pk).update(purchased_on="2026-10-15", contract_ends_on=None)
    Quota.objects.create(group=group, segment=Company.objects.get(pk=alice.company_id).stage.value, wanted=1)
    Group.objects.filter(pk=group.pk).update(over_percent=0)
    group.refresh_from_db()
    [first] = recruiting.draw(group, by=moderator)
    assert recruiting.draw(group, by=moderator) == []
    page_of(first.member).post(f"/groups/{group.pk}/refusal/")
    assert not Event.objects.filter(stream__name=f"group:{group.pk}:all").exists()
    assert not Notification.objects.filter(details__is_free=True).exists(), "nobody had been turned away"
    [second] = recruiting.draw(group, by=moderator)
    assert second.member_id != first.member_id


def test_only_a_participant_of_a_group_that_has_not_begun_declines(wanted, seats, alice, bob, observer, moderator):
    door = f"/groups/{wanted.pk}/refusal/"
    assert page_of(bob).post(door).status_code == 404
    for member in (observer, moderator):
        assert "has begun or ended" in page_of(member).post(door, follow=True).content.decode()
    moderating.change_status(wanted.pk, member=moderator, client_id=None, status=Group.Status.OPEN)
    page = page_of(alice)
    assert "I cannot come" not in page.get("/groups/").content.decode()
    assert "has begun or ended" in page.post(door, follow=True).content.decode()
    assert not Seat.objects.filter(group=wanted, removed_at__isnull=False).exists()
    with pytest.raises(Refused, match="begun"):
        seating.decline(seats["alice"])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_one_free_place_at_once_one_has_it(wanted, seats, alice):
    firms = [Company.objects.create(name=f"Firm {place}", email_domain=f"f{place}.example") for place in range(4)]
    guests = [member_of(firm, f"guest@{firm.email_domain}", firm.name) for firm in firms]
    invited = [seating.invite(wanted, member=guest, is_told=False) for guest in guests]
    seating.decline(seats["alice"])
    gate, outcomes = threading.Barrier(len(invited)), []

    def want(seat):
        gate.wait(30)
        try:
            seating.consent(seat)
            outcomes.append("in")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=[seat]) for seat in invited]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["full", "full", "full", "in"]
