"""A researcher's questions to the answers: some of them only, by one another, weighted, and from wave to wave."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from members import segments
from members.models import Segment
from surveys import crosstabs, inference, summaries
from surveys.counting import COUNTED, SEVERAL, count, renamed
from surveys.inference import Moments
from surveys.mirror import key_of
from surveys.models import Questionnaire, Submission

LEAST_CELL = 5  # of what is laid beside facts of members
WAVES_MOST = 12


@dataclass
class Selection:
    """Which answers count: by facts of the member, and by answers (value name → key of the value)."""

    customer_class: str = ""
    locale: str = ""
    segment: Segment | None = None
    answers: dict[str, str] = field(default_factory=dict)
    is_weighted: bool = False

    @property
    def by_member(self) -> bool:
        return bool(self.customer_class or self.locale or self.segment)


def outline_of(questionnaire: Questionnaire) -> dict[str, Any]:
    """What is asked, in the reader's language; nothing where nothing was published."""
    version = questionnaire.version
    empty: dict[str, Any] = {"questions": []}
    return empty if version is None else version.outline.get(get_language() or "en") or version.outline["en"]


def closed_questions(outline: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that can stand in a table: with choices, a matrix by its rows."""
    found = []
    for question in outline["questions"]:
        if question["type"] in COUNTED and question.get("choices"):
            several = question["type"] in SEVERAL or bool(question.get("multiple"))
            found.append({**question, "several": several, "path": [question["value_name"]]})
        if question["type"] == "matrix":
            for row in question["rows"]:
                name, title = f"{question['name']}.{row['value']}", f"{question['title']}: {row['text']}"
                path = [question["value_name"], str(row["value"])]
                found.append({**question, "name": name, "title": title, "path": path, "several": bool(question.get("several"))})
    return found


def of_members(questionnaire: Questionnaire, selection: Selection) -> QuerySet[Submission]:
    """The answers of the members whom a selection leaves, whatever they answered."""
    rows: QuerySet[Submission] = Submission.objects.filter(questionnaire=questionnaire).counted()
    if selection.customer_class:
        rows = rows.filter(member__company__customer_class=selection.customer_class)
    if selection.locale:
        rows = rows.filter(member__locale=selection.locale)
    if selection.segment:
        rows = rows.filter(member__in=segments.members_of(selection.segment).values("pk"))
    return rows


def selected(questionnaire: Questionnaire, selection: Selection) -> list[dict[str, Any]]:
    """The answers that a selection leaves, under today's names."""
    given = of_members(questionnaire, selection).order_by().values_list("data", flat=True).iterator(chunk_size=2_000)
    held = (renamed(data, questionnaire.equivalents) for data in given)
    return [data for data in held if all(_has(data.get(name), key) for name, key in selection.answers.items())]


def _has(value: Any, key: str) -> bool:
    return key in {key_of(item) for item in value} if isinstance(value, list) else value is not None and key_of(value) == key


def weights_for(questionnaire: Questionnaire, answers: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[float]]:
    """The answers that every weighted question was answered in, and their weights. Raises NoWeights."""
    names = list(questionnaire.margins)
    whole = [data for data in answers if all(data.get(name) is not None for name in names)]
    facts = [tuple(key_of(data[name]) for name in names) for data in whole]
    if not names or not facts:
        raise inference.NoWeights("")
    try:
        return whole, inference.rake(facts, [questionnaire.margins[name] for name in names])
    except inference.NoWeights as problem:
        place = str(problem)
        raise inference.NoWeights(names[int(place)] if place else "") from problem


@dataclass
class Findings:
    """What a selection says. `effective`: Kish's effective size, the total itself where nothing is weighted."""

    total: int
    summaries: list[summaries.Summary]
    effective: float
    table: crosstabs.Crosstab | None = None
    is_too_small: bool = False


def analyse(questionnaire: Questionnaire, selection: Selection, *, row: str = "", column: str = "") -> Findings:
    """Summaries of a selection and, where both are named, the table of two questions. Raises NoWeights.

    A selection by facts of members that leaves fewer than five is not shown.
    """
    outline = outline_of(questionnaire)
    answers = selected(questionnaire, selection)
    if selection.by_member and len(answers) < LEAST_CELL:
        return Findings(len(answers), [], 0, is_too_small=True)
    least = LEAST_CELL if selection.by_member else 1
    weights: list[float] = []
    if selection.is_weighted:
        answers, weights = weights_for(questionnaire, answers)
    effective = inference.effective_size(weights) if weights else float(len(answers))
    shrink = effective / len(answers) if weights else 1.0
    found = summaries.from_counts(outline, count(outline, answers, weights or None), least=least, effective=shrink)
    table = _table(outline, answers, weights, row, column, least, shrink, is_private=selection.by_member)
    return Findings(len(answers), found, effective, table)


def _table(
    outline: dict[str, Any],
    answers: list[dict[str, Any]],
    weights: list[float],
    row: str,
    column: str,
    least: int,
    shrink: float,
    *,
    is_private: bool,
) -> crosstabs.Crosstab | None:
    known = {question["name"]: question for question in closed_questions(outline)}
    if row not in known or column not in known:
        return None
    pairs = _pairs(answers, weights, known[row]["path"], known[column]["path"])
    return crosstabs.cross(known[row], known[column], pairs, least=least, effective=shrink, is_private=is_private)


def _pairs(answers: list[dict[str, Any]], weights: list[float], row: list[str], column: list[str]) -> Iterator[tuple[Any, Any, float]]:
    for place, data in enumerate(answers):
        one, two = reached(data, row), reached(data, column)
        if one is not None and two is not None:
            yield one, two, weights[place] if weights else 1.0


def reached(value: Any, path: list[str]) -> Any:
    """What stands at a path of names in an answer; None where nothing does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@dataclass
class Wave:
    """One point of a trend. `p`: of the change since the wave before, adjusted over the whole trend; None for the first."""

    questionnaire: Questionnaire
    moments: Moments
    low: float
    high: float
    p: float | None = None


def waves_of(questionnaire: Questionnaire) -> list[Questionnaire]:
    """The survey and the earlier waves it names, oldest first."""
    found: list[Questionnaire] = []
    now: Questionnaire | None = questionnaire
    while now is not None and now not in found and len(found) < WAVES_MOST:
        found.append(now)
        before = now.previous_wave_id
        now = Questionnaire.objects.select_related("version").filter(pk=before).first() if before else None
    return found[::-1]


def trends(questionnaire: Questionnaire) -> list[tuple[str, list[Wave]]]:
    """(title, waves) of each rating that at least two waves asked on the same scale."""
    from surveys import tallying

    waves = waves_of(questionnaire)
    if len(waves) < 2:
        return []
    tallies = {wave.pk: tallying.current(wave).counts for wave in waves}
    found = []
    for question in outline_of(questionnaire)["questions"]:
        if question["type"] != "rating":
            continue
        points = []
        for wave in waves:
            entry = tallies[wave.pk].get(question["value_name"], {})
            if "moments" in entry and entry["moments"][0] and _scale(wave, question["value_name"]) == _values(question):
                moments = Moments(*entry["moments"])
                points.append(Wave(wave, moments, *inference.mean_interval(moments)))
        if len(points) > 1:
            _judge_changes(points)
            found.append((question["title"], points))
    return found


def _judge_changes(points: list[Wave]) -> None:
    chances = [inference.welch_test(one.moments, two.moments)[2] for one, two in pairwise(points)]
    for point, chance in zip(points[1:], inference.holm(chances), strict=True):
        point.p = chance


def _values(question: dict[str, Any]) -> list[Any]:
    return [choice["value"] for choice in question.get("choices") or []]


def _scale(questionnaire: Questionnaire, name: str) -> list[Any]:
    found = [question for question in outline_of(questionnaire)["questions"] if question["value_name"] == name]
    return _values(found[0]) if found else []
