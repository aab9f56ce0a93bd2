"""Accepting a reply as the solution of a thread."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from forum import crediting, writing
from forum.addresses import stored_url
from forum.models import Post, State, Thread
from forum.permissions import is_moderator
from forum.refusals import BoardArchived, NotYours, ThreadGone
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell


def may_decide(thread: Thread, member: Member | AnonymousUser) -> bool:
    """Whoever asked decides what answered them; a moderator may for them."""
    return (member.is_authenticated and thread.author_id == member.pk) or is_moderator(member)


@transaction.atomic
def accept(post: Post, *, by: Member) -> Post:
    """Mark a reply as the solution, in place of any other. Harmless when repeated. Raises NotYours, ThreadGone, BoardArchived."""
    thread, post = writing.held_post(post)
    if not may_decide(thread, by) or post.opens_thread:
        raise NotYours
    if post.state != State.VISIBLE or thread.state != State.VISIBLE:
        raise ThreadGone
    if thread.board.is_archived:
        raise BoardArchived
    if thread.solution_id == post.pk:
        return post
    _forget(thread)
    thread.solution = post
    thread.save(update_fields=["solution"])
    crediting.credit_acceptance(post, thread)
    tell(
        post.author,
        Notification.Kind.SOLUTION,
        cause=f"post:{post.pk}",
        title=thread.title,
        url=stored_url(post),
        actor=by,
        details={"excerpt": post.excerpt, "thread": thread.pk},
    )
    return post


@transaction.atomic
def unaccept(thread: Thread, *, by: Member) -> None:
    """The thread has no solution after all. Harmless when repeated. Raises NotYours."""
    thread = writing.held(thread.pk)
    if not may_decide(thread, by):
        raise NotYours
    _forget(thread)


def _forget(thread: Thread) -> None:
    if thread.solution:
        crediting.take_back_acceptance(thread.solution)
        thread.solution = None
        thread.save(update_fields=["solution"])
