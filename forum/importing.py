"""Bringing in what was written elsewhere. The same archive again brings in only what is new in it.

What is brought in is read, found and answered as if it had been written here; it earns no points and nobody is told of it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from forum import indexing, languages, markup, page_cache, writing
from forum.archives import BadPiece, OldPost, OldThread, Writer
from forum.models import Board, Imported, Post, Thread
from forum.tagging import tags_named
from members.models import Member


@dataclass
class Result:
    threads: int = 0
    posts: int = 0
    known: int = 0
    people: int = 0
    problems: list[str] = field(default_factory=list)


class NothingGoesIn(Exception):  # noqa: N818
    """In strict mode one bad piece keeps everything out; `result` names them."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{len(result.problems)} bad pieces; nothing was brought in")
        self.result = result


def bring_in(pieces: Iterable[OldThread | BadPiece], *, origin: str, board: Board, strict: bool = False) -> Result:
    """Add an archive's threads, those of a category to the board of that name or address, the others to `board`.

    A writer is the member with their e-mail address, or a name that nobody can sign in with. Each thread goes in whole or not at all.
    Raises NothingGoesIn where strict and anything is wrong.
    """
    result, boards = Result(), _by_name()
    with transaction.atomic():
        for piece in pieces:
            if isinstance(piece, BadPiece):
                result.problems.append(str(piece))
                continue
            with transaction.atomic():
                _thread(piece, origin, boards.get(piece.board.casefold(), board), result)
        if strict and result.problems:
            raise NothingGoesIn(result)
        page_cache.forget_soon()
    return result


def _by_name() -> dict[str, Board]:
    """Boards by all that they are called: a name in either language comes before an address."""
    boards = list(Board.objects.boards())
    named = {board.slug: board for board in boards}
    for board in boards:
        named |= {name.casefold(): board for name in (board.name_zh, board.name) if name}
    return named


def _thread(old: OldThread, origin: str, board: Board, result: Result) -> None:
    first = old.posts[0]
    row = Imported.objects.filter(source=_source(origin, "thread", old.key)).select_related("thread").first()
    if row and row.thread:
        thread = writing.held(row.thread.pk)
    else:
        title = " ".join(old.title.replace("\0", "").split())[:200] or "…"
        thread = Thread.objects.create(
            board=board,
            title=title,
            lang=languages.language_of(title),
            author=_member(first.writer, origin, result),
            is_locked=old.is_locked,
            is_pinned=old.is_pinned,
            created_at=first.at,
            last_post_at=first.at,
        )
        thread.tags.set(tags_named(old.tags))
        Imported.objects.create(source=_source(origin, "thread", old.key), thread=thread)
        result.threads += 1
    for post in old.posts:
        _post(thread, post, origin, result)
    writing.count_again(thread)


def _post(thread: Thread, old: OldPost, origin: str, result: Result) -> None:
    """A post, in as many parts as it takes: ours are shorter than some of theirs."""
    if Imported.objects.filter(source=_source(origin, "post", old.key)).exists():
        result.known += 1
        return
    answers = Imported.objects.filter(source=_source(origin, "post", old.answers)).select_related("post").first() if old.answers else None
    author = _member(old.writer, origin, result)
    for place, body in enumerate(parts(old.body.replace("\0", ""))):
        # Names behind an @ are those of another place: they call nobody here.
        html = markup.render(body, maths=thread.board.has_maths)
        plain = markup.plain(html)
        thread.highest_no += 1
        post = Post.objects.create(
            thread=thread,
            no=thread.highest_no,
            author=author,
            reply_to=answers.post if answers and answers.post and answers.post.thread_id == thread.pk else None,
            body=body,
            html=html,
            html_version=markup.VERSION,
            excerpt=plain[:200],
            lang=languages.language_of(plain),
            created_at=old.at,
        )
        indexing.put(post, title=thread.title if post.opens_thread else "", text=plain, is_new=True)
        Imported.objects.create(source=_source(origin, "post", old.key) + (f"#{place}" if place else ""), post=post)
    thread.save(update_fields=["highest_no"])
    result.posts += 1


def parts(body: str) -> list[str]:
    """A text in pieces that a post may hold, cut between paragraphs or lines where there are any."""
    found, rest = [], body.strip() or "…"
    while len(rest) > markup.MAX_CHARACTERS:
        at = max(rest.rfind("\n\n", 1, markup.MAX_CHARACTERS), 0) or max(rest.rfind("\n", 1, markup.MAX_CHARACTERS), 0)
        at = at or markup.MAX_CHARACTERS
        found.append(rest[:at])
        rest = rest[at:].lstrip("\n")
    return [*found, rest]


def _member(writer: Writer, origin: str, result: Result) -> Member:
    if writer.email and (known := Member.objects.filter(email__iexact=writer.email, erased_at=None).first()):
        return known
    source = _source(origin, "writer", writer.key)
    if (row := Imported.objects.filter(source=source).select_related("member").first()) and row.member:
        return row.member
    # Not their address: whoever has it may join one day, and nobody is written to who has not.
    address = f"{hashlib.sha256(source.encode()).hexdigest()[:20]}@{origin}.invalid"
    member = Member.objects.create_user(address, None, name=writer.name[:100] or origin.capitalize(), is_active=False)
    Imported.objects.create(source=source, member=member)
    result.people += 1
    return member


def _source(origin: str, kind: str, key: str) -> str:
    """How an imported row is known again; a long key by its digest."""
    source = f"{origin}:{kind}:{key}"
    return source if len(source) <= 120 else f"{origin}:{kind}:{hashlib.sha256(key.encode()).hexdigest()}"
