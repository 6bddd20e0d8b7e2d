"""A few problems with the answers of both models, to read."""

import json
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
_OF_PROGRAMS = ("visible_share", "hidden_share", "failure")
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
    shown = ["verdict", "text", "answer", *(name for name in _OF_PROGRAMS if name in greedy)]
    table = greedy.pivot(index="problem_id", columns="model", values=shown)
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
        fenced(problem["question"]),
        *_gold(problem["answer"]),
    ]
    for model in models:
        said = _said(answers, model)
        lines += [f"**{model}**, {answers['verdict', model]} ({said}):\n", fenced(answers["text", model])]
    return "\n".join(lines)


def _gold(answer: str) -> list[str]:
    """The gold answer; tests, which are JSON, a line a field."""
    try:
        tests = json.loads(answer)
    except ValueError:
        tests = None
    if not isinstance(tests, dict):
        return [f"Gold answer: {answer}\n"]
    return ["Tests:\n", fenced(json.dumps(tests, indent=1, ensure_ascii=False))]


def _said(answers: Mapping[Any, Any], model: str) -> str:
    """The answer as it was graded; of a program, which stands in the text, how it did in the tests."""
    given = answers["answer", model]
    if pd.isna(given):
        return "no answer"
    if ("visible_share", model) not in answers:
        return f"answer {given}"
    shares = [(kind, answers[f"{kind}_share", model]) for kind in ("visible", "hidden")]
    passed = [f"{100 * share:.0f} % of the {kind} tests" for kind, share in shares if pd.notna(share)]
    failure = answers["failure", model]
    told = f"passes {' and '.join(passed)}" if passed else "a program"
    return told if pd.isna(failure) else f"{told}; {failure}"


def fenced(text: str) -> str:
    """A code block that no text can end early."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"
