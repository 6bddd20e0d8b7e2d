"""The rationales that may enter a pair, with their scores."""

from dataclasses import dataclass

import pandas as pd

from lbt.grading import ANSWERED
from lbt.preferences.settings import PreferenceSettings
from lbt.scoring.scores import MEAN


@dataclass(frozen=True)
class Candidate:
    """A distinct rationale of one problem; `lbt_score` is NaN if it sat no exam."""

    demo_id: str
    text: str
    verdict: str
    finish_reason: str
    score: float
    lbt_score: float

    @property
    def answered(self) -> bool:
        """Whether it gave an answer; without one it can be rejected but not chosen."""
        return self.verdict in ANSWERED

    @property
    def whole(self) -> bool:
        """Whether it ended by itself; one that was cut can be rejected but not chosen."""
        return self.finish_reason == "stop"

    @property
    def right(self) -> bool:
        """Whether its answer is right."""
        return self.verdict == "correct"


Pair = tuple[Candidate, Candidate]
"""(chosen, rejected)"""


@dataclass(frozen=True)
class ProblemCandidates:
    """What one teaching problem has to offer, and how many of its rationales it could not use."""

    problem_id: str
    candidates: tuple[Candidate, ...]
    failed: int
    equal_text: int
    no_lbt_score: int


def collect_candidates(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, settings: PreferenceSettings
) -> list[ProblemCandidates]:
    """The distinct rationales of every teaching problem, in an order that does not depend on the rows'.

    The score is correctness_weight * (answer is right) + lbt_weight * LbT score, the LbT score being the mean
    over the students. A rationale without an answer teaches none: its LbT score counts as 0. One whose exams
    all failed has no score under a signal that needs it, and is left out.
    """
    mean = lbt_scores[lbt_scores["student"] == MEAN]
    lbt = dict(zip(mean["demo_id"], mean["lbt_score"].astype(float), strict=True))
    ordered = rationales.sort_values(["problem_id", "demo_id", "rationale_id"])
    return [
        _collect(str(problem_id), rows, lbt, settings)
        for problem_id, rows in ordered.groupby("problem_id", sort=True)
    ]


def _collect(
    problem_id: str, rows: pd.DataFrame, lbt: dict[str, float], settings: PreferenceSettings
) -> ProblemCandidates:
    usable = rows[(rows["verdict"] != "error") & (rows["text"].str.strip() != "")]
    # Texts that differ only in outer space are one text to a reader, though they sat exams as two.
    distinct = usable.loc[~usable["text"].str.strip().duplicated()]
    _, lbt_weight = settings.weights
    candidates = []
    unscored = 0
    for row in distinct.itertuples():
        answered = row.verdict in ANSWERED
        if answered and lbt_weight > 0 and row.demo_id not in lbt:
            unscored += 1
            continue
        lbt_score = lbt.get(str(row.demo_id), float("nan"))
        score = _score(str(row.verdict) == "correct", lbt_score if answered else 0.0, settings)
        told = (str(row.demo_id), str(row.text), str(row.verdict), str(row.finish_reason))
        candidates.append(Candidate(*told, score, lbt_score))
    return ProblemCandidates(
        problem_id, tuple(candidates), len(rows) - len(usable), len(usable) - len(distinct), unscored
    )


def _score(right: bool, lbt_score: float, settings: PreferenceSettings) -> float:
    correctness_weight, lbt_weight = settings.weights
    return correctness_weight * right + (lbt_weight * lbt_score if lbt_weight > 0 else 0.0)
