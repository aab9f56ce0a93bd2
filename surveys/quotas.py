"""Cells of a sample that close when they are full. The count is taken by the database, so two at once cannot both have the last place."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from members.models import Member
from surveys.counting import COUNTED, renamed
from surveys.judging import Problem
from surveys.models import Questionnaire, Quota, Submission
from surveys.quota_facts import FACTS, MEMBER, asked_of_member, fact_values, facts_of

NUMBERS = {"expression", "slider"}
WORDS = {"text", "comment"}


class QuotaFull(Exception):  # noqa: N818
    """Enough answers of this kind were given."""


def facts_asked(cells: Iterable[Quota]) -> set[str]:
    """The names of what these cells ask of members."""
    return {name for cell in cells for name, _wanted in asked_of_member(cell.wants)}


def facts_for(cells: Iterable[Quota], member: Member | None, kept: dict[str, Any]) -> dict[str, Any]:
    """What these cells ask of a member: as it was `kept` with their answers, else as it is today. Of nobody nothing is known."""
    return kept if member is None else kept | facts_of(member, facts_asked(cells) - set(kept))


def as_given(name: str, said: str, questions: list[dict[str, Any]]) -> tuple[str, Any]:
    """The key and the value by which answers hold what a researcher wrote: `3` is a number or a word, as the question has it.

    questions   as an outline lists them (`judging.outline`)
    Raises KeyError for what is no question or fact that a cell can ask, ValueError for what it can never be.
    """
    if name.startswith(MEMBER):
        fact = name.removeprefix(MEMBER)
        if fact not in FACTS:
            raise KeyError(name)
        return name, _listed(said, fact_values(fact))
    question = {each["name"]: each for each in questions} | {each["value_name"]: each for each in questions}
    asked = question[name]
    if asked["type"] in COUNTED and asked.get("choices"):
        return asked["value_name"], _listed(said, [choice["value"] for choice in asked["choices"]])
    if asked["type"] in NUMBERS or asked.get("input") in ("number", "range"):
        number = float(said)
        return asked["value_name"], int(number) if number.is_integer() else number
    if asked["type"] in WORDS:
        return asked["value_name"], said
    raise KeyError(name)


def _listed(said: str, values: list[Any]) -> Any:
    for value in values:
        if said == (str(value).lower() if isinstance(value, bool) else str(value)):
            return value
    raise ValueError(said)


def unfillable(quotas: list[Quota], questions: list[dict[str, Any]]) -> list[Problem]:
    """What of these cells no answer to these questions can be: a question was renamed or taken out, a choice is called otherwise."""
    found = []
    for quota in quotas:
        for name, value in quota.wants.items():
            said = str(value).lower() if isinstance(value, bool) else str(value)
            facts = {"name": name, "value": said}
            try:
                key, held = as_given(name, said, questions)
            except KeyError:
                key, held = "", None
            except (ValueError, OverflowError):
                key, held = name, None
            if key != name:
                message = _("This quota asks “%(name)s”, which the survey does not ask: nothing would fill it. Remove it, or add it anew.")
            elif type(held) is not type(value) or held != value:
                message = _("This quota waits for “%(value)s”, which can never be the answer to “%(name)s”. Remove it, or add it anew.")
            else:
                continue
            found.append(Problem(f"quotas.{quota.name}", message % facts))
    return found


def revealing(questionnaire: Questionnaire, quotas: Iterable[Quota]) -> list[Problem]:
    """The cells that an anonymous survey may not have: whose count goes up with an answer, and says of whom it is."""
    if not questionnaire.is_anonymous:
        return []
    return [Problem(f"quotas.{quota.name}", only_answers()) for quota in quotas if asks_of_member(quota.wants)]


def only_answers() -> str:
    return _("In an anonymous survey a quota asks answers only: what it counts of members would say whose answers they are.")


def asks_of_member(wants: Iterable[str]) -> bool:
    return any(name.startswith(MEMBER) for name in wants)


def matching(quotas: Iterable[Quota], facts: dict[str, Any], data: dict[str, Any]) -> list[Quota]:
    """The cells that these answers belong to, of a member with these facts."""
    return [quota for quota in quotas if belongs(quota.wants, facts, data)]


def belongs(wants: dict[str, Any], facts: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether answers are what a cell wants. facts: their member's, by name; none where nobody knows whose answers they are."""
    of_answers = ((name, wanted) for name, wanted in wants.items() if not name.startswith(MEMBER))
    return all(facts.get(name) == wanted for name, wanted in asked_of_member(wants)) and all(
        _is(data.get(name), wanted) for name, wanted in of_answers
    )


def _is(given: Any, wanted: Any) -> bool:
    return wanted in given if isinstance(given, list) else bool(given == wanted)


def take(
    questionnaire: Questionnaire, member: Member | None, data: dict[str, Any], *, kept: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Take a place in every cell the answers belong to, inside the caller's transaction. Raises QuotaFull; the caller then rolls back.

    Returns the facts of the member by which they were taken, for the caller to keep with answers that have a name: the same places are
    given back, whatever became of the member since. `kept`: those of answers that were taken once before.
    The survey's row is held (`apportioning`) before it is called, so that no cell is added in between.
    """
    # With what counts as what by now, and not as it was read before the row was held.
    cells = list(questionnaire.quotas.order_by("pk").annotate(equivalents=F("questionnaire__equivalents")))
    given, facts = renamed(data, cells[0].equivalents) if cells else data, facts_for(cells, member, kept or {})
    for quota in matching(cells, facts, given):
        taken = Quota.objects.filter(pk=quota.pk, count__lt=F("most")).update(count=F("count") + 1)
        # One that was taken out a moment ago holds nobody up.
        if not taken and Quota.objects.filter(pk=quota.pk).exists():
            raise QuotaFull(quota.name)
    if questionnaire.is_anonymous:
        # Every cell is written, so that the one that was taken does not bear alone the transaction of a receipt.
        questionnaire.quotas.update(count=F("count"))
    return facts


def give_back(submission: Submission) -> dict[str, Any]:
    """Free the places of an answer that no longer counts, inside the caller's transaction, which holds the survey's row.

    Returns the facts by which it had them, as `take` does.
    """
    questionnaire = submission.questionnaire
    cells = list(questionnaire.quotas.order_by("pk"))
    facts = facts_for(cells, submission.member, submission.facts)
    for quota in matching(cells, facts, renamed(submission.data, questionnaire.equivalents)):
        Quota.objects.filter(pk=quota.pk, count__gt=0).update(count=F("count") - 1)
    return facts


def exchange(submission: Submission, data: dict[str, Any]) -> dict[str, Any]:
    """Move an answer to the places of what it becomes, inside the caller's transaction, which holds the survey's row.

    Where it stays it keeps its own. Returns the facts of its member by which it has them, as `take` does. Raises QuotaFull.
    """
    questionnaire = submission.questionnaire
    # All are held first and in their order, as they are taken: else two who move opposite ways would wait for each other.
    cells = list(questionnaire.quotas.select_for_update().order_by("pk"))
    facts = facts_for(cells, submission.member, submission.facts)
    before, after = (matching(cells, facts, renamed(given, questionnaire.equivalents)) for given in (submission.data, data))
    for cell in before:
        if cell not in after:
            Quota.objects.filter(pk=cell.pk, count__gt=0).update(count=F("count") - 1)
    for cell in after:
        if cell not in before and not Quota.objects.filter(pk=cell.pk, count__lt=F("most")).update(count=F("count") + 1):
            raise QuotaFull(cell.name)
    return facts


def is_full_for(questionnaire: Questionnaire, member: Member) -> bool:
    """Whether a cell that asks only facts of the member is full, so that they need not begin."""
    plain = [quota for quota in questionnaire.quotas.all() if all(name.startswith(MEMBER) for name in quota.wants)]
    return any(quota.is_full for quota in matching(plain, facts_for(plain, member, {}), {}))
