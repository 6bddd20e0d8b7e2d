"""Pairs and answers to read: a few that stand for all."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt.seeds import random_stream

_WANTED = {"fixed": 4, "broken": 3, "wrong": 2, "right": 1}
"""Of ten problems, how many of each kind are shown, if there are so many."""

TITLES = {
    "fixed": "Fixed by training",
    "broken": "Broken by training",
    "wrong": "Wrong before and after",
    "right": "Right before and after",
}


@dataclass(frozen=True)
class Said:
    """One answer."""

    text: str
    verdict: str


@dataclass(frozen=True)
class Transcript:
    """One evaluation problem and its greedy answers."""

    kind: str
    problem_id: str
    family: str
    question: str
    gold: str
    base: Said
    tuned: Said


def transcripts(
    problems: pd.DataFrame, evaluation_answers: pd.DataFrame, seed: int, most: int = 10
) -> list[Transcript]:
    """Up to `most` problems with the answers before and after; none without a tuned teacher.

    Problems of a kind are drawn by the seed; where a kind has too few, the others fill up.
    """
    greedy = evaluation_answers[evaluation_answers["decoding"] == "greedy"]
    texts, verdicts = (
        greedy.pivot(index="problem_id", columns="model", values=name) for name in ("text", "verdict")
    )
    if not {"base", "tuned"} <= set(verdicts.columns):
        return []
    verdicts = verdicts[["base", "tuned"]].dropna()
    kinds = {
        name: _kind(base == "correct", tuned == "correct") for name, base, tuned in verdicts.itertuples()
    }
    known = problems.set_index("problem_id")
    return [
        Transcript(
            kinds[name],
            name,
            str(known.loc[name, "family"]),
            str(known.loc[name, "question"]),
            str(known.loc[name, "answer"]),
            *(
                Said(str(texts.loc[name, model]), str(verdicts.loc[name, model]))
                for model in ("base", "tuned")
            ),
        )
        for name in _drawn(kinds, seed, most)
    ]


def pair_examples(pairs: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """The pair of the largest margin, the one in the middle and the one of the smallest."""
    if len(pairs) < 3:
        return [("Pair", row) for row in _rows(pairs)]
    ordered = _rows(pairs.sort_values(["margin", "pair_id"], ascending=[False, True]))
    titles = ("Largest margin", "Middle margin", "Smallest margin")
    return list(zip(titles, (ordered[0], ordered[len(ordered) // 2], ordered[-1]), strict=True))


def _rows(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in pairs.to_dict("records")]


def example_figures(pairs: pd.DataFrame) -> dict[str, float]:
    """pairs.example_<number>.chosen and .rejected: the LbT scores of the pairs that are shown."""
    return {
        f"pairs.example_{number}.{side}": float(pair[f"{side}_lbt_score"])
        for number, (_, pair) in enumerate(pair_examples(pairs), start=1)
        for side in ("chosen", "rejected")
        if pd.notna(pair[f"{side}_lbt_score"])
    }


def _kind(before: bool, after: bool) -> str:
    if before:
        return "right" if after else "broken"
    return "fixed" if after else "wrong"


def _drawn(kinds: dict[str, str], seed: int, most: int) -> list[str]:
    order = [str(name) for name in random_stream(seed, "report", "transcripts").permutation(sorted(kinds))]
    chosen: list[str] = []
    for kind, wanted in _WANTED.items():
        chosen += [name for name in order if kinds[name] == kind][:wanted]
    chosen += [name for name in order if name not in chosen][: max(most - len(chosen), 0)]
    ranks = list(_WANTED)
    return sorted(chosen[:most], key=lambda name: (ranks.index(kinds[name]), name))
