"""Edits that wait for a moderator: kept beside their post until they are decided about, replaced or taken back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from forum import drafting, reporting
from forum.models import HeldEdit, Post, Review
from members.models import Member

Status = HeldEdit.Status


def waiting_of(post: Post) -> HeldEdit | None:
    return HeldEdit.objects.filter(post=post, status=Status.WAITING).first()


def hold(
    post: Post, *, author: Member, body: str, title: str | None, tags: Sequence[str] | None, reason: str = "", remark: str = ""
) -> HeldEdit:
    """Let new words wait, in place of those that waited before; moderators find them in their queue. Of a locked post."""
    HeldEdit.objects.filter(post=post, status=Status.WAITING).update(status=Status.DROPPED)
    drafting.discard(author, key=drafting.of_edit(post))
    reporting.bring(post, cause=Review.Cause.EDIT, remark=remark)
    return HeldEdit.objects.create(
        post=post,
        author=author,
        title=title or "" if post.opens_thread else "",
        body=body,
        tags=list(tags) if tags is not None and post.opens_thread else None,
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
    about_it = Review.objects.filter(post=post, status=Review.Status.OPEN, cause=Review.Cause.EDIT, report_count=0)
    about_it.update(status=decision, decided_by=by, decided_at=timezone.now(), note=note[:500])
    return found


@transaction.atomic
def take_back(post: Post, *, author: Member) -> bool:
    """Its author wants the edit no more. Returns whether one waited."""
    Post.objects.select_for_update().get(pk=post.pk, author=author)
    return settle(post, Status.DROPPED, by=author) is not None
