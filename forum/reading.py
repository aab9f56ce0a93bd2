"""Pages of threads and posts as one member may see them. Nothing here writes."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from forum import presence
from forum.models import (
    Board,
    BoardMember,
    Bookmark,
    Draft,
    Entry,
    Feature,
    Level,
    Post,
    Reaction,
    Regard,
    State,
    TagMember,
    Thread,
    ThreadMember,
)
from forum.models.thread import PAGE
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
    # Asked last, and so only of what would be news: a database stops at the first case that holds.
    muted_author = Regard.objects.filter(Q(level=Level.MUTE) | Q(is_ignored=True), member=member.pk, other=OuterRef("author_id"))
    muted_tag = TagMember.objects.filter(member=member.pk, level=Level.MUTE, tag__threads=OuterRef("pk"))
    is_chosen = Q(own_level__in=[Level.WATCH, Level.TRACK])
    return Case(
        When(~is_new, then=Value(0)),
        When(left_in_peace, then=Value(0)),
        When(is_chosen, then=F("highest_no") - F("read_no")),
        When(Exists(muted_author) | Exists(muted_tag), then=Value(0)),
        default=F("highest_no") - F("read_no"),
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


@dataclass
class ShownPost:
    """A post as one reader sees it: without its words where it is hidden or withdrawn from them."""

    post: Post
    is_readable: bool
    is_own: bool
    is_solution: bool
    is_ignored: bool
    is_bookmarked: bool
    is_here: bool
    reactions: list[dict[str, Any]]


def posts_on_page(thread: Thread, page: int, asker: Asker, *, moderates: bool = False) -> list[ShownPost]:
    """The posts whose numbers belong on this page, whatever is hidden among them; two queries."""
    low = (page - 1) * PAGE + 1
    rows = thread.posts.filter(no__gte=low, no__lt=low + PAGE).order_by("no")
    rows = rows.select_related("author", "author__company", "author__presence", "reply_to", "reply_to__author", "poll")
    if asker.is_authenticated:
        ignored = Regard.objects.filter(member=asker.pk, other=OuterRef("author_id"), is_ignored=True)
        rows = rows.annotate(is_ignored=Exists(ignored), is_kept=Exists(Bookmark.objects.filter(member=asker.pk, post=OuterRef("pk"))))
    posts: list[Any] = list(rows)
    reactions = reactions_to(posts, asker)
    shown = []
    for post in posts:
        is_own = post.author_id == asker.pk
        is_readable = post.state == State.VISIBLE or moderates or is_own
        shown.append(
            ShownPost(
                post,
                is_readable,
                is_own,
                is_solution=post.pk == thread.solution_id,
                is_ignored=getattr(post, "is_ignored", False),
                is_bookmarked=getattr(post, "is_kept", False),
                is_here=asker.is_authenticated and not is_own and presence.is_here(post.author),
                reactions=reactions.get(post.pk, []),
            )
        )
    return shown


def reactions_to(posts: list[Post], asker: Asker) -> dict[int, list[dict[str, Any]]]:
    """For each post its kinds of reaction as `{"kind", "n", "own"}`."""
    own = Max(Case(When(member=asker.pk or 0, then=1), default=0))
    rows: Any = Reaction.objects.filter(post__in=posts).values("post", "kind").annotate(n=Count("pk"), own=own).order_by("kind")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["post"], []).append(row)
    return found


def with_own(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """Annotates what the asker has to do with a thread: `read_no`, `own_level`, and the draft of a reply, `draft_body` and `draft_seq`."""
    own = ThreadMember.objects.filter(member=asker.pk or 0, thread=OuterRef("pk"))
    key = Concat(Value("thread:"), Cast(OuterRef("pk"), CharField()))
    draft = Draft.objects.filter(member=asker.pk or 0, key=key)
    return threads.annotate(
        read_no=Coalesce(Subquery(own.values("last_read_no")), 0),
        own_level=Subquery(own.values("level")),
        draft_body=Subquery(draft.values("body")),
        draft_seq=Subquery(draft.values("seq")),
    )


def posts_by(author: Member, asker: Asker, n: int = 10) -> list[Post]:
    """A member's newest posts that the asker may read."""
    rows = Post.objects.filter(author=author, state=State.VISIBLE, thread__state=State.VISIBLE).visible_to(asker)
    return list(rows.select_related("thread", "thread__board").order_by("-id")[:n])


def entries(threads: QuerySet[Thread], asker: Asker, *, before: int | None = None) -> Slice:
    """Blog entries, the newest first, each with its opening words as `opening`."""
    first_words = Post.objects.filter(thread=OuterRef("pk"), no=1)
    rows = (
        listed(threads, asker)
        .select_related("entry", "entry__cover", "entry__series")
        .annotate(opening=Subquery(first_words.values("excerpt")), opening_lang=Subquery(first_words.values("lang")))
    )
    if before:
        rows = rows.filter(pk__lt=before)
    found: list[Thread] = list(rows.order_by("-pk")[:21])
    return Slice(found[:20], found[19].pk if len(found) > 20 else None)


def unread_threads(asker: Asker, n: int = 5) -> list[Thread]:
    """Threads with something unread that the member takes part in or watches, the newest first."""
    if not asker.is_authenticated:
        return []
    followed = ThreadMember.objects.filter(member=asker.pk, level__in=[Level.WATCH, Level.TRACK]).values("thread")
    rows: Any = listed(Thread.objects.visible_to(asker).open().filter(pk__in=followed), asker)
    return list(rows.filter(unread_count__gt=0).order_by("-last_post")[:n])


def series_of(entry: Entry, asker: Asker) -> list[Thread]:
    """The entries of an entry's series in the order in which they were written, at most fifty."""
    rows = Thread.objects.visible_to(asker).open().filter(entry__series=entry.series_id)
    return list(rows.order_by("pk")[:50])


def featured_entries(asker: Asker, n: int = 3) -> list[Thread]:
    """Entries that their authors let the magazine show, the newest agreement first."""
    rows = Thread.objects.visible_to(asker).open().filter(feature__answer=Feature.Answer.AGREED)
    first_words = Post.objects.filter(thread=OuterRef("pk"), no=1)
    rows = rows.annotate(opening=Subquery(first_words.values("excerpt")), opening_lang=Subquery(first_words.values("lang")))
    related = ("author", "author__company", "board", "board__owner", "entry", "entry__cover")
    return list(rows.select_related(*related).order_by("-feature__answered_at")[:n])


def kept(asker: Member, *, before: int | None = None) -> tuple[list[Bookmark], int | None]:
    """A page of the member's bookmarks that they may still read, the newest first, and the key of the next page."""
    rows = Bookmark.objects.filter(member=asker, post__in=Post.objects.visible_to(asker).open())
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("post", "post__thread", "post__thread__board", "post__thread__board__owner", "post__author").order_by("-pk")[
            :31
        ]
    )
    return found[:30], found[29].pk if len(found) > 30 else None
