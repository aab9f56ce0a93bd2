"""How ratings moved from wave to wave, of all answers or of those that a researcher chose."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils.translation import get_language

from surveys import charts, inference, tallying
from surveys.analysing import LEAST_CELL, Count, Selection, count_selected, leaves_few, outline_of, whole_of
from surveys.counting import Counts
from surveys.inference import Moments
from surveys.models import Questionnaire
from surveys.summaries import is_few

WAVES_MOST = 12
EVERYBODY = Selection()


@dataclass
class Wave:
    """One point of a trend. `change` since the wave before, and its `p`, adjusted over the whole trend; None for the first."""

    questionnaire: Questionnaire
    moments: Moments
    low: float
    high: float
    p: float | None = None
    change: float | None = None

    @property
    def title(self) -> str:
        return self.questionnaire.title_in(get_language() or "en")

    @property
    def stars(self) -> str:
        """One, two or three for a change that is chance with p below 5, 1 or 0.1 %."""
        return "" if self.p is None else "*" * sum(self.p < level for level in (0.05, 0.01, 0.001))


def waves_of(questionnaire: Questionnaire) -> list[Questionnaire]:
    """The survey and the earlier waves it names, oldest first."""
    found: list[Questionnaire] = []
    now: Questionnaire | None = questionnaire
    while now is not None and now not in found and len(found) < WAVES_MOST:
        found.append(now)
        before = now.previous_wave_id
        now = Questionnaire.objects.select_related("version").filter(pk=before).first() if before else None
    return found[::-1]


@dataclass
class Trend:
    """One rating from wave to wave, on a scale from `least` to `most`."""

    name: str
    title: str
    waves: list[Wave]
    least: float
    most: float

    @property
    def points(self) -> list[charts.Point]:
        return [charts.Point(wave.title, wave.moments.count, wave.moments.mean, wave.low, wave.high, wave.stars) for wave in self.waves]


def trends(questionnaire: Questionnaire, selection: Selection = EVERYBODY, *, count: Count = count_selected) -> list[Trend]:
    """Each rating that at least two waves asked on the same scale, of the answers that a selection leaves in each, as `count` reads them.

    A wave in which it leaves none (its answers are anonymous, or it did not ask what is selected by) or answers that cannot be weighted is
    left out; where members are chosen by what is known of them, also one with fewer than five of them, or with all but fewer than five of
    everybody, as `analysing.analyse` hides them.
    """
    waves = waves_of(questionnaire)
    if len(waves) < 2:
        return []
    ratings = [question for question in outline_of(questionnaire)["questions"] if question["type"] == "rating"]
    moments = {wave.pk: _moments(wave, selection, ratings, questionnaire.margins, count) for wave in waves}
    found = []
    for question in ratings:
        points: list[Wave] = []
        for wave in waves:
            told = moments[wave.pk].get(question["value_name"])
            if told and _scale(wave, question["value_name"]) == _values(question):
                change = told.mean - points[-1].moments.mean if points else None
                points.append(Wave(wave, told, *inference.mean_interval(told), change=change))
        if len(points) > 1:
            _judge_changes(points)
            scale = [float(value) for value in _values(question) if isinstance(value, int | float)]
            ends = (min(scale), max(scale)) if scale else (points[0].low, points[0].high)
            found.append(Trend(question["name"], question["title"], points, *ends))
    return found


def _moments(
    wave: Questionnaire, selection: Selection, ratings: list[dict[str, Any]], margins: dict[str, dict[str, float]], count: Count
) -> dict[str, Moments]:
    """What a wave says of each rating; the running counts say it of all answers."""
    names = {question["value_name"] for question in ratings}
    if selection.is_whole:
        counts = tallying.current(wave).counts
        return {name: Moments(*told) for name, told in _told(names, counts, counts).items()}
    outline = {"questions": [question for question in outline_of(wave)["questions"] if question["value_name"] in names]}
    counting: Count = partial(count, margins=wave.margins or margins)
    try:
        counted = counting(wave, selection, outline)
    except inference.NoWeights:
        return {}
    least = LEAST_CELL if selection.by_member else 1
    whole = whole_of(wave, selection, outline, None, counting)
    if counted.total < least or (whole and leaves_few(wave, selection, counted.total, whole.total, counting)):
        return {}
    told, shrink = _told(names, counted.counts, counted.people, least, whole.people if whole else None), counted.shrink
    return {name: Moments(count * shrink, mean, squares * shrink) for name, (count, mean, squares) in told.items()}


def _told(names: set[str], counts: Counts, people: Counts, least: int = 1, whole: Counts | None = None) -> dict[str, list[float]]:
    """Moments of these ratings, without those that too few people answered (with a number, or at all), or all but too few of a whole."""
    told = {}
    for name in names & set(counts):
        by, around = people[name], None if whole is None else whole.get(name) or {"n": 0}
        numbers, all_numbers = ((entry.get("moments") or [0])[0] if entry else None for entry in (by, around))
        if numbers and not is_few(by["n"], least, around["n"] if around else None) and not is_few(numbers, least, all_numbers):
            told[name] = counts[name]["moments"]
    return told


def _judge_changes(points: list[Wave]) -> None:
    chances = [inference.welch_test(one.moments, two.moments)[2] for one, two in pairwise(points)]
    for point, chance in zip(points[1:], inference.holm(chances), strict=True):
        point.p = chance


def _values(question: dict[str, Any]) -> list[Any]:
    return [choice["value"] for choice in question.get("choices") or []]


def _scale(questionnaire: Questionnaire, name: str) -> list[Any]:
    found = [question for question in outline_of(questionnaire)["questions"] if question["value_name"] == name]
    return _values(found[0]) if found else []
