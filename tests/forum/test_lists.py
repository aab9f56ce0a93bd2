"""Lists of threads: the newest words first, pinned ones ahead, pages without overlap, and one truth about what is unread."""

import datetime
import itertools
import re

import pytest
from django.utils import timezone

from forum import following, moderating, posting, reading, rearranging, regarding, rewriting, unread
from forum.models import Board, BoardMember, Level, State, Thread, ThreadMember
from forum.tagging import tags_named


@pytest.fixture
def five(square, alice, bob):
    threads = [posting.start_thread(square, author=alice, title=f"Thread {n}", body="Ask.") for n in range(5)]
    posting.reply(threads[1], author=bob, body="Late answer.")
    return threads


def titles(page: str) -> list[str]:
    return [part.split("</a>")[0].split(">")[-1] for part in page.split('class="list-title"')[1:]]


def older(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]*)"', page)
    return f"/forum/boards/square/{found[1]}" if found else ""


@pytest.mark.parametrize("who", ["bob", None])
def test_the_thread_written_in_last_comes_first_and_pages_follow_each_other(client, five, square, bob, who, monkeypatch):
    type(square).objects.update(audience="public")
    if who:
        client.force_login(bob)
    assert titles(client.get("/forum/boards/square/").content.decode()) == [f"Thread {n}" for n in (1, 4, 3, 2, 0)]
    assert titles(client.get("/forum/").content.decode())[:2] == ["Thread 1", "Thread 4"]
    monkeypatch.setattr(reading, "THREADS_ON_A_PAGE", 2)
    asked, seen = "/forum/boards/square/", []
    while asked:
        page = client.get(asked).content.decode()
        seen += titles(page)
        asked = older(page)
    assert seen == [f"Thread {n}" for n in (1, 4, 3, 2, 0)]


def test_pinned_threads_stand_ahead_on_the_first_page_only(client, five, bob, moderator, monkeypatch):
    moderating.set_pinned(five[0], True, by=moderator, reason="Read me")
    client.force_login(bob)
    monkeypatch.setattr(reading, "THREADS_ON_A_PAGE", 2)
    first = client.get("/forum/boards/square/").content.decode()
    assert titles(first) == ["Thread 0", "Thread 1", "Thread 4"]
    second = client.get(older(first)).content.decode()
    assert titles(second) == ["Thread 3", "Thread 2"]


def test_what_a_page_marks_unread_is_what_the_database_counts(five, square, alice, bob, mei, moderator):
    """Every mixture of what one read, how one follows the thread and its board, and whom or what one mutes."""
    five[3].tags.set(tags_named(["noise"]))
    _with_gaps(five[2], five[4], bob, moderator)
    mei.joined_at -= datetime.timedelta(days=1)
    ways = itertools.product(
        [None, 0, 1, 3], [Level.NORMAL, Level.MUTE, Level.WATCH], [None, Level.MUTE, Level.TRACK], ["", "author", "tag"]
    )
    for read, level, on_board, spared in ways:
        ThreadMember.objects.filter(member=mei).delete()
        BoardMember.objects.filter(member=mei).delete()
        if read is not None:
            ThreadMember.objects.bulk_create([ThreadMember(member=mei, thread=each, last_read_no=read, level=level) for each in five])
        if on_board:
            following.follow_board(square, member=mei, level=on_board)
            BoardMember.objects.filter(member=mei).update(read_up_to_post_id=five[0].last_post_id)
        regarding.follow_member(alice, member=mei, level=Level.MUTE if spared == "author" else Level.NORMAL)
        regarding.follow_tag(five[3].tags.get(), member=mei, level=Level.MUTE if spared == "tag" else Level.NORMAL)
        counted = dict(unread.with_unread(Thread.objects.all(), mei).values_list("pk", "unread_count"))
        shown = {thread.pk: thread.unread_count for thread in reading.shown_rows(Thread.objects.all(), mei)}
        assert shown == counted, (read, level, on_board, spared)
        if level == Level.NORMAL and on_board is None and not spared:
            assert (counted[five[2].pk], counted[five[4].pk]) == {None: (3, 1), 0: (3, 1), 1: (2, 0), 3: (1, 0)}[read]
        own = unread.board_with_own(type(square).objects.all(), mei).get(pk=square.pk)
        _pinned, page = reading.on_board(own, Thread.objects.all(), mei)
        assert {thread.pk: thread.unread_count for thread in page.threads} == counted
        asked_for = set(unread.only_unread(Thread.objects.all(), mei, own).values_list("pk", flat=True))
        assert asked_for == {pk for pk, count in counted.items() if count}, (read, level, on_board, spared)


def test_what_appeared_is_unread_alike_for_pages_and_for_the_database(five, square, mei):
    """Every mixture of when one joined, read the thread and read its board, and when something last appeared in it."""
    now = timezone.now()
    hours = [now - datetime.timedelta(hours=ago) for ago in (9, 6, 3)]
    for joined, read_at, appeared, read, number in itertools.product(hours, [None, *hours], [None, *hours], [None, 0, 1], [0, 10**9]):
        mei.joined_at = joined
        ThreadMember.objects.filter(member=mei).delete()
        if read is not None:
            ThreadMember.objects.create(member=mei, thread=five[0], last_read_no=read)
        BoardMember.objects.update_or_create(member=mei, board=square, defaults={"read_at": read_at, "read_up_to_post_id": number})
        Thread.objects.filter(pk=five[0].pk).update(appeared_at=appeared)
        counted = dict(unread.with_unread(Thread.objects.all(), mei).values_list("pk", "unread_count"))
        own = unread.board_with_own(type(square).objects.all(), mei).get(pk=square.pk)
        _pinned, page = reading.on_board(own, Thread.objects.all(), mei)
        assert {thread.pk: thread.unread_count for thread in page.threads} == counted
        assert {thread.pk: thread.unread_count for thread in reading.shown_rows(Thread.objects.all(), mei)} == counted
        asked_for = set(unread.only_unread(Thread.objects.all(), mei, own).values_list("pk", flat=True))
        assert asked_for == {pk for pk, count in counted.items() if count}
        is_news = not number or (appeared is not None and appeared > (read_at or joined))
        assert bool(counted[five[0].pk]) == (is_news and read != 1), (joined, read_at, appeared, read, number)


def _with_gaps(some, none, author, moderator) -> None:
    """Two replies that are shown among hidden, held, withdrawn and split-away ones in one thread; in the other all are hidden."""
    posts = [posting.reply(some, author=author, body=f"Reply {n}.") for n in range(6)]
    moderating.hide_post(posts[0], by=moderator, reason="Rude")
    rewriting.withdraw(posts[2], author=author)
    rearranging.split(some, [posts[3].no], title="Elsewhere", by=moderator, reason="Another matter")
    Board.objects.update(approval=Board.Approval.ALL)
    some.refresh_from_db()
    assert posting.reply(some, author=author, body="Held.").state == State.PENDING
    Board.objects.update(approval=Board.Approval.NOBODY)
    moderating.hide_post(posts[5], by=moderator, reason="Rude")
    moderating.hide_post(posting.reply(none, author=author, body="Rude."), by=moderator, reason="Rude")


def test_what_is_unread_on_all_boards_is_one_list_in_pages(client, five, open_board, harbour_board, alice, bob, mei, monkeypatch):
    type(mei).objects.filter(pk=mei.pk).update(joined_at=mei.joined_at - datetime.timedelta(days=1))
    news = posting.start_thread(open_board, author=alice, title="News", body="Read.")
    posting.start_thread(harbour_board, author=alice, title="Closed", body="Not for all.")
    following.read_up_to(five[4], member=mei, no=1)
    following.follow_thread(five[3], member=mei, level=Level.MUTE)
    monkeypatch.setattr(reading, "THREADS_ON_A_PAGE", 2)
    client.force_login(mei)
    asked, seen = "/forum/?show=unread", []
    while asked:
        page = client.get(asked).content.decode()
        seen += titles(page)
        found = re.search(r'rel="next" href="([^"]*)"', page)
        asked = f"/forum/{found[1].replace('&amp;', '&')}" if found else ""
    assert seen == ["News", "Thread 1", "Thread 2", "Thread 0"]
    following.read_board(five[0].board, member=mei)
    following.read_up_to(news, member=mei, no=1)
    assert "Everything is read" in client.get("/forum/?show=unread").content.decode()
    client.logout()
    assert titles(client.get("/forum/?show=unread").content.decode()) == ["News"]


def test_the_first_page_counts_no_further_than_anybody_wants_to_know(client, bob, five, square, monkeypatch):
    client.force_login(bob)
    bob.joined_at -= datetime.timedelta(days=1)
    bob.save()
    assert "4 threads with news" in client.get("/forum/").content.decode()
    monkeypatch.setattr(unread, "MOST_COUNTED", 3)
    assert unread.by_board(bob, Board.objects.all()) == {square.pk: 3}
    assert "3 threads with news, or more" in client.get("/forum/").content.decode()
    client.post("/forum/boards/square/read/")
    assert unread.by_board(bob, Board.objects.all()) == {}
    assert "threads with news" not in client.get("/forum/").content.decode()
