"""Many at once. On SQLite writers queue for the file, on PostgreSQL for the thread's row; the outcome is the same."""

import json
import threading
import uuid

import pytest
from django.db import close_old_connections, connection
from django.test import Client

from forum import deciding, exporting, following, moderating, posting, reacting, rearranging, rewriting, unread
from forum.models import Board, HeldEdit, ModerationAction, Post, Reaction, Review, Thread, ThreadMember
from forum.refusals import ThreadLocked, ThreadMerged
from live.models import Event, Stream
from members.models import Activity
from tests.conftest import member_of

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8
CROWD = 16


def at_once(*deeds) -> list[object]:
    """Run the deeds in threads that start together; what each returned or raised."""
    start, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        start.wait()
        try:
            outcomes[place] = deed()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    close_old_connections()
    return outcomes


@pytest.fixture
def club(transactional_db):
    """A club whose rows every thread sees."""


def test_writers_and_a_moderators_lock_leave_no_gap(club, thread, bob, charlie, mei, moderator):
    def replies(author):
        def write():
            written = 0
            for number in range(6):
                try:
                    posting.reply(thread, author=author, body=f"{author.handle} {number}", reply_to=None)
                    written += 1
                except ThreadLocked:
                    break
            return written

        return write

    writers = [replies([bob, charlie, mei][number % 3]) for number in range(WRITERS)]
    outcomes = at_once(*writers, lambda: moderating.set_locked(thread, True, by=moderator, reason="Enough"))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    thread.refresh_from_db()
    numbers = list(Post.objects.filter(thread=thread).order_by("no").values_list("no", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 1 + sum(outcomes[:WRITERS])
    assert (thread.highest_no, thread.reply_count) == (len(numbers), len(numbers) - 1)
    assert thread.last_post.no == len(numbers)
    assert Activity.objects.filter(kind=Activity.Kind.REPLY_POSTED).count() == thread.reply_count
    stream = Stream.objects.get(name=f"thread:{thread.pk}")
    assert list(Event.objects.filter(stream=stream, kind="post").order_by("seq").values_list("body__no", flat=True)) == numbers
    with pytest.raises(ThreadLocked):
        posting.reply(thread, author=bob, body="Late")


def test_one_form_sent_many_times_at_once_makes_one_post(club, thread, bob):
    key = uuid.uuid4()
    outcomes = at_once(*[lambda: posting.reply(thread, author=bob, body="Once", client_key=key)] * WRITERS)
    assert {getattr(outcome, "pk", outcome) for outcome in outcomes} == {Post.objects.get(author=bob).pk}


def test_a_reaction_sent_many_times_at_once_counts_once(club, thread, bob):
    post = thread.posts.get()
    outcomes = at_once(*[lambda: reacting.react(post, member=bob)] * CROWD)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    post.refresh_from_db()
    assert (Reaction.objects.count(), post.reaction_count) == (1, 1)
    assert Activity.objects.filter(kind=Activity.Kind.REACTION_RECEIVED).count() == 1


def test_fifty_replies_sent_at_once_are_all_taken(club, thread, bob, charlie, mei, alice):
    clients = [Client() for _number in range(50)]
    for number, client in enumerate(clients):
        client.force_login([bob, charlie, mei, alice][number % 4])
    address = f"/forum/threads/{thread.pk}/replies/"
    outcomes = at_once(*[lambda client=client: client.post(address, {"body": "Me too."}).status_code for client in clients])
    assert outcomes == [302] * 50
    thread.refresh_from_db()
    assert list(thread.posts.order_by("no").values_list("no", flat=True)) == list(range(1, 52))
    assert (thread.highest_no, thread.reply_count, thread.last_post.no) == (51, 50, 51)


def test_an_export_names_no_row_that_was_written_after_its_beginning(club, thread, square, bob):
    rows = map(json.loads, exporting.lines())
    found = [next(rows)]
    while found[-1]["type"] != "post":
        found.append(next(rows))

    def write():
        posting.start_thread(square, author=bob, title="Meanwhile", body="Written while the export runs.")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    writer.join(60)
    assert Thread.objects.count() == 1, "one moment for all that the export reads"
    found += rows
    assert Thread.objects.count() == 2, "nobody waits for an export"
    threads = {row["id"] for row in found if row["type"] == "thread"}
    assert threads == {thread.pk}
    assert {row["thread_id"] for row in found if row["type"] in ("post", "threadmember")} == threads
    assert not connection.in_atomic_block
    posting.reply(thread, author=bob, body="And afterwards all is as ever.")


@pytest.fixture
def crowd(pine):
    """Sixteen members, each with a connection of their own in what follows."""
    return [member_of(pine, f"writer{number}@pine.example", f"Writer {number}") for number in range(CROWD)]


def test_a_crowd_writes_while_a_moderator_locks_merges_and_moves(client, club, thread, square, crowd, bob, charlie, mei, moderator):
    other = posting.start_thread(square, author=bob, title="The same again", body="Asked twice.")
    posting.reply(other, author=bob, body="Nobody?")
    for read in (thread, other):
        following.read_up_to(read, member=charlie, no=read.posts.count())
    read_by_charlie = set(Post.objects.values_list("pk", flat=True))
    elsewhere = Board.objects.create(slug="elsewhere", name="Elsewhere")

    def writes(author, where, times=2):
        def write():
            here, left = where, times
            while left:
                try:
                    posting.reply(here, author=author, body=f"{author.handle} {left}")
                    left -= 1
                except ThreadLocked:
                    pass
                except ThreadMerged as gone:
                    here = gone.target

        return write

    def moderate():
        for act in (
            lambda: moderating.set_locked(thread, True, by=moderator, reason="Calm"),
            lambda: moderating.set_locked(thread, False, by=moderator, reason="On"),
            lambda: rearranging.merge(other, thread, by=moderator, reason="Asked twice"),
            lambda: moderating.move(thread, elsewhere, by=moderator, reason="Fits better"),
            lambda: moderating.set_locked(thread, True, by=moderator, reason="Calm again"),
            lambda: moderating.set_locked(thread, False, by=moderator, reason="On again"),
        ):
            assert act()

    late = [writes(bob, other), writes(mei, other)]
    outcomes = at_once(*[writes(author, thread) for author in crowd], *late, moderate)
    assert outcomes == [None] * len(outcomes)

    thread.refresh_from_db()
    posts = list(thread.posts.order_by("no").select_related("author"))
    assert len(posts) == 1 + 2 * (CROWD + 2) + 2
    assert [post.no for post in posts] == list(range(1, len(posts) + 1))
    assert (thread.highest_no, thread.reply_count, thread.board) == (len(posts), len(posts) - 1, elsewhere)
    assert thread.last_post == max(posts, key=lambda post: post.pk)
    assert thread.last_post_at == thread.last_post.created_at
    standing = Activity.objects.filter(undone_by=None)
    assert standing.filter(kind=Activity.Kind.REPLY_POSTED).count() == thread.reply_count
    assert standing.filter(kind=Activity.Kind.THREAD_STARTED).count() == 1
    for stream in Stream.objects.filter(name__startswith="thread:"):
        numbers = list(stream.events.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

    for member in (*crowd, mei, bob):
        own = ThreadMember.objects.get(thread=thread, member=member)
        last_written = max(post.no for post in posts if post.author == member)
        # Who was done writing before the merge has not read the thread that stays: their own posts came after what is new to them.
        wrote_elsewhere = member in (mei, bob) and own.last_read_no < last_written
        assert wrote_elsewhere or own.last_read_no == last_written, member
        shown = unread.with_unread(Thread.objects.filter(pk=thread.pk), member).get()
        assert shown.unread_count == len(posts) - own.last_read_no, member
        wanted = {elsewhere.pk: 1} if shown.unread_count else {}
        assert unread.by_board(member, Board.objects.all()) == wanted, member
    # Whoever had read both finds nothing marked as read that they never saw.
    row = ThreadMember.objects.get(thread=thread, member=charlie)
    assert {post.pk for post in posts if post.no <= row.last_read_no} <= read_by_charlie
    client.force_login(charlie)
    assert client.get(f"/forum/threads/{other.pk}/?post=2").status_code == 302
    assert "The same again" not in client.get("/forum/boards/square/").content.decode()
    assert f"{thread.reply_count}" in client.get("/forum/boards/elsewhere/").content.decode()


def test_of_an_edit_that_waits_nobody_approves_another_text_than_they_read(club, thread, square, bob, moderator, second_moderator):
    answer = posting.reply(thread, author=bob, body="By hand.")
    Board.objects.filter(pk=square.pk).update(approval=Board.Approval.ALL)
    answer.refresh_from_db()
    rewriting.edit(answer, editor=bob, body="By hand, on the 25th.")
    read = deciding.Seen(Review.objects.get().pk, 0, 0, held=HeldEdit.objects.get().pk)

    def approves(by):
        return lambda: deciding.decide_together([read], "approve", by=by, reason="Fine")

    outcomes = at_once(
        *[approves(moderator), approves(second_moderator)] * 4, lambda: rewriting.edit(answer, editor=bob, body="Buy my course!").pk
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    n_approved = sum(outcomes[:-1])
    answer.refresh_from_db()
    assert n_approved in (0, 1)
    assert (answer.body, answer.edit_count) == (("By hand, on the 25th.", 1) if n_approved else ("By hand.", 0))
    assert ModerationAction.objects.filter(verb="approve_edit").count() == n_approved
    assert HeldEdit.objects.get(status="waiting").body == "Buy my course!"
    assert Review.objects.filter(status="open").count() == 1
    assert Activity.objects.filter(kind=Activity.Kind.REPLY_POSTED, undone_by=None).count() == 1
