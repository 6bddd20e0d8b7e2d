"""Intervals and tests keep what their formulas promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from lbt.statistics import (
    auc,
    clustered_auc,
    clustered_bootstrap_intervals,
    mcnemar_exact,
    paired_bootstrap_interval,
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
    st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=4), min_size=1),
    SEEDS,
)
def test_clustered_intervals_contain_the_score(groups: list[list[tuple[int, int]]], seed: int) -> None:
    successes = np.array([[[min(a, b) for a, b in group]] for group in groups], float)
    totals = np.array([[[max(a, b, 1) for a, b in group]] for group in groups], float)
    low, high = clustered_bootstrap_intervals(successes, totals, 200, 0.95, np.random.default_rng(seed))
    share = successes.sum(axis=2)[:, 0] / totals.sum(axis=2)[:, 0]
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all()


def test_clustering_widens_the_interval_when_answers_agree_within_an_exam_problem() -> None:
    agreeing = np.array([[[3, 3, 3, 3, 0, 0, 0, 0]]], float)
    mixed = np.array([[[2, 1, 2, 1, 2, 1, 2, 1]]], float)
    asked = np.full((1, 1, 8), 3.0)
    widths = []
    for successes in (agreeing, mixed):
        low, high = clustered_bootstrap_intervals(successes, asked, 2000, 0.95, np.random.default_rng(0))
        widths.append(high[0] - low[0])
    assert widths[0] > 2 * widths[1]


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
