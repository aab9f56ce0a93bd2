"""A group is moved, called off or deleted: those with a seat are told in their zone, calendars follow, reminders come anew."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from focusgroups import moderating, reminding, seating
from focusgroups.models import Group, Seat
from live.models import Stream
from members.models import Member
from notifications import mailing
from notifications.models import Notification
from tests.focusgroups.test_back_office import guide, planned

UTC = datetime.UTC


@pytest.fixture
def invited(study, researcher, moderator, alice, charlie, observer) -> Group:
    """Without a guide, as the back office sends it back; Alice has agreed, Charlie has not answered, Olga may watch."""
    starts_at = datetime.datetime(2031, 10, 20, 7, 0, tzinfo=UTC)
    group = Group.objects.create(study=study, title="Returns", starts_at=starts_at, ends_at=starts_at + datetime.timedelta(hours=2))
    seating.invite(group, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    Member.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    seating.consent(seating.invite(group, member=alice, by=moderator))
    seating.invite(group, member=charlie, by=moderator)
    seating.invite(group, member=observer, role=Seat.Role.OBSERVER, by=moderator)
    return group


def save(client, group, **times):
    """The researcher's form, by the club's clock (UTC+8)."""
    door = f"/admin/snippets/focusgroups/group/edit/{group.pk}/"
    answer = client.post(door, planned(group.study, **{"title": group.title, "consent_text": group.consent_text, **times}) | guide())
    assert answer.status_code == 302, answer.context["form"].errors


def letters(to, words):
    mailing.send_due(timezone.now() + datetime.timedelta(minutes=5))
    return [letter for letter in mail.outbox if letter.to == [to.email] and words in " ".join(letter.body.split())]


def entry_of(letter):
    [entry] = Calendar.from_ical(letter.attachments[0][1]).walk("VEVENT")
    return entry


def test_a_moved_group_is_told_to_everybody_with_a_seat_and_calendars_take_the_newer_file(
    client, invited, researcher, moderator, alice, charlie, observer, bob
):
    first = entry_of(letters(alice, "You are invited")[0])
    assert (first["SEQUENCE"], first["STATUS"], first["DTSTART"].dt) == (0, "CONFIRMED", invited.starts_at)
    gone = Seat.objects.create(group=invited, member=bob, pseudonym="Bob, who left", removed_at=timezone.now())
    client.force_login(researcher)
    save(client, invited, starts_at="2031-10-27 15:00", ends_at="2031-10-27 17:00")
    for member in (alice, charlie, observer, moderator):
        assert len(letters(member, "The time of the focus group “Returns” was set anew.")) == 1, member
    assert letters(gone.member, "set anew") == []
    assert letters(researcher, "set anew") == [], "nobody is told of their own deed"
    letter = letters(alice, "set anew")[0]
    assert "27 October 2031, 08:00 (Europe/Berlin, UTC+01:00)" in letter.body, "by winter's clock, which begins the day before"
    assert "METHOD:PUBLISH" in letter.attachments[0][1]
    second = entry_of(letter)
    assert (second["UID"], second["SEQUENCE"]) == (first["UID"], 1)
    assert second["DTSTART"].dt == datetime.datetime(2031, 10, 27, 7, 0, tzinfo=UTC)
    assert second["DTEND"].dt == datetime.datetime(2031, 10, 27, 9, 0, tzinfo=UTC)
    client.force_login(alice)
    door = client.get(f"/groups/{invited.pk}/invitation.ics").content.decode()
    assert "SEQUENCE:1" in door
    assert "DTSTART:20311027T070000Z" in door
    # What was told before says the new hour, too: a page that was not read yet must not send anybody to the old one.
    page = client.get("/notifications/").content.decode()
    assert "20 October" not in page
    for told in ("You are invited to the focus group “Returns”.", "The time of the focus group “Returns” was set anew."):
        assert re.search(rf"{told} [^<]*It begins: 27 October 2031, 08:00 \(Europe/Berlin, UTC\+01:00\)", page), told
    client.force_login(researcher)
    save(client, invited, starts_at="2031-10-27 15:00", ends_at="2031-10-27 17:00")
    assert Notification.objects.filter(details__is_moved=True).count() == 4, "saved again with the same time, nothing is told"
    save(client, invited, starts_at="2031-10-28 15:00", ends_at="2031-10-28 17:00")
    assert entry_of(letters(alice, "28 October 2031")[-1])["SEQUENCE"] == 2


def test_an_invitation_that_has_not_gone_out_yet_says_the_new_hour(client, invited, researcher, charlie):
    client.force_login(researcher)
    save(client, invited, starts_at="2031-10-27 15:00")
    letter = letters(charlie, "You are invited")[0]
    assert "27 October 2031, 15:00 (Asia/Shanghai, UTC+08:00)" in letter.body
    assert entry_of(letter)["SEQUENCE"] == 1
    assert "20 October" not in letter.body


def test_who_was_reminded_of_the_old_time_is_reminded_of_the_new_one(client, invited, researcher, alice):
    def reminded():
        reminding.remind_due()
        rows = Notification.objects.filter(member=alice, details__has_key="reminder").order_by("pk")
        return [row.details["reminder"] for row in rows]

    Group.objects.filter(pk=invited.pk).update(starts_at=timezone.now() + datetime.timedelta(minutes=40), ends_at=None)
    assert reminded() == ["hour"]
    client.force_login(researcher)
    later = timezone.localtime() + datetime.timedelta(hours=20)
    save(client, invited, starts_at=f"{later:%Y-%m-%d %H:%M}")
    for _time in range(2):
        assert reminded() == ["hour", "day"]
    Group.objects.filter(pk=invited.pk).update(starts_at=timezone.now() + datetime.timedelta(minutes=30))
    assert reminded() == ["hour", "day", "hour"]


def test_a_group_without_a_time_any_more_leaves_calendars_until_it_has_one(client, invited, researcher, alice):
    letters(alice, "invited")
    client.force_login(researcher)
    save(client, invited)
    letter = letters(alice, "does not take place at the time that was set")[0]
    entry = entry_of(letter)
    assert (entry["STATUS"], entry["SEQUENCE"], entry["DTSTART"].dt) == ("CANCELLED", 1, invited.starts_at)
    save(client, invited, starts_at="2031-11-03 15:00")
    assert entry_of(letters(alice, "set anew")[0])["SEQUENCE"] == 2


def test_an_open_group_or_another_title_moves_nobody(client, invited, researcher, moderator, alice):
    client.force_login(researcher)
    save(client, invited, title="Returns and repairs", starts_at="2031-10-20 15:00", ends_at="2031-10-20 17:00")
    moderating.change_status(invited.pk, member=moderator, client_id=None, status=Group.Status.OPEN)
    save(client, invited, starts_at="2031-10-20 15:00", ends_at="2031-10-20 18:00")
    assert not Notification.objects.filter(details__is_moved=True).exists()


def test_a_group_that_is_called_off_is_taken_out_of_calendars_and_cannot_be_opened(client, invited, moderator, alice, charlie, observer):
    uid = entry_of(letters(alice, "You are invited")[0])["UID"]
    door = f"/groups/{invited.pk}/cancellation/"
    for member in (alice, observer):
        client.force_login(member)
        assert client.post(door).status_code == 404
    assert client.get(door).status_code in (404, 405)
    client.force_login(moderator)
    assert "Call the group off" in client.get(f"/groups/{invited.pk}/people/").content.decode()
    assert "Called off; 3 people are told." in client.post(door, follow=True).content.decode()
    letter = letters(alice, "does not take place")[0]
    assert "20 October 2031, 09:00 (Europe/Berlin, UTC+02:00)" in letter.body
    assert letter.attachments[0][0] == "cancellation.ics"
    assert "METHOD:CANCEL" in letter.attachments[0][1]
    entry = entry_of(letter)
    assert (entry["UID"], entry["STATUS"], entry["SEQUENCE"]) == (uid, "CANCELLED", 1)
    assert re.match("mailto:.+@", entry["ORGANIZER"])
    assert len(letters(charlie, "does not take place")) == len(letters(observer, "does not take place")) == 1
    assert "only a group that has not been opened" in client.post(door, follow=True).content.decode().lower()
    assert len(letters(alice, "does not take place")) == 1
    with pytest.raises(Exception, match="closed"):
        moderating.change_status(invited.pk, member=moderator, client_id=None, status=Group.Status.OPEN)
    client.force_login(charlie)
    assert "This group was called off." in client.get(f"/groups/{invited.pk}/").content.decode()
    assert "METHOD:CANCEL" in client.get(f"/groups/{invited.pk}/invitation.ics").content.decode()
    assert reminding.remind_due() == 0


def test_an_open_group_is_closed_and_not_called_off(client, invited, moderator, alice):
    moderating.change_status(invited.pk, member=moderator, client_id=None, status=Group.Status.OPEN)
    client.force_login(moderator)
    client.post(f"/groups/{invited.pk}/cancellation/")
    invited.refresh_from_db()
    assert invited.status == Group.Status.OPEN
    moderating.change_status(invited.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    assert letters(alice, "does not take place") == []


@pytest.mark.parametrize("door", ["/admin/snippets/focusgroups/group/delete/{pk}/", "/admin/bulk/focusgroups/group/delete/?id={pk}"])
def test_whoever_was_invited_to_a_group_that_is_deleted_is_told_and_nothing_said_in_it_stays(client, invited, researcher, alice, door):
    client.force_login(researcher)
    assert Stream.objects.filter(name__startswith=f"group:{invited.pk}:").exists()
    client.post(door.format(pk=invited.pk))
    assert not Group.objects.filter(pk=invited.pk).exists()
    assert len(letters(alice, "does not take place")) == 1
    assert not Stream.objects.filter(name__startswith=f"group:{invited.pk}:").exists()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # The night in which an hour comes twice, and the one in which it does not come.
        (datetime.datetime(2031, 10, 26, 0, 30, tzinfo=UTC), "26 October 2031, 02:30 (Europe/Berlin, UTC+02:00)"),
        (datetime.datetime(2031, 10, 26, 1, 30, tzinfo=UTC), "26 October 2031, 02:30 (Europe/Berlin, UTC+01:00)"),
        (datetime.datetime(2031, 3, 30, 0, 59, tzinfo=UTC), "30 March 2031, 01:59 (Europe/Berlin, UTC+01:00)"),
        (datetime.datetime(2031, 3, 30, 1, 0, tzinfo=UTC), "30 March 2031, 03:00 (Europe/Berlin, UTC+02:00)"),
    ],
)
def test_when_clocks_change_the_hour_is_told_with_its_offset_and_the_file_says_the_moment(group, alice, moment, said):
    Group.objects.filter(pk=group.pk).update(starts_at=moment)
    Member.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    seating.invite(group, member=alice)
    letter = letters(alice, "You are invited")[0]
    assert said in letter.body
    assert entry_of(letter)["DTSTART"].dt == moment
    assert (entry_of(letter)["DTEND"].dt - moment) == datetime.timedelta(minutes=90)


def test_the_pages_tell_the_hour_in_the_members_zone_without_a_script(client, invited, alice, charlie):
    for member, said in ((alice, "20 October 2031, 09:00 (UTC+0200)"), (charlie, "20 October 2031, 15:00 (UTC+0800)")):
        client.force_login(member)
        assert said in client.get("/groups/").content.decode()
    assert said in client.get(f"/groups/{invited.pk}/").content.decode(), "at the door"
