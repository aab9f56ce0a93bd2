"""Pages of threads and posts as one member may see them. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Exists, Max, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from forum import presence, regarding, tags, unread, waiting
from forum.models import Board, Bookmark, Draft, Entry, Feature, HeldEdit, Level, Post, Reaction, State, Tag, Thread, ThreadMember
from forum.models.thread import PAGE
from members.models import Member
from members.ready import Ready

Asker = Member | AnonymousUser
THREADS_ON_A_PAGE = 30
MOST_PINNED = 10
# How many reactions an accepted solution is worth in a member's reputation.
SOLUTION_WEIGHS = 5


# What a row of a list shows of a thread, its board, its authors and its last post: nothing else is fetched, least of all texts.
ROW = (
    *("board", "title", "lang", "state", "is_locked", "is_pinned", "solution", "highest_no", "reply_count", "created_at", "last_post_at"),
    *("appeared_at", "place"),
    *(f"author__{name}" for name in ("name", "handle", "erased_at", "company", "company__name")),
    *(f"last_post__{name}" for name in ("state", "lang", "excerpt")),
    *(f"last_post__author__{name}" for name in ("name", "handle", "erased_at")),
)
BOARD = tuple(f"board__{name}" for name in ("name", "name_zh", "slug", "kind", "owner", "owner__handle"))


def listed(threads: QuerySet[Thread], asker: Asker) -> QuerySet[Thread]:
    """Rows of a list with `unread_count`, for lists that ask the database what is unread. Whoever only shows it takes `shown_rows`."""
    return _with_row(unread.with_unread(threads, asker)).select_related("board", "board__owner").only(*ROW, *BOARD)


def _shown(threads: QuerySet[Thread], asker: Asker) -> list[Thread]:
    """Rows of `listed`, ordered and cut, with `shows_last` and `shown_tags`."""
    return _finished(list(tags.with_borne(threads)), asker)


def _finished(rows: list[Any], asker: Asker) -> list[Any]:
    regarding.hush(rows, asker)
    for thread in rows:
        thread.shown_tags = tags.named(thread.borne)
    return rows


def listed_one(pk: int, asker: Asker) -> Thread | None:
    """A thread that the asker may read as a row of a list, with `shows_last` and `shown_tags`."""
    rows = listed(Thread.objects.visible_to(asker).open().filter(pk=pk), asker)
    return next(iter(_shown(rows[:1], asker)), None)


def shown_rows(threads: QuerySet[Thread], asker: Asker, board: Any = None) -> list[Thread]:
    """Ordered and cut threads as rows of a list, with their board unless it is given, what is unread and what `_finished` adds; one query.

    board   the board on which all of them stand, as `unread.board_with_own` gives it
    """
    found = tags.with_borne(_with_row(unread.with_own(threads, asker)))
    if asker.is_authenticated:
        found = found.annotate(n_new=unread.n_new())
    if board is not None:
        shown = list(found.only(*ROW))
    else:
        wide = unread.with_board(found, asker) if asker.is_authenticated else found
        shown = list(wide.select_related("board", "board__owner").only(*ROW, *BOARD))
    unread.mark(shown, asker, board)
    return _finished(shown, asker)


def _with_row(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    return threads.select_related("author", "author__company", "last_post", "last_post__author")


def latest_threads(asker: Asker, n: int = 5) -> list[Thread]:
    """The n threads of readable boards with the newest posts; blogs too."""
    threads = regarding.spared(Thread.objects.visible_to(asker).open(), asker)
    return shown_rows(threads.order_by("-place")[:n], asker)


@dataclass
class Slice:
    """A page of threads, and the key of the next one."""

    threads: list[Thread]
    next_before: int | None


def slice_of(threads: QuerySet[Thread], asker: Asker, *, before: int | None = None, size: int = THREADS_ON_A_PAGE) -> Slice:
    """Threads with the newest posts first, after those whose place is `before`: as fast on the last page as on the first."""
    if before:
        threads = threads.filter(place__lt=before)
    return _cut(shown_rows(regarding.spared(threads, asker).order_by("-place")[: size + 1], asker), size)


def with_tag(tag: Tag, asker: Asker, *, before: int | None = None) -> Slice:
    """A page of the threads that bear a tag, the newest posts first, read in the order of an index."""
    threads = tags.bearing(regarding.spared(Thread.objects.visible_to(asker).open(), asker), [tag], before=before)
    return _cut(shown_rows(threads[: THREADS_ON_A_PAGE + 1], asker), THREADS_ON_A_PAGE)


def unread_on_all_boards(threads: QuerySet[Thread], asker: Member, *, before: int | None = None) -> Slice:
    """A page of the threads in which something is unread, wherever they stand, the newest posts first."""
    if before:
        threads = threads.filter(place__lt=before)
    rows: Any = listed(regarding.spared(threads, asker), asker)
    return _cut(_shown(rows.filter(unread_count__gt=0).order_by("-place")[: THREADS_ON_A_PAGE + 1], asker), THREADS_ON_A_PAGE)


def on_board(
    board: Any, threads: QuerySet[Thread] | None, asker: Asker, *, borne: Sequence[Tag] = (), before: int | None = None
) -> tuple[list[Thread], Slice]:
    """A board's pinned threads, on its first page, and a page of the others; one query.

    threads   of the board; None for all but those begun by whom the asker ignores
    borne     tags, all of which they bear
    """
    if threads is None:
        # Beside a tag its board stands too: asked for twice, PostgreSQL takes its threads for few, and sorts them.
        threads = regarding.spared(Thread.objects.all() if borne else Thread.objects.open().filter(board=board.pk), asker)
    size = THREADS_ON_A_PAGE
    if before and not borne:
        # SQLite finds its place in the index by "IN (0)"; by "NOT is_pinned" it would read the board's whole index to get there.
        threads = threads.filter(is_pinned__in=[False], place__lt=before)
    most = size + 1 if before else size + 1 + MOST_PINNED
    rows = tags.bearing(threads, borne, board=board, before=before) if borne else threads.order_by("-is_pinned", "-place")
    found = shown_rows(rows[:most], asker, board)
    pinned = [thread for thread in found if thread.is_pinned]
    return pinned, _cut(found[len(pinned) :], size)


def _cut(found: list[Thread], size: int) -> Slice:
    return Slice(found[:size], found[size - 1].place if len(found) > size else None)


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
    may_edit: bool
    reactions: list[dict[str, Any]]
    waiting_edit: waiting.ShownEdit | None


# What a post's place on a page shows of it, its author, the post that it answers and its poll.
POST = (
    *("thread", "no", "html", "excerpt", "lang", "state", "edit_count", "reaction_count", "created_at"),
    *(
        f"author__{name}"
        for name in ("public_id", "name", "handle", "erased_at", "is_staff", "company", "company__name", "presence__seen_at")
    ),
    *("reply_to__thread", "reply_to__no", *(f"reply_to__author__{name}" for name in ("name", "handle", "erased_at"))),
    *(f"poll__{name}" for name in ("post", "question", "kind", "results", "is_secret", "closes_at")),
)


def _posts(thread: Any, low: Any, high: Any) -> QuerySet[Post]:
    rows = Post.objects.filter(thread=thread, no__gte=low, no__lt=high).order_by("no")
    return rows.select_related("author", "author__company", "author__presence", "reply_to", "reply_to__author", "poll").only(*POST)


# The limit takes nothing away, numbers being one of a kind: it tells PostgreSQL, which takes a long thread for most of the table and low
# numbers for most of any thread, that it is after twenty rows and not thousands.
_OF_VISITOR = Ready(lambda **where: _posts(**where)[:PAGE])
_OF_MEMBER = Ready(
    lambda member, **where: _posts(**where).annotate(
        is_kept=Exists(Bookmark.objects.filter(member=member, post=OuterRef("pk"))),
        has_waiting_edit=Exists(HeldEdit.objects.filter(status=HeldEdit.Status.WAITING, post=OuterRef("pk"))),
    )[:PAGE]
)
_TAGS = Ready(lambda thread: Tag.objects.filter(threads=thread).order_by("slug"))
_DRAFT = Ready(lambda member, key: Draft.objects.filter(member=member, key=key).order_by())


def tags_of(thread: Thread) -> list[Tag]:
    return _TAGS.all(thread=thread.pk)


def posts_on_page(thread: Thread, page: int, asker: Asker, *, moderates: bool = False) -> list[ShownPost]:
    """The posts whose numbers belong on this page, whatever is hidden among them; two queries, and one more where an edit waits."""
    low = (page - 1) * PAGE + 1
    where = {"thread": thread.pk, "low": low, "high": low + PAGE}
    posts: list[Any] = _OF_MEMBER.all(**where, member=asker.pk) if asker.is_authenticated else _OF_VISITOR.all(**where)
    for post in posts:
        post.thread = thread
    reactions = reactions_to([post for post in posts if post.reaction_count], asker)
    ignored = regarding.ignored_by(asker)
    edits = _waiting_edits(thread, posts, asker, moderates=moderates)
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
                is_ignored=post.author_id in ignored,
                is_bookmarked=getattr(post, "is_kept", False),
                may_edit=is_own and thread.board.lets_edit(post.created_at, asker),
                is_here=asker.is_authenticated and not is_own and presence.is_here(post.author),
                reactions=reactions.get(post.pk, []),
                waiting_edit=edits.get(post.pk),
            )
        )
    return shown


def _waiting_edits(thread: Thread, posts: list[Any], asker: Asker, *, moderates: bool) -> dict[int, waiting.ShownEdit]:
    if not asker.is_authenticated:
        return {}
    concerned = [post for post in posts if post.has_waiting_edit and (moderates or post.author_id == asker.pk)]
    return waiting.shown(concerned, asker, moderates=moderates, maths=thread.board.has_maths)


def reactions_to(posts: list[Post], asker: Asker) -> dict[int, list[dict[str, Any]]]:
    """For each post its kinds of reaction as `{"kind", "n", "own"}`."""
    if not posts:
        return {}
    own = Max(Case(When(member=asker.pk or 0, then=1), default=0))
    rows: Any = Reaction.objects.filter(post__in=posts).values("post", "kind").annotate(n=Count("pk"), own=own).order_by("kind")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["post"], []).append(row)
    return found


def draft_of(thread: Thread, asker: Asker) -> Draft | None:
    """The reply that the asker has begun in a thread."""
    return _DRAFT.first(member=asker.pk, key=f"thread:{thread.pk}") if asker.is_authenticated else None


def posts_by(author: Member, asker: Asker, n: int = 10) -> list[Post]:
    """A member's newest posts that the asker may read."""
    rows = Post.objects.filter(author=author, state=State.VISIBLE, thread__state=State.VISIBLE).visible_to(asker)
    return list(rows.select_related("thread", "thread__board").order_by("-id")[:n])


@dataclass(frozen=True)
class Repute:
    """What others thought of a member's posts: reactions to those that are shown, and answers that somebody else took as the solution."""

    reactions: int
    solutions: int

    @property
    def figure(self) -> int:
        return self.reactions + SOLUTION_WEIGHS * self.solutions


def repute_of(member: Member) -> Repute:
    """As with points, only the first reaction of each member to a post counts. One query."""
    earlier = Reaction.objects.filter(post=OuterRef("post"), member=OuterRef("member"), pk__lt=OuterRef("pk"))
    shown = Reaction.objects.filter(post__author=OuterRef("pk"), post__state=State.VISIBLE, post__thread__state=State.VISIBLE)
    reactions = shown.filter(~Exists(earlier)).order_by().values("post__author").annotate(n=Count("pk")).values("n")
    solved = Thread.objects.open().filter(solution__author=OuterRef("pk"), solution__state=State.VISIBLE).exclude(author=OuterRef("pk"))
    solutions = solved.order_by().values("solution__author").annotate(n=Count("pk")).values("n")
    rows = Member.objects.filter(pk=member.pk).values_list(Coalesce(Subquery(reactions), 0), Coalesce(Subquery(solutions), 0))
    return Repute(*rows.get())


# Of an entry whose author took its words back, others' comments may still stand.
_FIRST_WORDS = Post.objects.filter(thread=OuterRef("pk"), no=1, state=State.VISIBLE)


def newest_entries(author: Member, asker: Asker, n: int = 3) -> list[Thread]:
    """The newest n entries of a member's blog that the asker may read, each with its board and the board's owner. One query."""
    entries = Thread.objects.visible_to(asker).open().filter(board__kind=Board.Kind.BLOG, board__owner=author)
    return list(entries.select_related("board", "board__owner").order_by("-pk")[:n])


def entries(threads: QuerySet[Thread], asker: Asker, *, before: int | None = None) -> Slice:
    """Blog entries, the newest first, each with its opening words as `opening`."""
    found: QuerySet[Thread] = unread.with_own(threads, asker).annotate(
        opening=Subquery(_FIRST_WORDS.values("excerpt")), opening_lang=Subquery(_FIRST_WORDS.values("lang"))
    )
    if asker.is_authenticated:
        found = unread.with_board(found, asker).annotate(n_new=unread.n_new())
    if before:
        found = found.filter(pk__lt=before)
    related = ("author", "author__company", "board", "board__owner", "entry", "entry__cover", "entry__series")
    shown: list[Thread] = list(found.select_related(*related).order_by("-pk")[:21])
    unread.mark(shown, asker)
    _hush_openings(shown, asker)
    return Slice(shown[:20], shown[19].pk if len(shown) > 20 else None)


def _hush_openings(entries: Sequence[Any], asker: Asker) -> None:
    """An entry by somebody whom the asker ignores stands without its opening words."""
    ignored = regarding.ignored_by(asker)
    for thread in entries:
        if thread.author_id in ignored:
            thread.opening = ""


def unread_threads(asker: Asker, n: int = 5) -> list[Thread]:
    """Threads with something unread that the member takes part in or watches, the newest first."""
    if not asker.is_authenticated:
        return []
    followed = ThreadMember.objects.filter(member=asker.pk, level__in=[Level.WATCH, Level.TRACK]).values("thread")
    rows: Any = listed(Thread.objects.visible_to(asker).open().filter(pk__in=followed), asker)
    rows = regarding.spared(rows, asker)
    return _shown(rows.filter(unread_count__gt=0).order_by("-place")[:n], asker)


def series_of(entry: Entry, asker: Asker) -> list[Thread]:
    """The entries of an entry's series in the order in which they were written, at most fifty."""
    rows = Thread.objects.visible_to(asker).open().filter(entry__series=entry.series_id)
    return list(rows.order_by("pk")[:50])


def featured_entries(asker: Asker, n: int = 3) -> list[Thread]:
    """Entries that their authors let the magazine show and have not withdrawn, the newest agreement first."""
    agreed = Thread.objects.visible_to(asker).open().filter(Exists(_FIRST_WORDS), feature__answer=Feature.Answer.AGREED)
    rows = regarding.spared(agreed, asker)
    rows = rows.annotate(opening=Subquery(_FIRST_WORDS.values("excerpt")), opening_lang=Subquery(_FIRST_WORDS.values("lang")))
    related = ("author", "author__company", "board", "board__owner", "entry", "entry__cover")
    shown: list[Thread] = list(rows.select_related(*related).order_by("-feature__answered_at")[:n])
    _hush_openings(shown, asker)
    return shown


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
