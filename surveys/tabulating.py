"""A survey's answers as a flat table that statistics programs read: labelled columns, numbers for choices, a code for "not asked". Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from surveys.mirror import key_of, writes_beside

NOTHING = {"html", "image", "empty", "file", "signaturepad"}
ONE = {"radiogroup", "dropdown", "rating", "boolean", "buttongroup"}
SEVERAL = {"checkbox", "tagbox"}
RESERVED = {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
Cell = float | str | None


@dataclass
class Column:
    """One variable. `labels`: code → words; `missing`: the code of "not asked", None for a text."""

    name: str
    label: str
    question: str
    kind: str  # "code", "flag", "number" or "text"
    read: Callable[[dict[str, Any]], Any]
    labels: dict[float, str] = field(default_factory=dict)
    codes: dict[str, float] = field(default_factory=dict)
    missing: float | None = None

    def cell(self, data: dict[str, Any], not_asked: set[str]) -> Cell:
        """The value of one answer: a code, a number or a text; None where it was asked and left open."""
        value = self.read(data)
        if value is None or value == "":
            return self.missing if self.question in not_asked else None
        if self.kind == "code":
            return self.codes.get(key_of(value))
        if self.kind == "text":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return float(value) if isinstance(value, int | float) else None


def columns_of(outline: dict[str, Any], *, not_asked_text: str = "not asked") -> list[Column]:
    """The columns of an outline, names fit for SPSS and no two alike."""
    columns: list[Column] = []
    for question in outline["questions"]:
        if question["type"] not in NOTHING:
            columns += _of(question)
    taken: set[str] = set()
    for column in columns:
        column.name = fit_name(column.name, taken)
        if column.kind != "text":
            column.missing = min(-9.0, min(column.labels, default=0.0) - 1)
            column.labels = {**column.labels, column.missing: not_asked_text}
    return columns


def fit_name(name: str, taken: set[str]) -> str:
    """A variable name as SPSS takes it: letters, digits, _ . and at most 60 bytes, not reserved, not used before (which it now is)."""
    base = re.sub(r"[^\w.]", "_", name).strip("._") or "v"
    if not base[0].isalpha() or base.upper() in RESERVED:
        base = f"v_{base}"
    while len(base.encode()) > 56:
        base = base[:-1]
    fitted, number = base, 2
    while fitted.lower() in taken:
        fitted, number = f"{base}_{number}", number + 1
    taken.add(fitted.lower())
    return fitted


def _of(question: dict[str, Any]) -> list[Column]:
    name, title, key, kind = question["name"], question["title"], question["value_name"], question["type"]
    choices = question.get("choices") or []
    several = kind in SEVERAL or (kind == "imagepicker" and question.get("multiple"))
    found: list[Column] = []
    if several and choices:
        found = _flags(name, title, choices, lambda data: data.get(key))
    elif (kind in ONE or kind == "imagepicker") and choices:
        found = [_coded(name, title, choices, lambda data: data.get(key))]
    elif kind == "matrix":
        for row in question["rows"]:
            read = _reader(key, str(row["value"]))
            label = f"{title}: {row['text']}"
            found += (
                _flags(f"{name}_{row['value']}", label, choices, read)
                if question.get("several")
                else [_coded(f"{name}_{row['value']}", label, choices, read)]
            )
    elif kind == "multipletext":
        for item in question["items"]:
            number = item.get("input") in ("number", "range")
            found.append(
                Column(
                    f"{name}_{item['name']}", f"{title}: {item['title']}", "", "number" if number else "text", _reader(key, item["name"])
                )
            )
    else:
        number = (kind == "text" and question.get("input") in ("number", "range")) or (kind == "slider" and not question.get("range"))
        found = [Column(name, title, "", "number" if number else "text", lambda data: data.get(key))]
    if writes_beside(question):
        found.append(Column(f"{name}_other", f"{title} …", "", "text", lambda data: data.get(f"{key}-Comment")))
    for column in found:
        column.question = name
    return found


def _reader(key: str, inner: str) -> Callable[[dict[str, Any]], Any]:
    def read(data: dict[str, Any]) -> Any:
        value = data.get(key)
        return value.get(inner) if isinstance(value, dict) else None

    return read


def _coded(name: str, title: str, choices: list[dict[str, Any]], read: Callable[[dict[str, Any]], Any]) -> Column:
    values = [choice["value"] for choice in choices]
    are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    numbers = [float(value) for value in values] if are_numbers else [float(place) for place in range(1, len(values) + 1)]
    labels = {number: choice["text"] for number, choice in zip(numbers, choices, strict=True)}
    codes = {key_of(value): number for value, number in zip(values, numbers, strict=True)}
    return Column(name, title, "", "code", read, labels, codes)


def _flags(name: str, title: str, choices: list[dict[str, Any]], read: Callable[[dict[str, Any]], Any]) -> list[Column]:
    def flag(wanted: str) -> Callable[[dict[str, Any]], Any]:
        def has(data: dict[str, Any]) -> Any:
            given = read(data)
            return None if not isinstance(given, list) else float(wanted in map(key_of, given))

        return has

    return [
        Column(
            f"{name}_{choice['value']}",
            f"{title}: {choice['text']}",
            "",
            "flag",
            flag(key_of(choice["value"])),
            {0.0: "–", 1.0: choice["text"]},
        )
        for choice in choices
    ]
