"""Hot pages ask the database few times, whatever the number of rows; the whole frame is rendered."""

import pytest
from django.db import connection

from forum import following, moderating, posting, reacting
from forum.models import Board, BoardLevel, Thread
from notifications.models import Notification

MOST = 15
# What a board's page asks for a member: session, member, board, threads, points, notices.
BOARD = 6
# And the first page: session, member, news a board, boards, threads, popular tags, messages, points, notices.
INDEX = 9


@pytest.fixture
def busy_square(square, open_board, alice, bob, charlie, mei):
    """Thirty threads with replies, reactions and tags on the square, one of them long."""
    Board.objects.bulk_create([Board(slug=f"b{n}", name=f"Board {n}") for n in range(8)])
    for number in range(30):
        thread = posting.start_thread(
            square, author=[alice, charlie][number % 2], title=f"Thread {number}", body="Ask.", tags=["one", "two"]
        )
        answer = posting.reply(thread, author=[bob, mei][number % 2], body="Answer to @alice-chen.")
        reacting.react(answer, member=alice)
    for number in range(25):
        posting.reply(thread, author=mei, body=f"More {number}", reply_to=answer)
    return square


PAGES = ("/forum/", "/forum/boards/square/", "/forum/threads/{pk}/", "/blogs/", "/forum/search/?q=answer")


def test_a_hot_page_asks_little(client, busy_square, alice, moderator, django_assert_max_num_queries):
    thread = Thread.objects.order_by("-pk").first()
    Board.objects.update(audience=Board.Audience.PUBLIC)
    for who in (None, alice, moderator):
        if who:
            client.force_login(who)
        for page in PAGES:
            address = page.format(pk=thread.pk)
            client.get(address)
            of_members = {"/forum/boards/square/": BOARD, "/forum/": INDEX}
            with django_assert_max_num_queries(of_members.get(page, MOST) if who == alice else MOST):
                assert client.get(address).status_code == 200


def test_a_pinned_and_unread_board_asks_no_more(client, busy_square, bob, moderator, django_assert_max_num_queries):
    for thread in Thread.objects.all()[:5]:
        moderating.set_pinned(thread, True, by=moderator, reason="Read me")
    client.force_login(bob)
    client.get("/forum/boards/square/")
    for address in ("/forum/boards/square/", "/forum/boards/square/?show=unread", "/forum/boards/square/?show=mine"):
        with django_assert_max_num_queries(MOST):
            client.get(address)


def test_a_reply_asks_little_and_its_notice_no_more_than_it_must(client, square, alice, bob, django_assert_max_num_queries):
    """With its activity, its notice and letter, its events for open pages and its tokens. SQLite takes three statements for an event."""
    thread = posting.start_thread(square, author=alice, title="Asks little", body="How many?")
    client.force_login(bob)
    address = f"/forum/threads/{thread.pk}/replies/"
    client.post(address, {"body": "The first makes the streams."})
    most = 20 if connection.vendor == "postgresql" else 27
    with django_assert_max_num_queries(most):
        assert client.post(address, {"body": "The second only writes."}).status_code == 302
    following.follow_board(square, member=bob, level=BoardLevel.TRACK)
    with django_assert_max_num_queries(most + 1):
        assert client.post(address, {"body": "Somebody follows the board by now."}).status_code == 302
    assert Notification.objects.filter(member=alice, kind="reply").count() == 3
