"""Search over threads and posts, within what the asker may read."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from forum import excerpts, markup
from forum.models import Post, Thread
from forum.tokens import phrases
from members.models import Member

RESULTS = 20


@dataclass
class Hit:
    """A post that was found: `title` and `excerpt` are pieces of text, each with whether it is what was asked for."""

    post: Post
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]


@dataclass
class Found:
    hits: list[Hit]
    next_before: int | None


def find(
    asker: Member | AnonymousUser,
    query: str,
    *,
    board: int | None = None,
    author: str = "",
    tag: str = "",
    solved: bool | None = None,
    before: int | None = None,
) -> Found:
    """The newest posts with every word and phrase of the query.

    board    a board's id; author: a handle; tag: a tag's slug; solved: of threads with, or without, a solution
    before   the key of a page: `next_before` of the one ahead of it
    """
    asked = phrases(query)
    if not asked:
        return Found([], None)
    posts = _filtered(_matching(Post.objects.visible_to(asker).open(), asked), board, author, tag, solved)
    if before:
        posts = posts.filter(pk__lt=before)
    rows = posts.select_related("thread", "thread__board", "thread__board__owner", "author", "author__company").order_by("-pk")
    found = list(rows[: RESULTS + 1])
    hits = [_hit(post, asked) for post in found[:RESULTS]]
    return Found(hits, found[RESULTS - 1].pk if len(found) > RESULTS else None)


def _filtered(posts: QuerySet[Post], board: int | None, author: str, tag: str, solved: bool | None) -> QuerySet[Post]:
    wanted = Q()
    if board:
        wanted &= Q(thread__board=board)
    if author:
        wanted &= Q(author__handle=author.lstrip("@").lower())
    if tag:
        wanted &= Q(Exists(Thread.tags.through.objects.filter(thread=OuterRef("thread_id"), tag__slug=tag)))
    if solved is not None:
        wanted &= Q(thread__solution__isnull=not solved)
    return posts.filter(wanted)


def _matching(posts: QuerySet[Post], asked: list[list[str]]) -> QuerySet[Post]:
    if connection.vendor == "postgresql":
        clause = "forum_post.id IN (SELECT post_id FROM forum_search WHERE words @@ %s::tsquery)"
        return posts.extra(where=[clause], params=[_tsquery(asked)])  # noqa: S610 - our own clause, the tokens are a parameter
    clause = "forum_post.id IN (SELECT rowid FROM forum_search WHERE forum_search MATCH %s)"
    return posts.extra(where=[clause], params=[_match(asked)])  # noqa: S610


def _tsquery(asked: list[list[str]]) -> str:
    return " & ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + ":*)" for phrase in asked)


def _match(asked: list[list[str]]) -> str:
    return " AND ".join('"' + " ".join(phrase) + '" *' for phrase in asked)


def _hit(post: Post, asked: list[list[str]]) -> Hit:
    title = excerpts.marked(post.thread.title, asked)
    return Hit(post, title, excerpts.excerpt(markup.plain(post.html), asked))
