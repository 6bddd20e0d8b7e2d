"""Arms compared over seeds."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from lbt.columns import make_table
from lbt.statistics import cluster_t_interval
from lbt.studies.settings import ComparisonSettings, StudySettings
from lbt.study_tables import study_comparisons, study_seeds


def compare_arms(outcomes: pd.DataFrame, study: StudySettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `study_seeds` and `study_comparisons` of the cells that are there.

    A difference is taken over the problems that both cells of a seed answered. Its interval within a seed
    takes problems, or whole families, as drawn, and does not hold the noise of sampling and training; that
    over the seeds does (t over the seeds' differences, n - 1 degrees of freedom), and it is what arms are
    compared by. Where one run trains both outcomes (base against tuned) the same holds.
    """
    found = dict(iter(outcomes.groupby(["condition", "arm", "round", "outcome", "seed"])))
    per_seed: list[tuple[Any, ...]] = []
    summaries: list[tuple[Any, ...]] = []
    for condition in study.conditions:
        for one in study.compared():
            paired = list(_paired(found, condition, one, study))
            if not paired:
                continue
            named = _named(condition, one, study)
            per_seed += [(*named, seed, *_within(rows, study.confidence)) for seed, rows in paired]
            summaries.append((*named, *_over([rows for _, rows in paired], study)))
    table = make_table(study_comparisons, [(*row[:-1], None, row[-1]) for row in summaries])
    return make_table(study_seeds, per_seed), _with_holm(table, study.confidence)


def _paired(
    found: dict[Any, pd.DataFrame], condition: str, one: ComparisonSettings, study: StudySettings
) -> Iterator[tuple[int, pd.DataFrame]]:
    """By seed: the problems of both cells, with the columns family, first and second."""
    outcome, less_outcome = _outcomes(one, study)
    for seed in study.seeds:
        first = found.get((condition, one.less, one.less_round, less_outcome, seed))
        second = found.get((condition, one.arm, one.round, outcome, seed))
        if first is None or second is None:
            continue
        both = first.merge(second, on=["problem_id", "family"], suffixes=("_first", "_second"))
        if len(both):
            yield seed, both.rename(columns={"right_first": "first", "right_second": "second"})


def _outcomes(one: ComparisonSettings, study: StudySettings) -> tuple[str, str]:
    outcome = one.outcome or study.outcome
    return outcome, one.less_outcome or outcome


def _named(condition: str, one: ComparisonSettings, study: StudySettings) -> tuple[Any, ...]:
    outcome, less_outcome = _outcomes(one, study)
    several = study.arms[one.arm].rounds > 1 or study.arms[one.less].rounds > 1
    within = one.arm == one.less and len(study.arms) > 1
    first, second = (
        " ".join(
            [
                *([arm] if one.arm != one.less else []),
                *([own] if outcome != less_outcome else []),
                *([f"round {number}"] if several else []),
            ]
        )
        for arm, own, number in ((one.arm, outcome, one.round), (one.less, less_outcome, one.less_round))
    )
    title = f"{one.arm}: {first} less {second}" if within else f"{first} less {second}"
    return (condition, title, one.arm, one.round, outcome, one.less, one.less_round, less_outcome)


def _within(rows: pd.DataFrame, confidence: float) -> tuple[Any, ...]:
    difference = (rows["second"] - rows["first"]).to_numpy(float)
    return (
        len(rows),
        rows["second"].mean(),
        rows["first"].mean(),
        difference.mean(),
        *_interval(difference, np.arange(len(rows)), confidence),
        *_interval(difference, _codes(rows["family"]), confidence),
    )


def _over(paired: list[pd.DataFrame], study: StudySettings) -> tuple[Any, ...]:
    """What all seeds say, without Holm's p-value; families are clusters over all seeds."""
    differences = np.array([(rows["second"] - rows["first"]).mean() for rows in paired], dtype=float)
    pooled = pd.concat(paired, ignore_index=True)
    single = (pooled["second"] - pooled["first"]).to_numpy(float)
    n, mean = len(differences), float(differences.mean())
    sd = float(differences.std(ddof=1)) if n > 1 else None
    return (
        n,
        np.mean([rows["second"].mean() for rows in paired]),
        np.mean([rows["first"].mean() for rows in paired]),
        mean,
        *_interval(differences, np.arange(n), study.confidence),
        *_interval(single, _codes(pooled["family"]), study.confidence),
        sd,
        int((differences > 0).sum()),
        _p_value(differences),
        _smallest_effect(sd, n, study),
    )


def _interval(values: Any, clusters: Any, confidence: float) -> tuple[float | None, float | None]:
    return cluster_t_interval(values, clusters, confidence) or (None, None)


def _codes(names: pd.Series) -> Any:
    return np.unique(names.to_numpy(str), return_inverse=True)[1]


def _p_value(differences: Any) -> float | None:
    """Two-sided t test that the mean over the seeds is zero; none if it cannot be told."""
    if len(differences) < 2 or not differences.std():
        return None
    return float(stats.ttest_1samp(differences, 0.0).pvalue)


def _smallest_effect(sd: float | None, n: int, study: StudySettings) -> float | None:
    """The true difference that so many seeds of this spread find with the study's power, in one t test."""
    if sd is None or n < 2:
        return None
    if not sd:
        return 0.0
    size = TTestPower().solve_power(nobs=n, alpha=1 - study.confidence, power=study.power)
    return None if math.isnan(size) else float(np.squeeze(size)) * sd


def _with_holm(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Holm 1979, Scandinavian Journal of Statistics 6:65, over all comparisons that have a p-value."""
    tested = table["p_value"].notna()
    if tested.any():
        adjusted = multipletests(table.loc[tested, "p_value"], alpha=1 - confidence, method="holm")[1]
        table.loc[tested, "p_holm"] = adjusted
    return table
