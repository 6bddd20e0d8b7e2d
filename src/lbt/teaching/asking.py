"""What teaching, exams and evaluation share: putting questions to a model and filing its answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lbt.generation import Completion, Request, Samples, SamplingSettings
from lbt.grading import Domain, grade_completion
from lbt.prompts import PromptSettings


def make_request(
    messages: Sequence[Mapping[str, str]],
    prompts: PromptSettings,
    samples: int,
    sampling: SamplingSettings,
    seed: int,
) -> Request:
    """A request for `samples` answers.

    All requests of a run share its seed: the sampler draws each from a stream of its own prompt, so they are
    independent, and equal ones stay equal in whichever stage they are asked.
    """
    pairs = tuple((message["role"], message["content"]) for message in messages)
    return Request(messages=pairs, samples=samples, sampling=sampling, seed=seed, prefill=prompts.prefill)


def answer_columns(domain: Domain, gold: str, completion: Completion | None) -> dict[str, Any]:
    """The columns text, answer, verdict, finish_reason and tokens; a failed generation has no text."""
    graded = grade_completion(domain, gold, completion)
    return {
        "text": completion.text if completion else "",
        "answer": graded.answer,
        "verdict": graded.verdict,
        "finish_reason": completion.finish_reason if completion else "error",
        "tokens": completion.tokens if completion else 0,
    }


def usage_of(samples: Samples) -> dict[str, float]:
    """The counts of a stage's generations, for its metrics."""
    return {
        "new": samples.new,
        "reused": samples.reused,
        "failed": samples.failed,
        "tokens": samples.tokens,
        "seconds": samples.seconds,
    }


def to_table(records: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A table with exactly these columns and types, also without a row."""
    return pd.DataFrame(records, columns=list(columns)).astype(dict(columns))
