"""Starting threads and replying to them."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction

from forum import crediting, languages, pacing, writing
from forum.models import Board, Post, State, Thread
from forum.refusals import BoardArchived, NotYours, ThreadGone, ThreadLocked
from forum.tagging import tags_named
from members.models import Member


def start_thread(
    board: Board,
    *,
    author: Member,
    title: str,
    body: str,
    tags: Sequence[str] = (),
    client_key: uuid.UUID | None = None,
    at: datetime.datetime | None = None,
) -> Thread:
    """Open a thread with its first post; on a blog, this is an entry.

    tags         names, at most five are kept
    client_key   the form's own key: sent twice, it answers with the thread it has made already
    at           when it happened, for imports and the demo club; these are not slowed down
    Raises BoardArchived, NotYours, Silenced, TooFast, markup.TooLong.
    """
    words = writing.prepare(body)
    with transaction.atomic():
        if at is None:
            pacing.take(author, "post")
        writing.insist_on_voice(author)
        if earlier := writing.written_before(author, client_key):
            return earlier.thread
        _insist_on_board(board, author)
        moments = {"created_at": at, "last_post_at": at} if at else {}
        thread = Thread.objects.create(board=board, title=title, lang=languages.language_of(title), author=author, **moments)
        thread.tags.set(tags_named(tags))
        post = writing.add(thread, words, author=author, client_key=client_key, at=at)
        crediting.credit(post, thread, at=at)
    return thread


def reply(
    thread: Thread,
    *,
    author: Member,
    body: str,
    reply_to: Post | None = None,
    client_key: uuid.UUID | None = None,
    at: datetime.datetime | None = None,
) -> Post:
    """Add a post to the end of a thread.

    reply_to, client_key, at   as for `start_thread`; a post of another thread is not answered
    Raises ThreadLocked if a moderator locked it, even a moment ago; ThreadGone, BoardArchived, Silenced, TooFast, markup.TooLong.
    """
    words = writing.prepare(body)
    with transaction.atomic():
        if at is None:
            pacing.take(author, "post")
        writing.insist_on_voice(author)
        thread = writing.held(thread.pk)
        if earlier := writing.written_before(author, client_key):
            return earlier
        _insist_on_thread(thread)
        if reply_to and reply_to.thread_id != thread.pk:
            reply_to = None
        post = writing.add(thread, words, author=author, reply_to=reply_to, client_key=client_key, at=at)
        crediting.credit(post, thread, at=at)
    return post


def _insist_on_board(board: Board, author: Member) -> None:
    if board.is_archived:
        raise BoardArchived
    if not board.may_start(author):
        raise NotYours


def _insist_on_thread(thread: Thread) -> None:
    if thread.board.is_archived:
        raise BoardArchived
    if thread.is_locked:
        raise ThreadLocked
    if thread.state != State.VISIBLE:
        raise ThreadGone
