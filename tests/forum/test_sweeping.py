"""A moderator does one thing to several threads of a board."""

import re

import pytest

from forum import moderating, posting, sweeping
from forum.models import Board, ModerationAction, PostRevision, Thread
from forum.refusals import NotYours
from notifications.models import Notification

HERE = "/forum/boards/square/moderation/"


@pytest.fixture
def three(square, alice, bob):
    """Three threads on the square: two of Alice's, one of Bob's."""
    return [posting.start_thread(square, author=who, title=f"Thread {n}", body="Ask.") for n, who in enumerate((alice, alice, bob))]


def send(client, threads, **words):
    return client.post(HERE, {"thread": [thread.pk for thread in threads], "reason": "Tidying up", **words}, follow=True)


def test_several_are_locked_at_once_each_logged_and_told_for_itself(client, three, alice, bob, moderator):
    client.force_login(moderator)
    assert "Several at once" in client.get("/forum/boards/square/").content.decode()
    assert client.get(HERE).content.decode().count('name="thread"') == 3
    page = send(client, three[:2], verb="lock").content.decode()
    assert "2 threads are changed." in page
    assert [Thread.objects.get(pk=thread.pk).is_locked for thread in three] == [True, True, False]
    assert [(row.verb, row.reason, row.actor) for row in ModerationAction.objects.all()] == [("lock", "Tidying up", moderator)] * 2
    assert Notification.objects.filter(member=alice, kind="moderation").count() == 2
    page = send(client, three, verb="lock").content.decode()
    assert "1 thread is changed." in page
    assert "2 threads stay as they are" in page
    assert ModerationAction.objects.count() == 3


def test_several_are_moved_and_pinned(client, three, open_board, moderator):
    client.force_login(moderator)
    assert send(client, three, verb="move").status_code == 422, "where to?"
    send(client, three[:2], verb="move", board=open_board.pk)
    assert set(Thread.objects.filter(board=open_board)) == set(three[:2])
    page = send(client, three, verb="pin").content.decode()
    assert "1 thread is changed." in page, "what was moved away meanwhile is left alone"
    assert list(Thread.objects.filter(is_pinned=True)) == [three[2]]
    send(client, three, verb="unpin")
    assert not Thread.objects.filter(is_pinned=True).exists()


def test_tags_are_added_beside_those_borne_and_stand_in_the_history(client, three, alice, moderator):
    client.force_login(moderator)
    moderating.add_tags(three[0], ["a", "b", "c", "d"], by=moderator, reason="Many")
    assert send(client, three, verb="tag", tags="").status_code == 422
    page = send(client, three, verb="tag", tags="month end, a").content.decode()
    assert "3 threads are changed." in page
    assert {tag.name for tag in three[0].tags.all()} == {"a", "b", "c", "d", "month end"}
    assert {tag.name for tag in three[1].tags.all()} == {"a", "month end"}
    page = send(client, three, verb="tag", tags="tax").content.decode()
    assert "1 thread stays as it is" in page, "none bears more than five"
    kept = PostRevision.objects.filter(post__thread=three[1]).order_by("n")
    assert [(row.tags, row.editor, row.reason) for row in kept] == [
        ([], moderator, "Tidying up"),
        (["a", "month end"], moderator, "Tidying up"),
    ]
    assert not Notification.objects.filter(member=alice, kind="moderation").exists(), "tidying is no decision about anybody"
    assert [thread.title for thread in client.get(f"{HERE}?tags=tax").context["threads"]] == ["Thread 2", "Thread 1"]


def test_all_of_a_page_are_chosen_without_a_script_and_older_ones_are_on_the_next(client, three, moderator, monkeypatch):
    monkeypatch.setattr("forum.reading.THREADS_ON_A_PAGE", 2)
    client.force_login(moderator)
    page = client.get(f"{HERE}?all=1").content.decode()
    assert len(re.findall(r'name="thread" value="[0-9]+" checked', page)) == 2
    older = re.search(r'rel="next" href="(\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert [thread.title for thread in client.get(HERE + older).context["threads"]] == ["Thread 0"]
    answer = client.post(HERE + older, {"thread": [three[0].pk], "verb": "lock", "reason": "Old"})
    assert answer["Location"].endswith(older)


def test_what_was_chosen_stays_chosen_where_something_is_missing(client, three, moderator):
    client.force_login(moderator)
    answer = client.post(HERE, {"thread": [three[1].pk], "verb": "lock", "reason": ""})
    assert answer.status_code == 422
    assert re.findall(r'name="thread" value="([0-9]+)" checked', answer.content.decode()) == [str(three[1].pk)]
    nothing = client.post(HERE, {"verb": "lock", "reason": "None"})
    assert "Choose at least one thread." in nothing.content.decode()
    for thread in ("x", "٣", "9" * 30, "-1"):
        assert client.post(HERE, {"thread": [thread], "verb": "lock", "reason": "Odd"}).status_code == 422
    assert client.post(HERE, {"thread": [three[0].pk], "verb": "hide_thread", "reason": "All"}).status_code == 422
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize("who", [None, "alice", "marketer"])
def test_nobody_else_finds_the_page_or_does_it(client, three, who, request):
    if who:
        client.force_login(request.getfixturevalue(who))
    for answer in (client.get(HERE), client.post(HERE, {"thread": [three[0].pk], "verb": "lock", "reason": "Mine"})):
        assert answer.status_code == (404 if who else 302)
    assert "Several at once" not in client.get("/forum/boards/square/").content.decode()
    assert not ModerationAction.objects.exists()


def test_the_deed_itself_refuses_members_other_acts_and_too_many(square, three, alice, moderator):
    with pytest.raises(NotYours):
        sweeping.sweep(square, [three[0].pk], "lock", by=alice, reason="Mine")
    for words in ({"verb": "hide_thread"}, {"verb": "move"}, {"verb": "tag"}, {"verb": "lock", "threads": range(41)}):
        words = {"threads": [three[0].pk], "reason": "So"} | words
        with pytest.raises(ValueError, match=r"hide_thread|move|tag|lock"):
            sweeping.sweep(square, words.pop("threads"), words.pop("verb"), by=moderator, **words)
    assert not ModerationAction.objects.exists()


def test_a_page_of_many_asks_little(client, square, alice, moderator, django_assert_max_num_queries):
    for number in range(30):
        posting.start_thread(square, author=alice, title=f"T{number}", body="Ask.", tags=["one"])
    client.force_login(moderator)
    for address in (HERE, f"{HERE}?tags=one&all=1"):
        client.get(address)
        with django_assert_max_num_queries(14):
            client.get(address)
    assert Board.objects.count() == 1
