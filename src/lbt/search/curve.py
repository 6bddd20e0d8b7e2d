"""Accuracy against the number of rationales."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lbt import tables
from lbt.search.selection import select
from lbt.search.selections import Method
from lbt.search.settings import SearchSettings
from lbt.seeds import random_stream

_DRAWN = ("sc", "max", "sum", "teacher_exams.sum", "worked_examples")


def accuracy_curve(methods: Sequence[Method], settings: SearchSettings, seed: int) -> pd.DataFrame:
    """Mean and standard deviation of the accuracy over `subsets` random subsets of each size 1, 2, 4, ..., N.

    Subsets are drawn without replacement, of each problem on its own, and are the same for all methods; at N,
    the most samples of a problem, there is only one. As in the paper's Table A6. A problem is counted where
    it has a sample. sc, max, sum, and from the baselines teacher_exams.sum and worked_examples.
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
    hits, problems = right.sum(axis=0), len(right)  # whole numbers, so that equal ones have a sd of exactly 0
    return float(hits.mean()) / problems, float(hits.std(ddof=1)) / problems


def _right(method: Method, problem: str, size: int, settings: SearchSettings, seed: int) -> Iterator[bool]:
    """Whether the answer selected from each subset is right."""
    ballot = method.ballots[problem]
    samples = len(ballot.keys)
    rng = random_stream(seed, "search_curve", problem, str(size))
    scores = method.scores_of(ballot)
    for _ in range(settings.subsets):
        drawn = sorted(rng.choice(samples, size=min(size, samples), replace=False).tolist())
        keys = [ballot.keys[place] for place in drawn]
        key = select(keys, [scores[place] for place in drawn], method.rule, settings.tie_rule)
        yield key is not None and ballot.right[drawn[keys.index(key)]]
