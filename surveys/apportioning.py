"""Adding a quota to a survey that runs: what was answered already belongs to its cell, and what is answered at that moment is counted once.

Whoever adds a cell, or counts cells anew, holds the survey's row alone. Whoever answers shares it from the first statement of their
transaction (`members.once.keep`, or `hold` at a kiosk) and looks for cells afterwards; whoever rejects answers or changes them holds it
too, beside those who answer. So each answer is either there when cells are counted, or finds the new cell.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.models import Company
from members.models.company import stage_on
from surveys.counting import renamed
from surveys.models import Questionnaire, Quota, Submission
from surveys.quota_facts import members_with
from surveys.quotas import asks_of_member, belongs, facts_asked

STEP = 2_000
OF_COMPANY = ("customer_class", "size", "purchased_on", "contract_ends_on")


class NameTaken(ValueError):  # noqa: N818
    """Another cell of the survey was called so a moment ago."""


@dataclass(frozen=True)
class Found:
    """How many answers belong to a cell, and of how many nobody can say: the cell asks of whom they are, and they have no name."""

    count: int
    nameless: int


def hold(questionnaire_id: int, *, alone: bool = False) -> Questionnaire:
    """The survey's row, held to the end of the caller's transaction; `alone` also against those who answer."""
    rows = Questionnaire.objects.select_for_update(of=("self",), no_key=not alone)
    return rows.get(pk=questionnaire_id)


@transaction.atomic
def add(quota: Quota) -> Found:
    """Write a new cell with what counts already in its count; with as many as it takes, or more, it is full. Raises NameTaken."""
    questionnaire = hold(quota.questionnaire_id, alone=True)
    if questionnaire.quotas.filter(name=quota.name).exists():
        raise NameTaken(quota.name)
    (found,) = _found(questionnaire, [quota])
    quota.count = quota.before = found.count
    quota.save()
    return found


@transaction.atomic
def count_anew(questionnaire_id: int) -> None:
    """Put into every cell of a survey what counts now: after answers came that took no places, or count under other names."""
    questionnaire = hold(questionnaire_id, alone=True)
    cells = list(questionnaire.quotas.all())
    for cell, found in zip(cells, _found(questionnaire, cells) if cells else [], strict=True):
        cell.count = found.count
        cell.before = found.count if cell.is_full else cell.before
        cell.save(update_fields=["count", "before"])


def _found(questionnaire: Questionnaire, cells: list[Quota]) -> list[Found]:
    """Of each cell. Reads all answers that count, a few at a time, and judges each as one is judged that is given.

    What is asked of their members now and was not before is kept with them, as it is today: what counts by it is given back by it.
    """
    asked = facts_asked(cells)
    counts, nameless = [0] * len(cells), 0
    for data, facts in _counted(questionnaire, asked):
        nameless += facts is None
        given = renamed(data, questionnaire.equivalents)
        for place, cell in enumerate(cells):
            counts[place] += belongs(cell.wants, facts or {}, given)
    return [Found(count, nameless if asks_of_member(cell.wants) else 0) for count, cell in zip(counts, cells, strict=True)]


def _counted(questionnaire: Questionnaire, asked: set[str]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Answers that count, with their member's facts where those are asked for; None where nobody's they are."""
    names = ("facts", "member_id", "member__locale", "member__company_id", *(f"member__company__{name}" for name in OF_COMPANY))
    today, last = timezone.localdate(), 0
    belong = {name: set(members_with(name).values_list("pk", flat=True)) for name in asked if ":" in name}
    while True:
        rows = questionnaire.submissions.counted().filter(pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", "data", *(names if asked else ()))[:STEP])
        fresh: dict[str, list[int]] = {}
        for pk, data, *about in found:
            facts = _facts(about, asked, belong, today)
            if facts is not None and facts != about[0]:
                fresh.setdefault(json.dumps(facts, sort_keys=True), []).append(pk)
            yield data, facts
        for facts_kept, pks in fresh.items():
            Submission.objects.filter(pk__in=pks).update(facts=json.loads(facts_kept))
        if len(found) < STEP:
            return
        last = found[-1][0]


def _facts(about: list[Any], asked: set[str], belong: dict[str, set[int]], today: Any) -> dict[str, Any] | None:
    """Those that are kept, and of what else is asked those of today."""
    if not about or about[1] is None:
        return None
    kept, member, locale, company, customer_class, size, purchased_on, ends_on = about
    facts: dict[str, Any] = {"locale": locale} | {name: member in members for name, members in belong.items()}
    if company is not None:
        facts |= {"customer_class": customer_class, "company_size": size}
        facts["stage"] = str(Company.Stage(stage_on(purchased_on, ends_on, today)))
    return {name: facts.get(name, "") for name in asked} | kept
