"""Questions to be asked again word for word: the standard ones, and those that researchers kept."""

from copy import deepcopy
from typing import Any

from django.utils.translation import gettext_lazy as _

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


def keep(definition: dict[str, Any], *, question: str, name: str, by: Member) -> BankQuestion:
    """Keep a question of a definition under a name; the same name again keeps the newer wording. Raises KeyError for an unknown question.

    Its conditions stay behind: they speak of questions that it leaves.
    """
    node = {key: value for key, value in elements(definition)[question].items() if key not in ("visibleIf", "enableIf", "requiredIf")}
    kept, _is_new = BankQuestion.objects.update_or_create(name=name, defaults={"element": node, "kept_by": by})
    return kept
