"""Discourse: the JSON that its `rake export:categories` and `rake export:topics` write: users, categories, topics with their posts."""

import json
import re
from pathlib import Path
from typing import Any

from forum.archives import BadArchive, BadPiece, OldPost, OldThread, Pieces, Writer, moment

QUOTE = re.compile(r'\[quote(?:="?(?P<who>[^",\]]*)[^\]]*)?\]\s*(?P<words>.*?)\s*\[/quote\]', re.DOTALL)
UPLOAD = re.compile(r"!\[([^\]|]*)[^\]]*\]\(upload://[^)]*\)")
DETAILS = re.compile(r'\[details="?([^"\]]*)"?\]\s*(.*?)\s*\[/details\]', re.DOTALL)
SPOILER = re.compile(r"\[spoiler\]\s*([^|]*?)\s*\[/spoiler\]", re.DOTALL)


def threads(path: Path) -> Pieces:
    try:
        archive = json.loads(path.read_text("utf-8"))
        topics = archive["topics"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive("not a Discourse export: JSON with a list of topics was expected") from error
    users = {user["id"]: user for user in archive.get("users", []) if isinstance(user, dict) and "id" in user}
    boards = {each.get("id"): str(each.get("name", "")) for each in archive.get("categories", []) if isinstance(each, dict)}
    for place, topic in enumerate(topics):
        try:
            yield _thread(topic, users, boards)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield BadPiece(f"topic {topic.get('id', place) if isinstance(topic, dict) else place}", str(error) or type(error).__name__)


def _thread(topic: dict[str, Any], users: dict[Any, Any], boards: dict[Any, str]) -> OldThread:
    written = [
        post for post in sorted(topic["posts"], key=lambda each: each["post_number"]) if not (post.get("deleted_at") or post.get("hidden"))
    ]
    if not written or topic.get("archetype", "regular") != "regular":
        raise ValueError("no open topic with posts")
    keys = {post["post_number"]: str(post["id"]) for post in written}
    posts = [
        OldPost(
            key=str(post["id"]),
            writer=_writer(users.get(post["user_id"]), post["user_id"]),
            at=moment(post["created_at"]),
            body=as_markdown(str(post["raw"])),
            answers=keys.get(post.get("reply_to_post_number"), ""),
        )
        for post in written
    ]
    return OldThread(
        key=str(topic["id"]),
        title=str(topic["title"]),
        board=boards.get(topic.get("category_id"), ""),
        posts=posts,
        tags=[str(tag.get("name", "")) if isinstance(tag, dict) else str(tag) for tag in topic.get("tags") or []],
        is_locked=bool(topic.get("closed") or topic.get("archived")),
        is_pinned=bool(topic.get("pinned_at")),
    )


def _writer(user: dict[str, Any] | None, key: Any) -> Writer:
    if user is None:
        return Writer(str(key), "")
    return Writer(str(key), str(user.get("name") or user.get("username") or ""), str(user.get("email") or ""))


def as_markdown(raw: str) -> str:
    """Discourse's own marks as ours; everything else is Markdown already."""
    while (plainer := QUOTE.sub(_quotation, raw)) != raw:
        raw = plainer
    raw = UPLOAD.sub(lambda found: f"*{found[1].strip() or '…'}*", raw)
    raw = SPOILER.sub(lambda found: f"||{found[1]}||", raw)
    return DETAILS.sub(lambda found: f"**{found[1].strip()}**\n\n{found[2]}", raw)


def _quotation(found: re.Match[str]) -> str:
    who = f"> {found['who']}:\n>\n" if found["who"] else ""
    return "\n" + who + "\n".join(f"> {line}" for line in found["words"].splitlines()) + "\n\n"
