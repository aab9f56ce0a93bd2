"""Search over threads and posts, within what the asker may read."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from forum import excerpts, markup, regarding, spoilers
from forum import tags as tag_lists
from forum.models import Post, Tag, Tagging, Thread
from forum.tokens import IS_CJK, phrases
from members.models import Member

RESULTS = 20
MOST_AUTHORS = 50
# How far back the best are looked for, where PostgreSQL would otherwise have to weigh every post of a frequent word.
WEIGHED = 2_000
# SQLite finds a word at once from the newest post on, but reads all posts of a beginning first. So many posts it may read itself instead.
READ_THROUGH, READ_AT_ONCE = 1_000, 200
# Of tags that many threads bear, the newest posts stand in the threads with the newest ones: in so many, and in those of earlier pages.
NEWEST, OF_EARLIER_PAGES = 40, 500
# What a result shows.
HIT = (
    *("html", "lang", "no", "created_at", "thread__title", "thread__lang", "thread__solution"),
    *(f"thread__board__{name}" for name in ("name", "name_zh", "slug", "kind")),
    *(f"author__{name}" for name in ("name", "handle", "erased_at", "company", "company__name")),
)


@dataclass
class Hit:
    """A post that was found: `title` and `excerpt` are pieces of text, each with whether it is what was asked for.

    is_ignored   whether its author is somebody whom the asker ignores: it has no excerpt then
    """

    post: Post
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]
    is_ignored: bool = False


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
    tags: Sequence[str] = (),
    kind: str = "",
    solved: bool | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    before: int | None = None,
    best_first: bool = False,
) -> Found:
    """The newest posts with every word and phrase of the query; best_first: the twenty that are most about it.

    Without a word: the newest of the author, or with the tags.

    board    a board's id; author: a handle, or what a name has in it; tags: slugs, of threads that bear them all
    solved   of threads with, or without, a solution
    kind     on boards only, or in blogs only
    since, until   the first and the last day on which they were written, where the reader is
    before   the key of a page: `next_before` of the one ahead of it
    """
    asked = phrases(query)
    if not asked and (query.strip() or not (author or tags)):
        return Found([], None)
    # By their ids: of these, and not of their names, a database knows how many threads bear each.
    borne = tag_lists.of_slugs(tags)
    if len(borne) < len(tags):
        return Found([], None)
    readable = _written(Post.objects.visible_to(asker).open(), since, until)
    ignored = regarding.ignored_by(asker)
    if ignored and not author:
        # Their titles are their words too; others' replies to them are others'. Whoever asks for one of them by name is shown them.
        readable = readable.exclude(author__in=ignored, thread__author__in=ignored)
    if kind:
        readable = readable.filter(thread__board__kind=kind)
    narrowed = bool(board or author or kind or since or until or solved is not None)
    best_first = best_first and bool(asked)
    if best_first:
        matching = _weighed(readable, asked)
    elif asked:
        matching = _matching(readable, asked, before, is_frequent=not (narrowed or tags))
    else:
        matching = (readable.filter(pk__lt=before) if before else readable).order_by("-pk")
    authors = _authors(asker, author) if author else None
    found: list[Post] = []
    if not asked and borne:
        if not narrowed and all(map(tag_lists.is_frequent, borne)):
            found = _newest_of(asker, matching, borne, before)
        # One is joined, a rare one if there is any, so that the database begins with its few threads and does not ask each post for it.
        matching, borne = (matching.filter(thread__tags=borne[0]), borne[1:])
    if len(found) <= RESULTS:
        found = _page(_filtered(matching, board, authors, borne, solved))
    hits = [_hit(post, asked, is_ignored=post.author_id in ignored) for post in found[:RESULTS]]
    return Found(hits, found[RESULTS - 1].pk if len(found) > RESULTS and not best_first else None)


def _newest_of(asker: Member | AnonymousUser, posts: QuerySet[Post], borne: Sequence[Tag], before: int | None) -> list[Post]:
    """A page of the newest posts with the tags, without going through all threads that bear them; nothing where that finds no full page.

    No post is newer than its thread's place, so threads behind a place hold no post from there on.
    """
    threads = tag_lists.bearing(Thread.objects.visible_to(asker).open(), borne)
    rows = list(threads.values_list("pk", "place")[: OF_EARLIER_PAGES if before else NEWEST])
    n_earlier = sum(place >= before for _pk, place in rows) if before else 0
    rows = rows[: n_earlier + NEWEST]
    if len(rows) < n_earlier + NEWEST:
        return []
    return _page(posts.filter(thread__in=[pk for pk, _place in rows], pk__gte=rows[-1][1]))


def _page(posts: QuerySet[Post]) -> list[Post]:
    return list(posts.select_related("thread", "thread__board", "author", "author__company").only(*HIT)[: RESULTS + 1])


def _written(posts: QuerySet[Post], since: datetime.date | None, until: datetime.date | None) -> QuerySet[Post]:
    def start_of(day: datetime.date) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))

    posts = posts.filter(created_at__gte=start_of(since)) if since else posts
    return posts.filter(created_at__lt=start_of(until + datetime.timedelta(days=1))) if until else posts


def _authors(asker: Member | AnonymousUser, author: str) -> list[int]:
    """Whom the handle or the name means. By name, visitors learn of nobody."""
    written = author.strip().lstrip("@")
    by_handle = list(Member.objects.filter(handle=written.lower()).values_list("pk", flat=True))
    named = Member.objects.visible_to(asker).filter(name__icontains=written, erased_at=None) if written and not by_handle else ()
    return by_handle or [member.pk for member in named[:MOST_AUTHORS]]


def _filtered(
    posts: QuerySet[Post], board: int | None, authors: list[int] | None, tags: Sequence[Tag], solved: bool | None
) -> QuerySet[Post]:
    wanted = Q()
    if board:
        wanted &= Q(thread__board=board)
    if authors is not None:
        wanted &= Q(author__in=authors)
    for tag in tags:
        wanted &= Q(Exists(Tagging.objects.filter(thread=OuterRef("thread_id"), tag=tag)))
    if solved is not None:
        wanted &= Q(thread__solution__isnull=not solved)
    return posts.filter(wanted)


def _matching(posts: QuerySet[Post], asked: list[list[str]], before: int | None = None, *, is_frequent: bool = False) -> QuerySet[Post]:
    """Posts with all the phrases, those with the highest ids first: the index is read from its end until a page is full.

    is_frequent   whether a page of them may well be full after a few posts
    """
    is_postgres = connection.vendor == "postgresql"
    if is_frequent and not is_postgres and (read := _read_through(posts, asked, before)) is not None:
        return read
    if before:
        posts = posts.filter(pk__lt=before)
    if is_postgres and _are_rare(asked):
        clause = "forum_post.id IN (SELECT post_id FROM forum_search WHERE words @@ %s::tsquery OFFSET 0)"
        return posts.extra(where=[clause], params=[_tsquery(asked)]).order_by("-pk")  # noqa: S610 - our own clause
    key = "forum_search.post_id" if is_postgres else "forum_search.rowid"
    matches = "forum_search.words @@ %s::tsquery" if is_postgres else "forum_search MATCH %s"
    return _in_index(posts, key, matches, _tsquery(asked) if is_postgres else _match(asked), before)


def _in_index(posts: QuerySet[Post], key: str, matches: str, query: str, before: int | None) -> QuerySet[Post]:
    where, params = [f"{key} = forum_post.id", matches], [query]
    if before:
        where, params = [*where, f"{key} < %s"], [*params, str(before)]
    return posts.extra(tables=["forum_search"], where=where, params=params, order_by=[f"-{key}"])  # noqa: S610 - our own clauses


def _read_through(posts: QuerySet[Post], asked: list[list[str]], before: int | None) -> QuerySet[Post] | None:
    """The newest posts with the phrases by reading them, one after the other. None where a page would not be full soon.

    How far back that is say those with the very words: a page of what also begins so is full by then.
    """
    if not any(map(_is_begun, asked)):
        return None
    words = _in_index(posts, "forum_search.rowid", "forum_search MATCH %s", _match(asked, whole=True), before)
    very = list(words.values_list("pk", flat=True)[: RESULTS + 1])
    if len(very) <= RESULTS or (before or Post.objects.latest("pk").pk) - very[-1] > READ_THROUGH:
        return None
    said = " AND ".join(["instr(' ' || words || ' ', %s) > 0"] * len(asked))
    sought = [f" {' '.join(phrase)}" + ("" if _is_begun(phrase) else " ") for phrase in asked]
    until = "AND rowid < %s" if before else ""
    with connection.cursor() as cursor:
        # Read by its key, apart from the posts: with them the planner would begin at the threads, all of them.
        statement = f"SELECT rowid FROM forum_search WHERE rowid >= %s {until} AND {said}"  # noqa: S608 - our own clauses
        cursor.execute(statement, [very[-1], *([before] if before else []), *sought])
        near = [pk for (pk,) in cursor.fetchall()]
    return posts.filter(pk__in=near).order_by("-pk") if len(near) <= READ_AT_ONCE else None


def _weighed(posts: QuerySet[Post], asked: list[list[str]]) -> QuerySet[Post]:
    """Posts with all the phrases, those that say them most often for their length first, and of equals the newest."""
    if connection.vendor == "postgresql":
        query = _tsquery(asked)
        newest = "forum_post.id IN (SELECT post_id FROM forum_search WHERE words @@ %s::tsquery ORDER BY post_id DESC LIMIT %s)"
        return posts.extra(  # noqa: S610 - our own clauses
            select={"weight": "ts_rank_cd(forum_search.words, %s::tsquery, 1)"},
            select_params=[query],
            tables=["forum_search"],
            where=["forum_search.post_id = forum_post.id", newest],
            params=[query, WEIGHED],
            order_by=["-weight", "-id"],
        )
    where, params = ["forum_search.rowid = forum_post.id", "forum_search MATCH %s"], [_match(asked)]
    return posts.extra(tables=["forum_search"], where=where, params=params, order_by=["forum_search.rank", "-id"])  # noqa: S610


def _are_rare(asked: list[list[str]]) -> bool:
    """Whether so few posts have the phrases that PostgreSQL had better find them all than look for a page of them from the newest on.

    The planner, left alone, takes the second way for words that stand nowhere, and reads every post. Its guess of how many there are
    is good for frequent words, which it keeps statistics of, and for others the first way is quick in any case.
    """
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT 1 FROM forum_search WHERE words @@ %s::tsquery", [_tsquery(asked)])
        (plan,) = cursor.fetchone()
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'forum_search'::regclass")
        (n,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    # A page costs about n / expected rows the one way, and as many as are expected the other.
    return bool(plan[0]["Plan"]["Plan Rows"] ** 2 < RESULTS * max(n, 1))


def _tsquery(asked: list[list[str]]) -> str:
    return " & ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + (":*)" if _is_begun(phrase) else ")") for phrase in asked)


def _match(asked: list[list[str]], *, whole: bool = False) -> str:
    return " AND ".join('"' + " ".join(phrase) + ('" *' if _is_begun(phrase) and not whole else '"') for phrase in asked)


def _is_begun(phrase: list[str]) -> bool:
    """Whether other tokens may begin with the last one: no token is longer than a pair of Chinese characters."""
    return not (len(phrase[-1]) == 2 and IS_CJK.match(phrase[-1]))


def _hit(post: Post, asked: list[list[str]], *, is_ignored: bool = False) -> Hit:
    title = excerpts.marked(post.thread.title, asked)
    return Hit(post, title, [] if is_ignored else excerpts.excerpt(markup.plain(spoilers.covered(post.html)), asked), is_ignored)
