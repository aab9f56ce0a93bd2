"""Questions to be asked again word for word: the standard ones, and those that researchers kept."""

from copy import deepcopy
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members import meanwhile
from members.models import Member
from surveys.models import BankQuestion
from surveys.starters import STANDARD

LABELS = {
    "recommend": _("Recommendation (NPS)"),
    "satisfied": _("Satisfaction (CSAT)"),
    "easy": _("Effort (CES)"),
    "reason": _("The main reason"),
    "role": _("Role in the company"),
    "company_size": _("Size of the company"),
    "since": _("Customer since"),
    "contact": _("May we call?"),
}


def listed() -> list[tuple[str, str]]:
    """(key, name) of every question of the bank, the standard ones first."""
    kept = BankQuestion.objects.values_list("pk", "name")
    return [*((f"standard:{key}", str(LABELS[key])) for key in STANDARD), *((f"kept:{pk}", name) for pk, name in kept)]


def element(key: str) -> dict[str, Any] | None:
    """A copy of the question under a key of `listed()`, or None."""
    kind, _colon, name = key.partition(":")
    if kind == "standard" and name in STANDARD:
        return deepcopy(STANDARD[name])
    found = BankQuestion.objects.filter(pk=name).first() if kind == "kept" and name.isdigit() and len(name) < 18 else None
    return dict(found.element) if found else None


def insert(definition: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """A definition with the question at its end, under a name that is free."""
    copy = deepcopy(definition)
    taken = set(elements(copy))
    name = str(wanted.get("name") or "question")
    free = name if name not in taken else next(f"{name}_{number}" for number in range(2, len(taken) + 3) if f"{name}_{number}" not in taken)
    made = {**wanted, "name": free}
    pages = copy.get("pages")
    if isinstance(pages, list) and pages and isinstance(pages[-1], dict):
        key = "questions" if "questions" in pages[-1] else "elements"
        pages[-1].setdefault(key, []).append(made)
    elif pages is None and isinstance(copy.get("elements"), list):
        copy["elements"].append(made)
    else:
        copy["pages"] = [{"name": "page1", "elements": [made]}]
    return copy


def elements(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions of a definition by name, those in groups too."""
    found: dict[str, dict[str, Any]] = {}
    for key in ("pages", "elements", "questions", "templateElements"):
        listed = definition.get(key)
        for node in listed if isinstance(listed, list) else []:
            if isinstance(node, dict):
                if key != "pages" and isinstance(node.get("name"), str):
                    found.setdefault(node["name"], node)
                found |= {name: inner for name, inner in elements(node).items() if name not in found}
    return found


class NameTaken(ValueError):  # noqa: N818
    """Another question has this name in the bank: `kept`."""

    def __init__(self, kept: BankQuestion) -> None:
        super().__init__(kept.name)
        self.kept = kept


def keepable(definition: dict[str, Any], question: str) -> dict[str, Any]:
    """A question of a definition as the bank would hold it. Raises KeyError for an unknown one.

    Its conditions stay behind: they speak of questions that it leaves.
    """
    return {key: value for key, value in elements(definition)[question].items() if key not in ("visibleIf", "enableIf", "requiredIf")}


@transaction.atomic
def keep(definition: dict[str, Any], *, question: str, name: str, by: Member, instead_of: str = "") -> BankQuestion:
    """Keep a question of a definition under a name; the same question again changes nothing.

    instead_of   the mark (`members.meanwhile`) of the question that has the name and is to make room
    Raises KeyError for an unknown question, NameTaken where the name has another one than is to make room.
    """
    element = keepable(definition, question)
    kept, is_new = BankQuestion.objects.get_or_create(name=name, defaults={"element": element, "kept_by": by})
    if is_new:
        return kept
    kept = BankQuestion.objects.select_for_update(of=("self",)).select_related("kept_by").get(pk=kept.pk)
    if kept.element == element:
        return kept
    if instead_of != meanwhile.mark(kept.element):
        raise NameTaken(kept)
    kept.element, kept.kept_by, kept.kept_at = element, by, timezone.now()
    kept.save()
    return kept
