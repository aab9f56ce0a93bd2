"""Scores and their intervals, in plain Python. Pure."""

import math
from collections.abc import Sequence

Z_95 = 1.959963984540054


def net_promoter_score(ratings: Sequence[int], *, promoters_from: int = 9, detractors_to: int = 6) -> float:
    """Share of promoters less share of detractors, in percentage points.

    ratings   shape (n,), n >= 1; each 0..10
    promoters_from, detractors_to   the cut; 9 and 6 is Reichheld's, 8 and 5 the one common in Europe
    returns   -100.0 .. 100.0
    Raises ValueError for no ratings, or one outside 0..10.
    Source: Reichheld, "The One Number You Need to Grow", HBR, December 2003.
    """
    _check_ratings(ratings)
    promoters = sum(rating >= promoters_from for rating in ratings)
    detractors = sum(rating <= detractors_to for rating in ratings)
    return 100.0 * (promoters - detractors) / len(ratings)


def net_promoter_interval(
    ratings: Sequence[int], *, promoters_from: int = 9, detractors_to: int = 6, z: float = Z_95
) -> tuple[float, float]:
    """The interval of a net promoter score, in percentage points, held inside -100 .. 100.

    Each rating counts 1, 0 or -1; with shares p and d the variance of their mean is (p + d - (p - d)²) / n.
    ratings   shape (n,), n >= 1; each 0..10
    returns   (low, high)
    Raises ValueError for no ratings, or one outside 0..10.
    """
    score = net_promoter_score(ratings, promoters_from=promoters_from, detractors_to=detractors_to) / 100
    share = sum(rating >= promoters_from or rating <= detractors_to for rating in ratings) / len(ratings)
    half = z * math.sqrt(max(0.0, share - score * score) / len(ratings))
    return 100 * max(-1.0, score - half), 100 * min(1.0, score + half)


def promoter_score(promoters: float, detractors: float, total: float, *, z: float = Z_95) -> tuple[float, float, float]:
    """(score, low, high) in percentage points from the shares of both, each 0.0 .. 1.0, among `total` answers."""
    score = promoters - detractors
    half = z * math.sqrt(max(0.0, promoters + detractors - score * score) / total)
    return 100 * score, 100 * max(-1.0, score - half), 100 * min(1.0, score + half)


def top_box_share(ratings: Sequence[float], *, lowest: float, highest: float, boxes: int = 2) -> float:
    """Share of ratings in the upper boxes of a scale, in percent: with two boxes of five the usual CSAT.

    ratings   shape (n,), n >= 1; each lowest..highest
    returns   0.0 .. 100.0
    Raises ValueError for no ratings, or one outside the scale.
    """
    if not ratings or any(not lowest <= rating <= highest for rating in ratings):
        raise ValueError(f"ratings must lie in {lowest}..{highest}, and there must be one")
    return 100.0 * sum(rating > highest - boxes for rating in ratings) / len(ratings)


def customer_satisfaction(ratings: Sequence[float], *, highest: float = 5) -> float:
    """CSAT: the share that chose one of the two best of a scale from 1, in percent. Raises as top_box_share() does."""
    return top_box_share(ratings, lowest=1, highest=highest)


def wilson_interval(successes: float, total: float, *, z: float = Z_95) -> tuple[float, float]:
    """The interval of a share by Wilson's score, each end 0.0 .. 1.0.

    successes, total   counts (or sums of weights), 0 <= successes <= total, total > 0
    Raises ValueError for counts that are none.
    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
    """
    successes = min(successes, total) if successes - total < 1e-9 else successes
    if total <= 0 or not 0 <= successes <= total:
        raise ValueError("0 <= successes <= total and total > 0")
    share = successes / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    below = 1 + z * z / total
    low = 0.0 if successes == 0 else max(0.0, (middle - half) / below)
    high = 1.0 if successes == total else min(1.0, (middle + half) / below)
    return low, high


def mean_interval(values: Sequence[float], *, z: float = Z_95) -> tuple[float, float, float]:
    """Mean and its interval by the normal approximation, as (mean, low, high); the ends equal the mean for one value.

    values   shape (n,), n >= 1
    Raises ValueError for no values.
    """
    if not values:
        raise ValueError("no values")
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, mean, mean
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = z * math.sqrt(variance / len(values))
    return mean, mean - half, mean + half


def _check_ratings(ratings: Sequence[int]) -> None:
    if not ratings or any(not 0 <= rating <= 10 for rating in ratings):
        raise ValueError("ratings must lie in 0..10, and there must be one")
