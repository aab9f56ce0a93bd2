"""Two groups side by side: the intervals are those that scipy and statsmodels give, and few companies are given none."""

import math
import random

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from insights import uplift
from insights.charts import HEIGHT, WIDTH, lines, whisker

DICE = random.Random(7)


def drawn(n, lift=1.0):
    before = [DICE.lognormvariate(8, 0.7) for _ in range(n)]
    return [(was, lift * was * DICE.lognormvariate(0, 0.4)) for was in before]


def test_without_anything_before_the_difference_is_welchs():
    test, control = ([(0.0, DICE.gauss(mean, 3)) for _ in range(n)] for mean, n in ((12, 40), (10, 35)))
    found = uplift.of_means(test, control)
    after = [[now for _was, now in group] for group in (test, control)]
    oracle = stats.ttest_ind(*after, equal_var=False).confidence_interval()
    assert found.interval == pytest.approx((oracle.low, oracle.high))
    assert found.difference == pytest.approx(np.mean(after[0]) - np.mean(after[1]))


def test_what_was_so_before_is_taken_out():
    test, control = drawn(80, 1.2), drawn(60)
    plain = uplift.of_means([(0.0, now) for _was, now in test], [(0.0, now) for _was, now in control])
    found = uplift.of_means(test, control)
    assert found.interval
    assert plain.interval
    assert found.interval[1] - found.interval[0] < 0.8 * (plain.interval[1] - plain.interval[0])
    assert found.before is not None
    # The same by least squares: after on group and before.
    rows = np.array([(1, 1, was) for was, _ in test] + [(1, 0, was) for was, _ in control])
    slopes = np.linalg.lstsq(rows, np.array([now for _, now in (*test, *control)]), rcond=None)[0]
    assert found.difference == pytest.approx(slopes[1])


def test_a_percentage_covers_the_truth_about_as_often_as_it_says():
    DICE.seed(7)
    covered = [uplift.of_means(drawn(60, 1.15), drawn(50)).ratio for _ in range(100)]
    assert sum(low <= 1.15 <= high for _mid, low, high in covered) / 100 >= 0.88


def test_shares_differ_by_newcombes_interval():
    found = uplift.of_shares((56, 70), (48, 80))
    oracle = confint_proportions_2indep(56, 70, 48, 80, compare="diff", method="newcomb")
    assert found.interval == pytest.approx(oracle, abs=1e-6)
    assert found.is_clear
    assert found.percent is None


@pytest.mark.parametrize("sizes", [(29, 300), (300, 29), (0, 0), (1, 0)])
def test_too_few_are_given_no_interval(sizes):
    found = uplift.of_means(*([(1.0, 2.0)] * n for n in sizes))
    assert (found.interval, found.ratio, found.is_clear) == (None, None, False)
    assert uplift.of_shares((0, sizes[0]), (0, sizes[1])).interval is None


def test_groups_that_bought_nothing_have_no_percentage_and_no_width():
    found = uplift.of_means([(0.0, 0.0)] * 30, [(0.0, 0.0)] * 30)
    assert (found.interval, found.percent) == ((0.0, 0.0), None)


def test_a_few_very_large_orders_do_not_decide():
    assert uplift.trimmed([1.0] * 99 + [1e9]) == [1.0] * 100
    assert uplift.trimmed([1.0, 5.0]) == [1.0, 5.0]
    assert uplift.trimmed([]) == []


def test_lines_and_bars_stay_on_their_charts():
    found = lines([[0.0, 4.0, 2.0], [1.0, 1.0, 8.0]], 1)
    assert found.highest == 8
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for dots in found.dots for x, y in dots)
    assert found.turn == WIDTH / 3
    assert lines([[0.0], [0.0]]).points == ("360.0,160",) * 2
    bar = whisker((10.0, -5.0, 80.0), scale=50)
    assert (bar.low, bar.middle, bar.high, bar.is_cut) == (45.0, 60.0, 100.0, True)
    assert math.isclose(whisker((0.0, -1.0, 1.0), scale=20).middle, 50)
