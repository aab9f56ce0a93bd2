import uuid

import pytest

from forum import posting
from forum.models import Post
from forum.refusals import BoardArchived, NotYours, ThreadLocked
from members.models import Activity


def test_a_thread_opens_with_its_first_post_and_is_recorded(thread, alice):
    post = thread.posts.get()
    assert (post.no, thread.highest_no, thread.reply_count, thread.last_post) == (1, 1, 0, post)
    deed = Activity.objects.get(kind=Activity.Kind.THREAD_STARTED)
    assert (deed.member, deed.cause, deed.title, deed.url) == (
        alice,
        f"post:{post.pk}",
        "Month-end closing",
        f"/forum/threads/{thread.pk}/",
    )


def test_replies_take_the_next_number_and_are_recorded(thread, bob):
    first = posting.reply(thread, author=bob, body="With **tea**.")
    second = posting.reply(thread, author=bob, body="And patience.")
    thread.refresh_from_db()
    assert (first.no, second.no, thread.reply_count, thread.last_post_id) == (2, 3, 2, second.pk)
    assert first.html == "<p>With <strong>tea</strong>.</p>\n"
    assert Activity.objects.filter(kind=Activity.Kind.REPLY_POSTED, member=bob).count() == 2


def test_the_same_form_sent_twice_makes_one_post(thread, bob):
    key = uuid.uuid4()
    first = posting.reply(thread, author=bob, body="Once.", client_key=key)
    assert posting.reply(thread, author=bob, body="Once.", client_key=key) == first
    assert Post.objects.filter(author=bob).count() == 1


def test_nobody_replies_to_a_locked_thread(thread, bob):
    type(thread).objects.update(is_locked=True)
    with pytest.raises(ThreadLocked):
        posting.reply(thread, author=bob, body="Too late.")
    assert not Post.objects.filter(author=bob).exists()
    assert not Activity.objects.filter(member=bob).exists()


def test_nobody_writes_on_an_archived_board(square, thread, bob):
    type(square).objects.update(is_archived=True)
    square.refresh_from_db()
    with pytest.raises(BoardArchived):
        posting.reply(thread, author=bob, body="Dust.")
    with pytest.raises(BoardArchived):
        posting.start_thread(square, author=bob, title="New", body="Dust.")


def test_customers_start_nothing_where_only_the_clubs_people_do(square, bob, marketer):
    square.only_staff_start = True
    with pytest.raises(NotYours):
        posting.start_thread(square, author=bob, title="New", body="May I?")
    assert posting.start_thread(square, author=marketer, title="New", body="I may.").pk
