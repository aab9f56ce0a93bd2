"""From a screener survey to a full group: answered, drawn by quota with some over, invited, agreed, reminded, and the late thanked."""

import datetime
import json

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from community import recurring
from focusgroups.models import Group, Quota, Seat
from members.models import Company, Member
from notifications import mailing
from notifications.models import Notification
from surveys import publishing
from tests.conftest import member_of

STAGES = ["beginner"] * 5 + ["expert"] * 4 + ["retired"] * 2


@pytest.fixture
def screener(researcher):
    definition = {
        "title": "Who are you?",
        "elements": [{"type": "radiogroup", "name": "level", "title": "What are you?", "choices": ["beginner", "expert", "retired"]}],
    }
    survey = publishing.create(title="Who are you?", definition=definition, created_by=researcher, slug="who")
    publishing.publish(survey, by=researcher)
    return survey


@pytest.fixture
def answered(screener):
    """Eleven people of as many firms answer by the survey's own door; one more of the first firm does, and one never does."""
    today = timezone.localdate()
    people = []
    for number, level in enumerate([*STAGES, "beginner", None]):
        domain = f"firm{0 if number == len(STAGES) else number}.example"
        firm, _is_new = Company.objects.get_or_create(email_domain=domain, defaults={"name": domain, "purchased_on": today})
        member = member_of(firm, f"person{number}@{domain}", f"Person {number}")
        people.append(member)
        if level is None:
            continue
        page = Client()
        page.force_login(member)
        sent = page.post("/surveys/who/answers/", json.dumps({"data": {"level": level}}), content_type="application/json")
        assert sent.status_code == 200, sent.content
    return people


def plan(client, researcher, group, screener, starts_at):
    """As the researcher's back office would leave it, asked by the group's own pages from there on."""
    Group.objects.filter(pk=group.pk).update(
        screener=screener, screener_question="level", over_percent=50, rest_days=0, starts_at=starts_at, incentive_points=40
    )
    for segment, wanted in (("beginner", 2), ("expert", 2)):
        Quota.objects.create(group=group, segment=segment, wanted=wanted)
    client.force_login(researcher)


def letters_to(member, words):
    mailing.send_due(timezone.now() + datetime.timedelta(minutes=5))
    return [letter for letter in mail.outbox if letter.to == [member.email] and words in letter.body]


def agree(member, group):
    page = Client()
    page.force_login(member)
    return page.post(f"/groups/{group.pk}/seat/", {"agree": "on"}, follow=True).content.decode()


def test_from_the_screener_to_a_full_group(client, group, screener, answered, researcher):
    plan(client, researcher, group, screener, timezone.now() + datetime.timedelta(days=10))
    page = client.get(f"/groups/{group.pk}/people/").content.decode()
    assert "0 / 3" in page, "two wanted, half as many more invited"
    for _time in range(2):
        client.post(f"/groups/{group.pk}/recruit/")
    seats = list(group.seats.filter(role=Seat.Role.PARTICIPANT).select_related("member__company"))
    assert sorted(seat.segment for seat in seats) == ["beginner"] * 3 + ["expert"] * 3
    level = dict(zip([member.pk for member in answered], [*STAGES, "beginner", None], strict=True))
    assert all(level[seat.member_id] == seat.segment for seat in seats), "by their own answer"
    companies = [seat.member.company_id for seat in seats]
    assert len(set(companies)) == len(companies)
    assert answered[-1].pk not in {seat.member_id for seat in seats}
    for seat in seats:
        assert len(letters_to(seat.member, "You are invited to the focus group")) == 1
        assert "It earns 40 points." in letters_to(seat.member, "You are invited")[0].body

    # Two of each agree; the third of a segment is thanked and sent home, and nobody is drawn any more.
    for segment in ("beginner", "expert"):
        first, second, third = [seat.member for seat in seats if seat.segment == segment]
        for member in (first, second):
            assert "Enough people" not in agree(member, group)
        assert "Enough people" in agree(third, group)
        assert group.seats.get(member=third).consented_at is None
    before = group.seats.count()
    client.post(f"/groups/{group.pk}/recruit/")
    assert group.seats.count() == before
    assert group.seats.filter(role=Seat.Role.PARTICIPANT).exclude(consented_at=None).count() == 4


def test_a_segment_whose_pool_is_too_small_says_so_and_takes_all_there_are(client, group, screener, answered, researcher):
    plan(client, researcher, group, screener, None)
    Quota.objects.create(group=group, segment="retired", wanted=4)
    client.post(f"/groups/{group.pk}/recruit/")
    assert group.seats.filter(segment="retired").count() == 2
    page = client.get(f"/groups/{group.pk}/people/").content.decode()
    assert "2 / 6" in page


def test_answers_that_were_rejected_draw_nobody(client, group, screener, answered, researcher):
    screener.submissions.filter(data__level="expert").update(rejected_at=timezone.now())
    plan(client, researcher, group, screener, None)
    client.post(f"/groups/{group.pk}/recruit/")
    assert set(group.seats.filter(role=Seat.Role.PARTICIPANT).values_list("segment", flat=True)) == {"beginner"}


def test_those_who_come_are_reminded_by_the_clocks_round_in_the_zone_that_is_theirs(client, group, screener, answered, researcher):
    starts_at = timezone.now() + datetime.timedelta(hours=20)
    plan(client, researcher, group, screener, starts_at)
    client.post(f"/groups/{group.pk}/recruit/")
    far, near = [seat.member for seat in group.seats.filter(role=Seat.Role.PARTICIPANT).order_by("member_id")[:2]]
    page = Client()
    page.force_login(far)
    form = {"name": far.name, "phone": "", "job_title": "", "about": "", "locale": "en", "time_zone": "America/New_York"}
    assert page.post("/members/settings/", form).status_code == 302
    for member in (far, near):
        agree(member, group)
    reminding = next(each for each in recurring.ROUNDS if "remind" in each.name and "group" in each.name)
    for _time in range(2):
        assert recurring.run_once(reminding)
    newest = {member.pk: letters_to(member, "begins soon") for member in (far, near)}
    assert [len(letters) for letters in newest.values()] == [1, 1]
    assert "(America/New_York, UTC-0" in newest[far.pk][0].body
    assert "(Asia/Shanghai, UTC+08:00)" in newest[near.pk][0].body
    Group.objects.filter(pk=group.pk).update(starts_at=timezone.now() + datetime.timedelta(minutes=40))
    for _time in range(2):
        assert recurring.run_once(reminding)
    assert len(letters_to(far, "begins soon")) == 2
    told = Notification.objects.filter(member=far, details__has_key="reminder").order_by("pk")
    assert [each.details["reminder"] for each in told] == ["day", "hour"]
    # Whoever was shown out, or a group that is closed, is left in peace.
    assert not Notification.objects.filter(member=answered[-1]).exists()


def test_an_invitation_says_the_hour_in_the_members_own_zone_and_the_file_says_the_same_moment(client, group, alice, moderator):
    starts_at = datetime.datetime(2031, 7, 1, 13, 0, tzinfo=datetime.UTC)
    Group.objects.filter(pk=group.pk).update(starts_at=starts_at)
    Member.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    client.force_login(moderator)
    client.post(f"/groups/{group.pk}/people/", {"members": alice.email, "role": "participant"})
    letter = letters_to(alice, "You are invited")[0]
    assert "1 July 2031, 15:00 (Europe/Berlin, UTC+02:00)" in letter.body, "in summer"
    assert "DTSTART:20310701T130000Z" in letter.attachments[0][1]
    client.force_login(alice)
    assert "15:00 (Europe/Berlin, UTC+02:00)" in client.get("/notifications/").content.decode()
    # In Chinese too, and by the club's clock again once the member says so.
    Member.objects.filter(pk=alice.pk).update(locale="zh-hans")
    assert "15:00（Europe/Berlin, UTC+02:00）" in client.get("/zh-hans/notifications/").content.decode()
    Member.objects.filter(pk=alice.pk).update(time_zone="")
    assert "21:00 (Asia/Shanghai, UTC+08:00)" in client.get("/notifications/").content.decode()


def test_a_zone_that_does_not_exist_is_sent_back(client, alice):
    client.force_login(alice)
    form = {"name": alice.name, "phone": "", "job_title": "", "about": "", "locale": "en", "time_zone": "Mars/Olympus"}
    assert "Mars" in client.post("/members/settings/", form).content.decode()
    alice.refresh_from_db()
    assert alice.time_zone == ""
