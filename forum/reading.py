"""Pages of threads and posts as one member may see them. Nothing here writes."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from forum.models import Board, BoardMember, Level, Post, State, Thread, ThreadMember
from forum.models.thread import PAGE, page_of
from members.models import Member

Asker = Member | AnonymousUser
THREADS_ON_A_PAGE = 30


def listed(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """What a row of a list needs, in one query: author, last post and its author, and for a member what is unread."""
    rows = threads.select_related("board", "board__owner", "author", "author__company", "last_post", "last_post__author")
    return with_unread(rows, asker)


def with_unread(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """Annotates `read_no` and `unread_count`: posts since the member last read, 0 for muted or older than their joining."""
    if not asker.is_authenticated:
        return threads.annotate(unread_count=Value(0), read_no=Value(0))
    own = ThreadMember.objects.filter(member=asker.pk, thread=OuterRef("pk"))
    board_rows = BoardMember.objects.filter(member=asker.pk, board=OuterRef("board_id"))
    rows = threads.annotate(
        read_no=Coalesce(Subquery(own.values("last_read_no")), 0),
        own_level=Subquery(own.values("level")),
        board_level=Subquery(board_rows.values("level")),
        read_up_to=Coalesce(Subquery(board_rows.values("read_up_to_post_id")), 0),
    )
    return rows.annotate(unread_count=_unread(asker))


def _unread(member: Member) -> Any:
    is_new = Q(last_post_id__gt=F("read_up_to"), highest_no__gt=F("read_no"), last_post_at__gt=member.joined_at)
    left_in_peace = Q(own_level=Level.MUTE) | Q(own_level=None, board_level=Level.MUTE)
    return Case(
        When(left_in_peace, then=Value(0)),
        When(is_new, then=F("highest_no") - F("read_no")),
        default=Value(0),
        output_field=IntegerField(),
    )


def unread_by_board(asker: Asker, boards: QuerySet[Board]) -> dict[int, int]:
    """Threads with something unread, for each board that has any."""
    if not asker.is_authenticated:
        return {}
    open_threads: Any = with_unread(Thread.objects.open().filter(board__in=boards), asker)
    return dict(open_threads.filter(unread_count__gt=0).order_by().values_list("board").annotate(n=Count("pk")))


def latest_threads(asker: Asker, n: int = 5) -> list[Thread]:
    """The n threads of readable boards with the newest posts; blogs too."""
    return list(listed(Thread.objects.visible_to(asker).open(), asker).order_by("-last_post")[:n])


@dataclass
class Slice:
    """A page of threads, and the key of the next one."""

    threads: list[Thread]
    next_before: int | None


def slice_of(threads: QuerySet[Thread], asker: Asker, *, before: int | None = None, size: int = THREADS_ON_A_PAGE) -> Slice:
    """Threads with the newest posts first, after those whose last post is `before`: as fast on the last page as on the first."""
    rows = listed(threads, asker).order_by("-last_post")
    if before:
        rows = rows.filter(last_post__lt=before)
    found = list(rows[: size + 1])
    return Slice(found[:size], found[size - 1].last_post_id if len(found) > size else None)


def posts_on_page(thread: Thread, page: int) -> list[Post]:
    """The posts whose numbers belong on this page, whatever is hidden among them."""
    low = (page - 1) * PAGE + 1
    rows = thread.posts.filter(no__gte=low, no__lt=low + PAGE).order_by("no")
    return list(rows.select_related("author", "author__company", "reply_to", "reply_to__author"))


def first_unread(thread: Thread, member: Asker) -> int:
    """The number to jump to: the first post after the last one read, or the newest."""
    if not member.is_authenticated:
        return 1
    read = ThreadMember.objects.filter(member=member.pk, thread=thread).values_list("last_read_no", flat=True).first() or 0
    return min(read + 1, max(thread.highest_no, 1))


def posts_by(author: Member, asker: Asker, n: int = 10) -> list[Post]:
    """A member's newest posts that the asker may read."""
    rows = Post.objects.filter(author=author, state=State.VISIBLE, thread__state=State.VISIBLE).visible_to(asker)
    return list(rows.select_related("thread", "thread__board").order_by("-id")[:n])


__all__ = ["PAGE", "latest_threads", "listed", "page_of", "posts_by", "posts_on_page", "slice_of", "unread_by_board"]
