"""What teaching, exams and evaluation share: putting questions to a model and filing its answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from lbt.generation import Completion, Request, Samples, SamplingSettings
from lbt.grading import Domain, Graded, grade_completions
from lbt.prompts import PromptSettings

Row = TypeVar("Row")

_ROWS_AT_A_TIME = 20_000


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


class Requests(Sequence[Request]):
    """The requests of many rows, each made when it is asked for, so that not all are in memory at once."""

    def __init__(self, rows: Sequence[Row], make: Callable[[Row], Request]) -> None:
        self._rows = rows
        self._make = make

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        """The request of a row; a slice of rows gives a sequence of their requests."""
        if isinstance(place, slice):
            return Requests(self._rows[place], self._make)
        return self._make(self._rows[place])


@dataclass(frozen=True, slots=True)
class Answer:
    """A completion, with what is filed about it."""

    columns: Mapping[str, Any]
    gold: str
    completion: Completion | None
    """None where generation failed."""


def graded_table(
    domain: Domain, answers: Iterable[Answer], columns: Mapping[str, str], cache: Path | None = None
) -> pd.DataFrame:
    """A row per answer: its own columns, and text, answer, verdict, finish_reason and tokens.

    Answers are taken, and graded together, some at a time. A failed generation has no text.

    Args:
        domain: How to grade.
        answers: What to file.
        columns: The table's columns and their types; exactly these, also without a row.
        cache: A SQLite file that keeps verdicts that are slow to find.
    """
    iterator = iter(answers)
    parts = []
    while some := list(islice(iterator, _ROWS_AT_A_TIME)):
        golds, completions = [answer.gold for answer in some], [answer.completion for answer in some]
        verdicts = grade_completions(domain, golds, completions, cache=cache)
        rows = [
            {**answer.columns, **_answer_columns(answer.completion, graded)}
            for answer, graded in zip(some, verdicts, strict=True)
        ]
        parts.append(pd.DataFrame(rows, columns=list(columns)).astype(dict(columns)))
    if not parts:
        return pd.DataFrame(columns=list(columns)).astype(dict(columns))
    return pd.concat(parts, ignore_index=True)


def _answer_columns(completion: Completion | None, graded: Graded) -> dict[str, Any]:
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
