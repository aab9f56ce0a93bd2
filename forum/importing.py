"""Bringing in what was written elsewhere. The same archive again brings in only what is new in it.

What is brought in is read, found and answered as if it had been written here; it earns no points and nobody is told of it.
"""

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.db import transaction

from forum import illustrating, indexing, inheriting, languages, markup, page_cache, writing
from forum.addresses import stored_url
from forum.archives import Archive, BadPiece, OldPost, OldReaction, OldThread, Writer
from forum.models import Board, Imported, Post, Thread
from forum.tagging import tags_named
from members.models import Member


@dataclass
class Result:
    threads: int = 0
    posts: int = 0
    known: int = 0
    reactions: int = 0
    solutions: int = 0
    polls: int = 0
    pictures: int = 0
    people: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class NothingGoesIn(Exception):  # noqa: N818
    """In strict mode one bad piece keeps everything out; `result` names them."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{len(result.problems)} bad pieces; nothing was brought in")
        self.result = result


class _Refused(Exception):  # noqa: N818
    """This thread does not come in."""


def bring_in(
    archive: Archive,
    *,
    origin: str,
    board: Board,
    strict: bool = False,
    is_rehearsal: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Result:
    """Add an archive's threads, those of a category to the board of that name or address, the others to `board`.

    A writer is the member with their e-mail address, or a name that nobody can sign in with. Each thread goes in whole or not at all,
    and stays when a later one fails; nobody waits for the whole archive.

    strict          all of it or nothing
    is_rehearsal    nothing is kept
    tell            called with a line for each thread
    Raises NothingGoesIn where strict and anything is wrong.
    """
    run = _Run(origin, board, illustrating.Drawn(archive.files, is_rehearsal), is_rehearsal)
    try:
        with transaction.atomic() if strict and not is_rehearsal else nullcontext():
            for piece in archive.pieces:
                _piece(piece, run, tell)
            if strict and run.result.problems:
                raise NothingGoesIn(run.result)
    except BaseException:
        if strict:
            run.drawn.forget_files()
        raise
    run.result.pictures, run.result.missing = run.drawn.n, run.drawn.missing
    return run.result


@dataclass
class _Run:
    origin: str
    board: Board
    drawn: illustrating.Drawn
    is_rehearsal: bool
    result: Result = field(default_factory=Result)
    boards: dict[str, Board] = field(default_factory=lambda: _by_name())
    members: dict[str, Member] = field(default_factory=dict)

    def source(self, kind: str, key: str) -> str:
        return _source(self.origin, kind, key)

    def member(self, writer: Writer) -> Member:
        if writer.key not in self.members:
            self.members[writer.key] = _member(writer, self)
        return self.members[writer.key]


def _piece(piece: OldThread | BadPiece, run: _Run, tell: Callable[[str], None]) -> None:
    if isinstance(piece, BadPiece):
        run.result.problems.append(str(piece))
        return
    try:
        with transaction.atomic():
            line = _thread(piece, run)
            page_cache.forget_soon()
            if run.is_rehearsal:
                transaction.set_rollback(True)
                # Names that were made for this thread are gone with it.
                run.members.clear()
    except _Refused as refused:
        run.members.clear()
        run.result.problems.append(f"thread {piece.key}: {refused}")
    else:
        tell(line)


def _by_name() -> dict[str, Board]:
    """Boards by all that they are called: a name in either language comes before an address."""
    boards = list(Board.objects.boards())
    named = {board.slug: board for board in boards}
    for board in boards:
        named |= {name.casefold(): board for name in (board.name_zh, board.name) if name}
    return named


def _board(old: OldThread, run: _Run) -> Board:
    """Where a thread goes. What some alone could read there goes where some alone can read it here."""
    found = next((run.boards[name.casefold()] for name in old.boards if name.casefold() in run.boards), run.board)
    if old.is_restricted and not _is_for_some(found):
        raise _Refused(f"for some readers alone there, and {found.slug} is for all of them here")
    return found


def _is_for_some(board: Board) -> bool:
    return board.is_exclusive or board.min_tier is not None or board.audience in (Board.Audience.COMPANY, Board.Audience.STAFF)


def _thread(old: OldThread, run: _Run) -> str:
    """A thread with all that belongs to it. Returns a line that says what came of it."""
    before = (run.result.posts, run.drawn.n)
    row = Imported.objects.filter(source=run.source("thread", old.key)).select_related("thread").first()
    is_new = row is None or row.thread is None
    thread = _new_thread(old, run) if row is None or row.thread is None else writing.held(row.thread.pk)
    posts = _posts(thread, old, run)
    writing.count_again(thread)
    liked: list[tuple[Post, str, OldReaction]] = [
        (posts[each.key], each.key, reaction) for each in old.posts if each.key in posts for reaction in each.reactions
    ]
    reactions = inheriting.reactions(thread, liked, member_of=run.member, source_of=run.source)
    is_solved = old.solution in posts and inheriting.solution(thread, posts[old.solution], old.solution, source_of=run.source)
    run.result.threads += is_new
    run.result.reactions += reactions
    run.result.solutions += is_solved
    parts = [f"{run.result.posts - before[0]} posts", f"{reactions} reactions", f"{run.drawn.n - before[1]} pictures"]
    state = [word for word, holds in (("solved", is_solved), ("locked", thread.is_locked), ("pinned", thread.is_pinned)) if holds]
    return f"thread {old.key} {'new' if is_new else 'known'} on {thread.board.slug}: {thread.title} ({', '.join([*parts, *state])})"


def _new_thread(old: OldThread, run: _Run) -> Thread:
    first = old.posts[0]
    title = " ".join(old.title.replace("\0", "").split())[:200] or "…"
    thread = Thread.objects.create(
        board=_board(old, run),
        title=title,
        lang=languages.language_of(title),
        author=run.member(first.writer),
        is_locked=old.is_locked,
        is_pinned=old.is_pinned,
        created_at=first.at,
        last_post_at=first.at,
    )
    thread.tags.set(tags_named(old.tags))
    Imported.objects.update_or_create(source=run.source("thread", old.key), defaults={"thread": thread})
    return thread


def _posts(thread: Thread, old: OldThread, run: _Run) -> dict[str, Post]:
    """The posts that are not here yet. Returns those that are, by their keys in the archive."""
    keys = {run.source("post", each.key): each.key for each in old.posts}
    rows = Imported.objects.filter(source__in=list(keys)).select_related("post")
    # Also of one that is gone since: it came, and does not come again.
    known = {keys[row.source]: row.post for row in rows}
    here = {key: post for key, post in known.items() if post}
    for each in old.posts:
        if each.key in known:
            run.result.known += 1
        else:
            here[each.key] = _post(thread, each, here, run)
            run.result.posts += 1
    return here


def _post(thread: Thread, old: OldPost, here: dict[str, Post], run: _Run) -> Post:
    """A post, in as many parts as it takes: ours are shorter than some of theirs. Returns the first."""
    author, answered = run.member(old.writer), here.get(old.answers)
    made: list[Post] = []
    whole, pictures = illustrating.illustrated(
        old, old.body.replace("\0", ""), owner=author, drawn=run.drawn, places=_places(old, here, run)
    )
    for place, body in enumerate(parts(whole)):
        # Names behind an @ are those of another place: they call nobody here.
        html = markup.render(body, maths=thread.board.has_maths)
        plain = markup.plain(html)
        thread.highest_no += 1
        post = Post.objects.create(
            thread=thread,
            no=thread.highest_no,
            author=author,
            reply_to=answered if answered and answered.thread_id == thread.pk else None,
            body=body,
            html=html,
            html_version=markup.VERSION,
            excerpt=writing.excerpt_of(html),
            lang=languages.language_of(plain),
            created_at=old.at,
        )
        post.pictures.set([picture for picture in pictures if str(picture.key) in body])
        indexing.put(post, title=thread.title if post.opens_thread else "", text=plain, is_new=True)
        Imported.objects.create(source=run.source("post", old.key) + (f"#{place}" if place else ""), post=post)
        made.append(post)
    thread.save(update_fields=["highest_no"])
    if old.poll and made[0].opens_thread:
        inheriting.poll(made[0], old.poll, at=old.at, member_of=run.member)
        run.result.polls += 1
    return made[0]


def _places(old: OldPost, here: dict[str, Post], run: _Run) -> dict[str, str]:
    """Where quotations in a text lead: to what they quote, wherever it stands here by now."""
    elsewhere = {run.source("post", key): key for key in old.quoted.values() if key and key not in here}
    rows = Imported.objects.filter(source__in=list(elsewhere)).select_related("post") if elsewhere else []
    found = here | {elsewhere[row.source]: row.post for row in rows if row.post}
    return {address: stored_url(found[key]) for address, key in old.quoted.items() if key in found}


def parts(body: str) -> list[str]:
    """A text in pieces that a post may hold, cut between paragraphs or lines where there are any."""
    found, rest = [], body.strip() or "…"
    while len(rest) > markup.MAX_CHARACTERS:
        at = max(rest.rfind("\n\n", 1, markup.MAX_CHARACTERS), 0) or max(rest.rfind("\n", 1, markup.MAX_CHARACTERS), 0)
        at = at or markup.MAX_CHARACTERS
        found.append(rest[:at])
        rest = rest[at:].lstrip("\n")
    return [*found, rest]


def _member(writer: Writer, run: _Run) -> Member:
    if writer.email and (known := Member.objects.filter(email__iexact=writer.email, erased_at=None).first()):
        return known
    source = run.source("writer", writer.key)
    if (row := Imported.objects.filter(source=source).select_related("member").first()) and row.member:
        return row.member
    # Not their address: whoever has it may join one day, and nobody is written to who has not.
    address = f"{hashlib.sha256(source.encode()).hexdigest()[:20]}@{run.origin}.invalid"
    member = Member.objects.create_user(address, None, name=writer.name[:100] or run.origin.capitalize(), is_active=False)
    Imported.objects.create(source=source, member=member)
    run.result.people.add(source)
    return member


def _source(origin: str, kind: str, key: str) -> str:
    """How an imported row is known again; a long key by its digest."""
    source = f"{origin}:{kind}:{key}"
    return source if len(source) <= 120 else f"{origin}:{kind}:{hashlib.sha256(key.encode()).hexdigest()}"
