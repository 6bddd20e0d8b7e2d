"""Sample the teacher's rationales."""

import hashlib

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker, Task, check_answered
from lbt.generation import ModelSettings
from lbt.prompts import teaching_messages
from lbt.teaching.settings import TeachingSettings


def sample_rationales(
    asker: Asker, problems: pd.DataFrame, teacher: ModelSettings, settings: TeachingSettings
) -> Asked:
    """`settings.samples` graded rationales of every teaching problem: the table `rationales`.

    Raises ModelError if not one of them holds an answer: then nothing could sit an exam.
    """
    tasks = explaining_tasks(asker, problems[problems["role"] == "teaching"], settings)
    asked = asker.ask(teacher, "teaching", tasks, tables.rationales, debug=asker.debug.teacher)
    rationales = _with_ids(asked.table)
    check_answered(rationales, "The teacher", teacher, "teaching")
    return Asked(rationales, asked.usage, _with_ids(asked.first))


def explaining_tasks(asker: Asker, problems: pd.DataFrame, settings: TeachingSettings) -> list[Task]:
    """What the teacher is asked about these problems, in the order of their ids."""
    return [
        Task(
            teaching_messages(problem["question"], asker.prompts),
            problem["answer"],
            {"problem_id": problem["problem_id"], "family": problem["family"]},
            settings.samples,
            settings.sampling,
        )
        for problem in problems.sort_values("problem_id").to_dict("records")
    ]


def demo_id(problem_id: str, text: str) -> str:
    """16 hexadecimal digits; equal texts of one teaching problem share theirs."""
    return hashlib.sha256(f"{problem_id}\x1f{text}".encode()).hexdigest()[:16]


def _with_ids(rationales: pd.DataFrame) -> pd.DataFrame:
    samples = rationales["sample_index"].astype("str")
    named = zip(rationales["problem_id"], rationales["text"], strict=True)
    return rationales.assign(
        rationale_id=rationales["problem_id"] + "/" + samples,
        demo_id=pd.Series([demo_id(*of) for of in named], index=rationales.index, dtype="str"),
    )
