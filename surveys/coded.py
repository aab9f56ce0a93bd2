"""What coding says: how often each code, among whom, and how far the coders agree. Read only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from codebooks import comparing
from codebooks.comparing import Agreement
from codebooks.trees import Branch, tree, with_below
from members.models import Company, Member
from surveys import analysing, crosstabs
from surveys.analysing import LEAST_CELL, Selection
from surveys.coding import codes_of
from surveys.counting import renamed
from surveys.crosstabs import Crosstab
from surveys.models import Coding, Questionnaire, Submission

MEMBERS_FACTS = {"customer_class": "member__company__customer_class", "locale": "member__locale"}


def codebook(questionnaire: Questionnaire, question: str) -> list[Branch]:
    """The tree, each code with the number of answers to one question that somebody gave it; an answer counts once, also in `total`."""
    given: dict[int, set[int]] = defaultdict(set)
    for code, submission in _marks(questionnaire, question).exclude(code=None).values_list("code_id", "submission_id"):
        given[code or 0].add(submission)
    branches = tree(codes_of(questionnaire), {code: len(answers) for code, answers in given.items()})
    for branch in branches:
        branch.total = len(given[branch.code.pk].union(*(given[each.code.pk] for each in branch.below)))
    return branches


def bearing(questionnaire: Questionnaire, question: str, code_id: int) -> QuerySet[Coding]:
    """The marks of a code and of those under it, on answers to one question."""
    return _marks(questionnaire, question).filter(code_id__in=with_below(codes_of(questionnaire), code_id))


def _marks(questionnaire: Questionnaire, question: str) -> QuerySet[Coding]:
    return Coding.objects.filter(submission__questionnaire=questionnaire, submission__rejected_at=None, question=question).order_by("pk")


def by_segment(questionnaire: Questionnaire, question: str, selection: Selection, by: str) -> Crosstab | None:
    """Codes by a fact of members (`customer_class`, `locale`) or by a closed question: of those whose answers were read, who gets which.

    A code counts with those under it. None for what cannot be crossed; by facts of members, cells of fewer than five are hidden.
    """
    column = _column(questionnaire, by)
    codes = codes_of(questionnaire)
    if column is None or not codes:
        return None
    given: dict[int, set[int]] = defaultdict(set)
    for submission, code in _marks(questionnaire, question).values_list("submission_id", "code_id"):
        given[submission] |= {code} if code else set()
    branches = tree(codes)
    above = {branch.code.pk: {branch.code.pk, *(each.code.pk for each in branches if branch in each.below)} for branch in branches}
    row = {"choices": [{"value": branch.code.pk, "text": branch.title} for branch in branches], "several": True}
    rows = analysing.of_members(questionnaire, selection).filter(pk__in=list(given))
    facts = _facts(rows, questionnaire, column)
    pairs = ((sorted(set().union(*(above[code] for code in given[pk]))), fact, 1.0) for pk, fact in facts if fact is not None)
    least = LEAST_CELL if by in MEMBERS_FACTS or selection.by_member else 1
    return crosstabs.cross(row, column, pairs, least=least, is_private=least > 1)


def _column(questionnaire: Questionnaire, by: str) -> dict[str, Any] | None:
    if by in MEMBERS_FACTS:
        listed = Company.CustomerClass.choices if by == "customer_class" else Member._meta.get_field("locale").choices or []
        return None if questionnaire.is_anonymous else {"fact": by, "choices": [{"value": key, "text": str(text)} for key, text in listed]}
    known = {question["name"]: question for question in analysing.closed_questions(analysing.outline_of(questionnaire))}
    return known.get(by)


def _facts(rows: QuerySet[Submission], questionnaire: Questionnaire, column: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    if "fact" in column:
        yield from rows.values_list("pk", MEMBERS_FACTS[column["fact"]])
        return
    for pk, data in rows.values_list("pk", "data").iterator(chunk_size=2_000):
        yield pk, analysing.reached(renamed(data, questionnaire.equivalents), column["path"])


@dataclass(frozen=True)
class Agreements:
    """`pairs`: coders by number; `units`: answers that at least one coder read; a row for each code that was given."""

    pairs: list[str]
    units: int
    rows: list[Agreement]
    alpha: float | None


def agreements(questionnaire: Questionnaire, question: str) -> Agreements:
    """How far coders agree. A unit is an answer; a coder judged it who gave it a code, or said that none fits."""
    marks = list(_marks(questionnaire, question).exclude(coded_by=None).values_list("coded_by_id", "code_id", "submission_id"))
    coders = sorted({coder for coder, _code, _unit in marks if coder})
    read = {(coder, unit) for coder, _code, unit in marks}
    given = set(marks)

    def judged(coder: int, code: int, unit: int) -> int | None:
        return int((coder, code, unit) in given) if (coder, unit) in read else None

    units = sorted({unit for _coder, unit in read})
    used = {code for _coder, code, _unit in marks}
    codes = [code for code in codes_of(questionnaire) if code.pk in used]
    pairs, rows, alpha = comparing.agreements(codes, coders, units, judged)
    return Agreements(pairs, len(units), rows, alpha)
