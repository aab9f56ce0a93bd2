"""Counting answers one by one, in both directions, so that a page need not read them all. Pure; the counts are plain JSON."""

from collections.abc import Iterable
from typing import Any

from surveys.mirror import key_of

COUNTED = {"rating", "boolean", "radiogroup", "dropdown", "checkbox", "tagbox", "imagepicker", "ranking", "buttongroup"}
SEVERAL = {"checkbox", "tagbox", "ranking"}
NOTHING = {"html", "image", "empty"}
Counts = dict[str, dict[str, Any]]


def renamed(data: dict[str, Any], equivalents: dict[str, str]) -> dict[str, Any]:
    """Answers of an earlier version under the names that count now."""
    if not equivalents:
        return data
    return {**data, **{new: data[old] for old, new in equivalents.items() if old in data and new not in data}}


def count(outline: dict[str, Any], answers: Iterable[dict[str, Any]], weights: Iterable[float] | None = None) -> Counts:
    """The counts of these answers, each worth its weight or one."""
    counts: Counts = {}
    if weights is None:
        for data in answers:
            add(counts, outline, data)
    else:
        for data, weight in zip(answers, weights, strict=True):
            add(counts, outline, data, weight)
    return counts


def add(counts: Counts, outline: dict[str, Any], data: dict[str, Any], worth: float = 1) -> None:
    """Put one set of answers into the counts; a worth of -1 takes it out again."""
    for question in outline["questions"]:
        value = data.get(question["value_name"])
        if question["type"] in NOTHING or value is None or value in ("", [], {}):
            continue
        entry = counts.setdefault(question["value_name"], {"n": 0})
        entry["n"] += worth
        if question["type"] == "matrix":
            _add_rows(entry, question, value, worth)
        elif question["type"] in COUNTED and question.get("choices"):
            several = question["type"] in SEVERAL or bool(question.get("multiple"))
            _add_values(entry, value, worth, several=several)
        if isinstance(value, int | float) and not isinstance(value, bool):
            _add_number(entry, float(value), worth)


def _add_values(entry: dict[str, Any], value: Any, worth: float, *, several: bool) -> None:
    values = entry.setdefault("values", {})
    for key in {key_of(item) for item in value} if several and isinstance(value, list) else {key_of(value)}:
        values[key] = values.get(key, 0) + worth


def _add_rows(entry: dict[str, Any], question: dict[str, Any], value: Any, worth: float) -> None:
    if not isinstance(value, dict):
        return
    rows = entry.setdefault("rows", {})
    for name, cell in value.items():
        row = rows.setdefault(name, {"n": 0})
        row["n"] += worth
        _add_values(row, cell, worth, several=bool(question.get("several")))


def _add_number(entry: dict[str, Any], number: float, worth: float) -> None:
    """Welford's running mean and sum of squares; they can be run backwards."""
    count, mean, squares = entry.get("moments", (0, 0.0, 0.0))
    total = count + worth
    if total <= 0:
        entry["moments"] = [0, 0.0, 0.0]
        return
    shift = number - mean
    moved = mean + shift * worth / total
    entry["moments"] = [total, moved, max(0.0, squares + worth * shift * (number - moved))]
