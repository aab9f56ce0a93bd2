"""A member's own blog, made with its first entry."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from forum import posting
from forum.models import Board, Thread
from members.models import Member


@transaction.atomic
def blog_of(member: Member) -> Board:
    """The member's blog; opened if there is none yet. Visitors may read it."""
    names = {"slug": f"blog-{member.pk}", "name": member.display_name[:100], "audience": Board.Audience.PUBLIC}
    board, _is_new = Board.objects.get_or_create(kind=Board.Kind.BLOG, owner=member, defaults=names)
    return board


@transaction.atomic
def post_entry(
    member: Member, *, title: str, body: str, tags: Sequence[str] = (), client_key: uuid.UUID | None = None, **when: object
) -> Thread:
    """Write an entry in one's own blog. Raises what `posting.start_thread` raises."""
    return posting.start_thread(blog_of(member), author=member, title=title, body=body, tags=tags, client_key=client_key, **when)  # type: ignore[arg-type]
