"""Edits that wait for a moderator: kept beside their post until they are decided about, replaced or taken back."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from forum import drafting, markup, mentions, reporting
from forum.models import HeldEdit, Post, Review
from members.models import Member

Status = HeldEdit.Status
Cause = Review.Cause
# Why an edit waits, and nothing but the edit.
CAUSES = (Cause.EDIT, Cause.POLL, Cause.CHANGED)


@dataclass(frozen=True)
class NewPoll:
    """A poll that comes with an edit: its question and options, those that it would replace, and all of it as JSON."""

    words: Sequence[str] = ()
    words_before: Sequence[str] = ()
    asked: dict[str, Any] | None = None


def waiting_of(post: Post) -> HeldEdit | None:
    return HeldEdit.objects.filter(post=post, status=Status.WAITING).first()


@dataclass(frozen=True)
class ShownEdit:
    """What a post would say, for its author and for moderators: `case` is where these decide about it."""

    title: str
    tags: list[str]
    html: str
    poll: dict[str, Any] | None
    reason: str
    created_at: datetime.datetime
    is_own: bool
    case: int | None


def shown(posts: Sequence[Post], reader: Member, *, moderates: bool, maths: bool = False) -> dict[int, ShownEdit]:
    """The edits that wait of these posts, by post, as far as the reader may know of them: their own, and all for a moderator."""
    if not posts:
        return {}
    case = Review.objects.filter(post=OuterRef("post"), status=Review.Status.OPEN).order_by().values("pk")[:1]
    rows = HeldEdit.objects.filter(post__in=posts, status=Status.WAITING).annotate(case=Subquery(case))
    edits = list(rows if moderates else rows.filter(author=reader))
    handles = mentions.existing(*(edit.body for edit in edits))
    return {
        edit.post_id: ShownEdit(
            title=edit.title,
            tags=edit.tags or [],
            html=markup.render(edit.body, handles=handles, maths=maths),
            poll=edit.poll,
            reason=edit.reason,
            created_at=edit.created_at,
            is_own=edit.author_id == reader.pk,
            case=edit.case if moderates else None,
        )
        for edit in edits
    }


def hold(
    post: Post,
    *,
    author: Member,
    body: str,
    title: str | None,
    tags: Sequence[str] | None,
    poll: dict[str, Any] | None = None,
    reason: str = "",
    cause: Review.Cause = Cause.EDIT,
    remark: str = "",
) -> HeldEdit:
    """Let new words wait, in place of those that waited before; moderators find them in their queue. Of a locked post."""
    HeldEdit.objects.filter(post=post, status=Status.WAITING).update(status=Status.DROPPED)
    drafting.discard(author, key=drafting.of_edit(post))
    reporting.bring(post, cause=cause, remark=remark)
    return HeldEdit.objects.create(
        post=post,
        author=author,
        title=title or "" if post.opens_thread else "",
        body=body,
        tags=list(tags) if tags is not None and post.opens_thread else None,
        poll=poll,
        reason=reason,
        based_on=post.edit_count,
    )


def settle(post: Post, status: HeldEdit.Status, *, by: Member, note: str = "") -> HeldEdit | None:
    """What waits of a locked post waits no more, and a case that was about nothing else is closed. None where nothing waited."""
    found = waiting_of(post)
    if found is None:
        return None
    found.status = status
    found.save(update_fields=["status"])
    decision = Review.Status.UPHELD if status == Status.REFUSED else Review.Status.DISMISSED
    about_it = Review.objects.filter(post=post, status=Review.Status.OPEN, cause__in=CAUSES, report_count=0)
    about_it.update(status=decision, decided_by=by, decided_at=timezone.now(), note=note[:500])
    return found


@transaction.atomic
def take_back(post: Post, *, author: Member) -> bool:
    """Its author wants the edit no more. Returns whether one waited."""
    Post.objects.select_for_update().get(pk=post.pk, author=author)
    return settle(post, Status.DROPPED, by=author) is not None
