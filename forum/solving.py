"""Accepting a reply as the solution of a thread."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from forum import crediting, writing
from forum.addresses import stored_url
from forum.models import Post, State, Thread
from forum.noting import Verb, note
from forum.permissions import is_moderator
from forum.refusals import BoardArchived, NotYours, ThreadGone
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell


def may_decide(thread: Thread, member: Member | AnonymousUser) -> bool:
    """Whoever asked decides what answered them; a moderator may for them."""
    return (member.is_authenticated and thread.author_id == member.pk) or is_moderator(member)


@transaction.atomic
def accept(post: Post, *, by: Member, reason: str = "") -> Post:
    """Mark a reply as the solution, in place of any other. Harmless when repeated.

    reason   why, from a moderator who decides for whoever asked: it stays in the log
    Raises NotYours, ThreadGone, BoardArchived; ValueError for a moderator without a reason.
    """
    thread, post = writing.held_post(post)
    if not may_decide(thread, by) or post.opens_thread:
        raise NotYours
    _insist_on_open(thread, post)
    if thread.solution_id == post.pk:
        return post
    _forget(thread, by, reason)
    if needs_reason(thread, by):
        note(by, Verb.ACCEPT, reason, thread=thread, post=post, concerns=thread.author)
    thread.solution = post
    thread.save(update_fields=["solution"])
    crediting.credit_acceptance(post, thread)
    tell(
        post.author,
        Notification.Kind.SOLUTION,
        cause=f"post:{post.pk}",
        subject=f"post:{post.pk}",
        url=stored_url(post),
        actor=by,
    )
    return post


@transaction.atomic
def unaccept(thread: Thread, *, by: Member, reason: str = "") -> None:
    """The thread has no solution after all. Harmless when repeated.

    Raises NotYours, ThreadGone, BoardArchived; ValueError for a moderator without a reason.
    """
    thread = writing.held(thread.pk)
    if not may_decide(thread, by):
        raise NotYours
    if thread.solution:
        _insist_on_open(thread, thread.solution)
    _forget(thread, by, reason)


def is_open(thread: Thread) -> bool:
    """Whether something may be decided there now; a locked thread may still be found to be solved."""
    return thread.state == State.VISIBLE and not thread.board.is_archived


def needs_reason(thread: Thread, member: Member) -> bool:
    """Whoever decides for another moves their points, and says why."""
    return thread.author_id != member.pk


def _insist_on_open(thread: Thread, post: Post) -> None:
    if post.state != State.VISIBLE or thread.state != State.VISIBLE:
        raise ThreadGone
    if thread.board.is_archived:
        raise BoardArchived


def _forget(thread: Thread, by: Member, reason: str) -> None:
    if thread.solution:
        if needs_reason(thread, by):
            note(by, Verb.UNACCEPT, reason, thread=thread, post=thread.solution, concerns=thread.solution.author)
        crediting.take_back_acceptance(thread.solution)
        thread.solution = None
        thread.save(update_fields=["solution"])
