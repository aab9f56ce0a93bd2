"""Tests and weights of survey research, in plain Python. Pure.

The special functions are series and continued fractions of Press et al., "Numerical Recipes", 3rd edition, chapter 6.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 1000
CLOSE = 1e-15
TINY = 1e-300


def gamma_above(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x), 0.0 .. 1.0; a > 0, x >= 0."""
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, STEPS):
            term *= x / (a + step)
            total += term
            if term < total * CLOSE:
                break
        return 1 - front * total
    b = x + 1 - a
    c, d = 1 / TINY, 1 / b
    fraction = d
    for step in range(1, STEPS):
        factor = -step * (step - a)
        b += 2
        d = 1 / _not_zero(factor * d + b)
        c = _not_zero(b + factor / c)
        fraction *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return front * fraction


def beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0.0 .. 1.0; a, b > 0, 0 <= x <= 1."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for step in range(1, STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        d, c = 1 / _not_zero(1 + even * d), _not_zero(1 + even / c)
        fraction *= d * c
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        d, c = 1 / _not_zero(1 + odd * d), _not_zero(1 + odd / c)
        fraction *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


def chi_square_beyond(statistic: float, freedom: float) -> float:
    """The chance of a chi-square at least this large."""
    return gamma_above(freedom / 2, statistic / 2)


def normal_beyond(z: float) -> float:
    """The chance of a standard normal at least this far from 0, on either side."""
    return math.erfc(abs(z) / math.sqrt(2))


def student_beyond(t: float, freedom: float) -> float:
    """The chance of Student's t at least this far from 0, on either side."""
    return beta_below(freedom / 2, 0.5, freedom / (freedom + t * t))


def student_quantile(confidence: float, freedom: float) -> float:
    """The t that so much of Student's distribution lies within, on both sides; confidence 0 .. 1, both ends out."""
    low, high = 0.0, 1.0
    while student_beyond(high, freedom) > 1 - confidence:
        high *= 2
    for _step in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if student_beyond(middle, freedom) > 1 - confidence else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Association:
    """Pearson's chi-square of a table. `is_thin`: more than a fifth of the cells expect fewer than five, so p is not to be trusted."""

    statistic: float
    freedom: int
    p: float
    cramers_v: float
    is_thin: bool


def chi_square_test(table: Sequence[Sequence[float]]) -> Association | None:
    """Whether rows and columns of a table of counts hang together, without continuity correction.

    table   shape (rows, columns); lines that are empty are left out
    returns None where fewer than two rows or two columns hold anything
    """
    rows = [list(row) for row in table if sum(row) > 0]
    kept = [place for place in range(len(rows[0]) if rows else 0) if sum(row[place] for row in rows) > 0]
    if len(rows) < 2 or len(kept) < 2:
        return None
    down = [math.fsum(row[place] for row in rows) for place in kept]
    total = math.fsum(down)
    parts, thin = [], 0
    for row in rows:
        across = math.fsum(row)
        for place, column in zip(kept, down, strict=True):
            expected = across * column / total
            parts.append((row[place] - expected) ** 2 / expected)
            thin += expected < 5
    statistic = math.fsum(parts)
    freedom = (len(rows) - 1) * (len(kept) - 1)
    v = math.sqrt(statistic / (total * (min(len(rows), len(kept)) - 1)))
    return Association(statistic, freedom, chi_square_beyond(statistic, freedom), v, 5 * thin > len(rows) * len(kept))


def two_shares_test(count_1: float, total_1: float, count_2: float, total_2: float) -> tuple[float, float]:
    """(z, p) of the pooled test that two shares are the same; (0.0, 1.0) where there is nothing to tell apart."""
    pooled = (count_1 + count_2) / (total_1 + total_2) if total_1 + total_2 else 0.0
    if not total_1 or not total_2 or pooled <= 0 or pooled >= 1:
        return 0.0, 1.0
    z = (count_1 / total_1 - count_2 / total_2) / math.sqrt(pooled * (1 - pooled) * (1 / total_1 + 1 / total_2))
    return z, normal_beyond(z)


@dataclass(frozen=True)
class Moments:
    """How many numbers there were, their mean, and the sum of their squared distances from it."""

    count: float
    mean: float
    squares: float

    @property
    def variance(self) -> float:
        return self.squares / (self.count - 1) if self.count > 1 else 0.0


def welch_test(first: Moments, second: Moments) -> tuple[float, float, float]:
    """(t, degrees of freedom, p) of Welch's test that two means are the same; (0.0, 1.0, 1.0) where it cannot be asked."""
    if first.count < 2 or second.count < 2 or first.variance + second.variance <= 0:
        return 0.0, 1.0, 1.0
    one, two = first.variance / first.count, second.variance / second.count
    t = (first.mean - second.mean) / math.sqrt(one + two)
    freedom = (one + two) ** 2 / (one * one / (first.count - 1) + two * two / (second.count - 1))
    return t, freedom, student_beyond(t, freedom)


def mean_interval(moments: Moments, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a mean by Student's t; both ends the mean where there is but one number."""
    if moments.count < 2:
        return moments.mean, moments.mean
    half = student_quantile(confidence, moments.count - 1) * math.sqrt(moments.variance / moments.count)
    return moments.mean - half, moments.mean + half


def holm(chances: Sequence[float]) -> list[float]:
    """p-values adjusted by Holm for being several, in the order given: the chance that any is wrong stays what it was for one."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted, highest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(chances: Sequence[float]) -> list[float]:
    """p-values adjusted by Benjamini and Hochberg, in the order given: of what is called significant, this share is wrong at most."""
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    adjusted, lowest = [0.0] * len(chances), 1.0
    for step, place in enumerate(order):
        lowest = min(lowest, chances[place] * len(chances) / (len(chances) - step))
        adjusted[place] = lowest
    return adjusted


class NoWeights(ValueError):  # noqa: N818
    """The answers cannot be weighted to these shares; the text names the question that stands in the way."""


def rake(
    facts: Sequence[Sequence[str]],
    margins: Sequence[dict[str, float]],
    *,
    times: Sequence[int] | None = None,
    rounds: int = 200,
    close: float = 1e-10,
) -> list[float]:
    """Weights of mean 1 by iterative proportional fitting (Deming and Stephan, 1940).

    facts     shape (answers, questions); the choice of each
    times     how often each of them was given; once where nothing is said
    margins   for each question the population's share of every choice, together 1
    Raises NoWeights where a choice has a share but no answer, or the other way round, or the rounds do not settle.
    """
    held = [1] * len(facts) if times is None else list(times)
    total = sum(held)
    members: list[dict[str, list[int]]] = []
    for place, margin in enumerate(margins):
        groups: dict[str, list[int]] = {}
        for number, fact in enumerate(facts):
            groups.setdefault(fact[place], []).append(number)
        if set(groups) != {choice for choice, share in margin.items() if share > 0}:
            raise NoWeights(str(place))
        members.append(groups)
    weights = [1.0] * len(facts)
    for _round in range(rounds):
        furthest = 0.0
        for groups, margin in zip(members, margins, strict=True):
            for choice, numbers in groups.items():
                factor = margin[choice] * total / math.fsum(held[number] * weights[number] for number in numbers)
                furthest = max(furthest, abs(factor - 1))
                for number in numbers:
                    weights[number] *= factor
        if furthest < close:
            return weights
    raise NoWeights("")


def effective_size(weights: Sequence[float]) -> float:
    """How many unweighted answers weigh as much as these (Kish): (sum of weights)² / sum of their squares."""
    squares = math.fsum(weight * weight for weight in weights)
    return math.fsum(weights) ** 2 / squares if squares else 0.0
