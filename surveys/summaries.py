"""What many answers say together: counts, shares, means and scores for each question. Pure.

`least` is the smallest group of people that may be seen: below it a count is hidden, and one more with it wherever the hidden one could
be worked out from the total. Where answers are weighted it still goes by how many people there are: a weight makes nobody into five, and
hides nobody among fewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from surveys import inference, scoring
from surveys.counting import COUNTED, NOTHING, Counts, count
from surveys.mirror import key_of

TEXTS_SHOWN = 200


@dataclass
class Bar:
    """One choice: how many made it. `count` is None where it is hidden."""

    text: str
    count: float | None
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
    """One question's results. `is_hidden`: too few answered to show anything. `words`: (word, how often, by how many).

    answered, people   the sum of the weights of those who answered, and how many they are
    """

    name: str
    title: str
    type: str
    answered: float
    bars: list[Bar] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list["Summary"] = field(default_factory=list)
    is_hidden: bool = False
    value_name: str = ""
    words: list[tuple[str, int, int]] = field(default_factory=list)
    people: int = 0


def summarise(outline: dict[str, Any], answers: Iterable[dict[str, Any]], *, least: int = 1, with_texts: bool = True) -> list[Summary]:
    """Results of each question of an outline, in its order."""
    given = list(answers)
    return from_counts(outline, count(outline, given), texts=texts_of(outline, given) if with_texts else None, least=least)


def bars_at(found: Iterable[Summary], name: str) -> tuple[str, list[Bar]] | None:
    """(title, bars) of a question, or of a matrix's row by QUESTION.ROW; None where there are none to be seen."""
    for summary in found:
        if summary.name == name and summary.bars:
            return summary.title, summary.bars
        for row in summary.rows:
            if f"{summary.name}.{row.name}" == name and row.bars:
                return f"{summary.title} {row.title}", row.bars
    return None


def texts_of(outline: dict[str, Any], answers: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """The first words given to each open question."""
    names = [question["value_name"] for question in outline["questions"] if is_open(question)]
    texts: dict[str, list[str]] = {name: [] for name in names}
    for data in answers:
        for name in names:
            if data.get(name) and len(texts[name]) < TEXTS_SHOWN:
                texts[name].append(str(data[name]))
    return texts


def is_open(question: dict[str, Any]) -> bool:
    """Whether a question is answered in the member's own words."""
    return question["type"] in ("text", "comment") and question.get("input") not in ("number", "range")


def from_counts(
    outline: dict[str, Any],
    counts: Counts,
    *,
    texts: dict[str, list[str]] | None = None,
    least: int = 1,
    effective: float = 1,
    people: Counts | None = None,
    whole: Counts | None = None,
) -> list[Summary]:
    """Results of each question from its counts.

    effective   by how much weights shrink what the counts are worth for intervals
    people      the same counts of people, each as one, where `counts` are of weights: what may be seen goes by these
    whole       the counts of everybody, each as one, where these are of some: what they leave must not be too few either
    """
    return [
        _question(
            question,
            counts.get(question["value_name"]) or {"n": 0},
            (counts if people is None else people).get(question["value_name"]) or {"n": 0},
            (texts or {}).get(question["value_name"], []),
            _Seen(least, effective, (whole or {}).get(question["value_name"]) if whole is not None else None),
        )
        for question in outline["questions"]
        if question["type"] not in NOTHING
    ]


def is_few(number: float, least: int, whole: float | None = None) -> bool:
    """Whether so many, or those whom they leave of a whole, are fewer than `least`; that nobody is left may be told."""
    return round(number, 6) < least or (whole is not None and 0 < round(whole - number, 6) < least)


@dataclass(frozen=True)
class _Seen:
    """How a question's counts may be seen: see `from_counts`."""

    least: int
    effective: float
    whole: dict[str, Any] | None

    def is_few(self, number: float) -> bool:
        """Whether so many, or those whom they leave of all, are too few to be told of."""
        return is_few(number, self.least, None if self.whole is None else self.whole["n"])

    def of_row(self, name: str) -> "_Seen":
        rows = (self.whole or {}).get("rows") or {}
        return _Seen(self.least, self.effective, None if self.whole is None else rows.get(name) or {"n": 0})

    def left(self, key: str, number: float) -> float:
        """How many who are not among these chose this; nothing where there are no others."""
        return 0 if self.whole is None else float((self.whole.get("values") or {}).get(key, 0)) - number


def _question(question: dict[str, Any], entry: dict[str, Any], people: dict[str, Any], texts: list[str], seen: _Seen) -> Summary:
    summary = Summary(question["name"], question["title"], question["type"], entry["n"], value_name=question["value_name"])
    if _is_hidden(summary, people, seen):
        return summary
    if question["type"] in COUNTED and question.get("choices"):
        summary.bars = _bars(question["choices"], entry, people, seen)
    if question["type"] == "matrix":
        for row in question["rows"]:
            name = str(row["value"])
            given, given_by = ((of.get("rows") or {}).get(name) or {"n": 0} for of in (entry, people))
            line, around = Summary(name, row["text"], "radiogroup", given["n"]), seen.of_row(name)
            if not _is_hidden(line, given_by, around):
                line.bars = _bars(question["choices"], given, given_by, around)
            summary.rows.append(line)
    summary.scores = _scores(question, entry, seen.effective)
    summary.texts = texts
    return summary


def _is_hidden(summary: Summary, people: dict[str, Any], seen: _Seen) -> bool:
    summary.people = round(people["n"])
    if seen.is_few(people["n"]):
        summary.is_hidden, summary.answered, summary.people = True, 0, 0
    return summary.is_hidden


def _bars(choices: list[dict[str, Any]], entry: dict[str, Any], people: dict[str, Any], seen: _Seen) -> list[Bar]:
    values = {key: number for key, number in (entry.get("values") or {}).items() if round(number, 6) > 0}
    by = people.get("values") or {}
    keys = [key_of(choice["value"]) for choice in choices]
    listed = [(choice["text"], values.pop(key, 0)) for choice, key in zip(choices, keys, strict=True)]
    persons, others = [by.get(key, 0) for key in keys], [seen.left(key, by.get(key, 0)) for key in keys]
    if values:
        listed.append(("…", sum(values.values())))
        persons.append(sum(by.get(key, 0) for key in values))
        others.append(0)
    hidden = hidden_cells(persons, seen.least, others)
    effective, bars = seen.effective, []
    for index, (text, number) in enumerate(listed):
        if index in hidden:
            bars.append(Bar(text, None))
            continue
        low, high = scoring.wilson_interval(min(number, entry["n"]) * effective, entry["n"] * effective)
        bars.append(Bar(text, number, 100 * number / entry["n"], 100 * low, 100 * high))
    return bars


def hidden_cells(counts: list[float], least: int, others: list[float] | None = None) -> set[int]:
    """Which counts are too small to show, and the next smallest where a hidden one could be worked out from the rest.

    others   how many there are of each who are not among these: of them, too, none may be too few
    """
    sides = [counts] if others is None else [counts, others]
    hidden = {index for side in sides for index, count in enumerate(side) if 0 < count < least}
    rest = sorted((index for index, count in enumerate(counts) if index not in hidden and count), key=lambda index: counts[index])
    while rest and any(0 < sum(side[index] for index in hidden) < least for side in sides):
        hidden.add(rest.pop(0))
    return hidden


def _scores(question: dict[str, Any], entry: dict[str, Any], effective: float) -> list[Score]:
    total, mean, squares = entry.get("moments") or (0, 0.0, 0.0)
    if total <= 0 or abs(total - entry["n"]) > 1e-6:
        return []
    moments = inference.Moments(total * effective, mean, squares * effective)
    scores = [Score("mean", mean, *inference.mean_interval(moments))]
    scale = [choice["value"] for choice in question.get("choices") or []]
    if question["type"] != "rating" or not scale:
        return scores
    values = entry.get("values") or {}

    def share(low: float, high: float) -> float:
        return sum(float(values.get(key_of(step), 0)) for step in scale if low <= step <= high) / total

    if scale == list(range(11)):
        for name, top, bottom in (("nps", 9, 6), ("nps_europe", 8, 5)):
            promoters, detractors = share(top, 10), share(0, bottom)
            scores.append(Score(name, *scoring.promoter_score(promoters, detractors, total * effective)))
    elif scale[0] == 1:
        happy = share(scale[-1] - 1, scale[-1])
        low, high = scoring.wilson_interval(happy * total * effective, total * effective)
        scores.append(Score("ces" if scale[-1] == 7 else "csat", 100 * happy, 100 * low, 100 * high, "%"))
    return scores
