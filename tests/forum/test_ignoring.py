"""Nobody reads on a list the words of somebody whom they ignore, nor on any list what was taken back."""

import datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from forum import blogging, digesting, moderating, posting, reading, regarding, rewriting, tags, unread
from forum.models import Board, Thread

WORDS = "My tea shop sells ledgers."


@pytest.fixture
def said_last(square, alice, bob, charlie, mei):
    """Alice's thread, in which Bob had the last word."""
    thread = posting.start_thread(square, author=alice, title="Month-end", body="How do you close?", tags=["tax"])
    posting.reply(thread, author=bob, body=WORDS)
    return thread


def shown(client, member, address) -> str:
    client.force_login(member)
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


LISTS = (
    "/forum/",
    "/forum/?show=unread",
    "/forum/boards/square/",
    "/forum/boards/square/?show=unread",
    "/forum/boards/square/?tags=tax",
    "/forum/tags/tax/",
    "/forum/search/?q=ledgers",
    "/search/?q=ledgers",
    "/",
)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_nobody_the_last_words_of_whom_they_ignore(client, said_last, bob, charlie, mei, address):
    regarding.ignore(bob, member=charlie)
    assert "tea shop" in shown(client, mei, address)
    page = shown(client, charlie, address)
    assert "tea shop" not in page
    assert "Bob Lin:" not in page
    assert "Month-end" in page, "the thread is others' too"


def test_once_no_longer_ignored_the_words_are_back(client, said_last, bob, charlie):
    regarding.ignore(bob, member=charlie)
    assert "tea shop" not in shown(client, charlie, "/forum/")
    regarding.ignore(bob, member=charlie, is_ignored=False)
    assert "tea shop" in shown(client, charlie, "/forum/")


def embedded(thread: Thread, reader) -> str:
    request = RequestFactory().get("/")
    request.user = reader
    return Template("{% load forum %}{% thread_embed pk %}").render(Context({"request": request, "pk": thread.pk}))


def test_a_thread_in_an_article_and_a_profile_show_no_words_of_the_ignored(client, said_last, bob, charlie, mei):
    regarding.ignore(bob, member=charlie)
    assert "tea shop" in embedded(said_last, mei)
    assert "Month-end" in embedded(said_last, charlie)
    assert "tea shop" not in embedded(said_last, charlie)
    assert "tea shop" in shown(client, mei, bob.get_absolute_url())
    assert "tea shop" not in shown(client, charlie, bob.get_absolute_url())


def test_a_list_of_entries_leaves_out_the_ignored_and_their_own_blog_shows_no_opening(client, bob, charlie, mei):
    blogging.post_entry(bob, title="Ninety lorries", body=WORDS)
    regarding.ignore(bob, member=charlie)
    for address in ("/blogs/", f"/blogs/{bob.handle}/"):
        assert "tea shop" in shown(client, mei, address)
    assert "Ninety lorries" not in shown(client, charlie, "/blogs/")
    page = shown(client, charlie, f"/blogs/{bob.handle}/")
    assert "Ninety lorries" in page
    assert "tea shop" not in page


@pytest.fixture
def begun(square, said_last, bob, charlie):
    """Bob's thread, in which Charlie wrote once and Alice last."""
    thread = posting.start_thread(square, author=bob, title="Buy my ledgers", body=WORDS, tags=["tax", "tea"])
    posting.reply(thread, author=charlie, body="No.")
    posting.reply(thread, author=said_last.author, body="Which ledgers?")
    return thread


@pytest.mark.parametrize("address", LISTS)
def test_a_thread_begun_by_the_ignored_stands_in_no_list(client, begun, bob, charlie, mei, address):
    regarding.ignore(bob, member=charlie)
    by_others = "search" in address
    assert "Buy my" in shown(client, mei, address)
    page = shown(client, charlie, address)
    # A search finds what others answered there: those are others' words.
    assert page.count("Buy my") == (1 if by_others else 0)
    assert "Month-end" in page
    regarding.ignore(bob, member=charlie, is_ignored=False)
    assert "Buy my" in shown(client, charlie, address)


def test_a_thread_begun_by_the_ignored_is_still_where_one_looks_for_it(client, begun, bob, charlie, moderator):
    regarding.ignore(bob, member=charlie)
    for address in (f"/forum/threads/{begun.pk}/", "/forum/boards/square/?show=mine", f"/forum/search/?author={bob.handle}"):
        assert "Buy my" in shown(client, charlie, address), address
    moderating.set_pinned(begun, True, by=moderator, reason="For all")
    assert "Buy my" in shown(client, charlie, "/forum/boards/square/"), "a moderator means everybody to read what they pin"


def test_nothing_counts_the_threads_of_the_ignored(client, begun, bob, charlie):
    regarding.ignore(bob, member=charlie)
    board = Board.objects.all()
    said = unread.by_board(charlie, board)
    regarding.ignore(bob, member=charlie, is_ignored=False)
    counted = unread.by_board(charlie, board)
    assert counted[begun.board_id] - said.get(begun.board_id, 0) == 1
    assert {tag.name: tag.n for tag in tags.page(charlie).tags} == {"tax": 2, "tea": 1}
    regarding.ignore(bob, member=charlie)
    assert {tag.name: tag.n for tag in tags.page(charlie).tags} == {"tax": 1}
    assert [tag.name for tag in tags.popular(charlie)] == ["tax"]


def test_the_letter_about_what_was_missed_names_no_thread_of_the_ignored(begun, bob, charlie):
    since = timezone.now() - datetime.timedelta(days=1)
    last = f"post:{begun.posts.order_by('no').last().pk}"
    assert last in [item["subject"] for item in digesting.missed(charlie, since=since)]
    regarding.ignore(bob, member=charlie)
    assert last not in [item["subject"] for item in digesting.missed(charlie, since=since)]
    assert [thread.title for thread in reading.unread_threads(charlie)] == []


def test_no_list_asks_more_for_the_ignored(client, said_last, bob, charlie, django_assert_max_num_queries):
    for number in range(25):
        posting.reply(posting.start_thread(said_last.board, author=charlie, title=f"T{number}", body="Ask."), author=bob, body=WORDS)
    regarding.ignore(bob, member=charlie)
    shown(client, charlie, "/forum/boards/square/")
    with django_assert_max_num_queries(6):
        page = client.get("/forum/boards/square/").content.decode()
    assert "tea shop" not in page
    for address, most in (("/forum/", 9), ("/forum/search/?q=ledgers", 15), ("/blogs/", 15)):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)


def test_words_taken_back_stand_in_no_list_while_others_comments_do(client, said_last, marketer, alice, bob):
    Board.objects.update(audience=Board.Audience.PUBLIC)
    entry = blogging.post_entry(bob, title="Ninety lorries", body=WORDS)
    posting.reply(entry, author=alice, body="Nice.")
    feature = blogging.ask_to_feature(entry, by=marketer)
    blogging.answer_feature(feature, by=bob, agrees=True)
    assert [thread.pk for thread in reading.featured_entries(alice)] == [entry.pk]
    for post in (entry.posts.get(no=1), said_last.posts.get(no=2)):
        rewriting.withdraw(post, author=bob)
    rewriting.withdraw(said_last.posts.get(no=1), author=alice)
    said_last.refresh_from_db()
    for address in ("/blogs/", f"/blogs/{bob.handle}/", "/magazine/", "/forum/"):
        assert "tea shop" not in shown(client, alice, address), address
    assert reading.featured_entries(alice) == []
    assert "How do you close" not in embedded(said_last, bob)
