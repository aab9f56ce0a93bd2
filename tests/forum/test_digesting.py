"""The letter about what a member missed."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from forum import digesting, following, posting, regarding
from forum.models import Level
from members.models import Member
from notifications import mailing, preferring
from notifications.models import Digest, EmailOut

WEEK = datetime.timedelta(days=8)


@pytest.fixture
def away(alice, bob, charlie):
    """All three joined a month ago."""
    Member.objects.update(joined_at=timezone.now() - datetime.timedelta(days=30))
    for member in (alice, bob, charlie):
        member.refresh_from_db()


def letters() -> list[EmailOut]:
    return list(EmailOut.objects.filter(template="digest"))


def test_a_member_reads_once_a_week_what_they_missed(away, thread, alice, bob, client):
    preferring.set_digest(alice, Digest.Rhythm.NEVER)
    assert digesting.write_due() == 2
    assert digesting.write_due() == 0
    letter = next(letter for letter in letters() if letter.member == bob)
    assert letter.context["items"][0]["subject"] == f"post:{thread.posts.get().pk}"
    mailing.send_due(timezone.now() + datetime.timedelta(1))
    sent = next(message for message in mail.outbox if message.to == [bob.email])
    assert "Month-end closing" in sent.subject
    assert "How do you close your books?" in sent.body
    stop = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.post(stop.partition("://")[2].partition("/")[2].join(["/", ""]), {"List-Unsubscribe": "One-Click"})
    assert preferring.digest_of(bob) == Digest.Rhythm.NEVER
    assert preferring.digest_of(alice) == Digest.Rhythm.NEVER


def test_what_was_read_muted_or_written_by_the_ignored_is_left_out(away, square, alice, bob, charlie):
    read = posting.start_thread(square, author=alice, title="Read", body="x")
    following.read_up_to(read, member=bob, no=1)
    muted = posting.start_thread(square, author=alice, title="Muted", body="x", tags=["tax"])
    regarding.follow_tag(muted.tags.get(), member=bob, level=Level.MUTE)
    posting.start_thread(square, author=charlie, title="Ignored", body="x")
    regarding.ignore(charlie, member=bob)
    assert digesting.missed(bob, since=timezone.now() - WEEK) == []
    news = posting.start_thread(square, author=alice, title="News", body="x")
    assert [item["subject"] for item in digesting.missed(bob, since=timezone.now() - WEEK)] == [f"post:{news.posts.get().pk}"]


def test_it_tells_nothing_of_boards_one_may_not_read(away, harbour_board, alice, bob, charlie):
    posting.start_thread(harbour_board, author=alice, title="Ours", body="x")
    digesting.write_due()
    assert [letter.member for letter in letters()] == [bob]


def test_a_daily_reader_hears_daily_and_a_newcomer_not_at_once(away, thread, alice, bob, mei):
    preferring.set_digest(bob, Digest.Rhythm.DAILY)
    digesting.write_due()
    assert mei not in [letter.member for letter in letters()]
    posting.reply(thread, author=alice, body="More.")
    digesting.write_due(timezone.now() + datetime.timedelta(days=1))
    assert [letter.member for letter in letters()].count(bob) == 2


def test_the_rhythm_is_chosen_with_the_other_wishes(client, bob):
    client.force_login(bob)
    client.post("/notifications/preferences/", {"digest": "daily"})
    assert preferring.digest_of(bob) == Digest.Rhythm.DAILY
    client.post("/notifications/preferences/", {"digest": "hourly"})
    assert preferring.digest_of(bob) == Digest.Rhythm.DAILY
