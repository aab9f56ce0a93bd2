"""Starting threads and replying to them."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction

from forum import crediting, languages, pacing, reporting, screening, writing
from forum.models import Board, Post, State, Thread
from forum.refusals import BoardArchived, NotYours, ThreadGone, ThreadLocked, ThreadMerged
from forum.tagging import tags_named
from members.models import Member


def start_thread(
    board: Board,
    *,
    author: Member,
    title: str,
    body: str,
    tags: Sequence[str] = (),
    beside: Sequence[str] = (),
    client_key: uuid.UUID | None = None,
    at: datetime.datetime | None = None,
) -> Thread:
    """Open a thread with its first post; on a blog, this is an entry.

    tags         names, at most five are kept
    beside       words that are shown with them and judged with them: a poll's (`polling.start_thread_with_poll`)
    client_key   the form's own key: sent twice, it answers with the thread it has made already
    at           when it happened, for imports and the demo club; these are not slowed down
    Raises BoardArchived, NotYours, Silenced, TooFast, markup.TooLong, and what `screening.screen` raises.
    """
    verdict = screening.Verdict(title, body, tags)
    if at is None:
        verdict = screening.screen(board, author=author, title=title, body=body, tags=tags, beside=beside)
    words, title = writing.prepare(verdict.body, maths=board.has_maths), verdict.title
    with transaction.atomic():
        if at is None:
            pacing.take(author, _pace(verdict))
        writing.insist_on_voice(author)
        if earlier := writing.written_before(author, client_key):
            return earlier.thread
        _insist_on_board(board, author)
        moments = {"created_at": at, "last_post_at": at} if at else {}
        state = State.PENDING if verdict.is_held else State.VISIBLE
        thread = Thread.objects.create(board=board, title=title, lang=languages.language_of(title), author=author, state=state, **moments)
        thread.tags.set(tags_named(verdict.tags))
        post = writing.add(thread, words, author=author, client_key=client_key, at=at, is_held=verdict.is_held)
        _follow_up(post, thread, verdict, at)
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
    verdict = screening.screen(thread.board, author=author, title="", body=body) if at is None else screening.Verdict("", body)
    words = writing.prepare(verdict.body, maths=thread.board.has_maths)
    with transaction.atomic():
        if at is None:
            pacing.take(author, _pace(verdict))
        thread = writing.held_for(thread.pk, author)
        if earlier := writing.written_before(author, client_key):
            return earlier
        _insist_on_thread(thread, author)
        if at is None:
            screening.insist_on_patience(thread, author)
        if reply_to and reply_to.thread_id != thread.pk:
            reply_to = None
        post = writing.add(thread, words, author=author, reply_to=reply_to, client_key=client_key, at=at, is_held=verdict.is_held)
        _follow_up(post, thread, verdict, at)
    return post


def _pace(verdict: screening.Verdict) -> str:
    return "post" if verdict.level else "first post"


def _follow_up(post: Post, thread: Thread, verdict: screening.Verdict, at: datetime.datetime | None) -> None:
    """A post that is shown counts; one that is held, or wants looking at, comes before the moderators."""
    if not verdict.is_held:
        crediting.credit(post, thread, at=at)
    if verdict.cause:
        reporting.bring(post, cause=verdict.cause, remark=verdict.remark)


def _insist_on_board(board: Board, author: Member) -> None:
    if board.is_archived:
        raise BoardArchived
    if not board.may_start(author):
        raise NotYours


def _insist_on_thread(thread: Thread, author: Member) -> None:
    if thread.merged_into:
        raise ThreadMerged(thread.merged_into)
    if thread.board.is_archived:
        raise BoardArchived
    if thread.is_locked:
        raise ThreadLocked
    if thread.state != State.VISIBLE:
        raise ThreadGone
    if not thread.board.may_reply(author):
        raise NotYours
