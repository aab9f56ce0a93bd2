"""Which activities stand for a post, and how they are taken back and given back with it. Points follow by themselves."""

import datetime

from forum.addresses import stored_url
from forum.models import Feature, Post, Thread
from members import activity
from members.models import Activity

Kind = Activity.Kind


def deed_of(post: Post, thread: Thread) -> Activity.Kind:
    """What kind of deed a post was: a thread, a blog entry, or a reply to either."""
    if not post.opens_thread:
        return Kind.REPLY_POSTED
    return Kind.BLOG_ENTRY_POSTED if thread.board.is_blog else Kind.THREAD_STARTED


def credit(post: Post, thread: Thread, *, at: datetime.datetime | None = None) -> None:
    """Record that the post was written."""
    activity.record(
        post.author,
        deed_of(post, thread),
        cause=f"post:{post.pk}",
        title=thread.title,
        url=stored_url(post),
        details={"board": thread.board.slug},
        happened_at=at,
    )


def credit_acceptance(post: Post, thread: Thread) -> None:
    """Record that the post was accepted; one's own answer to one's own question earns nothing."""
    if post.author_id != thread.author_id:
        _stand(post, Kind.REPLY_ACCEPTED, f"post:{post.pk}", thread)


def credit_reaction(post: Post, thread: Thread, member_id: int) -> None:
    """Record the first reaction of a member to a post."""
    _stand(post, Kind.REACTION_RECEIVED, f"post:{post.pk}:by:{member_id}", thread)


def credit_feature(post: Post, thread: Thread) -> None:
    """Record that the magazine shows the entry."""
    _stand(post, Kind.BLOG_ENTRY_FEATURED, f"post:{post.pk}", thread)


def take_back(post: Post, thread: Thread) -> None:
    """The post no longer counts: nor does what it earned by reactions and as a solution."""
    activity.undo(deed_of(post, thread), cause=f"post:{post.pk}")
    activity.undo(Kind.REPLY_ACCEPTED, cause=f"post:{post.pk}")
    if post.opens_thread and thread.board.is_blog:
        activity.undo(Kind.BLOG_ENTRY_FEATURED, cause=f"post:{post.pk}")
    for member_id in _reacted(post):
        activity.undo(Kind.REACTION_RECEIVED, cause=f"post:{post.pk}:by:{member_id}")


def give_back(post: Post, thread: Thread) -> None:
    """The post counts again, with the reactions that stand and the acceptance if it stands."""
    activity.restore(deed_of(post, thread), cause=f"post:{post.pk}")
    if thread.solution_id == post.pk:
        activity.restore(Kind.REPLY_ACCEPTED, cause=f"post:{post.pk}")
    if post.opens_thread and Feature.objects.filter(thread=thread, answer=Feature.Answer.AGREED).exists():
        credit_feature(post, thread)
    for member_id in _reacted(post):
        credit_reaction(post, thread, member_id)


def _stand(post: Post, kind: Activity.Kind, cause: str, thread: Thread) -> None:
    """Record a deed, or let it count again if it was taken back."""
    if activity.restore(kind, cause=cause) is None:
        activity.record(post.author, kind, cause=cause, title=thread.title, url=stored_url(post))


def _reacted(post: Post) -> list[int]:
    return list(post.reactions.order_by("member_id").values_list("member_id", flat=True).distinct())
