"""Exams without gold answers: what the teacher mostly answers to an exam problem stands for its gold."""

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker
from lbt.exams.settings import ConsensusSettings
from lbt.generation import ModelSettings
from lbt.grading import Voting, majority_of
from lbt.teaching import TeachingSettings, explaining_tasks


def ask_for_consensus(
    asker: Asker, problems: pd.DataFrame, teacher: ModelSettings, settings: TeachingSettings
) -> Asked:
    """`settings.samples` answers of the teacher to every exam problem: the table `consensus_answers`.

    Their verdicts are by the gold answers, which nothing else uses: they tell how right the consensus is.
    """
    tasks = explaining_tasks(asker, problems[problems["role"] == "exam"], settings)
    return asker.ask(teacher, "consensus", tasks, tables.consensus_answers)


def with_consensus(
    problems: pd.DataFrame, answers: pd.DataFrame, voting: Voting, settings: ConsensusSettings
) -> tuple[pd.DataFrame, dict[str, float]]:
    """The problems with the consensus in the place of the exam problems' gold, and how good it is.

    Exam problems of whose answers fewer than `settings.minimum_confidence` agree are left out. Figures:
    exam.consensus_share of the exam problems that have one, exam.consensus_right of these that are right.
    """
    agreed: dict[str, str] = {}
    right = 0
    for problem, rows in answers.groupby("problem_id", sort=True):
        keys = voting.keys(str(problem), rows["answer"])
        majority = majority_of(keys, settings.minimum_confidence)
        if majority is not None:
            first = rows.iloc[keys.index(majority)]
            agreed[str(problem)] = str(first["answer"])
            right += first["verdict"] == "correct"
    examined = problems["role"] == "exam"
    kept = problems[~examined | problems["problem_id"].isin(list(agreed))]
    golds = kept["problem_id"].map(agreed).where(kept["role"] == "exam").fillna(kept["answer"])
    figures = {"exam.consensus_share": len(agreed) / max(int(examined.sum()), 1)}
    if agreed:
        figures["exam.consensus_right"] = right / len(agreed)
    return kept.assign(answer=golds.astype(str)).reset_index(drop=True), figures
