"""A researcher's decision that a set of answers does not count, and its undoing; points follow the activity."""

from django.db import transaction
from django.utils import timezone

from members import activity
from members.meanwhile import ChangedMeanwhile
from members.models import Activity, Member
from surveys import apportioning, judging, quotas, tallying
from surveys.models import Submission


def _cause(submission: Submission) -> str:
    return f"survey:{submission.questionnaire_id}:member:{submission.member_id}"


def _as_it_is(submission: Submission) -> Submission:
    """Held, with the answers that it has now: counts and quotas are of those, whatever was read before."""
    apportioning.hold(submission.questionnaire_id)
    held = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire__version", "member__company")
    return held.get(pk=submission.pk)


@transaction.atomic
def reject(submission: Submission, *, by: Member, reason: str, seen: str = "") -> None:
    """Leave the answers out of all results and take the deed back. Anonymous answers lead to no deed. Harmless when repeated.

    seen   the digest of the answers that the reason is about
    Raises ChangedMeanwhile where they are others by now.
    """
    tally = tallying.hold(submission.questionnaire_id)
    submission = _as_it_is(submission)
    if seen and seen != judging.digest_of(submission.data):
        raise ChangedMeanwhile
    tallying.take_out(submission, tally)
    changed = Submission.objects.filter(pk=submission.pk, rejected_at=None).update(
        rejected_at=timezone.now(), rejected_by=by, rejected_reason=reason[:300]
    )
    if changed:
        Submission.objects.filter(pk=submission.pk).update(facts=quotas.give_back(submission))
    if changed and submission.member_id:
        activity.undo(Activity.Kind.SURVEY_COMPLETED, cause=_cause(submission))


@transaction.atomic
def accept(submission: Submission) -> None:
    """Let rejected answers count again. Raises QuotaFull where another has taken their place."""
    submission = _as_it_is(submission)
    changed = (
        Submission.objects.filter(pk=submission.pk).exclude(rejected_at=None).update(rejected_at=None, rejected_by=None, rejected_reason="")
    )
    if changed:
        facts = quotas.take(submission.questionnaire, submission.member, submission.data, kept=submission.facts)
        Submission.objects.filter(pk=submission.pk).update(facts=facts)
    if changed and submission.member_id:
        activity.restore(Activity.Kind.SURVEY_COMPLETED, cause=_cause(submission))
