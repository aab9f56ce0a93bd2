"""What people answered in their own words: searched, and their words counted, Chinese cut into words."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from codebooks.models import Code
from members import meanwhile, vocabulary
from members.models import Member
from surveys.analysing import LEAST_CELL, Selection, of_members, passes
from surveys.coded import bearing
from surveys.counting import renamed
from surveys.models import Coding, Questionnaire, Submission

READ_MOST = 2_000  # the newest answers; cutting these into words takes a page about a tenth of a second
LOOKED_AT_MOST = 5 * READ_MOST  # the newest answers of the survey, among which those to one question are looked for
CUT_MOST = 4_000  # texts that are cut into words for a page of all questions
CUT_LEAST = 200
PAGE = 50


@dataclass
class Verbatims:
    """A page of answers to one question, each with its `text`, `codes` and `is_none_fitting`, and what marks it as it was `seen`.

    words   of all answers: (word, how often, by how many)
    """

    answers: list[Submission]
    words: list[tuple[str, int, int]] = field(default_factory=list)
    next: int | None = None
    is_too_small: bool = False
    leaves_few: bool = False  # it is not the selection that is too small, but what it leaves


def words_by_question(
    questionnaire: Questionnaire, questions: list[str], most: int = 24, selection: Selection | None = None
) -> dict[str, list[tuple[str, int, int]]]:
    """The words of the newest answers to each question: (word, how often, by how many), most frequent first. One query for all.

    The more questions are open, the fewer answers to each are cut into words, so that a page takes a like time for every survey.
    Of a selection by facts of members, words of fewer than five people are left out.
    """
    if not questions:
        return {}
    selection = selection or Selection()
    count = min(READ_MOST, max(CUT_LEAST, CUT_MOST // len(questions)))
    newest = of_members(questionnaire, selection).order_by("-pk").values_list("data", flat=True)[:count]
    answers = [data for data in (renamed(each, questionnaire.equivalents) for each in newest) if passes(data, selection)]
    least = LEAST_CELL if selection.by_member else 1
    return {name: vocabulary.counted([str(data[name]) for data in answers if data.get(name)], most, least=least) for name in questions}


def read(
    questionnaire: Questionnaire,
    question: str,
    selection: Selection,
    *,
    searched: str = "",
    word: str = "",
    code: int | None = None,
    coder: Member | None = None,
    before: int | None = None,
) -> Verbatims:
    """The newest answers in words of a selection of members.

    searched   parts of the text, all of which must be in it
    word       a whole word, as `words` lists them
    code       given to the answer, or one under it, by anybody
    coder      whose marks are shown; None: everybody's
    A selection by facts of members shows nothing that fewer than five people said, nor all but what fewer than five others did.
    """
    given = _given(questionnaire, question, selection)
    newest = _newest(questionnaire, given)
    least = LEAST_CELL if selection.by_member else 1
    words = vocabulary.counted((text for _pk, text in newest), least=least)

    def narrowed(rows: QuerySet[Any], newest: list[tuple[int, str]]) -> QuerySet[Any]:
        for part in searched.split()[:5]:
            rows = rows.filter(text__icontains=part)
        if word:
            rows = rows.filter(pk__in=[pk for pk, text in newest if word in vocabulary.words(text)])
        if code is not None:
            rows = rows.filter(pk__in=bearing(questionnaire, question, code).values("submission"))
        return rows

    given = narrowed(given, newest)
    if selection.by_member:
        count, everybody = given.count(), _given(questionnaire, question, Selection())
        others = narrowed(everybody, _newest(questionnaire, everybody) if word else []).count() - count
        if count < LEAST_CELL or 0 < others < LEAST_CELL:
            return Verbatims([], words, is_too_small=True, leaves_few=count >= LEAST_CELL)
    if before is not None:
        given = given.filter(pk__lt=before)
    found = list(given.order_by("-pk")[: PAGE + 1])
    return Verbatims(_coded(found[:PAGE], question, coder), words, found[PAGE - 1].pk if len(found) > PAGE else None)


def _given(questionnaire: Questionnaire, question: str, selection: Selection) -> QuerySet[Any]:
    rows = of_members(questionnaire, selection).annotate(text=Cast(KeyTextTransform(question, "data"), TextField()))
    return rows.exclude(text=None).exclude(text="")


def _newest(questionnaire: Questionnaire, given: QuerySet[Any]) -> list[tuple[int, str]]:
    # Without this end every answer would be opened, only to find those that are the newest.
    rows = Submission.objects.filter(questionnaire=questionnaire).order_by("-pk")
    end = rows.values_list("pk", flat=True)[LOOKED_AT_MOST : LOOKED_AT_MOST + 1].first()
    return list((given if end is None else given.filter(pk__gt=end)).order_by("-pk").values_list("pk", "text")[:READ_MOST])


def _coded(answers: list[Submission], question: str, coder: Member | None) -> list[Submission]:
    marks: dict[int, dict[int, Code | None]] = {}
    rows = Coding.objects.filter(submission__in=answers, question=question).select_related("code").order_by("code__name", "pk")
    for coding in rows.filter(coded_by=coder) if coder else rows:
        marks.setdefault(coding.submission_id, {})[coding.code_id or 0] = coding.code
    for submission in answers:
        found = marks.get(submission.pk, {})
        submission.seen = meanwhile.mark(submission.data.get(question))  # type: ignore[attr-defined]
        submission.codes = [code for code in found.values() if code]  # type: ignore[attr-defined]
        submission.is_none_fitting = 0 in found  # type: ignore[attr-defined]
    return answers
