"""Our statistics beside scipy's and statsmodels', which only the tests have."""

import random

import pytest

from surveys import inference, scoring

stats = pytest.importorskip("scipy.stats")
special = pytest.importorskip("scipy.special")
CLOSE = {"rel": 1e-9, "abs": 1e-12}


@pytest.fixture
def dice():
    return random.Random(7)


def test_the_special_functions_are_scipys(dice):
    for _round in range(300):
        a, b, x = dice.uniform(0.1, 200), dice.uniform(0.1, 200), dice.random()
        assert inference.beta_below(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-9, abs=1e-12)
        far = dice.uniform(0, 400)
        assert inference.gamma_above(a, far) == pytest.approx(special.gammaincc(a, far), rel=1e-9, abs=1e-12)


def test_the_distributions_are_scipys(dice):
    for _round in range(200):
        t, freedom = dice.uniform(-8, 8), dice.uniform(1, 500)
        assert inference.student_beyond(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), **CLOSE)
        assert inference.student_quantile(0.95, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), **CLOSE)
        assert inference.normal_beyond(t) == pytest.approx(2 * stats.norm.sf(abs(t)), **CLOSE)


def test_the_chi_square_of_a_table_is_scipys(dice):
    for _round in range(100):
        table = [[dice.randint(1, 60) for _column in range(dice.choice([4]))] for _row in range(dice.randint(2, 6))]
        ours, theirs = inference.chi_square_test(table), stats.chi2_contingency(table, correction=False)
        assert ours.statistic == pytest.approx(theirs.statistic, **CLOSE)
        assert (ours.freedom, ours.p) == (theirs.dof, pytest.approx(theirs.pvalue, **CLOSE))
        assert ours.cramers_v == pytest.approx(stats.contingency.association(table, method="cramer"), **CLOSE)


def test_a_table_of_one_line_says_nothing():
    assert inference.chi_square_test([[3, 4]]) is None
    assert inference.chi_square_test([[3, 0], [4, 0]]) is None


def test_two_shares_are_compared_as_statsmodels_does(dice):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for _round in range(100):
        totals = [dice.randint(20, 400), dice.randint(20, 400)]
        counts = [dice.randint(1, total - 1) for total in totals]
        z, p = inference.two_shares_test(counts[0], totals[0], counts[1], totals[1])
        expected = proportion.proportions_ztest(counts, totals)
        assert (z, p) == (pytest.approx(expected[0], **CLOSE), pytest.approx(expected[1], **CLOSE))
        low, high = scoring.wilson_interval(counts[0], totals[0])
        assert (low, high) == pytest.approx(proportion.proportion_confint(counts[0], totals[0], method="wilson"), **CLOSE)


def test_several_tests_are_adjusted_as_statsmodels_does(dice):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    for _round in range(50):
        chances = [dice.random() ** 3 for _chance in range(dice.randint(1, 30))]
        assert inference.holm(chances) == pytest.approx(list(multitest.multipletests(chances, method="holm")[1]), **CLOSE)
        assert inference.benjamini_hochberg(chances) == pytest.approx(list(multitest.multipletests(chances, method="fdr_bh")[1]), **CLOSE)


def moments(values):
    mean = sum(values) / len(values)
    return inference.Moments(len(values), mean, sum((value - mean) ** 2 for value in values))


def test_means_are_compared_and_bounded_as_scipy_does(dice):
    for _round in range(50):
        one = [dice.gauss(3, 1) for _value in range(dice.randint(3, 80))]
        two = [dice.gauss(3.4, 2) for _value in range(dice.randint(3, 80))]
        t, freedom, p = inference.welch_test(moments(one), moments(two))
        theirs = stats.ttest_ind(one, two, equal_var=False)
        assert (t, freedom, p) == pytest.approx((theirs.statistic, theirs.df, theirs.pvalue), **CLOSE)
        expected = stats.t.interval(0.95, len(one) - 1, loc=moments(one).mean, scale=stats.sem(one))
        assert inference.mean_interval(moments(one)) == pytest.approx(expected, **CLOSE)


def test_the_recommendation_score_has_the_interval_of_the_mean_of_ones_and_minus_ones(dice):
    ratings = [dice.randint(0, 10) for _rating in range(200)]
    marks = [1 if rating > 8 else -1 if rating < 7 else 0 for rating in ratings]
    low, high = scoring.net_promoter_interval(ratings)
    half = stats.norm.ppf(0.975) * (stats.tvar(marks) * 199 / 200 / 200) ** 0.5
    mean = sum(marks) / 200
    assert (low, high) == pytest.approx((100 * (mean - half), 100 * (mean + half)), **CLOSE)


def test_raked_weights_meet_every_margin_and_have_mean_one(dice):
    facts = [(dice.choice("ab"), dice.choice("xyz")) for _answer in range(400)]
    margins = [{"a": 0.3, "b": 0.7}, {"x": 0.5, "y": 0.2, "z": 0.3}]
    weights = inference.rake(facts, margins)
    assert sum(weights) == pytest.approx(400, rel=1e-9)
    for place, margin in enumerate(margins):
        for choice, share in margin.items():
            got = sum(weight for weight, fact in zip(weights, facts, strict=True) if fact[place] == choice)
            assert got / 400 == pytest.approx(share, rel=1e-9)
    assert 300 < inference.effective_size(weights) < 400


def test_a_share_that_nobody_answered_for_cannot_be_weighted():
    with pytest.raises(inference.NoWeights):
        inference.rake([("a",), ("a",)], [{"a": 0.5, "b": 0.5}])


def test_shares_that_no_weights_can_meet_together_are_refused_and_what_can_be_met_is(dice):
    """Cells that nobody is in, shares of almost nothing, questions that hang together: met to 1e-6, or refused; never anything else."""
    with pytest.raises(inference.NoWeights):  # whoever is a is x
        inference.rake([("a", "x"), ("b", "y")] * 5, [{"a": 0.5, "b": 0.5}, {"x": 0.3, "y": 0.7}])
    met = refused = 0
    for _case in range(300):
        width = dice.randint(1, 4)
        facts = [tuple(dice.choice("abc") for _question in range(width)) for _answer in range(dice.randint(1, 10))]
        margins = []
        for place in range(width):
            parts = {choice: dice.random() ** dice.choice([1, 12]) + 1e-12 for choice in sorted({fact[place] for fact in facts})}
            margins.append({choice: part / sum(parts.values()) for choice, part in parts.items()})
        try:
            weights = inference.rake(facts, margins)
        except inference.NoWeights:
            refused += 1
            continue
        met += 1
        for place, margin in enumerate(margins):
            for choice, share in margin.items():
                got = sum(weight for weight, fact in zip(weights, facts, strict=True) if fact[place] == choice)
                assert got / len(facts) == pytest.approx(share, abs=1e-6)
    assert met > 50
    assert refused > 50
