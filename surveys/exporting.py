"""Answers as CSV that a spreadsheet opens without running anything in it."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from surveys.counting import renamed
from surveys.mirror import writes_beside
from surveys.models import Questionnaire, Submission

# What a spreadsheet would take for a formula; a quote before it makes it the text it is.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


class _Echo:
    """A file that hands back what is written, so that rows can be streamed."""

    def write(self, value: str) -> str:
        return value


def safe_cell(value: Any) -> str:
    """One cell's text. Numbers stay numbers; text that would start a formula is quoted; lists are joined by |, other shapes are JSON."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        value = "|".join(str(item) for item in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def in_steps(rows: QuerySet[Submission], step: int = 500) -> Iterator[Submission]:
    """All rows in the order of their numbers, so many in memory at a time: a connection out of a pool keeps no cursor on the server."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:step]):
        yield from found
        last = found[-1].pk


def csv_lines(questionnaire: Questionnaire) -> Iterator[str]:
    """The lines of a CSV, header first: who and when (not for anonymous answers), then each question, a matrix by its rows."""
    version = questionnaire.version
    if version is None:
        return
    columns = _columns(version.outline["en"])
    writer = csv.writer(_Echo())
    head = (
        ["version", "quality", "rejected"] if questionnaire.is_anonymous else ["member", "completed_at", "version", "quality", "rejected"]
    )
    yield "\ufeff" + writer.writerow(head + [safe_cell(title) for title, _keys in columns])
    rows = Submission.objects.filter(questionnaire=questionnaire).select_related("member", "version")
    for submission in in_steps(rows):
        data = renamed(submission.data, questionnaire.equivalents)
        yield writer.writerow([*_about(submission, questionnaire), *(safe_cell(_reach(data, keys)) for _title, keys in columns)])


def _about(submission: Submission, questionnaire: Questionnaire) -> list[str]:
    tail = [str(submission.version.number), "|".join(submission.quality_flags), "yes" if submission.rejected_at else ""]
    if questionnaire.is_anonymous:
        return tail
    # A kiosk's answers have no member, and stand under the same columns.
    who = submission.member.handle if submission.member else ""
    when = submission.completed_at.isoformat(timespec="seconds") if submission.completed_at else ""
    return [who, when, *tail]


def _columns(outline: dict[str, Any]) -> list[tuple[str, list[str]]]:
    columns: list[tuple[str, list[str]]] = []
    for question in outline["questions"]:
        name = question["value_name"]
        if question["type"] in ("html", "image", "empty"):
            continue
        if question["type"] == "matrix" and question["rows"]:
            columns += [(f"{question['name']}.{row['value']}", [name, str(row["value"])]) for row in question["rows"]]
        elif question["type"] == "multipletext":
            columns += [(f"{question['name']}.{item['name']}", [name, item["name"]]) for item in question["items"]]
        else:
            columns.append((question["name"], [name]))
        if writes_beside(question):
            columns.append((f"{question['name']}-Comment", [f"{name}-Comment"]))
    return columns


def _reach(value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
