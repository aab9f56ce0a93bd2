import random

import pytest
from statsmodels.stats.inter_rater import cohens_kappa as statsmodels_kappa
from statsmodels.stats.inter_rater import to_table

from codebooks.agreement import cohens_kappa, interval, krippendorffs_alpha

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, missing data.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = list(zip(*OBSERVERS, strict=True))


def test_kappa_of_the_textbooks_fifty_proposals_is_0_4():
    first = ["yes"] * 20 + ["yes"] * 5 + ["no"] * 10 + ["no"] * 15
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohens_kappa(first, second) == pytest.approx(0.4)


def test_kappa_is_statsmodels_kappa():
    lot = random.Random(6)
    for _time in range(20):
        first = [lot.randrange(3) for _unit in range(40)]
        second = [value if lot.random() < 0.6 else lot.randrange(3) for value in first]
        table, _bins = to_table(list(zip(first, second, strict=True)))
        assert cohens_kappa(first, second) == pytest.approx(statsmodels_kappa(table).kappa)


def test_kappa_says_nothing_where_there_is_nothing_to_correct():
    assert cohens_kappa([], []) is None
    assert cohens_kappa([1, 1], [1, 1]) is None
    with pytest.raises(ValueError, match="same units"):
        cohens_kappa([1], [])


def test_alpha_of_krippendorffs_own_example_is_0_743_and_by_intervals_0_849():
    assert krippendorffs_alpha(UNITS) == pytest.approx(0.743, abs=0.0005)
    assert krippendorffs_alpha(UNITS, interval) == pytest.approx(0.849, abs=0.0005)


def test_alpha_of_two_observers_and_ten_yes_or_no_is_0_095():
    # The same paper, section A: Meg and Owen.
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorffs_alpha(list(zip(meg, owen, strict=True))) == pytest.approx(0.095, abs=0.0005)


def test_alpha_is_one_for_full_agreement_and_nothing_for_no_variety():
    assert krippendorffs_alpha([(1, 1), (2, 2), (1, 1)]) == 1
    assert krippendorffs_alpha([(1, 1), (1, 1)]) is None
    assert krippendorffs_alpha([(1, None)]) is None
