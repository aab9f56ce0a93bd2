"""Nobody reads on a list the words of somebody whom they ignore, nor on any list what was taken back."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from forum import blogging, posting, reading, regarding, rewriting
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


def test_a_list_of_entries_shows_no_opening_of_the_ignored(client, bob, charlie, mei):
    blogging.post_entry(bob, title="Ninety lorries", body=WORDS)
    regarding.ignore(bob, member=charlie)
    assert "tea shop" in shown(client, mei, "/blogs/")
    page = shown(client, charlie, "/blogs/")
    assert "Ninety lorries" in page
    assert "tea shop" not in page


def test_no_list_asks_more_for_the_ignored(client, said_last, bob, charlie, django_assert_max_num_queries):
    for number in range(25):
        posting.reply(posting.start_thread(said_last.board, author=charlie, title=f"T{number}", body="Ask."), author=bob, body=WORDS)
    regarding.ignore(bob, member=charlie)
    shown(client, charlie, "/forum/boards/square/")
    with django_assert_max_num_queries(6):
        page = client.get("/forum/boards/square/").content.decode()
    assert "tea shop" not in page


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
