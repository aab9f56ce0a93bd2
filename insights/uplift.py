"""Two groups laid side by side: how much more one of them did, and between what bounds that may lie. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from points.trial_reports import ENOUGH
from surveys.analysing import LEAST_CELL
from surveys.inference import student_quantile
from surveys.scoring import wilson_interval

CONFIDENCE = 0.95
# A few very large orders would decide everything: the largest hundredth counts as its smallest.
KEPT_SHARE = 0.99
Pairs = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Effect:
    """What one group did beside another, for one company (or as a share, 0.0 .. 1.0), in the time before and in the time after.

    difference   test less control after, allowing for before; low, high: its 95 % interval, None for fewer than ENOUGH companies
    ratio        test as a multiple of control, with its interval; None where it cannot be given
    """

    count: tuple[int, int]
    before: tuple[float, float] | None
    after: tuple[float, float]
    difference: float
    interval: tuple[float, float] | None
    ratio: tuple[float, float, float] | None = None

    @property
    def sides(self) -> list[tuple[float | None, float | None]]:
        """(before, after) of test and control; None where too few companies stand behind a mean, or there is no before."""
        before = self.before or (None, None)
        pairs = zip(self.count, before, self.after, strict=True)
        return [(was, now) if count >= LEAST_CELL else (None, None) for count, was, now in pairs]

    @property
    def low(self) -> float | None:
        return self.interval[0] if self.interval else None

    @property
    def high(self) -> float | None:
        return self.interval[1] if self.interval else None

    @property
    def percent(self) -> tuple[float, float, float] | None:
        """How many percent more, with the bounds of that; negative is less."""
        return tuple(100 * (each - 1) for each in self.ratio) if self.ratio else None  # type: ignore[return-value]

    @property
    def is_clear(self) -> bool:
        """Whether all of the interval lies on one side of nothing."""
        return self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)


def of_means(test: Pairs, control: Pairs) -> Effect:
    """The difference of two means, with what each company did before taken out of what it did after.

    test, control   shape (n, 2): a number before, a number after, for every company of the group, 0 for who did nothing
    Source: Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data"
    (CUPED), WSDM 2013, with the slope within groups; the interval is Welch's; that of the ratio by the delta method, of its logarithm.
    """
    count = len(test), len(control)
    before = _mean([pair[0] for pair in test]), _mean([pair[0] for pair in control])
    after = _mean([pair[1] for pair in test]), _mean([pair[1] for pair in control])
    if min(count) < ENOUGH:
        return Effect(count, before, after, after[0] - after[1], None)
    slope = _slope(((test, before[0], after[0]), (control, before[1], after[1])))
    middle = _mean([pair[0] for pair in (*test, *control)])
    means = tuple(mean - slope * (was - middle) for mean, was in zip(after, before, strict=True))
    errors = tuple(
        _variance([now - slope * was for was, now in pairs], after[place] - slope * before[place]) / len(pairs)
        for place, pairs in enumerate((test, control))
    )
    difference, width = means[0] - means[1], _half_width(errors, count)
    return Effect(count, before, after, difference, (difference - width, difference + width), _ratio(means, errors, count))


def of_shares(test: tuple[int, int], control: tuple[int, int]) -> Effect:
    """The difference of two shares. test, control: (how many, of how many).

    Source: Newcombe, "Interval Estimation for the Difference Between Independent Proportions", Statistics in Medicine 17, 1998, method 10.
    """
    count = test[1], control[1]
    shares = tuple(some / of if of else 0.0 for some, of in (test, control))
    difference = shares[0] - shares[1]
    if min(count) < ENOUGH:
        return Effect(count, None, shares, difference, None)  # type: ignore[arg-type]
    (low_1, high_1), (low_2, high_2) = wilson_interval(*test), wilson_interval(*control)
    low = difference - math.hypot(shares[0] - low_1, high_2 - shares[1])
    high = difference + math.hypot(high_1 - shares[0], shares[1] - low_2)
    return Effect(count, None, shares, difference, (low, high))  # type: ignore[arg-type]


def trimmed(values: Sequence[float]) -> list[float]:
    """The same numbers, with the largest hundredth brought down to the smallest of it (winsorised); none of fewer than a hundred."""
    highest = sorted(values)[math.ceil(KEPT_SHARE * len(values)) - 1] if values else 0.0
    return [min(value, highest) for value in values]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _variance(values: Sequence[float], mean: float) -> float:
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _slope(groups: Sequence[tuple[Pairs, float, float]]) -> float:
    """Of after on before, within groups; 0 where nobody differs before."""
    across = math.fsum((was - before) * (now - after) for pairs, before, after in groups for was, now in pairs)
    along = math.fsum((was - before) ** 2 for pairs, before, _after in groups for was, _now in pairs)
    return across / along if along > 0 else 0.0


def _half_width(errors: Sequence[float], count: Sequence[int]) -> float:
    """Half of an interval of a sum of two, from the squared standard error of each."""
    total = math.fsum(errors)
    if total <= 0:
        return 0.0
    freedom = total**2 / math.fsum(error**2 / (n - 1) for error, n in zip(errors, count, strict=True))
    return student_quantile(CONFIDENCE, freedom) * math.sqrt(total)


def _ratio(means: Sequence[float], errors: Sequence[float], count: Sequence[int]) -> tuple[float, float, float] | None:
    if min(means) <= 0:
        return None
    ratio = means[0] / means[1]
    width = _half_width([error / mean**2 for error, mean in zip(errors, means, strict=True)], count)
    return ratio, ratio * math.exp(-width), ratio * math.exp(width)
