"""The moderators' cases as they read them: which wait and how many, page by page; one case with all that helps to judge it."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from forum import differences, remarking, trusting
from forum.models import Appeal, Board, HeldEdit, ModerationAction, Post, Report, Review, State

ON_A_PAGE = 20
# On a list: the newest of each, the rest stands on the case's own page.
FEW, MANY = 3, 10
# Reports that a case's page shows; beyond, their number says enough.
MOST_REPORTS = 100

OPEN = Q(status=Review.Status.OPEN)


@dataclass(frozen=True)
class Wanted:
    """Which cases to show; what is empty narrows nothing."""

    kind: str = ""
    board: str = ""
    reason: str = ""
    older_days: int | None = None
    author: str = ""
    oldest_first: bool = False


@dataclass
class Case:
    """A case on the list. `before` is the post that it followed, `reasons` how often each was given, `held` an edit that waits."""

    review: Review
    deeds: trusting.Deeds
    reasons: list[tuple[str, int]]
    before: Post | None = None
    held: HeldEdit | None = None
    change: dict[str, Any] | None = None

    @property
    def seen(self) -> str:
        """The case as it is shown now: who decides it with others decides about exactly this."""
        return f"{self.review.pk}.{self.review.report_count}.{self.review.post.edit_count}.{self.held.pk if self.held else 0}"


@dataclass
class Page:
    cases: list[Case] = field(default_factory=list)
    next_after: int | None = None
    total: int = 0


def state_of(post: Post) -> str:
    """A thread's first post is shown, held or hidden with its thread."""
    return post.thread.state if post.opens_thread else post.state


def page(wanted: Wanted, after: int | None = None) -> Page:
    """The cases after a given one, in the order asked for; the same number of queries whatever their number.

    A case that was reported again meanwhile stands ahead of its place: those after it still follow, some seen twice, none missed.
    """
    rows = _wanted(wanted)
    total = rows.count()
    if after:
        rows = rows.filter(_after(after, wanted.oldest_first))
    rows = rows.order_by("id") if wanted.oldest_first else rows.order_by("-report_count", "id")
    rows = rows.select_related("post", "post__author", "post__author__company", "post__thread", "post__thread__board")
    rows = rows.defer("post__body", "post__html").prefetch_related(
        Prefetch("reports", Report.objects.exclude(note="").select_related("reporter").order_by("-id")[:FEW], to_attr="noted"),
        Prefetch("post__author__moderated_by", ModerationAction.objects.order_by("-id")[:FEW], to_attr="past"),
    )
    found: list[Review] = [*rows[: ON_A_PAGE + 1]]
    more, found = found[ON_A_PAGE:], found[:ON_A_PAGE]
    return Page(_cases(found), found[-1].pk if more else None, total)


def appeals(after: int | None = None) -> tuple[list[Appeal], int | None]:
    """Appeals that wait, the oldest first, and after which the next page begins."""
    rows = Appeal.objects.filter(status=Appeal.Status.OPEN, pk__gt=after or 0)
    found = list(rows.select_related("member", "against", "action", "action__thread", "action__post")[: ON_A_PAGE + 1])
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].pk if len(found) > ON_A_PAGE else None


def kinds() -> dict[str, int]:
    """How many cases of each kind wait, appeals among them."""
    rows: Any = Review.objects.filter(OPEN).order_by().values_list("cause").annotate(n=Count("pk"))
    return dict(rows) | {"appeals": Appeal.objects.filter(status=Appeal.Status.OPEN).count()}


def boards(chosen: str = "") -> list[tuple[Board, int]]:
    """Boards and blogs with waiting cases, and how many; also the chosen one where none waits any more."""
    counted: Any = Review.objects.filter(OPEN).order_by().values_list("post__thread__board").annotate(n=Count("pk"))
    counted = dict(counted)
    return [(board, counted.get(board.pk, 0)) for board in Board.objects.filter(Q(pk__in=counted) | Q(slug=chosen[:60]))]


def around(post: Post) -> dict[str, Any]:
    """What was written before and after a post, as moderators read it."""
    others = Post.objects.filter(thread=post.thread_id).select_related("author").defer("body", "html")
    before = others.filter(no__lt=post.no).order_by("-no")[:FEW]
    return {"before": list(before)[::-1], "after": list(others.filter(no__gt=post.no).order_by("no")[:FEW])}


def author_of(review: Review) -> dict[str, Any]:
    """The history of a case's author: what they did, wrote last, what was decided about them, what else waits."""
    author = review.post.author
    last = Post.objects.filter(author=author).exclude(pk=review.post_id).select_related("thread").defer("body", "html")
    past = ModerationAction.objects.filter(member=author).select_related("actor", "thread", "post")
    others = Review.objects.filter(OPEN, post__author=author).exclude(pk=review.pk)
    return {
        "deeds": trusting.deeds_of([author])[author.pk],
        "wrote": list(last.order_by("-id")[:FEW]),
        "past": list(past.order_by("-id")[:MANY]),
        "notes": remarking.newest(author, FEW),
        "waiting": others.count(),
    }


def change_by(held: HeldEdit, comparison: differences.Comparison) -> dict[str, Any]:
    """What a waiting edit, fetched with its post and thread, would change in the post as it is now."""
    post = held.post
    tags = [tag.name for tag in post.thread.tags.all()] if held.tags is not None and post.opens_thread else []
    return {
        "title": (post.thread.title, held.title) if held.title and held.title != post.thread.title else None,
        "tags": differences.of_names(tags, held.tags) if held.tags is not None and post.opens_thread else None,
        "lines": comparison.changes(post.body, held.body) if post.body != held.body else [],
        "before": post.body,
        "after": held.body,
    }


def _wanted(wanted: Wanted) -> QuerySet[Review]:
    rows = Review.objects.filter(OPEN)
    if wanted.kind:
        rows = rows.filter(cause=wanted.kind)
    if wanted.board:
        rows = rows.filter(post__thread__board__slug=wanted.board)
    if wanted.reason:
        rows = rows.filter(pk__in=Report.objects.filter(kind=wanted.reason, review__status=Review.Status.OPEN).values("review"))
    if wanted.older_days:
        rows = rows.filter(opened_at__lt=timezone.now() - datetime.timedelta(days=wanted.older_days))
    if wanted.author:
        rows = rows.filter(post__author__handle=wanted.author)
    return rows


def _after(pk: int, oldest_first: bool) -> Q:
    if oldest_first:
        return Q(pk__gt=pk)
    count = Review.objects.filter(pk=pk).values_list("report_count", flat=True).first()
    return Q(pk__in=[]) if count is None else Q(report_count__lt=count) | Q(report_count=count, pk__gt=pk)


def _cases(reviews: list[Review]) -> list[Case]:
    authors = {review.post.author_id: review.post.author for review in reviews}
    deeds = trusting.deeds_of(list(authors.values()))
    reasons = _reasons(reviews)
    before = {(post.thread_id, post.no): post for post in _just_before(reviews)}
    edits, comparison = _waiting_edits(reviews), differences.Comparison()
    return [
        Case(
            review,
            deeds[review.post.author_id],
            reasons.get(review.pk, []),
            before.get((review.post.thread_id, review.post.no - 1)),
            held=(held := edits.get(review.post_id)),
            change=change_by(held, comparison) if held else None,
        )
        for review in reviews
    ]


def _waiting_edits(reviews: list[Review]) -> dict[int, HeldEdit]:
    """Edits that wait of the posts of these cases, by post. One query, and one for the tags of their threads where there are any."""
    rows = HeldEdit.objects.filter(status=HeldEdit.Status.WAITING, post__in=[review.post_id for review in reviews])
    rows = rows.select_related("post", "post__thread").defer("post__html").prefetch_related("post__thread__tags")
    return {held.post_id: held for held in rows}


def _reasons(reviews: list[Review]) -> dict[int, list[tuple[str, int]]]:
    """How often each reason was given, by case."""
    given: dict[int, list[tuple[str, int]]] = {}
    rows: Any = Report.objects.filter(review__in=reviews).order_by().values_list("review", "kind").annotate(n=Count("pk"))
    for review, kind, n in sorted(rows, key=lambda row: -row[2]):
        given.setdefault(review, []).append((str(Report.Kind(kind).label), n))
    return given


def _just_before(reviews: list[Review]) -> QuerySet[Post]:
    """What each reported post followed, to be judged with it."""
    places = Q(pk__in=[])
    for review in reviews:
        places |= Q(thread=review.post.thread_id, no=review.post.no - 1)
    return Post.objects.filter(places, state=State.VISIBLE).select_related("author").defer("body", "html")
