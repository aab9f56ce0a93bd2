"""A researcher's questions to the answers: some of them only, by one another, weighted, and from wave to wave."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from sys import intern
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from members import segments
from members.models import Segment
from surveys import crosstabs, inference, summaries, tallying
from surveys.counting import COUNTED, SEVERAL, Counts, add, renamed
from surveys.mirror import key_of
from surveys.models import Questionnaire, Submission

LEAST_CELL = 5  # of what is laid beside facts of members
STEP = 500


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

    @property
    def readings(self) -> int:
        """How often every answer is read: to weigh it, and to count it."""
        return 2 if self.is_weighted else 1

    @property
    def is_whole(self) -> bool:
        """Whether all answers count, each as one."""
        return not (self.by_member or self.answers or self.is_weighted)


def selection_of(questionnaire: Questionnaire, wanted: Mapping[str, Any]) -> Selection:
    """What a reader asked for; facts of members select nothing where answers are anonymous."""
    only = dict([json.loads(wanted["only"])]) if wanted.get("only") else {}
    facts = ("", "", None) if questionnaire.is_anonymous else (wanted.get("customer_class"), wanted.get("locale"), wanted.get("segment"))
    return Selection(facts[0] or "", facts[1] or "", facts[2], only, bool(wanted.get("weighted")))


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


def passes(data: dict[str, Any], selection: Selection) -> bool:
    """Whether a selection by answers leaves these."""
    return all(_has(data.get(name), key) for name, key in selection.answers.items())


def _has(value: Any, key: str) -> bool:
    return key in {key_of(item) for item in value} if isinstance(value, list) else value is not None and key_of(value) == key


def raked(margins: dict[str, dict[str, float]], cells: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], float]:
    """The weight of an answer in each of these cells: what was chosen of every weighted question, and how often. Raises NoWeights."""
    names = list(margins)
    if not names or not cells:
        raise inference.NoWeights("")
    try:
        weights = inference.rake(list(cells), [margins[name] for name in names], times=list(cells.values()))
    except inference.NoWeights as problem:
        place = str(problem)
        raise inference.NoWeights(names[int(place)] if place else "") from problem
    return dict(zip(cells, weights, strict=True))


@dataclass
class Findings:
    """What a selection says. `effective`: Kish's effective size, the total itself where nothing is weighted.

    leaves_few   whether it is not the selection that is too small, but what it leaves
    row, column   the titles of the two questions that `table` crosses
    """

    total: int
    summaries: list[summaries.Summary]
    effective: float
    table: crosstabs.Crosstab | None = None
    is_too_small: bool = False
    leaves_few: bool = False
    row: str = ""
    column: str = ""

    @property
    def table_title(self) -> str:
        return f"{self.row} × {self.column}"


def analyse(
    questionnaire: Questionnaire,
    selection: Selection,
    *,
    row: str = "",
    column: str = "",
    count: "Count | None" = None,
    tell: Callable[[int], None] | None = None,
) -> Findings:
    """Summaries of a selection and, where both are named, the table of two questions. Raises NoWeights.

    A selection by facts of members is not shown where fewer than five are in it, or in what it leaves of all who answered so, or of its
    members who answered otherwise: one figure less another would be theirs. For the same reason small counts of those others are hidden.
    Where nothing is selected the running counts answer, and the answers are read only for a table. `count` reads them
    (`count_selected`); `tell` hears, now and then, how many answers were read.
    """
    outline = outline_of(questionnaire)
    known = {question["name"]: question for question in closed_questions(outline)}
    crossing = crosstabs.Crossing(known[row], known[column]) if row in known and column in known else None
    if selection.is_whole and crossing is None:
        tally = tallying.current(questionnaire)
        return Findings(tally.total, summaries.from_counts(outline, tally.counts), float(tally.total))
    counted = (count or count_selected)(questionnaire, selection, outline, crossing=crossing, tell=tell)
    crossing = counted.crossing
    total, effective, shrink = counted.total, counted.effective, counted.shrink
    least = LEAST_CELL if selection.by_member else 1
    whole = whole_of(questionnaire, selection, outline, crossing, count or count_selected)
    is_rest_few = total >= least and whole is not None and leaves_few(questionnaire, selection, total, whole.total, count or count_selected)
    if total < least or is_rest_few:
        return Findings(total, [], 0, is_too_small=True, leaves_few=is_rest_few)
    told = summaries.from_counts(
        outline, counted.counts, least=least, effective=shrink, people=counted.people, whole=whole.people if whole else None
    )
    findings = Findings(total, told, effective)
    if crossing:
        people = whole.crossing.people if whole and whole.crossing else None
        findings.table = crossing.table(least=least, effective=shrink, is_private=selection.by_member, whole=people)
        findings.row, findings.column = crossing.row["title"], crossing.column["title"]
    return findings


def whole_of(
    questionnaire: Questionnaire, selection: Selection, outline: dict[str, Any], crossing: crosstabs.Crossing | None, count: "Count"
) -> "Counted | None":
    """What can be seen of everybody who answered as a selection of members asks; None where nothing can be taken from it.

    Where answers are weighted it is of those that can be: the others are in neither.
    """
    if not selection.by_member:
        return None
    if not selection.answers and not selection.is_weighted and crossing is None:
        tally = tallying.current(questionnaire)
        return Counted(counts=tally.counts, total=tally.total)
    same = crosstabs.Crossing(crossing.row, crossing.column) if crossing else None
    everybody = Selection(answers=selection.answers, is_weighted=selection.is_weighted)
    try:
        return count(questionnaire, everybody, outline, crossing=same)
    except inference.NoWeights:
        return None  # then nobody sees them together


def leaves_few(questionnaire: Questionnaire, selection: Selection, total: int, whole: int, count: "Count") -> bool:
    """Whether a selection of `total` leaves too few of all who answered so (`whole_of`), or of its members who answered otherwise."""
    left = [whole - total]
    if selection.answers:
        left.append(_members(questionnaire, selection, count) - total)
    return any(0 < number < LEAST_CELL for number in left)


def _members(questionnaire: Questionnaire, selection: Selection, count: "Count") -> int:
    """How many of the members whom a selection leaves answered, so that they can be weighted where it is."""
    if not selection.is_weighted:
        return of_members(questionnaire, selection).count()
    try:
        return count(questionnaire, replace(selection, answers={}), {"questions": []}).total
    except inference.NoWeights:
        return 0


@dataclass
class Counted:
    """The counts of a selection, and how far the reading of its answers came.

    worth, squares   the sum of its weights, and of their squares
    heads      of a weighted selection: the same counts, of people
    crossing   the table of two questions, where one was asked for
    cells      of a weighted selection: how often each was chosen, counted in a reading before; then `weights` says what each is worth
    """

    crossing: crosstabs.Crossing | None = None
    counts: Counts = field(default_factory=dict)
    heads: Counts = field(default_factory=dict)
    total: int = 0
    worth: float = 0.0
    squares: float = 0.0
    cells: dict[tuple[str, ...], int] = field(default_factory=dict)
    weights: dict[tuple[str, ...], float] | None = None
    read: int = 0
    last: int = 0
    is_done: bool = False

    @property
    def people(self) -> Counts:
        """How many people stand behind each count: by them it is decided what may be seen."""
        return self.counts if self.weights is None else self.heads

    @property
    def effective(self) -> float:
        return self.worth * self.worth / self.squares if self.squares else 0.0

    @property
    def shrink(self) -> float:
        """By how much weights shrink what the counts are worth."""
        return self.effective / self.total if self.total else 1.0


Count = Callable[..., Counted]


def count_selected(
    questionnaire: Questionnaire,
    selection: Selection,
    outline: dict[str, Any],
    *,
    margins: dict[str, dict[str, float]] | None = None,
    crossing: crosstabs.Crossing | None = None,
    tell: Callable[[int], None] | None = None,
) -> Counted:
    """Read a selection's answers one by one. `margins`: the population's, where not the survey's own. Raises NoWeights."""
    found = Counted(crossing)
    while not found.is_done:
        read_on(found, questionnaire, selection, outline, questionnaire.margins if margins is None else margins)
        if tell and not found.is_done:
            tell(found.read // selection.readings)
    return found


def read_on(
    found: Counted, questionnaire: Questionnaire, selection: Selection, outline: dict[str, Any], margins: dict[str, dict[str, float]]
) -> None:
    """Read the next few answers into the counts: all of a large survey are never held at once. Raises NoWeights."""
    steps = of_members(questionnaire, selection).filter(pk__gt=found.last).order_by("pk").values_list("pk", "data")[:STEP]
    is_weighing = selection.is_weighted and found.weights is None
    answers = list(steps)
    for pk, data in answers:
        found.last, given = pk, renamed(data, questionnaire.equivalents)
        if not passes(given, selection):
            continue
        cell = _cell(given, list(margins)) if selection.is_weighted else None
        if not is_weighing:
            _take(found, outline, given, 1 if found.weights is None else found.weights.get(cell or ()))
        elif cell:
            found.cells[cell] = found.cells.get(cell, 0) + 1
    found.read += len(answers)
    if len(answers) == STEP:
        return
    if is_weighing:
        found.weights, found.last = raked(margins, found.cells), 0
    else:
        found.is_done = True


def _cell(data: dict[str, Any], names: list[str]) -> tuple[str, ...] | None:
    """What was chosen of these questions; None where one of them was not answered."""
    return tuple(intern(key_of(data[name])) for name in names) if all(data.get(name) is not None for name in names) else None


def _take(found: Counted, outline: dict[str, Any], data: dict[str, Any], weight: float | None) -> None:
    if weight is None:
        return
    found.total, found.worth, found.squares = found.total + 1, found.worth + weight, found.squares + weight * weight
    add(found.counts, outline, data, weight)
    if found.weights is not None:
        add(found.heads, outline, data)
    if found.crossing:
        pair = reached(data, found.crossing.row["path"]), reached(data, found.crossing.column["path"])
        if pair[0] is not None and pair[1] is not None:
            found.crossing.add(*pair, weight)


def reached(value: Any, path: list[str]) -> Any:
    """What stands at a path of names in an answer; None where nothing does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
