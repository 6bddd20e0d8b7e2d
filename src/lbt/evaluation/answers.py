"""A model answers the held-out problems."""

from typing import Literal

import pandas as pd

from lbt.evaluation.settings import EvaluationSettings
from lbt.generation import GenerationStore, ModelSettings, generate
from lbt.grading import Domain
from lbt.prompts import PromptSettings, teaching_messages
from lbt.teaching.asking import Answer, graded_table, make_request, usage_of

COLUMNS = {
    "model": "str",
    "problem_id": "str",
    "family": "str",
    "decoding": "str",
    "sample_index": "int64",
    "text": "str",
    "answer": "str",
    "verdict": "str",
    "finish_reason": "str",
    "tokens": "int64",
}


def answer_problems(
    problems: pd.DataFrame,
    model_label: Literal["base", "tuned"],
    model: ModelSettings,
    prompts: PromptSettings,
    settings: EvaluationSettings,
    store: GenerationStore,
    seed: int,
    domain: Domain,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """One greedy and `settings.samples` sampled graded answers to every evaluation problem, and the usage."""
    held_out = problems[problems["role"] == "evaluation"].sort_values("problem_id")
    tasks = held_out.to_dict("records")
    decodings = [("greedy", 1, settings.greedy)]
    if settings.samples:
        decodings.append(("sampled", settings.samples, settings.sampling))
    asked = [(decoding, count, sampling, task) for decoding, count, sampling in decodings for task in tasks]
    requests = [
        make_request(teaching_messages(task["question"], prompts), prompts, count, sampling, seed)
        for _, count, sampling, task in asked
    ]
    samples = generate(model, requests, store, f"evaluation of {model_label}")
    answers = (
        Answer(
            {
                "model": model_label,
                "problem_id": task["problem_id"],
                "family": task["family"],
                "decoding": decoding,
                "sample_index": index,
            },
            task["answer"],
            completion,
        )
        for (decoding, _, _, task), completions in zip(asked, samples.completions, strict=True)
        for index, completion in enumerate(completions)
    )
    return graded_table(domain, answers, COLUMNS, store.path), usage_of(samples)
