"""Forgetting a member in the surveys: the answers stay for the research, without what gives the person away."""

from typing import Any

from survey.models import Answer, Response

from members import traces
from members.models import Member
from surveys.models import Draft, EarlierAnswers, Submission, SurveyInvitation

PERSONAL = {"email", "tel"}


def erase(member: Member) -> None:
    """In the caller's transaction."""
    Draft.objects.filter(member=member).delete()
    SurveyInvitation.objects.filter(member=member).update(token=None)
    EarlierAnswers.objects.filter(submission__member=member).delete()
    words = traces.words_of(member)
    for submission in Submission.objects.filter(member=member).select_related("version"):
        private = _asking_for_addresses(submission.version.definition)
        kept = {name: value for name, value in submission.data.items() if name not in private}
        Submission.objects.filter(pk=submission.pk).update(data=traces.without_in(kept, words), fingerprint="")
        links = submission.version.links.filter(path__in=private)
        Answer.objects.filter(response=submission.response_id, question__in=links.values("question")).update(body="")
    for answer in Answer.objects.filter(response__user=member).exclude(body=None).select_related("question"):
        body = traces.without(answer.body, words)
        if body != answer.body:
            Answer.objects.filter(pk=answer.pk).update(body=body)
    Response.objects.filter(user=member).update(user=None)


def _asking_for_addresses(element: Any) -> set[str]:
    """The names of questions that ask for an address or a telephone number."""
    found: set[str] = set()
    if isinstance(element, dict):
        if element.get("inputType") in PERSONAL and element.get("name"):
            found.add(str(element["name"]))
        for part in element.values():
            found |= _asking_for_addresses(part)
    elif isinstance(element, list):
        for part in element:
            found |= _asking_for_addresses(part)
    return found
