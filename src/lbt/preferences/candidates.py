"""The rationales that may enter a pair, with their scores."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lbt.grading import ANSWERED
from lbt.preferences.settings import PreferenceSettings
from lbt.scoring.scores import MEAN
from lbt.seeds import random_stream


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
    no_label: int


@dataclass(frozen=True)
class Scoring:
    """How a rationale's score is made: settings, the run's seed, and labels where verdicts do not count."""

    settings: PreferenceSettings
    seed: int
    labels: Mapping[str, bool] | None = None

    def is_right(self, rationale_id: str, verdict: str) -> bool | None:
        """Whether the answer counts as right; None if no label says so."""
        if self.labels is None:
            return verdict == "correct"
        return self.labels.get(rationale_id)

    def score(self, demo_id: str, right: bool, lbt_score: float) -> float:
        """From 0 to 1; drawn with the seed where the signal is random."""
        if self.settings.signal == "random":
            return float(random_stream(self.seed, "pairs", "random", demo_id).random())
        correctness_weight, lbt_weight = self.settings.weights
        return correctness_weight * right + (lbt_weight * lbt_score if lbt_weight > 0 else 0.0)


def collect_candidates(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, scoring: Scoring
) -> list[ProblemCandidates]:
    """The distinct rationales of every teaching problem, in an order that does not depend on the rows'.

    The score is correctness_weight * (answer is right) + lbt_weight * LbT score, the LbT score being the mean
    over the students, or random. A rationale without an answer teaches none: its LbT score counts as 0. One
    whose exams all failed has no score under a signal that needs it, and is left out; so is one without a
    label.
    """
    mean = lbt_scores[lbt_scores["student"] == MEAN]
    lbt = dict(zip(mean["demo_id"], mean["lbt_score"].astype(float), strict=True))
    ordered = rationales.sort_values(["problem_id", "demo_id", "rationale_id"])
    return [
        _collect(str(problem_id), rows, lbt, scoring)
        for problem_id, rows in ordered.groupby("problem_id", sort=True)
    ]


def _collect(
    problem_id: str, rows: pd.DataFrame, lbt: dict[str, float], scoring: Scoring
) -> ProblemCandidates:
    usable = rows[(rows["verdict"] != "error") & (rows["text"].str.strip() != "")]
    # Texts that differ only in outer space are one text to a reader, though they sat exams as two.
    distinct = usable.loc[~usable["text"].str.strip().duplicated()]
    _, lbt_weight = scoring.settings.weights
    candidates = []
    unscored = unlabelled = 0
    for row in distinct.itertuples():
        answered = row.verdict in ANSWERED
        if answered and lbt_weight > 0 and row.demo_id not in lbt:
            unscored += 1
            continue
        right = scoring.is_right(str(row.rationale_id), str(row.verdict)) if answered else False
        if right is None:
            unlabelled += 1
            continue
        lbt_score = lbt.get(str(row.demo_id), float("nan"))
        score = scoring.score(str(row.demo_id), right, lbt_score if answered else 0.0)
        told = (str(row.demo_id), str(row.text), str(row.verdict), str(row.finish_reason))
        candidates.append(Candidate(*told, score, lbt_score))
    return ProblemCandidates(
        problem_id,
        tuple(candidates),
        len(rows) - len(usable),
        len(usable) - len(distinct),
        unscored,
        unlabelled,
    )
