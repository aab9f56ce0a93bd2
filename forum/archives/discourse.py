"""Discourse: a backup of the whole site (`.tar.gz`, or the `.sql.gz` in it), or the JSON of `rake export:categories` and `export:topics`.

The JSON has users, categories, topics and their posts. Who reacted, what was accepted, tags, polls and pictures are in the backup alone.
"""

import gzip
import io
import json
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from forum.archives import Archive, BadArchive, BadPiece, OldPost, OldThread, Pieces, Writer, discourse_backup, files, moment, pgdump
from forum.archives.discourse_marks import name_of_file, read

EVERYBODY = {"everyone", "所有人", "每个人"}


@contextmanager
def opened(path: Path, uploads: Path | None) -> Iterator[Archive]:
    if not path.is_file():
        raise BadArchive(f"{path.name} is no file")
    with files.opened(uploads, name_of_file) as pictures:
        if path.name.endswith((".tar.gz", ".tgz", ".tar", ".sql.gz", ".sql")):
            with _database(path, pictures) as database:
                yield Archive(discourse_backup.threads(database), pictures)
        else:
            yield Archive(_threads(path), pictures)


@contextmanager
def _database(path: Path, pictures: files.Files) -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory(prefix="backup-") as folder:
        database = sqlite3.connect(Path(folder, "backup.sqlite3"))
        database.row_factory = sqlite3.Row
        try:
            found = _read(path, database, pictures)
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
            raise BadArchive(f"not a backup of Discourse: {error}") from error
        if not {"topics", "posts", "users"} <= found:
            raise BadArchive("not a backup of Discourse: tables of topics, posts and users were expected")
        try:
            yield database
        finally:
            database.close()


def _read(path: Path, database: sqlite3.Connection, pictures: files.Files) -> set[str]:
    """The dump and the pictures of a backup, in one pass, in whatever order they come."""
    if path.name.endswith((".sql", ".sql.gz")):
        with path.open("rb") as file:
            return _fill(database, file, path.name)
    found: set[str] = set()
    with tarfile.open(path, "r|*") as tar:
        for member in tar:
            if member.isreg() and member.name.endswith((".sql", ".sql.gz")) and not found:
                dump = tar.extractfile(member)
                found = _fill(database, dump, member.name) if dump else found
            else:
                files.take(pictures, tar, member, name_of_file)
    return found


def _fill(database: sqlite3.Connection, file: IO[bytes], name: str) -> set[str]:
    plain: Any = gzip.GzipFile(fileobj=file) if name.endswith(".gz") else file
    # Only line feeds end a line: what members wrote may have others in it.
    return pgdump.fill(database, io.TextIOWrapper(plain, "utf-8", newline="\n"), discourse_backup.TABLES)


def _threads(path: Path) -> Pieces:
    try:
        archive = json.loads(path.read_text("utf-8"))
        topics = archive["topics"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive("not a Discourse export: JSON with a list of topics was expected") from error
    users = {user["id"]: user for user in archive.get("users", []) if isinstance(user, dict) and "id" in user}
    categories = {each.get("id"): each for each in archive.get("categories", []) if isinstance(each, dict)}
    for place, topic in enumerate(topics):
        try:
            yield _thread(topic, users, categories)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield BadPiece(f"topic {topic.get('id', place) if isinstance(topic, dict) else place}", str(error) or type(error).__name__)


def _thread(topic: dict[str, Any], users: dict[Any, Any], categories: dict[Any, Any]) -> OldThread:
    written = [post for post in sorted(topic["posts"], key=lambda each: each["post_number"]) if _is_shown(post)]
    if not written or topic.get("archetype", "regular") != "regular":
        raise ValueError("no open topic with posts")
    keys = {post["post_number"]: str(post["id"]) for post in written}
    category = categories.get(topic.get("category_id"), {})
    above = categories.get(category.get("parent_category_id"), {})
    return OldThread(
        key=str(topic["id"]),
        title=str(topic["title"]),
        boards=[str(each["name"]) for each in (category, above) if each.get("name")],
        posts=[_post(post, topic, users, keys) for post in written],
        tags=[str(tag.get("name", "")) if isinstance(tag, dict) else str(tag) for tag in topic.get("tags") or []],
        is_locked=bool(topic.get("closed") or topic.get("archived")),
        is_pinned=bool(topic.get("pinned_at")),
        is_restricted=_is_restricted(category) or _is_restricted(above),
        solution=next((str(post["id"]) for post in written if post.get("accepted_answer")), ""),
    )


def _is_shown(post: dict[str, Any]) -> bool:
    """What was deleted or hidden, staff's whispers, and notes of what was done ("closed this topic"), stay there."""
    is_of_members = post.get("post_type", 1) in (1, 2)
    return is_of_members and not (post.get("deleted_at") or post.get("hidden")) and bool(str(post["raw"]).strip())


def _is_restricted(category: dict[str, Any]) -> bool:
    groups = category.get("permissions_params") or {}
    return bool(category.get("read_restricted") or (groups and not EVERYBODY & {str(name) for name in groups}))


def _post(post: dict[str, Any], topic: dict[str, Any], users: dict[Any, Any], keys: dict[int, str]) -> OldPost:
    text = read(str(post["raw"]))
    here = str(topic["id"])
    return OldPost(
        key=str(post["id"]),
        writer=_writer(users.get(post["user_id"]), post["user_id"]),
        at=moment(post["created_at"]),
        body=text.body,
        answers=keys.get(post.get("reply_to_post_number") or 0, ""),
        pictures=text.pictures,
        quoted={address: keys.get(no, "") if str(there) == here else "" for address, (no, there) in text.places.items()},
    )


def _writer(user: dict[str, Any] | None, key: Any) -> Writer:
    if user is None:
        return Writer(str(key), "")
    return Writer(str(key), str(user.get("name") or user.get("username") or ""), str(user.get("email") or ""))
