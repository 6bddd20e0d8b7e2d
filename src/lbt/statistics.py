"""Intervals and tests for shares of right answers.

All are exact or seeded, so that a rerun gives the same figures. Intervals of shares are pairs (low, high) in
[0, 1] and contain their estimate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Interval = tuple[float, float]
Floats = NDArray[np.float64]


def wilson_interval(successes: int, n: int, confidence: float) -> Interval:
    """The score interval of a share (Wilson 1927, JASA 22:209); the whole of [0, 1] for n = 0."""
    if n == 0:
        return 0.0, 1.0
    interval = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return min(float(interval.low), successes / n), max(float(interval.high), successes / n)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value that two paired shares are equal (McNemar 1947, exact binomial form).

    The arguments count the pairs that only the first, or only the second, got right.
    """
    discordant = only_first + only_second
    if discordant == 0:
        return 1.0
    return float(stats.binomtest(only_first, discordant, 0.5).pvalue)


def paired_bootstrap_interval(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    samples: int,
    confidence: float,
    rng: np.random.Generator,
) -> Interval:
    """Percentile bootstrap interval of share(second) - share(first) over the same problems, in [-1, 1].

    Problems are resampled as pairs (Efron and Tibshirani 1993, chapter 13). A resample is known by how many
    of its pairs differ in either direction, so it is drawn as a multinomial, without loss.
    """
    n = len(first)
    if n == 0:
        return -1.0, 1.0
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    drawn = rng.multinomial(n, [gained / n, lost / n, (n - gained - lost) / n], size=samples)
    return _percentiles((drawn[:, 0] - drawn[:, 1]) / n, (gained - lost) / n, confidence)


@dataclass(frozen=True)
class Comparison:
    """Share(second) - share(first) on the same problems, and how sure it is.

    `low`, `high` and `p_value` take problems as drawn alike: they speak of new problems of these families.
    Those of the families take whole families as drawn: they speak of new families; None with only one.
    """

    difference: float
    low: float
    high: float
    p_value: float
    families: int
    family_low: float | None
    family_high: float | None
    family_p_value: float | None

    def figures(self, name: str, prefix: str) -> dict[str, float]:
        """The comparison by its metrics' names: `name` and its intervals, and the p-values after `prefix`."""
        found = {
            name: self.difference,
            f"{name}_ci_low": self.low,
            f"{name}_ci_high": self.high,
            f"{prefix}p_value": self.p_value,
            f"{name}_family_ci_low": self.family_low,
            f"{name}_family_ci_high": self.family_high,
            f"{prefix}family_p_value": self.family_p_value,
        }
        return {key: value for key, value in found.items() if value is not None}


def compare_paired(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    families: Sequence[str],
    samples: int,
    confidence: float,
    rng: np.random.Generator,
) -> Comparison:
    """Compare two ways to answer on the same problems, of which `families` names each one's family."""
    names, codes = np.unique(np.asarray(families, dtype=str), return_inverse=True)
    difference = second.astype(int) - first.astype(int)
    gained, lost = int((difference > 0).sum()), int((difference < 0).sum())
    low, high = paired_bootstrap_interval(first, second, samples, confidence, rng)
    family_low, family_high = cluster_t_interval(difference.astype(float), codes, confidence) or (None, None)
    sums = np.bincount(codes, weights=difference).round().astype(int)
    return Comparison(
        (gained - lost) / len(first),
        low,
        high,
        mcnemar_exact(gained, lost),
        len(names),
        family_low,
        family_high,
        None if family_low is None else sign_flip_p_value(sums.tolist()),
    )


def compare_shares(first: Floats, second: Floats, families: Sequence[str], confidence: float) -> Comparison:
    """As `compare_paired`, where a problem is answered rightly with some chance: t intervals and t tests."""
    _, codes = np.unique(np.asarray(families, dtype=str), return_inverse=True)
    difference = second - first
    of_problems, of_families = (
        _t_test(difference, clusters, confidence) for clusters in (np.arange(len(difference)), codes)
    )
    low, high, p_value = of_problems or (-1.0, 1.0, 1.0)
    by_family = of_families or (None, None, None)
    return Comparison(float(difference.mean()), low, high, p_value, int(codes.max()) + 1, *by_family)


def mean_share_interval(shares: Floats, confidence: float) -> Interval:
    """t interval of the mean of shares, over problems; the whole of [0, 1] with fewer than two."""
    found = cluster_t_interval(shares, np.arange(len(shares)), confidence)
    return (0.0, 1.0) if found is None else (max(found[0], 0.0), found[1])


def cluster_t_interval(values: Floats, clusters: NDArray[np.intp], confidence: float) -> Interval | None:
    """t interval of the mean of values between -1 and 1, over clusters; None with fewer than two.

    `clusters` numbers each value's cluster. The mean is a ratio of the clusters' sums to their sizes, both of
    which vary (Cochran 1977, Sampling Techniques, chapter 6); it has as many degrees of freedom as there are
    clusters less one (Cameron and Miller 2015, Journal of Human Resources 50:317).
    """
    found = _t_test(values, clusters, confidence)
    return None if found is None else found[:2]


def _t_test(
    values: Floats, clusters: NDArray[np.intp], confidence: float
) -> tuple[float, float, float] | None:
    """The interval, and the two-sided p-value that the mean is zero.

    Where all clusters have one mean that is not zero, t has no end; the p-value is then the least that the
    signs of so many clusters can give.
    """
    _, codes = np.unique(clusters, return_inverse=True)
    sums, sizes = np.bincount(codes, weights=values), np.bincount(codes)
    count, mean = len(sums), float(values.mean())
    if count < 2:
        return None
    spread = math.sqrt(count / (count - 1) * float(((sums - mean * sizes) ** 2).sum())) / len(values)
    half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * spread
    if spread:
        p_value = 2 * float(stats.t.sf(abs(mean) / spread, count - 1))
    else:
        p_value = 0.5 ** (count - 1) if mean else 1.0
    return max(mean - half, -1.0), min(mean + half, 1.0), p_value


def sign_flip_p_value(sums: Sequence[int]) -> float:
    """Two-sided exact p-value that each cluster's difference could as well have had the other sign.

    `sums` are whole numbers, a cluster's problems gained less those lost. Among all assignments of signs the
    share whose total is at least as far from zero as the one observed (Fisher's randomisation test; Canay,
    Romano and Shaikh 2017, Econometrica 85:1013). All 2^n are counted, by adding one cluster at a time to the
    distribution of the total. Where every problem is a cluster it is McNemar's exact test.
    """
    sizes = [abs(one) for one in sums if one]
    reach = sum(sizes)
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for size in sizes:
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    far = np.abs(np.arange(-reach, reach + 1)) >= abs(sum(sums))
    return min(float(chances[far].sum()), 1.0)


def exam_score_intervals(right: Floats, asked: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Beta intervals of many LbT scores at once, each from a few exam problems.

    `right` and `asked` count answers and have shape (scores, students, exam problems); a score is the mean
    over its students of their shares of right answers. Returns low and high, each of shape (scores,).

    How alike the answers to one exam problem are cannot be told from two or three problems, so the worst is
    assumed: that further answers to a problem say nothing new. The interval is Clopper and Pearson's (1934,
    Biometrika 26:404) with one trial an exam problem, taken to shares by Beta quantiles as by Korn and
    Graubard (1998, Survey Methodology 24:193). Problems with unequal numbers of answers count as fewer: as 1
    over the sum of their squared weights (Kish 1965, Survey Sampling).
    """
    by_student = asked.sum(axis=2)
    score = (right.sum(axis=2) / by_student).mean(axis=1)
    weights = (asked / by_student[:, :, None]).mean(axis=1)
    trials = 1 / (weights**2).sum(axis=1)
    hits, tail = np.minimum(score * trials, trials), (1 - confidence) / 2
    low = np.where(score > 0, stats.beta.ppf(tail, hits, trials - hits + 1), 0.0)
    high = np.where(score < 1, stats.beta.ppf(1 - tail, hits + 1, trials - hits), 1.0)
    return np.minimum(low, score), np.maximum(high, score)


def auc(positives: Floats, negatives: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann and Whitney 1947)."""
    statistic = stats.mannwhitneyu(positives, negatives).statistic
    return float(statistic) / (len(positives) * len(negatives))


def aucs_within(scores: Floats, positive: NDArray[np.bool_], clusters: NDArray[np.intp]) -> Floats:
    """The AUC of each cluster that has both classes, in the order of the clusters' numbers."""
    areas = []
    for cluster in np.unique(clusters):
        own, up = scores[clusters == cluster], positive[clusters == cluster]
        if up.any() and not up.all():
            areas.append(auc(own[up], own[~up]))
    return np.array(areas, dtype=float)


@dataclass(frozen=True)
class Auc:
    """An area under the ROC curve with its interval."""

    value: float
    low: float
    high: float


def clustered_auc(
    scores: Floats,
    positive: NDArray[np.bool_],
    clusters: NDArray[np.intp],
    samples: int,
    confidence: float,
    rng: np.random.Generator,
) -> Auc | None:
    """AUC over all pairs, with an interval that resamples whole clusters; None without both classes.

    `clusters` numbers each score's cluster (the teaching problem) from 0. Resamples without both classes are
    left out.
    """
    if positive.all() or not positive.any():
        return None
    count = int(clusters.max()) + 1
    wins = _wins_between_clusters(scores, positive, clusters, count)
    pairs_up = np.bincount(clusters[positive], minlength=count).astype(float)
    pairs_down = np.bincount(clusters[~positive], minlength=count).astype(float)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=samples).astype(float)
    pairs = (weights @ pairs_up) * (weights @ pairs_down)
    drawn = ((weights @ wins) * weights).sum(axis=1)[pairs > 0] / pairs[pairs > 0]
    value = auc(scores[positive], scores[~positive])
    return Auc(value, *_percentiles(drawn, value, confidence))


def _wins_between_clusters(
    scores: Floats, positive: NDArray[np.bool_], clusters: NDArray[np.intp], count: int
) -> Floats:
    """wins[a, b]: how often a positive of cluster a scores above a negative of cluster b (ties half)."""
    wins = np.zeros((count, count))
    negatives, negative_clusters = scores[~positive], clusters[~positive]
    for cluster in np.unique(clusters[positive]):
        own = np.sort(scores[positive & (clusters == cluster)])
        above = len(own) - np.searchsorted(own, negatives, side="right")
        equal = len(own) - above - np.searchsorted(own, negatives, side="left")
        wins[cluster] = np.bincount(negative_clusters, weights=above + equal / 2, minlength=count)
    return wins


def _percentiles(drawn: Floats, estimate: float, confidence: float) -> Interval:
    """The middle `confidence` of the draws, widened to the estimate where a skewed few miss it."""
    if len(drawn) == 0 or math.isnan(estimate):
        return estimate, estimate
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return min(float(low), estimate), max(float(high), estimate)
