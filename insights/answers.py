"""What people answered beside what they do: engagement, points and their companies' purchases, for everybody or for a segment."""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from insights import engagement, periods
from members import segments
from members.models import Member, Purchase, Segment
from points.models import Account, Transfer
from surveys import analysing
from surveys.counting import renamed
from surveys.mirror import key_of
from surveys.models import Questionnaire, Submission
from surveys.suppression import hide

LEAST = analysing.LEAST_CELL
Band = tuple[Any, Callable[[float], bool]]

MEASURES: dict[str, tuple[Any, list[Band]]] = {
    "engagement": (
        _("Contributions"),
        [(_("none"), lambda n: n == 0), (_("1 to 4"), lambda n: 1 <= n <= 4), (_("5 and more"), lambda n: n >= 5)],
    ),
    "earned": (
        _("Points earned"),
        [(_("none"), lambda n: n <= 0), (_("1 to 99"), lambda n: 1 <= n <= 99), (_("100 and more"), lambda n: n >= 100)],
    ),
    "spent": (_("Points spent"), [(_("none"), lambda n: n <= 0), (_("some"), lambda n: n > 0)]),
    "bought": (_("Purchases of the company"), [(_("none"), lambda n: n == 0), (_("bought"), lambda n: n > 0)]),
}


@dataclass(frozen=True)
class Row:
    """One answer: people in each band and together, and the mean of each measure, in the order of MEASURES; None is hidden."""

    text: str
    people: list[int | None]
    total: int | None
    means: list[float | None]


@dataclass(frozen=True)
class Found:
    """`is_hidden`: too few people to show anything. `total` row: everybody together."""

    bands: list[Any] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    total: Row | None = None
    is_hidden: bool = False


def questions_of(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Closed questions of which each person gives one answer."""
    return [question for question in analysing.closed_questions(analysing.outline_of(questionnaire)) if not question["several"]]


def beside(questionnaire: Questionnaire, question: dict[str, Any], measure: str, n: int, segment: Segment | None = None) -> Found:
    """People by their answer and by what they did in the last n months.

    Cells of fewer than five people are hidden, and whatever would give them away: totals, what a segment leaves of everybody, and
    means of a hidden group. Two segments chosen one after the other may still be subtracted from each other.
    """
    everybody = _answers(questionnaire, question)
    facts, bands = _facts(everybody, n), MEASURES[measure][1]
    whole = _people(question, everybody, facts[measure], bands)
    given, table, hidden = everybody, whole, hide(whole, LEAST)
    if segment is not None:
        inside = set(segments.members_of(segment).values_list("pk", flat=True))
        given = {member: answer for member, answer in everybody.items() if member in inside}
        table = _people(question, given, facts[measure], bands)
        hidden = hide(table, LEAST, whole=whole)
    if hidden.is_all:
        return Found(is_hidden=True)
    rows = []
    for place, choice in enumerate(question["choices"]):
        group = [member for member, answer in given.items() if answer == place]
        people = [None if hidden.has(place, column) else count for column, count in enumerate(table[place])]
        is_hidden = place in hidden.rows
        means: list[float | None] = [None] * len(MEASURES)
        if not is_hidden:
            means = _means(group, facts)
        rows.append(Row(choice["text"], people, None if is_hidden else len(group), means))
    sums = [None if column in hidden.columns else sum(line[column] for line in table) for column in range(len(bands))]
    return Found([label for label, _fits in bands], rows, Row("", sums, len(given), _means(list(given), facts)))


def _answers(questionnaire: Questionnaire, question: dict[str, Any]) -> dict[int, int]:
    """member → which choice they made; answers that are not among the choices are nobody's group."""
    places = {key_of(choice["value"]): place for place, choice in enumerate(question["choices"])}
    found: dict[int, int] = {}
    rows = Submission.objects.filter(questionnaire=questionnaire, member__isnull=False).counted().order_by()
    for member, data in rows.values_list("member_id", "data").iterator(chunk_size=2_000):
        value = analysing.reached(renamed(data, questionnaire.equivalents), question["path"])
        place = None if value is None else places.get(key_of(value))
        if place is not None and member is not None:
            found[member] = place
    return found


def _people(question: dict[str, Any], given: dict[int, int], fact: dict[int, float], bands: Sequence[Band]) -> list[list[int]]:
    table = [[0] * len(bands) for _choice in question["choices"]]
    for member, place in given.items():
        column = next(number for number, (_label, fits) in enumerate(bands) if fits(fact.get(member, 0)))
        table[place][column] += 1
    return table


def _means(group: list[int], facts: dict[str, dict[int, float]]) -> list[float | None]:
    return [sum(fact.get(member, 0) for member in group) / len(group) if group else None for fact in facts.values()]


def _facts(given: dict[int, int], n: int) -> dict[str, dict[int, float]]:
    """What each person did in the last n months, by measure; who did nothing is left out."""
    since = periods.start_of(periods.months_back(n)[0])
    deeds = engagement.standing().filter(happened_at__gte=since).values("member").annotate(times=Count("pk")).order_by()
    company_of = dict(Member.objects.filter(pk__in=list(given)).exclude(company=None).values_list("pk", "company_id"))
    orders = Purchase.objects.filter(ordered_on__gte=since.date()).values("company").annotate(fen=Sum("amount_fen")).order_by()
    yuan = {row["company"]: row["fen"] / 100 for row in orders}
    return {
        "engagement": {row["member"]: row["times"] for row in deeds if row["member"] in given},
        "earned": _moved(since, "target", Q(source__kind=Account.Kind.ISSUED)),
        "spent": _moved(since, "source", Q(target__kind__in=[Account.Kind.REDEEMED, Account.Kind.PARTNER])),
        "bought": {member: yuan[company] for member, company in company_of.items() if company in yuan},
    }


def _moved(since: datetime.datetime, side: str, other: Q) -> dict[int, float]:
    """member → points that came into (`target`) or left (`source`) their wallet, less what was taken back."""
    moves: QuerySet[Transfer] = Transfer.objects.filter(
        other, kind__in=[Transfer.Kind.SINGLE, Transfer.Kind.POST], effective_at__gte=since, source__asset__kind="redeemable"
    ).filter(**{f"{side}__kind": Account.Kind.WALLET})
    sums: Counter[int] = Counter()
    taken = Transfer.objects.filter(kind=Transfer.Kind.REVERSAL, reverses__in=moves)
    for sign, rows, wallet in ((1, moves, side), (-1, taken, f"reverses__{side}")):
        owner = f"{wallet}__owner__member"
        for row in rows.exclude(**{owner: None}).values(owner).annotate(points=Sum("amount_points")).order_by():
            sums[row[owner]] += sign * row["points"]
    return dict(sums)
