"""What became of a set of answers: each change with the answers that it changed, who made it and why. Read only."""

from dataclasses import dataclass
from typing import Any

from surveys import equivalence
from surveys.models import EarlierAnswers, SchemaVersion, Submission

COMPUTED = "expression"


@dataclass(frozen=True)
class Changed:
    """One answer that became another. `was_corrected`: a researcher had put it right, and its member changed it after that."""

    name: str
    title: str
    before: str
    after: str
    was_corrected: bool = False


@dataclass(frozen=True)
class Change:
    """What was replaced at once: by a researcher with a reason, or without one by the member."""

    earlier: EarlierAnswers
    answers: list[Changed]

    @property
    def is_correction(self) -> bool:
        return bool(self.earlier.reason)


def changes_of(submission: Submission, language: str) -> list[Change]:
    """All changes, the newest first. One query."""
    rows = list(submission.earlier.select_related("version", "replaced_by").order_by("pk"))
    found, corrected = [], set[str]()
    states: list[EarlierAnswers | Submission] = [*rows, submission]
    for row, after in zip(rows, states[1:], strict=True):
        names = _differing(row.data, after.data)
        answers = [_changed(name, row, after, language, was_corrected=not row.reason and name in corrected) for name in names]
        corrected = corrected | set(names) if row.reason else corrected - set(names)
        found.append(Change(row, [answer for answer in answers if answer is not None]))
    return found[::-1]


def _differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of the answers that differ; a comment is its question's."""
    found = {name.removesuffix("-Comment") for name in {*before, *after} if before.get(name) != after.get(name)}
    return sorted(found)


def _changed(name: str, before: Any, after: Any, language: str, *, was_corrected: bool) -> Changed | None:
    question = _question(after.version, name, language) or _question(before.version, name, language)
    if question and question["type"] == COMPUTED:
        return None
    was, now = (_said(_question(each.version, name, language), name, each.data) for each in (before, after))
    return Changed(name, question["title"] if question else name, was, now, was_corrected)


def _question(version: SchemaVersion, name: str, language: str) -> dict[str, Any] | None:
    outline = version.outline.get(language) or version.outline.get("en") or {"questions": []}
    return next((question for question in outline["questions"] if question["value_name"] == name), None)


def _said(question: dict[str, Any] | None, name: str, data: dict[str, Any]) -> str:
    own = {key: data[key] for key in (name, f"{name}-Comment") if key in data}
    said = equivalence.in_words({"questions": [question] if question else []}, own)
    return "; ".join(text for _title, text in said)


def words_of(version: SchemaVersion, data: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """(name of a question, answer in words) of each answer that the version asked for; what is worked out is left out."""
    asked = {name: _question(version, name, language) for name in dict.fromkeys(key.removesuffix("-Comment") for key in data)}
    return [
        (question["name"], _said(question, name, data)) for name, question in asked.items() if question and question["type"] != COMPUTED
    ]
