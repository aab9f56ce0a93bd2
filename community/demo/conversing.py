"""The boards, threads and blogs of the demo, with their solutions, reactions, pins and locks."""

import datetime
from functools import partial
from typing import Any

from community.demo import library
from community.demo.club import Club
from community.demo.library import Turn
from forum import blogging, deciding, moderating, posting, reacting, reporting, solving
from forum.models import Board, Post, Reaction

MODERATOR = "lu-zhixia"
KINDS = (Reaction.Kind.LIKE, Reaction.Kind.THANKS, Reaction.Kind.LIKE, Reaction.Kind.INSIGHT, Reaction.Kind.CHEERS)
A_WHILE = datetime.timedelta(minutes=37)


def note(club: Club) -> None:
    club.diary.note(club.moment(-424, "10:00"), _lay_boards)
    for blog in library.toml("blogs/blogs.toml")["blog"]:
        club.diary.note(club.moment(blog["day"], "19:00"), partial(_open_blog, club, blog))
    for folder in ("threads", "blogs"):
        for name, head, text in library.documents(folder):
            _note_conversation(club, name, head, library.turns(text))


def _lay_boards() -> None:
    for board in library.toml("threads/boards.toml")["board"]:
        Board.objects.get_or_create(slug=board["slug"], defaults=board)


def _open_blog(club: Club, blog: dict[str, Any]) -> None:
    board = blogging.blog_of(club.members[blog["owner"]])
    for key in ("name", "name_zh", "description", "description_zh"):
        setattr(board, key, blog[key])
    board.save()


def _note_conversation(club: Club, name: str, head: dict[str, Any], turns: list[Turn]) -> None:
    day = library.day_of(head, club.today)
    at = club.moment(day, head["time"])
    posts: dict[int, Post] = {}
    for number, turn in enumerate(turns, start=1):
        at += turn.after
        deed = partial(_open, club, name, head, turn, posts) if number == 1 else partial(_reply, club, name, number, turn, posts)
        club.diary.note(at, deed)
        _note_echoes(club, name, number, turn, posts, at)
    for report in head.get("reports", ()):
        club.diary.note(at + A_WHILE, partial(_report, club, report, posts))
    if "pinned" in head:
        club.diary.note(club.moment(day + 1, "12:00"), partial(_flag, club, name, moderating.set_pinned, "A good place to begin."))
    if "locked" in head:
        club.diary.note(at + 2 * A_WHILE, partial(_flag, club, name, moderating.set_locked, head["locked"]))


def _open(club: Club, name: str, head: dict[str, Any], turn: Turn, posts: dict[int, Post]) -> None:
    author = club.members[turn.author]
    board = blogging.blog_of(author) if "blog" in head else Board.objects.get(slug=head["board"])
    thread = posting.start_thread(board, author=author, title=head["title"], body=turn.body, tags=head.get("tags", ()))
    thread.lang = head["lang"]
    thread.save(update_fields=["lang"])
    club.threads[name] = thread
    posts[1] = thread.posts.get(no=1)


def _reply(club: Club, name: str, number: int, turn: Turn, posts: dict[int, Post]) -> None:
    posts[number] = posting.reply(club.threads[name], author=club.members[turn.author], body=turn.body)


def _note_echoes(club: Club, name: str, number: int, turn: Turn, posts: dict[int, Post], at: datetime.datetime) -> None:
    """Who likes it, one after another, and the asker who accepts it, all within a working day."""
    for place, handle in enumerate(turn.likes):
        moment = club.not_before(handle, at + (place + 1) * A_WHILE)
        kind = KINDS[(number + place) % len(KINDS)]
        club.diary.note(moment, partial(_react, club, handle, number, kind, posts))
    if turn.is_solution:
        club.diary.note(at + 2 * A_WHILE, partial(_accept, club, name, number, posts))


def _react(club: Club, handle: str, number: int, kind: Reaction.Kind, posts: dict[int, Post]) -> None:
    reacting.react(posts[number], member=club.members[handle], kind=kind)


def _accept(club: Club, name: str, number: int, posts: dict[int, Post]) -> None:
    solving.accept(posts[number], by=club.threads[name].author)


def _flag(club: Club, name: str, deed: Any, reason: str) -> None:
    deed(club.threads[name], True, by=club.members[MODERATOR], reason=reason)


def _report(club: Club, report: dict[str, Any], posts: dict[int, Post]) -> None:
    """Left for the moderator who opens the demo, or decided at once."""
    row = reporting.report(posts[report["post"]], reporter=club.members[report["by"]], kind=report["kind"], note=report["note"])
    if "decided" in report:
        deciding.decide(row.review, report["decided"], by=club.members[MODERATOR], reason=report["reason"])
