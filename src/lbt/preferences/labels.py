"""Labels without gold answers: what most rationales of a problem agree on stands for the gold."""

import pandas as pd

from lbt.grading import ANSWERED, Voting, majority_of


def agreed_labels(rationales: pd.DataFrame, voting: Voting, minimum_confidence: float) -> dict[str, bool]:
    """Whether each answered rationale gives its problem's majority answer, by rationale_id.

    Left out are the rationales of problems whose majority has less than `minimum_confidence` of the answers,
    or no single answer in front (Weak-to-Strong Reasoning, 2407.13647: 0.6 of ten samples; below it a problem
    is skipped). Answers are equal if the domain takes them to be.
    """
    labels: dict[str, bool] = {}
    answered = rationales[rationales["verdict"].isin(ANSWERED)]
    for problem, rows in answered.groupby("problem_id", sort=True):
        keys = voting.keys(str(problem), rows["answer"])
        majority = majority_of(keys, minimum_confidence)
        if majority is not None:
            names = rows["rationale_id"].astype(str)
            labels |= {name: key == majority for name, key in zip(names, keys, strict=True)}
    return labels
