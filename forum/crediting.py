"""Which activities stand for a post, and how they are taken back and given back with it. Points follow by themselves."""

import datetime

from forum.addresses import stored_url
from forum.models import Feature, Imported, Post, Thread
from members import activity
from members.models import Activity

Kind = Activity.Kind
WRITTEN = (Kind.THREAD_STARTED, Kind.BLOG_ENTRY_POSTED, Kind.REPLY_POSTED)


def deed_of(post: Post, thread: Thread) -> Activity.Kind:
    """What kind of deed a post is where it stands: a thread, a blog entry, or a reply to either."""
    if not post.opens_thread:
        return Kind.REPLY_POSTED
    return Kind.BLOG_ENTRY_POSTED if thread.board.is_blog else Kind.THREAD_STARTED


def credit(post: Post, thread: Thread, *, at: datetime.datetime | None = None) -> None:
    """Record that the post was written."""
    activity.record(
        post.author,
        deed_of(post, thread),
        cause=post.cause,
        title=thread.title,
        url=stored_url(post),
        details={"board": thread.board.slug},
        happened_at=at,
    )


def credit_acceptance(post: Post, thread: Thread) -> None:
    """Record that the post was accepted; one's own answer to one's own question earns nothing."""
    if post.author_id != thread.author_id:
        _stand(post, Kind.REPLY_ACCEPTED, post.cause, thread)


def take_back_acceptance(post: Post) -> None:
    activity.undo(Kind.REPLY_ACCEPTED, cause=post.cause)


def credit_reaction(post: Post, thread: Thread, member_id: int) -> None:
    """Record the first reaction of a member to a post."""
    _stand(post, Kind.REACTION_RECEIVED, f"{post.cause}:by:{member_id}", thread)


def take_back_reaction(post: Post, member_id: int) -> None:
    activity.undo(Kind.REACTION_RECEIVED, cause=f"{post.cause}:by:{member_id}")


def credit_feature(post: Post, thread: Thread) -> None:
    """Record that the magazine shows the entry."""
    _stand(post, Kind.BLOG_ENTRY_FEATURED, post.cause, thread)


def take_back(post: Post, thread: Thread) -> None:
    """The post no longer counts: nor does what it earned by reactions and as a solution."""
    for kind in WRITTEN:
        activity.undo(kind, cause=post.cause)
    take_back_acceptance(post)
    if post.opens_thread and thread.board.is_blog:
        activity.undo(Kind.BLOG_ENTRY_FEATURED, cause=post.cause)
    for member_id in _reacted(post):
        take_back_reaction(post, member_id)


def give_back(post: Post, thread: Thread) -> None:
    """The post counts again, as what it counted last, with the reactions that stand and the acceptance if it stands."""
    if kind := _last_deed(post):
        activity.restore(kind, cause=post.cause)
    elif not Imported.objects.filter(post=post).exists():
        credit(post, thread, at=post.created_at)
    if thread.solution_id == post.pk:
        credit_acceptance(post, thread)
    if post.opens_thread and Feature.objects.filter(thread=thread, answer=Feature.Answer.AGREED).exists():
        credit_feature(post, thread)
    for member_id in _reacted(post):
        credit_reaction(post, thread, member_id)


def count_as(post: Post, thread: Thread, kind: Activity.Kind) -> None:
    """A post that stands counts as this deed instead of what it counted as: an opening became a reply, or an entry a thread."""
    if not any(activity.undo(other, cause=post.cause) for other in WRITTEN if other != kind):
        return
    if activity.restore(kind, cause=post.cause) is None:
        activity.record(
            post.author,
            kind,
            cause=post.cause,
            title=thread.title,
            url=stored_url(post),
            details={"board": thread.board.slug},
            happened_at=post.created_at,
        )


def counts(post: Post) -> bool:
    """Whether the post stands as something that its author did; imported ones never do."""
    return Activity.objects.filter(activity.of_cause(post.cause), kind__in=WRITTEN, undone_by=None).exists()


def _last_deed(post: Post) -> Activity.Kind | None:
    """What the post last counted as, taken back or not; None for one that never counted."""
    of_post = activity.of_cause(post.cause)
    row = Activity.objects.filter(of_post, kind__in=WRITTEN).order_by("-id").first()
    return Kind(row.kind) if row else None


def _stand(post: Post, kind: Activity.Kind, cause: str, thread: Thread) -> None:
    """Record a deed, or let it count again if it was taken back."""
    if activity.restore(kind, cause=cause) is None:
        activity.record(post.author, kind, cause=cause, title=thread.title, url=stored_url(post))


def _reacted(post: Post) -> list[int]:
    return list(post.reactions.order_by("member_id").values_list("member_id", flat=True).distinct())
