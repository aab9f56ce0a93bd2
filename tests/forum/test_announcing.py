"""Who hears of a post, on the site and on open pages."""

import datetime

from django.utils import timezone

from forum import digesting, following, live_topics, moderating, posting, reacting, reading, rewriting
from forum.models import Board, Level, ThreadMember
from live.models import Event
from members.models import Member
from notifications.models import Notification


def told(member) -> list[str]:
    return sorted(Notification.objects.filter(member=member).exclude(kind="welcome").values_list("kind", flat=True))


def test_the_author_of_a_thread_hears_of_replies_and_the_replier_does_not(thread, alice, bob):
    posting.reply(thread, author=bob, body="Hello.")
    assert told(alice) == ["reply"]
    assert told(bob) == []


def test_one_post_tells_a_member_once_by_the_best_reason(thread, alice, bob):
    post = posting.reply(thread, author=bob, body=f"Hello @{alice.handle}.", reply_to=thread.posts.get())
    note = Notification.objects.get(member=alice)
    assert (note.kind, note.cause, note.url, note.actor) == (
        "mention",
        f"post:{post.pk}",
        f"/forum/threads/{thread.pk}/?post=2#post-2",
        bob,
    )


def test_who_may_not_read_a_board_hears_nothing_of_it(harbour_board, alice, bob, charlie):
    posting.start_thread(harbour_board, author=alice, title="Ours", body=f"@{charlie.handle} and @{bob.handle}")
    assert told(charlie) == []
    assert told(bob) == ["mention"]


def test_nobody_is_told_of_what_moderators_approve_or_edit_where_it_is_hidden(client, square, thread, bob, mei, charlie, moderator):
    Board.objects.update(approval=Board.Approval.ALL)
    thread.board.refresh_from_db()
    held = posting.reply(thread, author=bob, body=f"Hello @{mei.handle}.")
    shown = posting.reply(thread, author=moderator, body="Shown.")
    following.follow_board(square, member=charlie, level=Level.WATCH)
    moderating.hide_post(shown, by=moderator, reason="Wrong")
    moderating.edit_post(shown, by=moderator, body=f"As @{mei.handle} says.", reason="Clearer")
    moderating.hide_thread(thread, by=moderator, reason="Under discussion")
    told_pages = Event.objects.filter(stream__name=f"board:{square.pk}").count()
    moderating.approve(held, by=moderator, reason="Fine")
    assert (told(mei), told(charlie)) == ([], [])
    assert Event.objects.filter(stream__name=f"board:{square.pk}").count() == told_pages
    held.refresh_from_db()
    moderating.unhide_thread(thread, by=moderator, reason="Back")
    for reader, status in ((mei, 200), (charlie, 200)):
        client.force_login(reader)
        assert client.get(f"/forum/threads/{thread.pk}/").status_code == status


def test_a_muted_thread_keeps_quiet_even_when_it_calls(thread, alice, bob):
    following.follow_thread(thread, member=alice, level=Level.MUTE)
    posting.reply(thread, author=bob, body=f"@{alice.handle}!")
    assert told(alice) == []


def test_who_watches_a_board_hears_of_new_threads(square, alice, mei):
    following.follow_board(square, member=mei, level=Level.WATCH)
    thread = posting.start_thread(square, author=alice, title="New", body="Here.")
    posting.reply(thread, author=alice, body="More.")
    assert told(mei) == ["reply"]


def test_an_edit_calls_only_those_it_names_anew(thread, alice, bob, mei):
    post = posting.reply(thread, author=alice, body=f"@{bob.handle}")
    rewriting.edit(post, editor=alice, body=f"@{bob.handle} @{mei.handle}")
    assert told(bob) == ["mention"]
    assert told(mei) == ["mention"]


def test_a_reaction_is_told_once_whatever_follows(thread, alice, bob):
    post = thread.posts.get()
    for _time in range(2):
        reacting.react(post, member=bob)
        reacting.withdraw_reaction(post, member=bob)
    assert told(alice) == ["reaction"]


def test_code_and_strangers_call_nobody(thread, alice, bob):
    html = posting.reply(thread, author=bob, body=f"`@{alice.handle}` and @nobody-here").html
    assert "mention" not in html


def test_open_pages_hear_numbers_and_a_name_and_no_words(thread, bob):
    post = posting.reply(thread, author=bob, body="Secret plans.")
    for stream in (f"thread:{thread.pk}", f"board:{thread.board_id}"):
        event = Event.objects.filter(stream__name=stream).order_by("-seq").first()
        assert event.kind == "post"
        assert event.body == {"thread": thread.pk, "post": post.pk, "no": 2, "author": "Bob Lin"}


def test_the_gate_of_the_page_is_the_gate_of_the_topic(harbour_board, alice, bob, charlie, moderator):
    thread = posting.start_thread(harbour_board, author=alice, title="Ours", body="x")
    assert live_topics.thread(bob, str(thread.pk)) == f"thread:{thread.pk}"
    assert live_topics.board(bob, str(harbour_board.pk)) == f"board:{harbour_board.pk}"
    for key in (str(thread.pk), "0", "-1", "x", "", "9" * 30, "١"):
        assert live_topics.thread(charlie, key) is None
    assert live_topics.board(charlie, str(harbour_board.pk)) is None
    moderating.hide_thread(thread, by=moderator, reason="x")
    assert live_topics.thread(bob, str(thread.pk)) is None


def test_the_new_threads_of_a_tracked_board_are_unread_and_first_in_the_digest_without_a_notice(square, alice, bob, charlie, mei):
    Member.objects.update(joined_at=timezone.now() - datetime.timedelta(days=30))
    for member in (bob, charlie, mei):
        member.refresh_from_db()
    following.follow_board(square, member=mei, level=Level.TRACK)
    following.follow_board(square, member=charlie, level=Level.NORMAL)
    thread = posting.start_thread(square, author=alice, title="New", body="Ask.")
    posting.reply(thread, author=bob, body="Answer.")
    assert reading.unread_threads(mei) == [thread]
    assert reading.unread_threads(charlie) == []
    since = timezone.now() - datetime.timedelta(days=7)
    newest = f"post:{thread.posts.get(no=2).pk}"
    assert [(item["subject"], item["is_followed"]) for item in digesting.missed(mei, since=since)] == [(newest, True)]
    assert [item["is_followed"] for item in digesting.missed(charlie, since=since)] == [False]
    assert not Notification.objects.filter(member=mei, kind="reply").exists()


def test_a_thread_begun_before_its_board_was_tracked_is_followed_from_its_next_post_on(client, square, thread, alice, bob, charlie, mei):
    for level, member in (("track", mei), ("watch", charlie)):
        client.force_login(member)
        client.get(f"/forum/threads/{thread.pk}/")
        client.post("/forum/boards/square/follow/", {"level": level})
        assert reading.unread_threads(member) == []
    posting.reply(thread, author=bob, body="Answer.")
    for member in (mei, charlie):
        assert [(found, found.unread_count) for found in reading.unread_threads(member)] == [(thread, 1)]
        assert told(member) == []
    client.force_login(mei)
    client.get(f"/forum/threads/{thread.pk}/")
    assert reading.unread_threads(mei) == []
    posting.reply(thread, author=alice, body="Thank you.")
    assert [found.unread_count for found in reading.unread_threads(mei)] == [1]


def test_a_board_that_is_tracked_leaves_alone_what_was_chosen_for_a_thread_and_whoever_tracks_it_no_more(square, thread, bob, charlie, mei):
    following.follow_thread(thread, member=mei, level=Level.NORMAL)
    following.follow_thread(thread, member=charlie, level=Level.MUTE)
    for member in (mei, charlie):
        following.follow_board(square, member=member, level=Level.TRACK)
    posting.reply(thread, author=bob, body="Answer.")
    assert dict(ThreadMember.objects.filter(thread=thread).values_list("member", "level")) == {
        thread.author_id: "watch",
        bob.pk: "track",
        mei.pk: "normal",
        charlie.pk: "mute",
    }
    following.follow_board(square, member=mei, level=Level.NORMAL)
    other = posting.start_thread(square, author=bob, title="Another", body="Ask.")
    posting.reply(other, author=bob, body="More.")
    assert not ThreadMember.objects.filter(thread=other, member=mei).exists()


def test_who_may_not_read_a_tracked_board_any_more_is_shown_nothing_of_it(client, harbour_board, alice, bob, charlie):
    ours = posting.start_thread(harbour_board, author=alice, title="Ours", body="x")
    following.follow_board(harbour_board, member=charlie, level=Level.TRACK)
    posting.reply(ours, author=bob, body="Between us.")
    assert reading.unread_threads(charlie) == []
    assert told(charlie) == []


def test_a_quotation_and_code_call_nobody_again(client, thread, alice, bob, mei, charlie):
    first = posting.reply(thread, author=alice, body=f"Ask @{mei.handle}.")
    Notification.objects.all().delete()
    client.force_login(bob)
    quoted = client.get(f"/forum/posts/{first.pk}/quotation/").content.decode()
    assert f"@{mei.handle}" in quoted
    answer = posting.reply(thread, author=bob, body=f"{quoted}Or @{charlie.handle}? `@{mei.handle}`")
    assert {told.member for told in Notification.objects.filter(kind="mention")} == {charlie}
    rewriting.edit(answer, editor=bob, body=f"{quoted}\n> > @{mei.handle}\n\nOr @{charlie.handle}, @{bob.handle}?")
    assert {told.member for told in Notification.objects.filter(kind="mention")} == {charlie}


def test_only_who_may_read_a_post_quotes_it(client, harbour_board, alice, bob, charlie):
    post = posting.start_thread(harbour_board, author=alice, title="Ours", body="Secret.").posts.get()
    for who, status in ((None, 302), (charlie, 404), (bob, 200)):
        if who:
            client.force_login(who)
        assert client.get(f"/forum/posts/{post.pk}/quotation/").status_code == status
