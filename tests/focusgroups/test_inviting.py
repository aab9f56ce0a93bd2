"""What those invited are told: when, in which zone, in their language, with an entry for their calendar."""

import datetime

from django.core import mail
from django.utils import timezone

from focusgroups import reminding, seating
from focusgroups.models import Group
from notifications import mailing

AFTER_LUNCH = datetime.datetime(2031, 12, 1, 7, 0, tzinfo=datetime.UTC)


def sent(to):
    """The newest letter to a member, whoever else was written to."""
    mailing.send_due(timezone.now() + datetime.timedelta(minutes=5))
    return [letter for letter in mail.outbox if letter.to == [to.email]][-1]


def test_an_invitation_names_its_time_and_zone_and_brings_its_calendar_file(client, group, alice):
    Group.objects.filter(pk=group.pk).update(starts_at=AFTER_LUNCH)
    seating.invite(group, member=alice)
    letter = sent(alice)
    assert "1 December 2031, 15:00 (Asia/Shanghai, UTC+08:00)" in letter.body
    name, content, kind = letter.attachments[0]
    assert (name, kind) == ("invitation.ics", "text/calendar")
    assert "DTSTART:20311201T070000Z" in content
    assert f"UID:group-{group.pk}@" in content
    client.force_login(alice)
    assert "UTC+08:00" in client.get("/notifications/").content.decode()
    assert f"UID:group-{group.pk}@" in client.get(f"/groups/{group.pk}/invitation.ics").content.decode()
    page = client.get("/groups/").content.decode()
    assert "local-times" in page
    assert "data-local>1 December 2031, 15:00 (UTC+0800)" in page


def test_a_reminder_says_when_in_the_readers_language(group, alice):
    alice.locale = "zh-hans"
    alice.save()
    seating.invite(group, member=alice, is_told=False)
    starts_at = timezone.now() + datetime.timedelta(hours=20)
    Group.objects.filter(pk=group.pk).update(starts_at=starts_at)
    reminding.remind_due()
    assert f"开始时间：{timezone.localtime(starts_at).year}年" in sent(alice).body
    assert "（Asia/Shanghai, UTC+08:00）。" in sent(alice).body


def test_an_invitation_without_a_time_brings_no_calendar_file(group, alice):
    seating.invite(group, member=alice)
    letter = sent(alice)
    assert letter.attachments == []
    assert "It begins" not in letter.body
