"""What is new to a member: in the database for lists that ask for it, and for the rows of a page that is shown."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from forum import regarding
from forum.counting import CountOf
from forum.models import Board, Level, Post, Regard, State, Tagging, TagMember, Thread, ThreadMember
from members.models import Member

Asker = Member | AnonymousUser
FOLLOWED = (Level.WATCH, Level.TRACK)
SHOWN = Q(state=State.VISIBLE) | Q(no=1)
# Of what `own_board` joins.
_OF_BOARD: dict[str, Any] = {
    "board_level": F("own_board__level"),
    "read_up_to": Coalesce(F("own_board__read_up_to_post_id"), 0, output_field=BigIntegerField()),
    "board_read_at": F("own_board__read_at"),
}
# Threads in which something appeared since one read the whole board: at most so many are looked for beside those with newer posts.
MOST_APPEARED = 500
# Of more threads with news on a board it is said that there are more; what stands further down its list is counted no more.
MOST_COUNTED, LOOKED_AT = 100, 1_000


def with_own(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """Annotates how far the member has read and how closely they follow: `read_no`, `own_level`, both None-free for visitors too."""
    if not asker.is_authenticated:
        return threads.annotate(read_no=Value(0), own_level=Value(None, output_field=IntegerField()))
    rows = threads.annotate(own=FilteredRelation("member_rows", condition=Q(member_rows__member=asker.pk)))
    return rows.annotate(read_no=Coalesce(F("own__last_read_no"), 0), own_level=F("own__level"))


def with_board(threads: QuerySet[Thread], asker: Member) -> QuerySet[Thread]:
    """Annotates the same of the thread's board: `board_level`, `read_up_to`, `board_read_at`."""
    rows = threads.annotate(own_board=FilteredRelation("board__member_rows", condition=Q(board__member_rows__member=asker.pk)))
    return rows.annotate(**_OF_BOARD)


def board_with_own(boards: QuerySet[Board], asker: Asker) -> QuerySet[Board]:
    """Annotates a board as `with_board` does its threads."""
    if not asker.is_authenticated:
        return boards
    rows = boards.annotate(own_board=FilteredRelation("member_rows", condition=Q(member_rows__member=asker.pk)))
    return rows.annotate(**_OF_BOARD)


def with_unread(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """Annotates `unread_count` beside: posts since the member last read, 0 for muted or older than their joining."""
    rows = with_own(threads, asker)
    if not asker.is_authenticated:
        return rows.annotate(unread_count=Value(0))
    return with_board(rows, asker).annotate(unread_count=_unread(asker))


def n_new() -> Any:
    """Posts that are shown after the one that was read last; the opening's place counts, whatever became of it.

    Where every number is shown this is a subtraction. Only where some are hidden, held, withdrawn or taken elsewhere are posts counted.
    """
    shown = Post.objects.filter(SHOWN, thread=OuterRef("pk"), no__gt=OuterRef("read_no"))
    counted = shown.order_by().values("thread").annotate(n=Count("pk")).values("n")
    return Case(
        When(highest_no=F("reply_count") + 1, then=F("highest_no") - F("read_no")),
        default=Coalesce(Subquery(counted), 0),
        output_field=IntegerField(),
    )


def _unread(member: Member) -> Any:
    since = Coalesce(F("board_read_at"), Value(member.joined_at), output_field=DateTimeField())
    written = Q(last_post_id__gt=F("read_up_to"), last_post_at__gt=member.joined_at)
    appeared = Q(appeared_at__isnull=False) & Q(appeared_at__gt=since)
    is_new = Q(highest_no__gt=F("read_no")) & (written | appeared)
    left_in_peace = Q(own_level=Level.MUTE) | Q(own_level=None, board_level=Level.MUTE)
    # Asked last, and so only of what would be news: a database stops at the first case that holds.
    muted_author = Regard.objects.filter(Q(level=Level.MUTE) | Q(is_ignored=True), member=member.pk, other=OuterRef("author_id"))
    muted_tag = TagMember.objects.filter(member=member.pk, level=Level.MUTE, tag__threads=OuterRef("pk"))
    return Case(
        When(~is_new, then=Value(0)),
        When(left_in_peace, then=Value(0)),
        When(Q(own_level__in=FOLLOWED), then=n_new()),
        When(Exists(muted_author) | Exists(muted_tag), then=Value(0)),
        default=n_new(),
        output_field=IntegerField(),
    )


def only_unread(threads: QuerySet[Thread], member: Member, board: Any) -> QuerySet[Thread]:
    """Those of a board's threads that `with_unread` counts something for, found in the order of the list, no more than are shown.

    board   the board on which all of them stand, as `board_with_own` gives it
    """
    own = ThreadMember.objects.filter(member=member.pk, thread=OuterRef("pk"))
    still = Post.objects.filter(SHOWN, thread=OuterRef("thread"), no__gt=OuterRef("last_read_no"))
    done_with = own.filter(Q(last_read_no__gte=OuterRef("highest_no")) | Q(level=Level.MUTE) | ~Exists(still))
    # No thread stands before its last post: of the list's index, only what is above is read.
    written = Q(place__gt=board.read_up_to, last_post_id__gt=board.read_up_to, last_post_at__gt=member.joined_at)
    # Found first, for with an "or" the list could not be cut by its index any more.
    late = threads.filter(~written, appeared_at__gt=board.board_read_at or member.joined_at).order_by("-appeared_at")
    appeared = list(late.values_list("pk", flat=True)[:MOST_APPEARED])
    rows = threads.filter(~Exists(done_with)).filter(written | Q(pk__in=appeared) if appeared else written)
    if board.board_level == Level.MUTE:
        rows = rows.filter(Exists(own))
    muted = regarding.muted_by(member)
    if muted.authors or muted.tags:
        tagged = Tagging.objects.filter(thread=OuterRef("pk"), tag__in=muted.tags)
        rows = rows.filter(Exists(own.filter(level__in=FOLLOWED)) | ~(Q(author__in=muted.authors) | Exists(tagged)))
    return rows


def mark(threads: Sequence[Any], asker: Asker, board: Any = None) -> None:
    """Sets `unread_count` on rows that are to be shown, as `with_unread` would have counted it, for a fraction of its cost.

    threads   with what `with_own` annotates, with `n_new`, and `with_board` unless `board`, on which all of them stand, brings it
    """
    if not asker.is_authenticated:
        for thread in threads:
            thread.unread_count = 0
        return
    fresh = [thread for thread in threads if _is_fresh(thread, asker, board or thread)]
    spared = _spared([thread for thread in fresh if thread.own_level not in FOLLOWED], asker) if fresh else set()
    for thread in threads:
        thread.unread_count = 0
    for thread in fresh:
        thread.unread_count = 0 if thread.pk in spared else thread.n_new


def _is_fresh(thread: Any, member: Member, board: Any) -> bool:
    if not thread.last_post_id or thread.highest_no <= thread.read_no or thread.own_level == Level.MUTE:
        return False
    has_appeared = thread.appeared_at is not None and thread.appeared_at > (board.board_read_at or member.joined_at)
    if not has_appeared and (thread.last_post_id <= board.read_up_to or thread.last_post_at <= member.joined_at):
        return False
    return thread.own_level is not None or board.board_level != Level.MUTE


def _spared(threads: Sequence[Any], member: Member) -> set[int]:
    """Which threads are no news to the member for their author's or a tag's sake."""
    muted = regarding.muted_by(member)
    spared = {thread.pk for thread in threads if thread.author_id in muted.authors}
    if muted.tags and threads:
        rows = Tagging.objects.filter(thread__in=[thread.pk for thread in threads], tag__in=muted.tags)
        spared |= set(rows.values_list("thread_id", flat=True))
    return spared


def by_board(asker: Asker, boards: QuerySet[Board]) -> dict[int, int]:
    """Threads with something unread, for each board that has any, among the first LOOKED_AT of its list, up to MOST_COUNTED. One query."""
    if not asker.is_authenticated:
        return {}
    listed = regarding.spared(Thread.objects.open().filter(board=OuterRef(OuterRef("pk"))), asker)
    first = listed.order_by("-is_pinned", "-place").values("pk")[:LOOKED_AT]
    threads: Any = with_unread(Thread.objects.filter(pk__in=first, board=OuterRef("pk")), asker)
    new = threads.filter(unread_count__gt=0).order_by().values("pk")[:MOST_COUNTED]
    counted: Any = boards.annotate(n_unread=CountOf(new)).order_by().values_list("pk", "n_unread")
    return {pk: n for pk, n in counted if n}
