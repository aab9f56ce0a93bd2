"""Members report posts; moderators find them in their queue."""

from django.db import transaction
from django.db.models import F

from forum import pacing
from forum.models import Post, Report, Review
from forum.refusals import NotYours
from members.models import Member


def bring(post: Post, *, cause: str, remark: str = "") -> Review:
    """Put a post before the moderators without a report, in the caller's transaction."""
    review, _is_new = Review.objects.get_or_create(post=post, status=Review.Status.OPEN, defaults={"cause": cause, "remark": remark[:200]})
    return review


@transaction.atomic
def report(post: Post, *, reporter: Member, kind: str, note: str = "") -> Report:
    """Report another's post. A second report by the same member changes nothing. Raises NotYours, TooFast."""
    if post.author_id == reporter.pk:
        raise NotYours
    pacing.take(reporter, "report")
    Post.objects.select_for_update().get(pk=post.pk)
    review, _is_new = Review.objects.get_or_create(post=post, status=Review.Status.OPEN)
    row, is_new = Report.objects.get_or_create(review=review, reporter=reporter, defaults={"kind": kind, "note": note.strip()[:500]})
    if is_new:
        Review.objects.filter(pk=review.pk).update(report_count=F("report_count") + 1)
    return row
