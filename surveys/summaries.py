"""What many answers say together: counts, shares, means and scores for each question. Pure.

`least` is the smallest group that may be seen: below it a count is hidden, and one more with it
wherever the hidden one could be worked out from the total.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from surveys import scoring
from surveys.mirror import key_of

COUNTED = {"radiogroup", "dropdown", "buttongroup", "rating", "boolean", "checkbox", "tagbox", "imagepicker", "ranking"}
SEVERAL = {"checkbox", "tagbox", "ranking"}
NOTHING = {"html", "image", "empty"}
TEXTS_SHOWN = 200


@dataclass
class Bar:
    """One choice: how many made it. `count` is None where it is hidden."""

    text: str
    count: int | None
    share: float | None = None  # percent of those who answered
    low: float | None = None
    high: float | None = None


@dataclass
class Score:
    """A figure with its interval, and the cut by which it was made."""

    name: str
    value: float
    low: float
    high: float
    unit: str = ""


@dataclass
class Summary:
    """One question's results. `is_hidden`: too few answered to show anything."""

    name: str
    title: str
    type: str
    answered: int
    bars: list[Bar] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list["Summary"] = field(default_factory=list)
    is_hidden: bool = False


def summarise(outline: dict[str, Any], answers: Iterable[dict[str, Any]], *, least: int = 1, with_texts: bool = True) -> list[Summary]:
    """Results of each question of an outline, in its order."""
    given: dict[str, list[Any]] = {question["value_name"]: [] for question in outline["questions"]}
    for data in answers:
        for name, values in given.items():
            value = data.get(name)
            if value is not None and value not in ("", [], {}):
                values.append(value)
    return [
        _question(question, given[question["value_name"]], least, with_texts)
        for question in outline["questions"]
        if question["type"] not in NOTHING
    ]


def _question(question: dict[str, Any], values: list[Any], least: int, with_texts: bool) -> Summary:
    summary = Summary(question["name"], question["title"], question["type"], len(values))
    if len(values) < least:
        summary.is_hidden, summary.answered = True, 0
        return summary
    if question["type"] in COUNTED and question.get("choices"):
        several = question["type"] in SEVERAL or bool(question.get("multiple"))
        summary.bars = _bars(question["choices"], values, several=several, least=least)
    if question["type"] == "matrix":
        rows = [
            (row, [value[str(row["value"])] for value in values if isinstance(value, dict) and str(row["value"]) in value])
            for row in question["rows"]
        ]
        kind = "checkbox" if question.get("several") else "radiogroup"
        summary.rows = [
            _question({"name": str(row["value"]), "title": row["text"], "type": kind, "choices": question["choices"]}, given, least, False)
            for row, given in rows
        ]
    summary.scores = _scores(question, values)
    if with_texts and question["type"] in ("text", "comment") and question.get("input") not in ("number", "range"):
        summary.texts = [str(value) for value in values[:TEXTS_SHOWN]]
    return summary


def _bars(choices: list[dict[str, Any]], values: list[Any], *, several: bool, least: int) -> list[Bar]:
    counts: Counter[str] = Counter()
    for value in values:
        counts.update({key_of(item) for item in value} if several and isinstance(value, list) else [key_of(value)])
    listed = [(choice["text"], counts.pop(key_of(choice["value"]), 0)) for choice in choices]
    if counts:
        listed.append(("…", sum(counts.values())))
    hidden = hidden_cells([count for _text, count in listed], least)
    bars = []
    for index, (text, count) in enumerate(listed):
        if index in hidden:
            bars.append(Bar(text, None))
            continue
        low, high = scoring.wilson_interval(count, len(values))
        bars.append(Bar(text, count, 100 * count / len(values), 100 * low, 100 * high))
    return bars


def hidden_cells(counts: list[int], least: int) -> set[int]:
    """Which counts are too small to show, and the next smallest where a single hidden one could be worked out from the rest."""
    hidden = {index for index, count in enumerate(counts) if 0 < count < least}
    if hidden and sum(counts[index] for index in hidden) < least:
        others = sorted((index for index, count in enumerate(counts) if index not in hidden and count), key=lambda index: counts[index])
        hidden |= set(others[:1])
    return hidden


def _scores(question: dict[str, Any], values: list[Any]) -> list[Score]:
    numbers: list[Any] = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers or len(numbers) != len(values):
        return []
    scores = [Score("mean", *scoring.mean_interval(numbers))]
    scale = [choice["value"] for choice in question.get("choices") or []]
    if question["type"] != "rating" or not scale:
        return scores
    if scale == list(range(11)):
        for name, top, bottom in (("nps", 9, 6), ("nps_europe", 8, 5)):
            value = scoring.net_promoter_score(numbers, promoters_from=top, detractors_to=bottom)
            scores.append(Score(name, value, *scoring.net_promoter_interval(numbers, promoters_from=top, detractors_to=bottom)))
    elif scale[0] == 1:
        happy = sum(number > scale[-1] - 2 for number in numbers)
        low, high = scoring.wilson_interval(happy, len(numbers))
        scores.append(Score("csat", scoring.customer_satisfaction(numbers, highest=scale[-1]), 100 * low, 100 * high, "%"))
    return scores
