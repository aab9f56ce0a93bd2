"""A small site as Discourse backs it up: a dump of its tables, as `pg_dump` writes one, and what was sent to it."""

import gzip
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from forum.archives.discourse_marks import DIGITS

SHA = "5ba93c9db0cff93f52b521d7420e43f6eda2784f"
HUGE = "aa" * 20


def short(sha: str) -> str:
    """As texts name a file: its SHA-1 to the base of 62."""
    number, letters = int(sha, 16), ""
    while number:
        number, digit = divmod(number, 62)
        letters = DIGITS[digit] + letters
    return letters


OPENING = f"""Which of these? :smile:

[poll name=poll type=regular public=true]
* Excel
* The ledger
[/poll]

![screen shot|690x400, 50%](upload://{short(SHA)}.png)
![gone|10x10](upload://{short("bb" * 20)}.png)

```
[quote]not a quote[/quote]
```"""
ANSWER = '[quote="olga, post:1, topic:40, full:true"]\nWhich of these?\n[/quote]\nThe ledger.\tWith \\ in it.'
ELSEWHERE = '[quote="alice_c, post:2, topic:40"]\nThe ledger.\n[/quote]\nI agree, see [list.pdf|attachment](upload://abc.pdf) (12.3 KB).'

Rows = Sequence[Sequence[str | int | None]]
SITE: dict[str, tuple[str, Rows]] = {
    "users": (
        "id, username, name, trust_level",
        [(5, "alice_c", "Alice", 2), (6, "olga", "老用户", 1), (7, "liker", "", 1), (8, "s", "Staff", 4)],
    ),
    "user_emails": (
        'id, user_id, email, "primary"',
        [(1, 5, "other@x.example", "f"), (2, 5, "Alice@Harbour.example", "t"), (3, 6, "old@x.example", "t")],
    ),
    "categories": (
        "id, name, parent_category_id, read_restricted, topic_id",
        [(3, "News", None, "f", 39), (4, "Old news", 3, "f", None), (9, "Staff", None, "t", None)],
    ),
    "topics": (
        "id, title, category_id, created_at, bumped_at, deleted_at, archetype, closed, archived, visible, pinned_at, pinned_until",
        [
            (39, "About the News category", 3, "2024-01-01 00:00:00", "2024-01-01 00:00:00", None, "regular", "f", "f", "t", None, None),
            (41, "Later", 4, "2024-01-05 00:00:00", "2024-01-06 00:00:00", None, "regular", "f", "f", "t", "2024-01-05 00:00:00", None),
            (40, "Which one?", 4, "2024-01-02 03:04:05.6", "2024-01-03 00:00:00", None, "regular", "t", "f", "t", None, None),
            (42, "To you alone", None, "2024-01-02 00:00:00", "2024-01-02 00:00:00", None, "private_message", "f", "f", "t", None, None),
            (43, "Gone", 3, "2024-01-02 00:00:00", "2024-01-02 00:00:00", "2024-02-01 00:00:00", "regular", "f", "f", "t", None, None),
            (44, "Unlisted", 3, "2024-01-02 00:00:00", "2024-01-07 00:00:00", None, "regular", "f", "f", "f", None, None),
            (45, "Salaries", 9, "2024-01-02 00:00:00", "2024-01-08 00:00:00", None, "regular", "f", "f", "t", None, None),
        ],
    ),
    "posts": (
        "id, topic_id, user_id, post_number, raw, created_at, reply_to_post_number, deleted_at, user_deleted, hidden, post_type",
        [
            (390, 39, 8, 1, "About.", "2024-01-01 00:00:00", None, None, "f", "f", 1),
            (400, 40, 6, 1, OPENING, "2024-01-02 03:04:05.6", None, None, "f", "f", 1),
            (401, 40, 5, 2, ANSWER, "2024-01-02 09:00:00", 1, None, "f", "f", 1),
            (402, 40, 8, 3, "A whisper of staff.", "2024-01-02 10:00:00", None, None, "f", "f", 4),
            (403, 40, 8, 4, "", "2024-01-02 11:00:00", None, None, "f", "f", 3),
            (404, 40, 7, 5, "Deleted words.", "2024-01-02 12:00:00", None, "2024-01-02 13:00:00", "f", "f", 1),
            (410, 41, 6, 1, ELSEWHERE, "2024-01-05 00:00:00", None, None, "f", "f", 1),
            (420, 42, 6, 1, "Secret.", "2024-01-02 00:00:00", None, None, "f", "f", 1),
            (430, 43, 6, 1, "Deleted.", "2024-01-02 00:00:00", None, None, "f", "f", 1),
            (440, 44, 6, 1, "By link alone.", "2024-01-02 00:00:00", None, None, "f", "f", 1),
            (450, 45, 8, 1, "What we earn.", "2024-01-02 00:00:00", None, None, "f", "f", 1),
        ],
    ),
    "post_actions": (
        "id, post_id, user_id, post_action_type_id, created_at, deleted_at",
        [
            (1, 401, 6, 2, "2024-01-03 00:00:00", None),
            (2, 401, 7, 2, "2024-01-03 00:00:00", None),
            (3, 401, 5, 2, "2024-01-03 00:00:00", None),
            (4, 400, 7, 2, "2024-01-03 00:00:00", "2024-01-04 00:00:00"),
            (5, 400, 7, 4, "2024-01-03 00:00:00", None),
        ],
    ),
    "discourse_reactions_reactions": ("id, post_id, reaction_value", [(1, 401, "tada"), (2, 400, "angry")]),
    "discourse_reactions_reaction_users": (
        "id, reaction_id, post_id, user_id, created_at",
        [(1, 1, 401, 7, "2024-01-03 00:00:00"), (2, 2, 400, 5, "2024-01-03 00:00:00")],
    ),
    "tags": ("id, name", [(1, "tools"), (2, "财务")]),
    "topic_tags": ("id, topic_id, tag_id", [(1, 40, 1), (2, 40, 2)]),
    "topic_custom_fields": ("id, topic_id, name, value", [(1, 40, "accepted_answer_post_id", "401")]),
    "polls": (
        "id, post_id, name, title, type, status, results, visibility, close_at",
        [(1, 400, "poll", None, 0, 1, 0, 1, None)],
    ),
    "poll_options": ("id, poll_id, digest, html", [(11, 1, "a", "<strong>Excel</strong> &amp; co"), (12, 1, "b", "The ledger")]),
    "poll_votes": (
        "poll_id, poll_option_id, user_id, created_at, rank",
        [(1, 12, 5, "2024-01-04 00:00:00", 0), (1, 12, 7, "2024-01-04 01:00:00", 0), (1, 11, 6, "2024-01-04 02:00:00", 0)],
    ),
    "user_passwords": ("id, user_id, password_hash", [(1, 5, "never read")]),
}


def _written(value: str | int | None) -> str:
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def dump(site: dict[str, tuple[str, Rows]] = SITE) -> bytes:
    parts = ["--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nCREATE TABLE public.posts (id integer);\n\n"]
    for name, (columns, rows) in site.items():
        lines = "".join("\t".join(map(_written, row)) + "\n" for row in rows)
        parts.append(f"COPY public.{name} ({columns}) FROM stdin;\n{lines}\\.\n\n")
    return "".join(parts).encode()


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def backup(path: Path, site: dict[str, tuple[str, Rows]] = SITE, files: dict[str, bytes] | None = None) -> Path:
    """A `.tar.gz` with pictures, and with what a bad one may hold besides: links and ways out."""
    with tarfile.open(path, "w:gz") as tar:
        pictures = files if files is not None else {f"uploads/default/original/2X/5/{SHA}.png": picture()}
        for name, data in {**pictures, "dump.sql.gz": gzip.compress(dump(site))}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for name in (f"uploads/default/original/1X/{'bb' * 20}.png", "../../outside.png"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
            tar.addfile(link)
    return path
