"""A researcher puts a member's answers right, with a reason: judged as the member's were, and nothing of the first is lost."""

from typing import Any

from members.models import Member
from surveys import answering, judging
from surveys.models import Submission
from surveys.versions_known import known


class NotCorrectable(Exception):  # noqa: N818
    """Nobody's answers, which a change would tell from the others, or rejected ones."""


class NothingChanged(ValueError):  # noqa: N818
    """What was sent comes to what is there."""


def may_correct(submission: Submission) -> bool:
    """Whether answers may be put right: they have a member, and count."""
    return submission.member_id is not None and not submission.questionnaire.is_anonymous and submission.rejected_at is None


def seen(submission: Submission) -> str:
    """What names the answers as they are now."""
    return judging.digest_of(submission.data)


def correct(submission: Submission, *, by: Member, data: Any, reason: str, began_from: str, language: str = "") -> Submission:
    """Put other answers in the place of a member's, judged by the version that they were given to. Pays and takes back nothing.

    began_from   what named the answers when the correction was begun (`seen`)
    Raises NotCorrectable, answering.Refused, NothingChanged, answering.ChangedMeanwhile, QuotaFull, EngineDown; ValueError for no reason.
    """
    if not reason.strip():
        raise ValueError("a correction has a reason")
    if not may_correct(submission):
        raise NotCorrectable
    survey = submission.questionnaire
    verdict = judging.judge(known(submission.version).text, data, language=language, contradictions=survey.contradictions)
    if not verdict.valid:
        raise answering.Refused(verdict.errors)
    if verdict.data == submission.data:
        raise NothingChanged
    try:
        return answering.replace(submission, verdict, by=by, reason=reason.strip(), seen=began_from)
    except answering.NotAsking as rejected:
        raise NotCorrectable from rejected
