"""Accuracy against the number of rationales."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lbt import tables
from lbt.search.methods import Method
from lbt.search.selections import outcome_of
from lbt.search.settings import SearchSettings
from lbt.seeds import random_stream

_DRAWN = (
    "sc",
    "max",
    "sum",
    "visible_tests",
    "visible_tests.sum",
    "teacher_exams.sum",
    "worked_examples",
)
_DECIMALS = 12


def accuracy_curve(methods: Sequence[Method], settings: SearchSettings, seed: int) -> pd.DataFrame:
    """Mean and standard deviation of the accuracy over `subsets` random subsets of each size 1, 2, 4, ..., N.

    Subsets are drawn without replacement, of each problem on its own, and are the same for all methods; at N,
    the most samples of a problem, there is only one. As in the paper's Table A6. A problem is counted where
    it has a sample. sc, max, sum, of programs visible_tests and visible_tests.sum, and from the baselines
    teacher_exams.sum and worked_examples.
    """
    rows = [
        (method.name, size, *_spread(method, size, settings, seed), settings.subsets, len(method.ballots))
        for method in methods
        if method.name in _DRAWN and method.ballots
        for size in sizes(max(len(ballot.keys) for ballot in method.ballots.values()))
    ]
    return tables.make_table(tables.search_curve, rows)


def sizes(most: int) -> list[int]:
    """The powers of two below `most`, and `most`."""
    return [*(1 << power for power in range(most.bit_length()) if 1 << power < most), most]


def _spread(method: Method, size: int, settings: SearchSettings, seed: int) -> tuple[float, float]:
    right = np.array([list(_right(method, problem, size, settings, seed)) for problem in method.ballots])
    hits, problems = right.sum(axis=0).round(_DECIMALS), len(right)  # equal sums have a sd of exactly 0
    return float(hits.mean()) / problems, float(hits.std(ddof=1)) / problems


def _right(method: Method, problem: str, size: int, settings: SearchSettings, seed: int) -> Iterator[float]:
    """Whether the answer selected from each subset is right, or the chance of it."""
    ballot = method.ballots[problem]
    samples = len(ballot.keys)
    rng = random_stream(seed, "search_curve", problem, str(size))
    for _ in range(settings.subsets):
        drawn = sorted(rng.choice(samples, size=min(size, samples), replace=False).tolist())
        yield outcome_of(method, ballot, drawn, settings.tie_rule).chance
