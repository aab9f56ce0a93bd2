"""Who hears of a new post: those it names or answers, those who watch; and the pages that are open."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from forum import regarding
from forum.addresses import stored_url
from forum.following import FOLLOWED
from forum.models import BoardLevel, BoardMember, Level, Post, Regard, State, TagMember, ThreadMember
from live import streams
from members.models import Member
from members.ready import Ready
from notifications.models import Notification
from notifications.telling import tell

MAX_TOLD = 200
Kind = Notification.Kind


def _ignores(author: Any) -> Exists:
    """Whether the member of a row hears nothing of what the author does."""
    return Exists(Regard.objects.filter(member=OuterRef("member"), other=author, is_ignored=True))


_WATCHING = Ready(
    lambda thread, author: (
        ThreadMember.objects.filter(~_ignores(author), thread=thread, level=Level.WATCH)
        .select_related("member")
        .order_by("member_id")[:MAX_TOLD]
    )
)
_MUTED = Ready(
    lambda thread, members: (
        ThreadMember.objects.filter(thread=thread, member__pk__in=members, level=Level.MUTE).order_by().values_list("member_id")
    )
)

# Who tracks or watches a board and has nothing to do with the thread but having read it.
_FOLLOWING_BOARD = Ready(
    lambda board, thread: (
        BoardMember.objects.filter(
            ~Exists(ThreadMember.objects.filter(Q(is_chosen=True) | ~Q(level=Level.NORMAL), member=OuterRef("member"), thread=thread)),
            board=board,
            level__in=FOLLOWED,
        )
        .order_by("member_id")
        .values_list("member_id")
    )
)


def _is_spared(thread: Any, author: Any) -> Q:
    """Whether whoever follows a board muted the thread's author or one of its tags: such threads are never news."""
    by_author = Regard.objects.filter(member=OuterRef("member"), other=author, level=Level.MUTE)
    by_tag = TagMember.objects.filter(member=OuterRef("member"), tag__threads=thread, level=Level.MUTE)
    return Q(Exists(by_author)) | Q(Exists(by_tag))


def _told_of_replies(board: Any, thread: Any, starter: Any, author: Any, no: Any, before: Any) -> QuerySet[BoardMember]:
    """Who wants to hear of every reply on the board and has read the thread so far, or never opened it: one notice until they read it."""
    own = ThreadMember.objects.filter(member=OuterRef("member"), thread=thread)
    previous = Post.objects.filter(thread=thread, no__lt=no).order_by("-no").values("pk")[:1]
    has_read = ~Exists(own) | Exists(own.filter(last_read_no__gte=before)) | Q(read_up_to_post_id__gte=Subquery(previous))
    has_own = Exists(own.filter(Q(is_chosen=True) | Q(level=Level.MUTE)))
    every = BoardMember.objects.filter(~has_own, has_read, ~_ignores(author), board=board, level=BoardLevel.EVERY)
    every = every.exclude(_is_spared(thread, starter))
    return every.select_related("member").order_by("member_id")[:MAX_TOLD]


_ON_BOARD = Ready(_told_of_replies)


def new_post(post: Post, *, mentioned: Iterable[Member]) -> None:
    """Tell everybody once, by the best reason there is, in the transaction of the post.

    In the order of members' ids, so that two posts at once wait for each other and never across.
    """
    reasons: dict[int, tuple[Member, Kind]] = {member.pk: (member, Kind.MENTION) for member in mentioned}
    if post.reply_to and post.reply_to.author_id not in reasons:
        reasons[post.reply_to.author_id] = (post.reply_to.author, Kind.REPLY)
    named = list(reasons)
    for member in _watching(post):
        reasons.setdefault(member.pk, (member, Kind.REPLY))
    reasons.pop(post.author_id, None)
    # Of a reply, those who follow its thread or board were asked for without whom they ignore, and follow what they have not muted.
    doubtful = reasons if post.opens_thread else [pk for pk in named if pk in reasons]
    deaf = _deaf(post, doubtful) if doubtful else set()
    _append(post)
    for pk in sorted(reasons):
        member, kind = reasons[pk]
        if pk not in deaf and _may_read(post, member):
            _tell(post, member, kind)


def _may_read(post: Post, member: Member) -> bool:
    """Moderators edit and approve in what is hidden too; those whom it names learn nothing of it there."""
    return post.state == State.VISIBLE and post.thread.shows_to(member)


def _deaf(post: Post, members: Iterable[int]) -> set[int]:
    """Who of them has muted the thread or ignores the author."""
    muted = _MUTED.all(thread=post.thread_id, members=list(members))
    return {pk for (pk,) in muted} | regarding.ignoring(post.author, members)


def new_mentions(post: Post, members: Iterable[Member]) -> None:
    """Those whom an edit names for the first time."""
    members = list(members)
    deaf = _deaf(post, [member.pk for member in members]) if members else set()
    for member in sorted(members, key=lambda one: one.pk):
        if member.pk not in deaf and member.pk != post.author_id and _may_read(post, member):
            _tell(post, member, Kind.MENTION)


def _watching(post: Post) -> list[Member]:
    watching = [row.member for row in _WATCHING.all(thread=post.thread_id, author=post.author_id)]
    if post.opens_thread:
        levels = [BoardLevel.EVERY, BoardLevel.WATCH]
        on_board = BoardMember.objects.filter(board=post.thread.board_id, level__in=levels).select_related("member").order_by("member_id")
        on_board = on_board.exclude(_is_spared(post.thread_id, post.author_id))
        watching += [row.member for row in on_board[:MAX_TOLD]]
        watching += _following_its_tags_or_author(post)
    elif getattr(post.thread, "is_board_heard", True):
        thread, no = post.thread, post.no
        about = {"thread": thread.pk, "starter": thread.author_id, "author": post.author_id, "no": no, "before": no - 1}
        watching += [row.member for row in _ON_BOARD.all(board=thread.board_id, **about)]
    _followed_with_its_board(post)
    return watching


def _followed_with_its_board(post: Post) -> None:
    """Who follows the board follows each thread with a new post: what is unread of it is theirs, whether or not they are told of it.

    Threads begun before too, from their next post on; never one for which the member chose a level of its own.
    """
    if not getattr(post.thread, "is_board_followed", True):
        return
    followers = [pk for (pk,) in _FOLLOWING_BOARD.all(board=post.thread.board_id, thread=post.thread_id)]
    if not followers:
        return
    if not post.opens_thread:
        on_board = BoardMember.objects.filter(board=post.thread.board_id, level__in=FOLLOWED).values("member")
        read_before = ThreadMember.objects.filter(thread=post.thread, member__in=on_board, level=Level.NORMAL, is_chosen=False)
        read_before.update(level=Level.TRACK)
    follows = [ThreadMember(thread=post.thread, member_id=pk, level=Level.TRACK) for pk in followers]
    ThreadMember.objects.bulk_create(follows, batch_size=500, ignore_conflicts=True)


def _following_its_tags_or_author(post: Post) -> list[Member]:
    """Who watches a tag of a new thread or its author. For those and for trackers the thread is from now on one that they follow."""
    levels = [Level.WATCH, Level.TRACK]
    by_tag = TagMember.objects.filter(tag__threads=post.thread_id, level__in=levels).select_related("member").order_by("member_id")
    by_author = Regard.objects.filter(other=post.author_id, level__in=levels).select_related("member").order_by("member_id")
    rows: list[TagMember | Regard] = [*by_tag[:MAX_TOLD], *by_author[:MAX_TOLD]]
    followers = {row.member_id: row.member for row in rows if row.member_id != post.author_id}
    readers = [pk for pk, member in followers.items() if post.thread.board.shows_to(member)]
    follows = [ThreadMember(thread=post.thread, member_id=pk, level=Level.TRACK) for pk in sorted(readers)]
    ThreadMember.objects.bulk_create(follows, ignore_conflicts=True)
    return [row.member for row in rows if row.level == Level.WATCH]


def _tell(post: Post, member: Member, kind: Kind) -> None:
    tell(
        member,
        kind,
        cause=f"post:{post.pk}",
        subject=f"post:{post.pk}",
        url=stored_url(post),
        actor=post.author,
        details={"starts_thread": post.opens_thread},
    )


def _append(post: Post) -> None:
    """Open pages learn that there is something new, never what it says: they ask for it through the gate.

    The thread's stream is written to under the thread's lock alone, so that only the board's may be waited for.
    """
    news = {"thread": post.thread_id, "post": post.pk, "no": post.no, "author": post.author.display_name}
    board = [f"board:{post.thread.board_id}"] if post.thread.state == State.VISIBLE else []
    streams.spread([f"thread:{post.thread_id}", *board], "post", news, author=post.author)
