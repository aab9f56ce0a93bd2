from typing import Any

from forum.models import MessageRevision, PostRevision
from members.models import Member


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member's posts and private messages said before they were edited; what they say now is among their rows."""
    # A post that a moderator gave another author may have been another's words.
    posts = (
        PostRevision.objects.filter(post__author=member, post__owner_no=0).order_by("pk").values("post", "n", "title", "body", "written_at")
    )
    messages = MessageRevision.objects.filter(message__author=member).order_by("pk").values("message", "n", "body", "written_at")
    files: dict[str, list[Any]] = {"forum/postrevision.json": list(posts), "forum/messagerevision.json": list(messages)}
    return {name: rows for name, rows in files.items() if rows}
