"""Intervals and tests for shares of right answers.

All are exact or seeded, so that a rerun gives the same figures. Intervals of shares are pairs (low, high) in
[0, 1] and contain their estimate.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Interval = tuple[float, float]
Floats = NDArray[np.float64]
_CELLS = 4_000_000


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


def clustered_bootstrap_intervals(
    successes: Floats, totals: Floats, samples: int, confidence: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Percentile intervals of many shares at once, resampling whole clusters.

    `successes` and `totals` have shape (groups, parts, clusters); a group's estimate is the mean over its
    parts (students) of successes / totals summed over the clusters (exam problems), and every part is
    resampled with the same clusters. Returns low and high, each of shape (groups,). Answers to one exam
    problem are not independent, so clusters and not answers are drawn (Davison and Hinkley 1997, section 3.8;
    Cameron, Gelbach and Miller 2008).

    With few clusters the interval is coarse and too narrow: three clusters have ten distinct resamples, and
    where all clusters agree it has no width. Read it as the spread between exam problems, not as a guarantee.
    """
    groups, _, clusters = successes.shape
    weights = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=samples).astype(float).T
    low, high = np.empty(groups), np.empty(groups)
    step = max(1, _CELLS // (samples * successes.shape[1]))
    for start in range(0, groups, step):
        part = slice(start, start + step)
        with np.errstate(invalid="ignore"):
            drawn = ((successes[part] @ weights) / (totals[part] @ weights)).mean(axis=1)
            estimate = (successes[part].sum(axis=2) / totals[part].sum(axis=2)).mean(axis=1)
        # A resample may hold none of a student's counted answers; it says nothing and is left out.
        tails = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
        low[part], high[part] = np.minimum(tails[0], estimate), np.maximum(tails[1], estimate)
    return low, high


def auc(positives: Floats, negatives: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann and Whitney 1947)."""
    statistic = stats.mannwhitneyu(positives, negatives).statistic
    return float(statistic) / (len(positives) * len(negatives))


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
