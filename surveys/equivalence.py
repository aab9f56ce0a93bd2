"""What of two versions of a survey can be compared, question by question, and why not. Pure but for the words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.counting import NOTHING
from surveys.mirror import key_of

WHOLE, CARE, NOT, NEW, GONE = "whole", "care", "not", "new", "gone"
# What decides who is asked, and whether they may leave it open.
ASKED_OF = ("visibleIf", "enableIf", "requiredIf", "isRequired", "visible")


@dataclass
class Comparison:
    """One question of today, or one that is gone (`verdict`), with the reasons in words. `name`: of the older version's question."""

    name: str
    title: str
    verdict: str
    reasons: list[str] = field(default_factory=list)
    counts_as: str = ""


def compare(
    old: dict[str, Any], new: dict[str, Any], old_definition: Any, new_definition: Any, equivalents: dict[str, str]
) -> list[Comparison]:
    """Each question of today beside what an older version asked, then those that are gone.

    old, new   outlines in the reader's language
    """
    before = {question["value_name"]: question for question in old["questions"] if question["type"] not in NOTHING}
    now = {question["value_name"]: question for question in new["questions"] if question["type"] not in NOTHING}
    # An answer under today's own name stands before one that is declared equal, as the counts have it.
    renamed = {today: former for former, today in equivalents.items() if former in before and today in now and today not in before}
    elements = {name: _elements(definition) for name, definition in (("old", old_definition), ("new", new_definition))}
    found = []
    for name, question in now.items():
        former = name if name in before else renamed.get(name)
        if former is None:
            found.append(Comparison(name, question["title"], NEW, [_("Not asked then.")]))
            continue
        verdict, reasons = _verdict(before[former], question)
        if verdict != NOT and _asked_of(elements["old"], before[former]) != _asked_of(elements["new"], question):
            verdict = CARE
            reasons.append(_("Asked of others, or allowed to be left open by others: its conditions changed."))
        if former != name:
            reasons.insert(0, _("Was called “%(name)s”, and counts as the same by what was declared.") % {"name": former})
        found.append(Comparison(former, question["title"], verdict, reasons, name if former != name else ""))
    used = {comparison.name for comparison in found}
    gone = [question for name, question in before.items() if name not in used]
    return found + [Comparison(question["value_name"], question["title"], GONE, [_("Not asked any more.")]) for question in gone]


def _verdict(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, list[str]]:
    if _kind(old) != _kind(new):
        return NOT, [_("Another kind of question: was %(old)s, is %(new)s.") % {"old": old["type"], "new": new["type"]}]
    if old["type"] == "rating" and _keys(old) != _keys(new):
        return NOT, [_("Another scale: was %(old)s, is %(new)s.") % {"old": _ends(old), "new": _ends(new)}]
    reasons = [*_choices(old.get("choices") or [], new.get("choices") or []), *_rows(old, new)]
    if old["title"] != new["title"]:
        reasons.append(_("Worded otherwise: was “%(old)s”.") % {"old": old["title"]})
    if not set(_keys(old)) & set(_keys(new)) and _keys(old) and _keys(new):
        return NOT, [_("None of its choices is the same."), *reasons]
    return (CARE, reasons) if reasons else (WHOLE, [])


def _choices(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    before = {key_of(choice["value"]): str(choice["text"]) for choice in old}
    now = {key_of(choice["value"]): str(choice["text"]) for choice in new}
    reasons = []
    if added := [text for key, text in now.items() if key not in before]:
        reasons.append(_("Could not be chosen then: %(choices)s. Shares of all choices shift with that.") % {"choices": ", ".join(added)})
    if gone := [text for key, text in before.items() if key not in now]:
        reasons.append(_("Cannot be chosen any more: %(choices)s. Old answers with it stand as “…”.") % {"choices": ", ".join(gone)})
    if other := [f"{before[key]} → {text}" for key, text in now.items() if before.get(key, text) != text]:
        reasons.append(_("Choices are worded otherwise: %(choices)s.") % {"choices": ", ".join(other)})
    return reasons


def _rows(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    before = {str(row["value"]) for row in old.get("rows") or []}
    other = [str(row["text"]) for row in new.get("rows") or [] if str(row["value"]) not in before]
    return [_("Rows that did not stand there then: %(rows)s.") % {"rows": ", ".join(other)}] if other and before else []


def _kind(question: dict[str, Any]) -> tuple[Any, ...]:
    """What makes answers alike in form: one choice is one choice, however it is drawn."""
    alike = {"radiogroup": "one", "dropdown": "one", "buttongroup": "one", "checkbox": "several", "tagbox": "several"}
    number = question["type"] == "text" and question.get("input") in ("number", "range")
    words = question["type"] in ("text", "comment") and not number
    return ("words" if words else alike.get(question["type"], question["type"]), number, bool(question.get("multiple")))


def _keys(question: dict[str, Any]) -> list[str]:
    return [key_of(choice["value"]) for choice in question.get("choices") or []]


def _ends(question: dict[str, Any]) -> str:
    keys = [str(choice["value"]) for choice in question.get("choices") or []]
    return f"{keys[0]}–{keys[-1]}" if keys else "–"


def _elements(part: Any) -> dict[str, dict[str, Any]]:
    return {str(element["name"]): element for element in _walk(part)}


def _walk(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("name") and part.get("type"):
            yield part
        for inner in part.values():
            yield from _walk(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _walk(inner)


def _asked_of(elements: dict[str, dict[str, Any]], question: dict[str, Any]) -> list[Any]:
    element = elements.get(question["name"], {})
    return [element.get(name) for name in ASKED_OF]


def may_count_as(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether answers to an earlier question can be counted under another one of today."""
    return _verdict(old, new)[0] != NOT


def in_words(outline: dict[str, Any], data: dict[str, Any]) -> list[tuple[str, str]]:
    """A set of answers as its own version worded it: (question, answer), then what the version does not name."""
    found, used = [], set()
    for question in outline["questions"]:
        name = question["value_name"]
        used |= {name, f"{name}-Comment"}
        if question["type"] in NOTHING or data.get(name) is None:
            continue
        texts = {key_of(choice["value"]): str(choice["text"]) for choice in question.get("choices") or []}
        said = _said(data[name], texts, {str(row["value"]): str(row["text"]) for row in question.get("rows") or []})
        comment = data.get(f"{name}-Comment")
        found.append((question["title"], f"{said} ({comment})" if comment else said))
    return found + [(name, _said(value, {}, {})) for name, value in data.items() if name not in used]


def _said(value: Any, texts: dict[str, str], rows: dict[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_said(each, texts, rows) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{rows.get(str(name), name)}: {_said(each, texts, rows)}" for name, each in value.items())
    return texts.get(key_of(value), str(value))
