"""Taking over the answers that an adopted survey got in django-survey's own form: each a submission, once, its record put straight."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from survey.models import Answer, Response

from surveys import apportioning
from surveys.bodies import Unreadable, value_of
from surveys.judging import digest_of
from surveys.models import EarlierAnswers, Participation, Questionnaire, SchemaVersion, Submission
from surveys.versions_known import known

STEP = 500


@dataclass
class Taken:
    """One Response as we read it, and what of its rows is to be put straight."""

    data: dict[str, Any] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    changed: list[Answer] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    def verdict(self, version: SchemaVersion) -> dict[str, Any]:
        """Nobody judged these answers; what could not be read is named."""
        dropped = [{"question": path, "reason": "unreadable"} for path in self.unreadable]
        return {"engine": "", "taken_over": True, "definition": version.digest, "valid": None, "dropped": dropped, "not_asked": []}


def take_over(questionnaire: Questionnaire) -> tuple[int, int]:
    """Make submissions of the responses that have none. Nothing is paid for them. Harmless when repeated.

    Returns how many were taken over, and how many single answers could not be read and stand in the record only.
    """
    taken = unreadable = 0
    while (step := _take_some(questionnaire)) is not None:
        taken, unreadable = taken + step[0], unreadable + step[1]
    while _put_some_behind(questionnaire):
        pass
    if taken:
        apportioning.count_anew(questionnaire.pk)
    return taken, unreadable


def _waiting(questionnaire: Questionnaire) -> models.QuerySet[Response]:
    return Response.objects.filter(survey_id=questionnaire.survey_id, submission=None).order_by("pk").prefetch_related("answers")


def _locked(questionnaire: Questionnaire) -> Questionnaire:
    """Whoever does the same at this moment waits, and then finds it done."""
    return Questionnaire.objects.select_for_update(of=("self",)).select_related("version").get(pk=questionnaire.pk)


@transaction.atomic
def _take_some(questionnaire: Questionnaire) -> tuple[int, int] | None:
    questionnaire = _locked(questionnaire)
    version = questionnaire.version
    # Its form could write two responses of one member: the later one counts, and none beside what was answered here.
    later = Response.objects.filter(survey=OuterRef("survey"), user=OuterRef("user"), pk__gt=OuterRef("pk"))
    answered = Submission.objects.filter(questionnaire=questionnaire, member=OuterRef("user"))
    responses = list(_waiting(questionnaire).exclude(Exists(later)).exclude(Exists(answered))[:STEP])
    if version is None or not responses:
        return None
    read = [_read(response, version) for response in responses]
    _straighten(read)
    pairs = zip(responses, read, strict=True)
    Submission.objects.bulk_create([_submission(questionnaire, version, response, taken) for response, taken in pairs])
    members = [response.user_id for response in responses if response.user_id]
    # The receipt that the member has answered; nothing is owed for it.
    receipts = [Participation(questionnaire=questionnaire, member_id=member, is_recorded=True) for member in members]
    Participation.objects.bulk_create(receipts, ignore_conflicts=True)
    return len(responses), sum(len(taken.unreadable) for taken in read)


def _submission(questionnaire: Questionnaire, version: SchemaVersion, response: Response, taken: Taken) -> Submission:
    return Submission(
        questionnaire=questionnaire,
        version=version,
        response=response,
        member_id=response.user_id,
        data=taken.data,
        verdict=taken.verdict(version),
        fingerprint=digest_of(taken.data),
        completed_at=response.created if response.user_id else None,
    )


@transaction.atomic
def _put_some_behind(questionnaire: Questionnaire) -> bool:
    """Keep a member's earlier responses as what their submission held before, and leave the record the one that counts."""
    questionnaire = _locked(questionnaire)
    version = questionnaire.version
    responses = list(_waiting(questionnaire)[:STEP])
    if version is None or not responses:
        return False
    members = {response.user_id for response in responses}
    theirs = {held.member_id: held for held in Submission.objects.filter(questionnaire=questionnaire, member__in=members)}
    earlier = []
    for response in responses:
        taken = _read(response, version)
        verdict = {**taken.verdict(version), "bodies": taken.unreadable}
        about = {"version": version, "data": taken.data, "verdict": verdict, "replaced_at": response.updated}
        earlier.append(EarlierAnswers(submission=theirs[response.user_id], **about))
    EarlierAnswers.objects.bulk_create(earlier)
    Response.objects.filter(pk__in=[response.pk for response in responses]).delete()
    return True


def _read(response: Response, version: SchemaVersion) -> Taken:
    taken = Taken()
    rows = {question.pk: (question, row) for question, row in known(version).rows}
    by_question = {answer.question_id: answer for answer in sorted(response.answers.all(), key=lambda answer: answer.pk)}
    # Of two answers to one question the later one counted in its form.
    taken.gone = [answer.pk for answer in response.answers.all() if by_question[answer.question_id] is not answer]
    for question_id, answer in by_question.items():
        if question_id not in rows:
            continue
        question, row = rows[question_id]
        try:
            value = value_of(question, answer.body)
        except Unreadable:
            taken.unreadable[row.path] = answer.body
            continue
        if value is None:
            taken.gone.append(answer.pk)
            continue
        taken.data[row.keys[0]] = value
        body = row.body(taken.data)
        if body != answer.body:
            answer.body = body
            taken.changed.append(answer)
    return taken


def _straighten(read: list[Taken]) -> None:
    """Write choices into the record as its reports count them, in the words of the question; leave no rows for what was left open."""
    changed: dict[str | None, list[int]] = {}
    gone: list[int] = []
    for taken in read:
        gone += taken.gone
        for answer in taken.changed:
            changed.setdefault(answer.body, []).append(answer.pk)
    # The words are those of choices: few, and each of many.
    for body, pks in changed.items():
        Answer.objects.filter(pk__in=pks).update(body=body)
    for start in range(0, len(gone), STEP):
        Answer.objects.filter(pk__in=gone[start : start + STEP]).delete()
