"""Intervals and tests keep what their formulas promise."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from lbt.statistics import (
    auc,
    cluster_t_interval,
    clustered_auc,
    compare_paired,
    compare_shares,
    exam_score_intervals,
    mcnemar_exact,
    mean_share_interval,
    paired_bootstrap_interval,
    sign_flip_p_value,
    wilson_interval,
)

UNHURRIED = hypothesis_settings(deadline=None, max_examples=50)
SEEDS = st.integers(0, 10_000)


@UNHURRIED
@given(st.integers(0, 500), st.integers(1, 500), st.floats(0.5, 0.999))
def test_a_wilson_interval_contains_its_share(successes: int, n: int, confidence: float) -> None:
    successes = min(successes, n)
    low, high = wilson_interval(successes, n, confidence)
    assert 0 <= low <= successes / n <= high <= 1


def test_wilson_equals_the_published_example() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 gives 0.2553 to 0.3662.
    low, high = wilson_interval(81, 263, 0.95)
    assert low == pytest.approx(0.2553, abs=5e-5)
    assert high == pytest.approx(0.3662, abs=5e-5)
    assert wilson_interval(0, 0, 0.95) == (0.0, 1.0)


@UNHURRIED
@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_does_not_care_which_model_is_first(one: int, other: int) -> None:
    assert mcnemar_exact(one, other) == pytest.approx(mcnemar_exact(other, one))
    assert 0 <= mcnemar_exact(one, other) <= 1


def test_mcnemar_equals_the_binomial_by_hand() -> None:
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar_exact(3, 3) == 1


@UNHURRIED
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80), SEEDS)
def test_the_paired_interval_contains_the_difference(pairs: list[tuple[bool, bool]], seed: int) -> None:
    first, second = np.array(pairs).T
    low, high = paired_bootstrap_interval(first, second, 500, 0.95, np.random.default_rng(seed))
    assert -1 <= low <= second.mean() - first.mean() + 1e-12
    assert second.mean() - first.mean() - 1e-12 <= high <= 1


def test_the_paired_interval_equals_resampled_problems() -> None:
    rng = np.random.default_rng(0)
    first = rng.random(400) < 0.5
    second = np.where(rng.random(400) < 0.6, first, rng.random(400) < 0.8)
    drawn = rng.integers(0, 400, size=(20_000, 400))
    plain = np.quantile(second[drawn].mean(axis=1) - first[drawn].mean(axis=1), [0.025, 0.975])
    assert paired_bootstrap_interval(first, second, 20_000, 0.95, rng) == pytest.approx(plain, abs=0.005)


@UNHURRIED
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=4).filter(
            lambda group: any(max(pair) for pair in group)
        ),
        min_size=1,
    )
)
def test_score_intervals_contain_the_score_and_stay_in_0_to_1(groups: list[list[tuple[int, int]]]) -> None:
    right = np.array([[[min(a, b) for a, b in group]] for group in groups], float)
    asked = np.array([[[max(a, b) for a, b in group]] for group in groups], float)
    low, high = exam_score_intervals(right, asked, 0.95)
    share = right.sum(axis=2)[:, 0] / asked.sum(axis=2)[:, 0]
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1) & (low < high)).all()


def test_a_score_interval_counts_an_exam_problem_once_whatever_was_asked_of_it() -> None:
    once = stats.binomtest(2, 3).proportion_ci(0.95, method="exact")
    for repeats in (1, 3, 9):
        right = np.array([[[repeats, repeats, 0]]], float)
        low, high = exam_score_intervals(right, np.full((1, 1, 3), float(repeats)), 0.95)
        assert (low[0], high[0]) == pytest.approx((once.low, once.high))
    [few], [many] = (exam_score_intervals(np.ones((1, 2, n)), np.ones((1, 2, n)), 0.95)[0] for n in (3, 12))
    assert few < many


@pytest.mark.parametrize("students", [1, 3])
@pytest.mark.parametrize(("problems", "repeats"), [(2, 1), (3, 3), (3, 9), (5, 3), (12, 1), (12, 9)])
def test_score_intervals_cover_the_true_score(students: int, problems: int, repeats: int) -> None:
    """Exam problems have Beta distributed rates, from all alike to all or nothing; students differ."""
    rng = np.random.default_rng(problems * 100 + repeats * 10 + students)
    for score, alike in product((0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 0.99), (0.02, 0.2, 0.5, 0.8, 0.98)):
        spread = (1 - alike) / alike
        rates = rng.beta(score * spread, (1 - score) * spread, size=(1000, 1, problems))
        skill = np.linspace(0.9, 1, students)[None, :, None]
        right = rng.binomial(repeats, rates * skill).astype(float)
        low, high = exam_score_intervals(right, np.full(right.shape, float(repeats)), 0.95)
        truth = score * skill.mean()
        assert ((low <= truth) & (truth <= high)).mean() >= 0.90, (score, alike)


CLUSTERED = st.lists(st.tuples(st.integers(-1, 1), st.integers(0, 5)), min_size=2, max_size=60)


@UNHURRIED
@given(CLUSTERED)
def test_a_cluster_interval_contains_the_mean_and_needs_two_clusters(rows: list[tuple[int, int]]) -> None:
    values, clusters = np.array(rows).T
    interval = cluster_t_interval(values.astype(float), clusters, 0.95)
    if len(set(clusters.tolist())) < 2:
        assert interval is None
        return
    assert interval is not None
    assert -1 <= interval[0] <= values.mean() + 1e-12
    assert values.mean() - 1e-12 <= interval[1] <= 1


def test_a_cluster_interval_of_equal_clusters_is_students() -> None:
    means = np.array([0.1, 0.5, 0.4, 0.9, 0.2])
    interval = cluster_t_interval(np.repeat(means, 4), np.repeat(np.arange(5), 4), 0.95)
    plain = stats.t.interval(0.95, 4, loc=means.mean(), scale=stats.sem(means))
    assert interval == pytest.approx(plain)


def test_family_intervals_cover_the_difference_in_new_families_where_intervals_over_problems_do_not() -> None:
    rng = np.random.default_rng(0)
    families = np.repeat(np.arange(28), 20)
    over_families, over_problems = 0, 0
    for _ in range(300):
        fixed = rng.beta(0.5, 0.8, size=28)[families] > rng.random(560)  # in mean 5 of 13 are fixed
        found = compare_paired(np.zeros(560, bool), fixed, families.tolist(), 200, 0.95, rng)
        assert found.family_low is not None
        assert found.family_high is not None
        over_families += found.family_low <= 5 / 13 <= found.family_high
        over_problems += found.low <= 5 / 13 <= found.high
    assert over_families >= 0.92 * 300
    assert over_problems < 0.6 * 300


@UNHURRIED
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=10))
def test_the_sign_flip_test_counts_all_assignments_of_signs(sums: list[int]) -> None:
    totals = [
        sum(s * one for s, one in zip(signs, sums, strict=True))
        for signs in product((-1, 1), repeat=len(sums))
    ]
    far = sum(abs(total) >= abs(sum(sums)) for total in totals) / len(totals)
    assert sign_flip_p_value(sums) == pytest.approx(far)


@UNHURRIED
@given(st.integers(0, 200), st.integers(0, 200))
def test_where_every_problem_is_a_family_the_sign_flip_test_is_mcnemars(gained: int, lost: int) -> None:
    sums = [1] * gained + [-1] * lost + [0] * 3
    assert sign_flip_p_value(sums) == pytest.approx(mcnemar_exact(gained, lost))


def test_one_family_says_nothing_of_new_families() -> None:
    first, second = np.array([True, False, False]), np.array([True, True, True])
    found = compare_paired(first, second, ["f"] * 3, 200, 0.95, np.random.default_rng(0))
    assert found.families == 1
    assert set(found.figures("d", "d_")) == {"d", "d_ci_low", "d_ci_high", "d_p_value"}


@UNHURRIED
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=30),
    st.lists(st.integers(0, 9), min_size=1, max_size=30),
    SEEDS,
)
def test_the_auc_counts_pairs_and_lies_in_its_interval(up: list[int], down: list[int], seed: int) -> None:
    wins = np.mean([(a > b) + (a == b) / 2 for a in up for b in down])
    assert auc(np.array(up, float), np.array(down, float)) == pytest.approx(wins)
    rng = np.random.default_rng(seed)
    area = clustered_auc(
        np.array(up + down, float),
        np.arange(len(up) + len(down)) < len(up),
        rng.integers(0, 6, len(up) + len(down)),
        200,
        0.95,
        rng,
    )
    assert area is not None
    assert area.value == pytest.approx(wins)
    assert 0 <= area.low <= area.value <= area.high <= 1


def test_one_class_has_no_auc() -> None:
    scores, clusters = np.array([0.1, 0.2]), np.array([0, 1])
    for positive in (np.array([True, True]), np.array([False, False])):
        assert clustered_auc(scores, positive, clusters, 100, 0.95, np.random.default_rng(0)) is None


def test_a_single_scores_cluster_bootstrap_agrees_with_theory() -> None:
    # With one score a cluster it is the plain bootstrap; DeLong's standard error is its large-sample limit.
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.normal(1, 1, 150), rng.normal(0, 1, 150)])
    positive = np.arange(300) < 150
    area = clustered_auc(scores, positive, np.arange(300), 4000, 0.95, rng)
    assert area is not None
    theory = stats.norm.cdf(1 / np.sqrt(2))
    assert area.low < theory < area.high
    assert area.high - area.low == pytest.approx(0.109, abs=0.02)


def test_chances_are_compared_by_students_t_over_problems_and_over_families() -> None:
    first, second = np.array([0.5, 0.0, 0.25, 1.0]), np.array([1.0, 0.0, 1.0, 0.5])
    found = compare_shares(first, second, ["a", "a", "b", "b"], 0.9)
    by_problem, by_family = (stats.ttest_1samp(values, 0) for values in (second - first, [0.5 / 2, 0.25 / 2]))
    assert found.difference == pytest.approx(0.1875)
    for test, low, high, p_value in (
        (by_problem, found.low, found.high, found.p_value),
        (by_family, found.family_low, found.family_high, found.family_p_value),
    ):
        interval = test.confidence_interval(0.9)
        assert [low, high, p_value] == pytest.approx([interval.low, interval.high, test.pvalue])


def test_equal_chances_differ_by_nothing_and_one_problem_says_nothing() -> None:
    same = np.array([0.5, 0.25])
    found = compare_shares(same, same, ["a", "b"], 0.95)
    assert (found.difference, found.low, found.high, found.p_value) == (0, 0, 0, 1)
    always = compare_shares(same, same + 0.5, ["a", "b"], 0.95)
    assert always.p_value == 0.5, "two signs are alike by chance half of the time"
    alone = compare_shares(same[:1], same[1:], ["a"], 0.95)
    assert (alone.low, alone.high, alone.p_value, alone.family_low) == (-1, 1, 1, None)
    assert mean_share_interval(same[:1], 0.95) == (0, 1)
    low, high = mean_share_interval(np.array([0.0, 0.1]), 0.95)
    assert low == 0
    assert high > 0.1
