"""What a study's talks say: quotes by code, segment and question; how far coders agree; which words come up. Read only.

Of groups whose recording was deleted the same is read from what was kept of them (`Remains`), so that a report reads on as it did.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from codebooks import comparing
from codebooks.comparing import Agreement
from codebooks.models import Code
from codebooks.trees import Branch, tree, with_below
from focusgroups import audiences, exercises, rooms, transcripts
from focusgroups.models import Answer, Coding, Group, Item, Remains, Seat, Study
from focusgroups.transcripts import Line
from live.models import Event
from members import vocabulary

SHOWN = 200


def codebook(study: Study) -> list[Branch]:
    """The tree, flattened in reading order, with this study's marks."""
    counts = Counter(Coding.objects.filter(group__study=study).values_list("code_id", flat=True))
    return tree(study.codes, counts + Counter(mark[0] for left in _remains(study) for mark in left.marks))


def _remains(study: Study) -> QuerySet[Remains]:
    return Remains.objects.filter(group__study=study).select_related("group").order_by("group_id")


def lines_of(group: Group) -> list[Line]:
    """The transcript as the research team reads it."""
    seat = Seat(group=group, role=Seat.Role.OBSERVER, member_id=0)
    return transcripts.lines(rooms.events_after(seat, {}, limit=None))


@dataclass(frozen=True)
class Found:
    """A coded stretch with all that it is looked for by. `coding`, with its words, is None where they were deleted.

    event   what it was said with: its id, or where it was deleted a negative number of its own in the group
    """

    coding: Coding | None
    code: Code
    group: Group
    name: str
    segment: str
    item: int | None
    coder: int
    event: int
    start: int
    end: int
    coders: int = 1


def each_once(found: list[Found]) -> list[Found]:
    """The same words under the same code are one quote, however many coders marked them."""
    marked: dict[tuple[int, int, int, int, int], Found] = {}
    for each in found:
        key = (each.code.pk, each.group.pk, each.event, each.start, each.end)
        marked[key] = replace(marked[key], coders=marked[key].coders + 1) if key in marked else each
    return list(marked.values())


def quotes(study: Study, *, code: int | None = None, segment: str = "", item: int | None = None, coder: int | None = None) -> list[Found]:
    """Coded stretches, in the order they were said; a code also finds what is marked with those under it."""
    rows = Coding.objects.filter(group__study=study)
    if code:
        rows = rows.filter(code_id__in=with_below(study.codes, code))
    if coder:
        rows = rows.filter(coder_id=coder)
    made = _founds(study, rows)
    return [each for each in made if (not segment or each.segment == segment) and (item is None or each.item == item)]


def kept(study: Study, *, code: int | None = None, segment: str = "", item: int | None = None) -> list[Found]:
    """The same of groups whose words were deleted: their numbers stay."""
    codes = {each.pk: each for each in study.codes.all()}
    wanted = with_below(codes.values(), code) if code else set(codes)
    made = [
        Found(None, codes[of], left.group, "", own, under, coder, -1 - place, start, end)
        for left in _remains(study)
        for of, coder, place, start, end, own, under in left.marks
        if of in codes and of in wanted
    ]
    return [each for each in made if (not segment or each.segment == segment) and (item is None or each.item == item)]


def marks_of(group: Group) -> list[Found]:
    """All coded stretches of one group."""
    return _founds(group.study, Coding.objects.filter(group=group))


def _founds(study: Study, rows: QuerySet[Coding]) -> list[Found]:
    codings = list(rows.select_related("code", "group", "event__stream").order_by("event_id", "start", "id"))
    segments, asked = segments_of(study), _asked(study, {row.group_id for row in codings})
    return [_found(row, segments, asked) for row in codings]


def _found(row: Coding, segments: dict[int, str], asked: dict[tuple[str, int], int | None]) -> Found:
    body = row.event.body
    segment, item = segments.get(body.get("seat", 0), ""), asked.get((row.event.stream.name, row.event.seq))
    return Found(row, row.code, row.group, body.get("name", ""), segment, item, row.coder_id, row.event_id, row.start, row.end)


def segments_of(study: Study) -> dict[int, str]:
    """seat → segment, over all groups of a study."""
    return dict(Seat.objects.filter(group__study=study).exclude(segment="").values_list("pk", "segment"))


def _asked(study: Study, group_ids: Iterable[int]) -> dict[tuple[str, int], int | None]:
    """Which item stood before the room when something was said: (stream, number) → item."""
    groups = study.groups.filter(pk__in=group_ids)
    return {(audiences.stream(group.pk, line.stream), line.seq): line.item for group in groups for line in lines_of(group)}


def table(
    found: list[Found], by: str = "segment", items: Mapping[int, str] | None = None
) -> tuple[list[str], list[tuple[Code, list[int], int]]]:
    """Quotes by code and by `segment`, `item` (their texts) or `group`: the columns, then for each code its numbers and their sum."""
    named: dict[str, Callable[[Found], str]] = {
        "segment": lambda each: each.segment,
        "item": lambda each: (items or {}).get(each.item or 0, ""),
        "group": lambda each: each.group.title,
    }
    column_of = named[by]
    columns = sorted({column_of(each) for each in found})
    rows: dict[Code, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in found:
        rows[each.code][column_of(each)] += 1
    ranked = sorted(rows.items(), key=lambda row: (-sum(row[1].values()), row[0].name))
    return columns, [(code, [counts[column] for column in columns], sum(counts.values())) for code, counts in ranked]


# Agreement of coders.
def agreements(study: Study) -> tuple[list[str], int, list[Agreement], float | None]:
    """Pairs of coders, number of units, a line for each code, and alpha over all codes together.

    A unit is one thing that a participant said; a coder has judged the units of every group in which they marked something.
    """
    rows = Coding.objects.filter(group__study=study).values_list("coder_id", "code_id", "group_id", "event_id")
    marks = [*rows, *((each.coder, each.code.pk, each.group.pk, each.event) for each in kept(study))]
    coders = sorted({coder for coder, _code, _group, _event in marks})
    read = {(coder, group) for coder, _code, group, _event in marks}
    units = _units(study, {group for _coder, group in read})
    given = {(coder, code, group, event) for coder, code, group, event in marks}

    def judged(coder: int, code: int, unit: tuple[int, int]) -> int | None:
        return int((coder, code, *unit) in given) if (coder, unit[0]) in read else None

    codes = study.codes.filter(pk__in={code for _coder, code, _group, _event in marks})
    labels, lines, alpha = comparing.agreements(codes, coders, units, judged)
    return labels, len(units), lines, alpha


def _units(study: Study, group_ids: set[int]) -> list[tuple[int, int]]:
    """(group, event) of everything that participants said."""
    said = {left.group_id: [-1 - place for place in range(left.utterances)] for left in _remains(study)}
    groups = study.groups.filter(pk__in=group_ids).order_by("pk")
    return [(group.pk, event) for group in groups for event in (said[group.pk] if group.pk in said else units_of(group))]


def units_of(group: Group) -> list[int]:
    """The event of everything that participants said in one group, in its order."""
    spoken = [line for line in lines_of(group) if line.is_spoken]
    ids = _event_ids(group, spoken)
    return [ids[line.stream, line.seq] for line in spoken]


def _event_ids(group: Group, lines: list[Line]) -> dict[tuple[str, int], int]:
    labels = {audiences.stream(group.pk, label): label for label in {line.stream for line in lines}}
    rows = Event.objects.filter(stream__name__in=labels).values_list("stream__name", "seq", "id")
    return {(labels[name], seq): pk for name, seq, pk in rows}


def words(study: Study, most: int = 40) -> list[tuple[str, int, int]]:
    """The words that participants used, with how often and by how many utterances."""
    return vocabulary.ranked(*tally(study), most)


def tally(study: Study) -> tuple[Counter[str], Counter[str]]:
    """How often each word came in a study's talks, and in how many utterances."""
    groups = study.groups.filter(is_rehearsal=False, remains=None)
    often, spread = vocabulary.tallied(line.text for group in groups for line in lines_of(group) if line.is_spoken)
    for left in _remains(study):
        for word, count, utterances in left.words:
            often[word] += count
            spread[word] += utterances
    return often, spread


# Exercises.
def outcomes(group: Group) -> list[dict[str, Any]]:
    """What came of each exercise: `item`, `answered`, and `rows` of (words, value, largest value) or what the exercise has."""
    left = Remains.objects.filter(group=group).first()
    items = group.items.exclude(posed_at=None).prefetch_related("answers__seat").select_related("image")
    if left:
        return [{**left.outcomes[str(item.pk)], "item": item} for item in items if str(item.pk) in left.outcomes]
    return [_outcome(item, list(item.answers.all())) for item in items if item.is_exercise]


def _outcome(item: Item, answers: list[Answer]) -> dict[str, Any]:
    made: dict[str, Any] = {"item": item, "answered": len(answers)}
    kinds = Item.Kind
    match item.kind:
        case kinds.POLL:
            counts = [sum(place in answer.choices for answer in answers) for place in range(len(item.choices))]
            made["rows"] = [(text, count, len(answers)) for text, count in zip(item.choices, counts, strict=True)]
        case kinds.RANKING:
            made["rows"] = mean_ranks(item.choices, [answer.given.get("order", []) for answer in answers])
        case kinds.RATING:
            ratings = [answer.given["rating"] for answer in answers if "rating" in answer.given]
            made["mean"] = round(sum(ratings) / len(ratings), 2) if ratings else None
            made["rows"] = [(str(step), ratings.count(step), len(ratings)) for step in range(1, item.scale_max + 1)]
        case kinds.SORT:
            made["piles"], made["cells"] = item.piles, sorted_cards(item, [answer.given.get("piles", []) for answer in answers])
        case kinds.PINS:
            made["pins"] = [
                {**pin, "name": answer.seat.pseudonym, "number": number}
                for number, (answer, pin) in enumerate(
                    ((answer, pin) for answer in answers for pin in answer.given.get("pins", [])), start=1
                )
            ]
        case kinds.NOTES:
            made["notes"] = [(answer.seat.pseudonym, note) for answer in answers for note in answer.given.get("notes", []) if note]
            made["columns"] = sorted_notes(item, answers)
    return made


def sorted_notes(item: Item, answers: list[Answer]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(column, its notes with who wrote them), in the board's order, the unsorted last under an empty name; nothing without columns."""
    columns = exercises.columns(item)
    laid: dict[int | None, list[tuple[str, str]]] = {each["column"]: [] for each in columns}
    laid[None] = []
    for answer in answers:
        notes = answer.given.get("notes", [])
        for note, column in zip(notes, answer.given.get("columns") or [None] * len(notes), strict=False):
            if note:
                laid[column if column in laid else None].append((answer.seat.pseudonym, note))
    made = [(each["title"], laid[each["column"]]) for each in columns]
    return [*made, *([("", laid[None])] if laid[None] else [])] if columns else []


def mean_ranks(choices: list[str], orders: list[list[int]]) -> list[tuple[str, float, int]]:
    """(words, mean place from 1, number of choices), best first; only whole orders count."""
    whole = [order for order in orders if sorted(order) == list(range(len(choices)))]
    if not whole:
        return [(text, 0.0, len(choices)) for text in choices]
    means = [sum(order.index(place) + 1 for order in whole) / len(whole) for place in range(len(choices))]
    return sorted(((text, round(mean, 2), len(choices)) for text, mean in zip(choices, means, strict=True)), key=lambda row: row[1])


def sorted_cards(item: Item, sortings: list[list[int | None]]) -> list[tuple[str, list[int]]]:
    """For each card how often it was laid on each pile."""
    return [
        (card, [sum(len(laid) > place and laid[place] == pile for laid in sortings) for pile in range(len(item.piles))])
        for place, card in enumerate(item.choices)
    ]
