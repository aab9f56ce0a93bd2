import csv
import io

import pytest

from focusgroups import discussing, moderating, seating
from focusgroups.models import Group, Seat
from members.models import Activity, Consent
from notifications.models import Notification


def test_a_newcomer_takes_an_open_seat_by_agreeing_and_is_in_the_room(client, group, mei):
    Group.objects.filter(pk=group.pk).update(open_seats=1)
    client.force_login(mei)
    assert "Stock in the busy season" in client.get("/groups/").content.decode()
    door = client.get(f"/groups/{group.pk}/").content.decode()
    assert "Take a seat" in door
    assert client.post(f"/groups/{group.pk}/seat/", {}).status_code == 422
    assert not Seat.objects.filter(member=mei).exists()
    page = client.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True)
    seat = Seat.objects.get(member=mei)
    assert seat.role == Seat.Role.PARTICIPANT
    assert seat.pseudonym in page.content.decode()
    assert Consent.objects.get(member=mei).purpose == Consent.Purpose.RECORDING


def test_no_more_members_sit_down_than_there_are_open_seats(client, group, mei, bob):
    Group.objects.filter(pk=group.pk).update(open_seats=1)
    client.force_login(mei)
    client.post(f"/groups/{group.pk}/seat/", {"agree": "on"})
    client.force_login(bob)
    assert "All open seats are taken" in client.get(f"/groups/{group.pk}/").content.decode()
    client.post(f"/groups/{group.pk}/seat/", {"agree": "on"})
    assert not Seat.objects.filter(member=bob).exists()


def test_a_group_one_is_not_invited_to_is_not_there(client, group, bob):
    client.force_login(bob)
    for address in ("", "people/", "transcript/", "transcript.txt"):
        assert client.get(f"/groups/{group.pk}/{address}").status_code == 404
    for address in ("seat/", "staff-seat/", "people/"):
        assert client.post(f"/groups/{group.pk}/{address}", {"agree": "on", "role": "moderator"}).status_code == 404
    assert "Stock in" not in client.get("/groups/").content.decode()


def test_whoever_was_shown_out_finds_no_door(client, open_group, seats, alice, moderator):
    Group.objects.filter(pk=open_group.pk).update(open_seats=9)
    moderating.remove(open_group.pk, member=moderator, client_id=None, seat=seats["alice"].pk)
    client.force_login(alice)
    assert client.get(f"/groups/{open_group.pk}/").status_code == 404
    assert client.post(f"/groups/{open_group.pk}/seat/", {"agree": "on"}).status_code == 404


def test_an_invitation_tells_the_member_once_and_asks_for_consent(client, group, alice):
    for _time in range(2):
        seating.invite(group, member=alice)
    told = Notification.objects.get(member=alice)
    assert (told.kind, told.url) == (Notification.Kind.GROUP_INVITATION, f"/groups/{group.pk}/")
    client.force_login(alice)
    assert "Before you come in" in client.get(told.url).content.decode()


def test_the_host_invites_by_address_and_unknown_ones_are_named(client, group, moderator, alice, mei):
    client.force_login(moderator)
    page = client.post(f"/groups/{group.pk}/people/", {"members": f"{alice.email}\nnobody@nowhere.example", "role": "participant"})
    assert page.status_code == 422
    assert "nobody@nowhere.example" in page.content.decode()
    assert not Seat.objects.filter(member=alice).exists()
    client.post(f"/groups/{group.pk}/people/", {"observers-members": f"{alice.email}, {mei.email}", "observers-role": "observer"})
    assert Seat.objects.filter(role=Seat.Role.OBSERVER).count() == 2


def test_observers_are_invited_apart_and_told_what_they_are_invited_to(client, group, moderator, mei):
    client.force_login(moderator)
    refused = client.post(f"/groups/{group.pk}/people/", {"members": mei.email, "role": "observer"})
    assert refused.status_code == 422
    client.post(f"/groups/{group.pk}/people/", {"observers-members": mei.email, "observers-role": "observer"})
    assert Seat.objects.get(member=mei).role == Seat.Role.OBSERVER
    client.force_login(mei)
    assert "单向玻璃" in client.get("/zh-hans/notifications/").content.decode()


def test_a_participant_is_no_host(client, open_group, seats, alice):
    client.force_login(alice)
    assert client.get(f"/groups/{open_group.pk}/people/").status_code == 404
    assert client.post(f"/groups/{open_group.pk}/people/{seats['alice'].pk}/attendance/").status_code == 404
    assert client.post(f"/groups/{open_group.pk}/staff-seat/", {"role": "moderator"}).status_code == 404


def test_a_researcher_takes_a_chair_behind_the_glass(client, group, researcher):
    client.force_login(researcher)
    assert "behind the glass" in client.get(f"/groups/{group.pk}/").content.decode()
    page = client.post(f"/groups/{group.pk}/staff-seat/", {"role": "observer"}, follow=True)
    assert "behind-glass" in page.content.decode()


def test_attendance_earns_the_groups_points_once_and_only_who_was_there(client, open_group, seats, moderator, alice):
    client.force_login(moderator)
    address = f"/groups/{open_group.pk}/people/{seats['alice'].pk}/attendance/"
    client.post(address)
    assert not Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED).exists()
    Seat.objects.filter(pk=seats["alice"].pk).update(first_here_at=open_group.opened_at)
    for _time in range(2):
        client.post(address)
    deed = Activity.objects.get(kind=Activity.Kind.GROUP_ATTENDED)
    assert (deed.member, deed.cause, deed.details["points"]) == (alice, f"group:{open_group.pk}:member:{alice.pk}", 30)


def test_all_who_said_or_answered_something_are_confirmed_at_once_and_nobody_else(client, open_group, seats, moderator, alice, new_id):
    Seat.objects.filter(group=open_group, role="participant").update(first_here_at=open_group.opened_at)
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Good evening")
    client.force_login(moderator)
    assert "1 message, 0 answers" in client.get(f"/groups/{open_group.pk}/people/").content.decode()
    for _time in range(2):
        client.post(f"/groups/{open_group.pk}/people/attendance/")
    assert Activity.objects.get(kind=Activity.Kind.GROUP_ATTENDED).member == alice
    client.force_login(alice)
    assert client.post(f"/groups/{open_group.pk}/people/attendance/").status_code == 404


@pytest.fixture
def spoken(open_group, seats, masked, alice, charlie, moderator, observer, new_id):
    pk = open_group.pk
    discussing.say(pk, member=alice, client_id=new_id(), body="=HYPERLINK(1)")
    discussing.say(pk, member=observer, client_id=new_id(), body="Ask about the price")
    moderating.probe(pk, member=moderator, client_id=None, seat=seats["charlie"].pk, body="What do you think?")
    moderating.pose(pk, member=moderator, client_id=None, item=masked.pk)
    discussing.answer(pk, member=charlie, client_id=new_id(), item=masked.pk, body="Ninety")
    moderating.reveal(pk, member=moderator, client_id=None, item=masked.pk)
    moderating.change_status(pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    return open_group


def test_a_participants_transcript_has_what_they_heard_and_nothing_else(client, spoken, alice, charlie):
    client.force_login(alice)
    page = client.get(f"/groups/{spoken.pk}/", follow=True).content.decode()
    assert "Ninety" in page
    for hidden in ("price", "What do you think", "Glass", "Charlie", "Olga"):
        assert hidden not in page
    client.force_login(charlie)
    text = client.get(f"/groups/{spoken.pk}/transcript.txt").content.decode()
    assert "(private) Momo the moderator: → Cedar: What do you think?" in text
    assert text.count("Ninety") == 1


def test_the_staffs_transcript_has_everything_under_the_names_of_the_room(client, spoken, researcher):
    client.force_login(researcher)
    text = client.get(f"/groups/{spoken.pk}/transcript.txt").content.decode()
    for shown in ("(back room) Glass: Ask about the price", "Maple", "Ninety", "What do you think?"):
        assert shown in text
    assert "Charlie" not in text
    table = list(csv.DictReader(io.StringIO(client.get(f"/groups/{spoken.pk}/transcript.csv").content.decode().lstrip("\ufeff"))))
    assert [row["text"] for row in table if row["name"] == "Maple"] == ["'=HYPERLINK(1)"]
    assert client.get(f"/groups/{spoken.pk}/transcript.exe").status_code == 404


def test_while_a_group_is_open_its_participants_read_no_transcript(client, open_group, seats, alice, moderator):
    client.force_login(alice)
    assert client.get(f"/groups/{open_group.pk}/transcript/").status_code == 404
    client.force_login(moderator)
    assert client.get(f"/groups/{open_group.pk}/transcript/").status_code == 200


def test_pages_ask_the_database_no_more_for_more_groups(client, study, alice, django_assert_max_num_queries):
    for number in range(25):
        group = Group.objects.create(study=study, title=f"Group {number}", open_seats=3)
        if number % 2:
            seating.consent(seating.invite(group, member=alice, is_told=False))
    client.force_login(alice)
    client.get("/groups/")  # the first page of a session also notes the session
    with django_assert_max_num_queries(15):
        client.get("/groups/")
    with django_assert_max_num_queries(15):
        client.get(Group.objects.filter(seats__member=alice)[0].get_absolute_url())


def test_a_visitor_is_asked_to_sign_in(client, group):
    assert client.get("/groups/")["Location"].startswith("/accounts/login/")
    assert client.get(f"/groups/{group.pk}/")["Location"].startswith("/accounts/login/")
