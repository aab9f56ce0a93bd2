"""Hot pages ask the database at most 15 times, whatever the number of rows; the whole frame is rendered."""

import pytest

from forum import moderating, posting, reacting
from forum.models import Board, Thread

MOST = 15


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


@pytest.mark.parametrize("who", ["alice", "moderator", None])
@pytest.mark.parametrize("page", ["/forum/", "/forum/boards/square/", "/forum/threads/{pk}/", "/blogs/", "/forum/search/?q=answer"])
def test_a_hot_page_asks_little(client, busy_square, alice, moderator, who, page, django_assert_max_num_queries, request):
    thread = Thread.objects.order_by("-pk").first()
    if who is None:
        Board.objects.update(audience=Board.Audience.PUBLIC)
    else:
        client.force_login(request.getfixturevalue(who))
    address = page.format(pk=thread.pk)
    client.get(address)
    with django_assert_max_num_queries(MOST):
        assert client.get(address).status_code == 200


def test_a_pinned_and_unread_board_asks_no_more(client, busy_square, bob, moderator, django_assert_max_num_queries):
    for thread in Thread.objects.all()[:5]:
        moderating.set_pinned(thread, True, by=moderator, reason="Read me")
    client.force_login(bob)
    client.get("/forum/boards/square/")
    for address in ("/forum/boards/square/", "/forum/boards/square/?show=unread", "/forum/boards/square/?show=mine"):
        with django_assert_max_num_queries(MOST):
            client.get(address)
