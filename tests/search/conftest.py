"""Small tables of rationales and exam answers."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd
import pytest

from lbt.search import SearchSettings

Said = tuple[str | None, str]
"""An answer and its verdict."""
Marked = tuple[str, str, str]
"""Student, demo and verdict of one exam answer."""


def rationales_of(said: dict[str, Sequence[Said]]) -> pd.DataFrame:
    """One demo a rationale, named `<problem>/<sample>`."""
    rows = [
        {
            "rationale_id": f"{problem}/{index}",
            "problem_id": problem,
            "family": "f",
            "sample_index": index,
            "text": "" if answer is None else f"So it is.\n#### {answer}",
            "answer": answer,
            "verdict": verdict,
            "finish_reason": "stop",
            "tokens": 10,
            "demo_id": f"{problem}/{index}",
        }
        for problem, samples in said.items()
        for index, (answer, verdict) in enumerate(samples)
    ]
    return pd.DataFrame(rows).astype({"answer": "str"})


def exams_of(marked: Iterable[Marked]) -> pd.DataFrame:
    rows = [
        {"student": student, "demo_id": demo, "verdict": verdict, "tokens": 5}
        for student, demo, verdict in marked
    ]
    return pd.DataFrame(rows, columns=["student", "demo_id", "verdict", "tokens"])


def problems_of(names: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({"problem_id": list(names)}).assign(role="teaching", family="f")


@pytest.fixture
def settings() -> Callable[..., SearchSettings]:
    """Settings without baselines."""
    return lambda **changes: SearchSettings(**{"baselines": (), "bootstrap_samples": 100} | changes)
