"""A model answers the held-out problems."""

from typing import Literal

import pandas as pd

from lbt import tables
from lbt.asking import Asked, Asker, Task
from lbt.evaluation.settings import EvaluationSettings
from lbt.generation import ModelSettings
from lbt.prompts import teaching_messages

Contestant = Literal["base", "tuned"]


def answer_problems(
    asker: Asker,
    problems: pd.DataFrame,
    label: Contestant,
    model: ModelSettings,
    settings: EvaluationSettings,
) -> Asked:
    """One greedy and `settings.samples` sampled graded answers to every evaluation problem."""
    held_out = problems[problems["role"] == "evaluation"].sort_values("problem_id").to_dict("records")
    decodings = [("greedy", 1, settings.greedy)]
    if settings.samples:
        decodings.append(("sampled", settings.samples, settings.sampling))
    tasks = [
        Task(
            teaching_messages(problem["question"], asker.prompts),
            problem["answer"],
            {
                "model": label,
                "problem_id": problem["problem_id"],
                "family": problem["family"],
                "decoding": decoding,
            },
            samples,
            sampling,
        )
        for decoding, samples, sampling in decodings
        for problem in held_out
    ]
    return asker.ask(model, f"evaluation of {label}", tasks, tables.evaluation_answers)
