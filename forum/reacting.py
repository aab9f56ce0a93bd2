"""Reactions. The first of a member to a post counts for its author; the others only say more."""

from django.db import transaction
from django.db.models import F

from forum import crediting, pacing, regarding, writing
from forum.addresses import stored_url
from forum.models import Post, Reaction, State, Thread
from forum.refusals import NotYours, ThreadGone
from members.models import Member
from notifications.models import Notification
from notifications.telling import tell


@transaction.atomic
def react(post: Post, *, member: Member, kind: str = Reaction.Kind.LIKE) -> Reaction:
    """React to another's post. The same reaction again changes nothing. Raises NotYours, ThreadGone, Silenced, TooFast."""
    if post.author_id == member.pk:
        raise NotYours
    pacing.take(member, "react")
    writing.insist_on_voice(member)
    thread, post = writing.held_post(post)
    if thread.state != State.VISIBLE or post.state != State.VISIBLE:
        raise ThreadGone
    is_first = not post.reactions.filter(member=member).exists()
    reaction, is_new = Reaction.objects.get_or_create(post=post, member=member, kind=kind)
    if is_new:
        _count(thread, post, 1)
    if is_first:
        crediting.credit_reaction(post, thread, member.pk)
        _tell(post, thread, member)
    return reaction


@transaction.atomic
def withdraw_reaction(post: Post, *, member: Member, kind: str = Reaction.Kind.LIKE) -> None:
    """Take a reaction back. With a member's last one the point it earned goes too. Harmless when repeated."""
    thread, post = writing.held_post(post)
    gone, _by_model = Reaction.objects.filter(post=post, member=member, kind=kind).delete()
    if not gone:
        return
    _count(thread, post, -1)
    if not post.reactions.filter(member=member).exists():
        crediting.take_back_reaction(post, member.pk)


def _count(thread: Thread, post: Post, step: int) -> None:
    Thread.objects.filter(pk=thread.pk).update(reaction_count=F("reaction_count") + step)
    Post.objects.filter(pk=post.pk).update(reaction_count=F("reaction_count") + step)


def _tell(post: Post, thread: Thread, member: Member) -> None:
    if thread.board.shows_to(post.author) and not regarding.ignoring(member, [post.author_id]):
        tell(
            post.author,
            Notification.Kind.REACTION,
            cause=f"post:{post.pk}:by:{member.pk}",
            subject=f"post:{post.pk}",
            url=stored_url(post),
            actor=member,
        )
