"""A few problems with the answers of both models, to read."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lbt.seeds import random_stream

_KINDS = {
    (False, True): "Fixed by training",
    (True, False): "Broken by training",
    (False, False): "Wrong before and after",
}
_KINDS_OF_BASE = {(True,): "Right", (False,): "Wrong"}


def sample_transcripts(
    problems: pd.DataFrame, evaluation_answers: pd.DataFrame, seed: int, per_kind: int = 3
) -> str:
    """Markdown with up to `per_kind` problems of each kind: fixed, broken, and wrong before and after.

    With one model only, the kinds are right and wrong. Greedy answers; problems are drawn by seed.
    """
    greedy = evaluation_answers[evaluation_answers["decoding"] == "greedy"]
    greedy = greedy[greedy["verdict"] != "error"]
    models = sorted(greedy["model"].unique())
    table = greedy.pivot(index="problem_id", columns="model", values=["verdict", "text", "answer"])
    table = table.dropna(subset=[("verdict", model) for model in models]).sort_index()
    known = problems.set_index("problem_id")
    right = list(zip(*(table["verdict", model].eq("correct") for model in models), strict=True))
    parts = ["# Sample transcripts\n"]
    for kind, title in (_KINDS if len(models) == 2 else _KINDS_OF_BASE).items():
        ids = [name for name, found in zip(table.index, right, strict=True) if found == kind]
        drawn = random_stream(seed, "transcripts", title).permutation(ids)[:per_kind]
        parts.append(f"## {title} ({len(ids)} of {len(table)})\n")
        for name in sorted(str(name) for name in drawn):
            parts.append(_one(name, known.loc[name].to_dict(), table.loc[name].to_dict(), models))
    return "\n".join(parts)


def _one(name: str, problem: Mapping[Any, Any], answers: Mapping[Any, Any], models: list[str]) -> str:
    lines = [
        f"### {name} ({problem['family']})\n",
        _fenced(problem["question"]),
        f"Gold answer: {problem['answer']}\n",
    ]
    for model in models:
        given = answers["answer", model]
        said = "no answer" if pd.isna(given) else f"answer {given}"
        lines += [f"**{model}**, {answers['verdict', model]} ({said}):\n", _fenced(answers["text", model])]
    return "\n".join(lines)


def _fenced(text: str) -> str:
    """A code block that no text can end early."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"
