"""Sorting open answers by the words of a codebook, which may be that of a focus group's study; each coder judges alone."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from codebooks import editing
from codebooks.editing import NotInTheBook
from codebooks.models import Code, Codebook
from codebooks.trees import with_below
from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from members.models import Member
from surveys.models import Coding, Questionnaire, Submission


def codes_of(questionnaire: Questionnaire) -> list[Code]:
    """The words of the survey's codebook; none where it has no book yet."""
    return list(Code.objects.filter(codebook=questionnaire.codebook_id)) if questionnaire.codebook_id else []


@transaction.atomic
def choose_book(questionnaire: Questionnaire, codebook: Codebook) -> None:
    """Take another book. Raises NotInTheBook once answers are marked by the words of the first."""
    questionnaire = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if questionnaire.codebook_id != codebook.pk and Coding.objects.filter(submission__questionnaire=questionnaire).exists():
        raise NotInTheBook("in-use", _("Answers are marked with the codes of this book already."))
    Questionnaire.objects.filter(pk=questionnaire.pk).update(codebook=codebook)


@transaction.atomic
def remove_code(questionnaire: Questionnaire, code: Code) -> None:
    """Take a word out of the book with this survey's marks. Raises NotInTheBook where a study or another survey has marks with it."""
    below = with_below(codes_of(questionnaire), code.pk)
    Coding.objects.filter(submission__questionnaire=questionnaire, code_id__in=below).delete()
    editing.remove_code(code)


@transaction.atomic
def code_answer(submission: Submission, *, question: str, code: Code | None, by: Member, take_off: bool = False, seen: str = "") -> None:
    """Say that an answer speaks of a code, or no longer; no code says that it was read and none fits. Harmless when repeated.

    seen   the mark (`members.meanwhile`) of the answer that was read
    Raises ChangedMeanwhile with what it says where it is another by now; ValueError for a code of another book, and for no answer.
    """
    # Held, so that no mark is put on words that become others meanwhile.
    submission = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=submission.pk)
    if seen and seen != meanwhile.mark(submission.data.get(question)):
        raise ChangedMeanwhile({question: submission.data.get(question)})
    if not submission.data.get(question) or (code and code.codebook_id != submission.questionnaire.codebook_id):
        raise ValueError("the code must be of the survey's book, and the question answered")
    mine = Coding.objects.filter(submission=submission, question=question, coded_by=by)
    if take_off:
        mine.filter(code=code).delete()
        return
    # Either something fits or nothing does.
    mine.filter(code__isnull=code is not None).delete()
    Coding.objects.get_or_create(submission=submission, question=question, coded_by=by, code=code)


def take_off_changed(submission: Submission, data: dict[str, Any]) -> dict[str, list[str]]:
    """Take everybody's marks off the answers that become others with `data`, for they judge words that stand there no more.

    In the caller's transaction, which holds the submission. Returns the names of the codes by question, "" for "none fits".
    """
    marks = Coding.objects.filter(submission=submission).select_related("code")
    changed = [mark for mark in marks if submission.data.get(mark.question) != data.get(mark.question)]
    codes: dict[str, set[str]] = {}
    for mark in changed:
        codes.setdefault(mark.question, set()).add(mark.code.name if mark.code else "")
    if changed:
        Coding.objects.filter(pk__in=[mark.pk for mark in changed]).delete()
    return {question: sorted(names) for question, names in codes.items()}
