"""What other forums export, read as threads and posts. Pure: no database; what cannot be read is named and left out."""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forum.archives.files import Files


@dataclass(frozen=True)
class Writer:
    """Who wrote something there; `key` is their id or name in the archive."""

    key: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class OldReaction:
    """`kind` is one of `forum.models.Reaction.Kind`."""

    writer: Writer
    at: datetime.datetime
    kind: str = "like"


@dataclass(frozen=True)
class OldPoll:
    """`votes` are who voted and the places of their options, from 0; in a ranked poll the one they prefer first."""

    question: str
    options: list[str]
    kind: str
    results: str
    is_secret: bool
    closes_at: datetime.datetime | None
    votes: list[tuple[Writer, list[int]]]


@dataclass(frozen=True)
class OldPost:
    """`key` is the archive's own id of it, `answers` that of the post to which it replies.

    pictures    addresses in the text, each with the names that its file may have in the archive
    quoted      addresses in the text, each with the key of the post to which it leads
    """

    key: str
    writer: Writer
    at: datetime.datetime
    body: str
    answers: str = ""
    pictures: dict[str, list[str]] = field(default_factory=dict)
    quoted: dict[str, str] = field(default_factory=dict)
    reactions: list[OldReaction] = field(default_factory=list)
    poll: OldPoll | None = None


@dataclass(frozen=True)
class OldThread:
    """The first post opens it.

    boards          names of its category and of those above it, or of all its categories: it goes to the first that is a board here
    solution        the key of the post that was accepted as the answer
    is_restricted   not everybody could read it there
    """

    key: str
    title: str
    boards: list[str]
    posts: list[OldPost]
    tags: list[str] = field(default_factory=list)
    is_locked: bool = False
    is_pinned: bool = False
    is_restricted: bool = False
    solution: str = ""


class BadArchive(Exception):  # noqa: N818
    """The file is not what it was said to be."""


class BadPiece(Exception):  # noqa: N818
    """One thread or row of an archive that cannot be used; `place` says which."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


Pieces = Iterator[OldThread | BadPiece]


@dataclass(frozen=True)
class Archive:
    pieces: Pieces
    files: Files


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


def opened(origin: str, path: Path, *, uploads: Path | None = None) -> AbstractContextManager[Archive]:
    """An archive of `discourse` (a backup, or JSON), `wordpress` (WXR) or `csv`, for as long as it is read.

    uploads     a folder, ZIP or tar of that place's pictures, where they are not in the archive itself
    Raises BadArchive, OSError.
    """
    from forum.archives import discourse, table, wordpress

    readers: dict[str, Callable[..., Any]] = {"discourse": discourse.opened, "wordpress": wordpress.opened, "csv": table.opened}
    return readers[origin](path, uploads)  # type: ignore[no-any-return]
