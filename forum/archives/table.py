"""A table, a line for each post: thread, title, author_name, author_email, posted_at, body; if known post, board, tags, answers.

`thread` and `post` are keys of the table's own; the first line of a thread opens it and says its title, board and tags (with ; between).
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.archives import Archive, BadArchive, BadPiece, OldPost, OldThread, Pieces, Writer, files, moment

NEEDED = {"thread", "title", "author_name", "posted_at", "body"}


@contextmanager
def opened(path: Path, uploads: Path | None) -> Iterator[Archive]:
    """Its pictures are named nowhere: `uploads` is not looked at."""
    with files.opened(None, str) as none:
        yield Archive(threads(path), none)


def threads(path: Path) -> Pieces:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text("gb18030", errors="replace")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := NEEDED - set(rows.fieldnames or ()):
        raise BadArchive(f"columns are missing: {', '.join(sorted(missing))}")
    found: dict[str, OldThread] = {}
    for line, row in enumerate(rows, 2):
        try:
            _take(found, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}, line)
        except ValueError as error:
            yield BadPiece(f"row {line}", str(error))
    yield from found.values()


def _take(found: dict[str, OldThread], row: dict[str, str], line: int) -> None:
    if not row["thread"] or not row["body"]:
        raise ValueError("a post has a thread and a body")
    email = row.get("author_email", "")
    post = OldPost(
        key=row.get("post") or f"{row['thread']}:{line}",
        writer=Writer(email or row["author_name"], row["author_name"], email),
        at=moment(row["posted_at"]),
        body=row["body"].replace("\r\n", "\n"),
        answers=row.get("answers", ""),
    )
    if thread := found.get(row["thread"]):
        thread.posts.append(post)
        return
    if not row["title"]:
        raise ValueError("a thread has a title")
    tags = [tag.strip() for tag in row.get("tags", "").replace("；", ";").split(";") if tag.strip()]
    found[row["thread"]] = OldThread(row["thread"], row["title"], [row["board"]] if row.get("board") else [], [post], tags)
