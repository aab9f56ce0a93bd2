"""A board of which somebody wants to hear every reply: told of each thread once, until they have read it."""

import pytest

from forum import following, posting, reading, regarding, rewriting
from forum.models import BoardLevel, BoardMember, Level, Tag
from notifications.models import Notification


@pytest.fixture
def follower(client, square, thread, mei):
    """Mei, who asks for every reply on the square after a thread was begun there."""
    client.force_login(mei)
    assert "Every reply" in client.get("/forum/boards/square/").content.decode()
    client.post("/forum/boards/square/follow/", {"level": "every"})
    assert BoardMember.objects.get(member=mei).level == BoardLevel.EVERY
    return mei


def told(member) -> int:
    return Notification.objects.filter(member=member, kind="reply").count()


def test_they_hear_of_a_thread_once_until_they_have_read_it(client, square, follower, thread, alice, bob):
    posting.reply(thread, author=bob, body="One.")
    assert told(follower) == 1
    for words in ("Two.", "Three."):
        posting.reply(thread, author=alice, body=words)
    assert told(follower) == 1, "one notice stands for all that is unread"
    client.get(f"/forum/threads/{thread.pk}/")
    posting.reply(thread, author=bob, body="Four.")
    assert told(follower) == 2
    posting.reply(thread, author=follower, body="Five.")
    posting.reply(thread, author=bob, body="Six.")
    assert told(follower) == 3, "who writes has read"
    posting.reply(thread, author=bob, body="Seven.")
    client.post("/forum/boards/square/read/")
    posting.reply(thread, author=bob, body="Eight.")
    assert told(follower) == 4, "and who marked the board as read"


def test_they_hear_of_new_threads_and_of_replies_only_once_they_have_read_those(client, square, follower, alice, bob):
    new = posting.start_thread(square, author=alice, title="New", body="Ask.")
    posting.reply(new, author=bob, body="Answer.")
    assert told(follower) == 1
    assert reading.unread_threads(follower) == [new]
    client.get(f"/forum/threads/{new.pk}/")
    posting.reply(new, author=alice, body="Thank you.")
    assert told(follower) == 2


def test_what_was_chosen_for_a_thread_comes_first_and_nobody_hears_of_what_they_may_not_read(
    client, square, follower, thread, harbour_board, alice, bob, charlie
):
    following.follow_thread(thread, member=follower, level=Level.TRACK)
    posting.reply(thread, author=bob, body="Answer.")
    assert told(follower) == 0
    following.follow_board(harbour_board, member=charlie, level=BoardLevel.EVERY)
    ours = posting.start_thread(harbour_board, author=alice, title="Ours", body="Ask.")
    posting.reply(ours, author=bob, body="Answer.")
    assert told(charlie) == 0
    client.post("/forum/boards/square/follow/", {"level": "normal"})
    other = posting.start_thread(square, author=alice, title="Other", body="Ask.")
    posting.reply(other, author=bob, body="Answer.")
    assert told(follower) == 0


def test_a_level_of_boards_is_none_of_threads(client, follower, thread):
    client.post(f"/forum/threads/{thread.pk}/follow/", {"level": "every"})
    assert not thread.member_rows.filter(member=follower, level="every").exists()
    assert "Every reply" not in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    assert "Every reply" in client.get("/forum/followed/").content.decode()


@pytest.mark.parametrize("level", [BoardLevel.EVERY, BoardLevel.WATCH])
def test_whose_threads_or_what_tags_they_muted_a_board_tells_them_nothing_of(square, alice, bob, mei, level):
    following.follow_board(square, member=mei, level=level)
    regarding.follow_member(alice, member=mei, level=Level.MUTE)
    posting.start_thread(square, author=bob, title="A word", body="Ask.", tags=["noise"])
    regarding.follow_tag(Tag.objects.get(slug="noise"), member=mei, level=Level.MUTE)
    before = told(mei)
    for author, tags in ((alice, []), (bob, ["noise"])):
        spared = posting.start_thread(square, author=author, title="Spared", body="Ask.", tags=tags)
        posting.reply(spared, author=bob if author == alice else alice, body="An answer.")
    assert told(mei) == before
    heard = posting.start_thread(square, author=bob, title="Heard", body="Ask.", tags=["news"])
    posting.reply(heard, author=alice, body="Whose threads are muted may answer in others'.")
    assert told(mei) == before + 1


def test_an_edit_that_names_somebody_leaves_them_in_peace_where_they_muted_the_thread(thread, alice, mei):
    following.follow_thread(thread, member=mei, level=Level.MUTE)
    rewriting.edit(thread.posts.get(no=1), editor=alice, body=f"@{mei.handle}, how do you close yours?")
    assert not Notification.objects.filter(member=mei, kind="mention").exists()
