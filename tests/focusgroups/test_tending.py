"""A board's time and people: deadlines in the member's zone, reminders that are never doubled, late answers, who is muted or shown out."""

import datetime

from django.utils import timezone

from focusgroups import boards, tending
from focusgroups.models import Answer, Item
from members.models import Member
from notifications.models import Notification
from tests.focusgroups.test_boards import address, said, text_of


def test_an_answer_given_in_time_stays_in_time_when_it_is_put_right_later_and_a_late_one_is_taken_and_marked(
    client, tended, alice, charlie, moderator
):
    task = tended.items.get(is_masked=True)
    client.force_login(alice)
    client.post(address(task, "answer/"), said(body="Jars."))
    Item.objects.filter(pk=task.pk).update(due_at=timezone.now())
    client.post(address(task, "answer/"), said(body="Jars and tins."))
    client.force_login(charlie)
    assert "overdue, answers are still welcome" in text_of(client, address(task))
    assert client.post(address(task, "answer/"), said(body="Boxes.")).status_code == 302
    client.force_login(moderator)
    task.refresh_from_db()
    rows = {seat.pseudonym: marks for seat, marks in boards.matrix(tended, [task])}
    assert rows == {"Maple": ["done"], "Cedar": ["late"]}
    page = text_of(client, f"/groups/{tended.pk}/")
    assert 'class="is-late"' in page
    assert Answer.objects.get(seat__pseudonym="Maple").body == "Jars and tins."


def test_deadlines_are_told_in_the_members_zone_on_the_pages_and_in_what_one_is_told(client, board, alice, charlie):
    Member.objects.filter(pk=alice.pk).update(time_zone="America/New_York")
    due = datetime.datetime(2031, 11, 3, 4, 30, tzinfo=datetime.UTC)
    board.items.filter(is_masked=True).update(due_at=due)
    tending.tend()
    task = board.items.get(is_masked=True)
    told = {"alice": "2 November 2031, 23:30 (America/New_York, UTC-05:00)", "charlie": "3 November 2031, 12:30 (Asia/Shanghai, UTC+08:00)"}
    pages = {"alice": "2 November 2031, 23:30 (UTC-0500)", "charlie": "3 November 2031, 12:30 (UTC+0800)"}
    for name, member in (("alice", alice), ("charlie", charlie)):
        client.force_login(member)
        assert f"Answers are wanted by {told[name]}." in text_of(client, "/notifications/")
        assert pages[name] in text_of(client, address(task))
        assert pages[name][-10:] in text_of(client, f"/groups/{board.pk}/")


def due_reminders(member):
    return Notification.objects.filter(member=member, details__task="due").count()


def test_a_reminder_by_hand_days_before_does_not_stand_for_the_clocks_own_and_one_just_before_does(client, tended, charlie, moderator):
    task = tended.items.get(is_masked=True)
    client.force_login(moderator)
    client.post(address(task, "deeds/"), {"deed": "nudge"})
    assert due_reminders(charlie) == 1
    now = timezone.now()
    Item.objects.filter(pk=task.pk).update(posed_at=now - datetime.timedelta(days=3), due_at=now + datetime.timedelta(hours=23))
    tending.tend()
    assert due_reminders(charlie) == 1, "a moderator has just reminded them"
    Item.objects.filter(pk=task.pk).update(nudged_at=now - datetime.timedelta(days=2))
    for _time in range(3):
        tending.tend()
    assert due_reminders(charlie) == 2
    # Two rounds of two processes that both saw it due tell once.
    Item.objects.filter(pk=task.pk).update(nudged_at=now - datetime.timedelta(days=2))
    tending.tend()
    assert due_reminders(charlie) == 2
    # More time is another deadline, of which they are reminded once more.
    Item.objects.filter(pk=task.pk).update(due_at=now + datetime.timedelta(hours=20, days=2))
    tending.tend()
    assert due_reminders(charlie) == 2
    Item.objects.filter(pk=task.pk).update(due_at=now + datetime.timedelta(hours=20, minutes=1), nudged_at=now - datetime.timedelta(days=2))
    for _time in range(2):
        tending.tend()
    assert due_reminders(charlie) == 3


def test_a_task_that_is_put_up_by_hand_is_told_to_its_people_once(client, tended, alice, charlie, moderator):
    coming = tended.items.get(text="And today?")
    before = Notification.objects.filter(details__task="new").count()
    client.force_login(alice)
    assert client.post(address(coming, "deeds/"), {"deed": "pose"}).status_code == 404
    client.force_login(moderator)
    for _time in range(2):
        client.post(address(coming, "deeds/"), said(deed="pose"))
    tending.tend()
    told = Notification.objects.filter(details__task="new", cause=f"group:{tended.pk}:task:{coming.pk}")
    assert sorted(told.values_list("member__name", flat=True)) == ["Alice Chen", "Charlie Wu"]
    assert Notification.objects.filter(details__task="new").count() == before + 2


def test_on_a_board_a_moderator_mutes_somebody_lets_them_speak_again_and_shows_them_out(
    client, tended, seats, alice, charlie, moderator, observer, researcher
):
    task, people = tended.items.get(kind="poll"), f"/groups/{tended.pk}/people/"

    def does(deed, seat):
        return client.post(f"{people}{seats[seat].pk}/deeds/", {"deed": deed}, follow=True)

    client.force_login(alice)
    assert does("remove", "charlie").status_code == 404
    client.force_login(observer)
    assert does("mute", "alice").status_code == 404
    client.force_login(researcher)
    assert "Show out" not in text_of(client, people), "who does not sit there moderates nobody"
    assert does("remove", "alice").status_code == 404
    client.force_login(moderator)
    assert "Show out" in text_of(client, people)
    assert does("close", "alice").status_code == 404
    does("mute", "alice")
    assert ">Unmute<" in text_of(client, people)
    client.force_login(alice)
    refused = client.post(address(task, "posts/"), said(body="Hello", to="all"))
    assert (refused.status_code, "has muted you" in refused.content.decode()) == (422, True)
    client.force_login(moderator)
    does("unmute", "alice")
    client.force_login(alice)
    assert client.post(address(task, "posts/"), said(body="Hello", to="all")).status_code == 302
    client.force_login(moderator)
    for seat in ("alice", "olga"):
        does("remove", seat)
    assert "You cannot show yourself out." in does("remove", "momo").content.decode()
    for member in (alice, observer):
        client.force_login(member)
        for door in (f"/groups/{tended.pk}/", address(task), f"/api/v1/groups/{tended.pk}/events"):
            assert client.get(door).status_code == 404
        assert client.post(address(task, "posts/"), said(body="Again", to="all")).status_code == 404
    client.force_login(charlie)
    assert client.get(address(task)).status_code == 200
