"""What other forums export, read as threads and posts. Pure: no database; what cannot be read is named and left out."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Writer:
    """Who wrote something there; `key` is their id or name in the archive."""

    key: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class OldPost:
    """`key` is the archive's own id of it, `answers` that of the post to which it replies."""

    key: str
    writer: Writer
    at: datetime.datetime
    body: str
    answers: str = ""


@dataclass(frozen=True)
class OldThread:
    """`board` is the name of the category in the archive, or nothing; the first post opens the thread."""

    key: str
    title: str
    board: str
    posts: list[OldPost]
    tags: list[str] = field(default_factory=list)
    is_locked: bool = False
    is_pinned: bool = False


class BadArchive(Exception):  # noqa: N818
    """The file is not what it was said to be."""


class BadPiece(Exception):  # noqa: N818
    """One thread or row of an archive that cannot be used; `place` says which."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


Pieces = Iterator[OldThread | BadPiece]
# As spreadsheets write a moment: 2024/2/1 9:05. (Day and month change places from country to country: 1/2/2024 is none.)
OF_A_TABLE = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)


def moment(text: str) -> datetime.datetime:
    """A moment of an archive; without a zone it is UTC. Raises ValueError, also for one that is yet to come."""
    text = text.strip().replace("Z", "+00:00").replace(" UTC", "+00:00")
    if found := OF_A_TABLE.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        at = datetime.datetime(year, month, day, hour, minute, second)
    else:
        at = datetime.datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    if at > datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1):
        raise ValueError("this moment is yet to come")
    return at


def read(origin: str, path: Path) -> Pieces:
    """The threads of an archive: `discourse` (JSON), `wordpress` (WXR) or `csv`. Raises BadArchive."""
    from forum.archives import discourse, table, wordpress

    return {"discourse": discourse.threads, "wordpress": wordpress.threads, "csv": table.threads}[origin](path)
