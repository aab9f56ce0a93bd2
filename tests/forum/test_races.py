"""Many at once. On SQLite writers queue for the file, on PostgreSQL for the thread's row; the outcome is the same."""

import threading
import uuid

import pytest
from django.db import close_old_connections, connection

from forum import moderating, posting, reacting
from forum.models import Post, Reaction
from forum.refusals import ThreadLocked
from live.models import Event, Stream
from members.models import Activity

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8


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
    outcomes = at_once(*[lambda: reacting.react(post, member=bob)] * WRITERS)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    post.refresh_from_db()
    assert (Reaction.objects.count(), post.reaction_count) == (1, 1)
    assert Activity.objects.filter(kind=Activity.Kind.REACTION_RECEIVED).count() == 1
