"""How far coders agree beyond what chance would bring. Pure figures; nothing here knows of rows or pages."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

Value = Hashable
Distance = Callable[[float, float], float]


def cohens_kappa(first: Sequence[Value], second: Sequence[Value]) -> float | None:
    """Agreement of two coders on the same units, corrected for chance.

    first, second   shape (n,), the value that each coder gave unit by unit
    returns         -1.0 .. 1.0; None for no units, or where both always gave one and the same value (nothing to be corrected)
    Raises ValueError where the lengths differ.
    Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
    """
    if len(first) != len(second):
        raise ValueError("both coders judge the same units")
    n = len(first)
    if n == 0:
        return None
    observed = sum(one == other for one, other in zip(first, second, strict=True)) / n
    ones, others = Counter(first), Counter(second)
    expected = sum(ones[value] * others[value] for value in ones) / (n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorffs_alpha(units: Sequence[Sequence[Value | None]], distance: Distance | None = None) -> float | None:
    """Agreement of any number of coders, also where some units were not judged by all.

    units      for each unit the value that each coder gave, None where one gave none; units with one value or none do not count
    distance   squared difference of two values; None: nominal, 0 for the same and 1 for another
    returns    at most 1.0; None where there is nothing to compare, or no value but one was ever given
    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), by coincidences.
    """
    apart: Callable[[Value, Value], float] = distance or _nominal  # type: ignore[assignment]
    coincidences: Counter[tuple[Value, Value]] = Counter()
    for unit in units:
        given = [value for value in unit if value is not None]
        if len(given) < 2:
            continue
        for place, one in enumerate(given):
            for other_place, other in enumerate(given):
                if place != other_place:
                    coincidences[one, other] += 1 / (len(given) - 1)  # type: ignore[assignment]
    totals: Counter[Value] = Counter()
    for (one, _other), count in coincidences.items():
        totals[one] += count
    n = sum(totals.values())
    if n <= 1:
        return None
    observed = sum(count * apart(one, other) for (one, other), count in coincidences.items()) / n
    expected = sum(totals[one] * totals[other] * apart(one, other) for one in totals for other in totals) / (n * (n - 1))
    return None if expected == 0 else 1 - observed / expected


def _nominal(one: Value, other: Value) -> float:
    return float(one != other)


def interval(one: float, other: float) -> float:
    """Distance of values on a scale with equal steps."""
    return float((one - other) ** 2)
