"""Choose preference pairs."""

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from lbt.preferences.candidates import Candidate, Pair, collect_candidates
from lbt.preferences.report import account_for, report_pairs
from lbt.preferences.settings import PreferenceSettings
from lbt.seeds import random_stream

COLUMNS = [
    "pair_id",
    "problem_id",
    "family",
    "question",
    "chosen",
    "rejected",
    "chosen_score",
    "rejected_score",
    "margin",
    "chosen_lbt_score",
    "rejected_lbt_score",
    "chosen_verdict",
    "rejected_verdict",
]
_FLOATS = {"chosen_score", "rejected_score", "margin", "chosen_lbt_score", "rejected_lbt_score"}
# Scores are sums of shares: a gap of exactly the margin may come out a rounding error above it.
_ROUNDING = 1e-9


def build_pairs(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    settings: PreferenceSettings,
    seed: int,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The pairs table and a JSON-ready report.

    A pair is (chosen, rejected) of distinct texts of one teaching problem whose score gap exceeds the margin;
    the chosen one gave an answer. At most `maximum_pairs_per_problem` of each are kept, largest gaps first;
    of equal gaps those whose texts are used least, then a seeded order.
    """
    known = problems.set_index("problem_id")
    records: list[tuple[Any, ...]] = []
    accounts: list[dict[str, Any]] = []
    for collected in collect_candidates(rationales, lbt_scores, settings):
        problem = known.loc[collected.problem_id]
        eligible, dropped = _eligible(collected.candidates, settings.margin)
        kept = _select(eligible, settings.maximum_pairs_per_problem, seed, collected.problem_id)
        dropped["over_cap"] = len(eligible) - len(kept)
        accounts.append(account_for(collected, str(problem["family"]), dropped, kept))
        for number, pair in enumerate(kept):
            pair_id = f"{collected.problem_id}/pair-{number}"
            records.append(
                (pair_id, collected.problem_id, problem["family"], problem["question"], *_values(*pair))
            )
    pairs = pd.DataFrame(records, columns=COLUMNS)
    kinds = {column: "float64" if column in _FLOATS else "str" for column in COLUMNS}
    return pairs.astype(kinds), report_pairs(accounts, rationales, settings)


def _eligible(candidates: tuple[Candidate, ...], margin: float) -> tuple[list[Pair], Counter[str]]:
    """Pairs that may be kept, and the number of unordered pairs that may not, by reason."""
    eligible = []
    dropped: Counter[str] = Counter(below_margin=0, chosen_without_answer=0)
    for better, worse in permutations(candidates, 2):
        gap = better.score - worse.score
        if gap < 0 or (gap == 0 and better.demo_id > worse.demo_id):
            continue
        if gap <= margin + _ROUNDING:
            dropped["below_margin"] += 1
        elif not better.answered:
            dropped["chosen_without_answer"] += 1
        else:
            eligible.append((better, worse))
    return eligible, dropped


def _select(eligible: list[Pair], maximum: int, seed: int, problem_id: str) -> list[Pair]:
    rng = random_stream(seed, "pairs", problem_id)
    order = rng.permutation(len(eligible))
    gaps = np.array([round(better.score - worse.score, 9) for better, worse in eligible])
    uses: Counter[str] = Counter()
    left = set(range(len(eligible)))
    kept: list[Pair] = []
    while left and len(kept) < maximum:
        best = min(
            left,
            key=lambda i: (
                -gaps[i],
                uses[eligible[i][0].demo_id] + uses[eligible[i][1].demo_id],
                order[i],
            ),
        )
        left.remove(best)
        kept.append(eligible[best])
        uses.update(candidate.demo_id for candidate in eligible[best])
    return kept


def _values(chosen: Candidate, rejected: Candidate) -> tuple[Any, ...]:
    return (
        chosen.text,
        rejected.text,
        chosen.score,
        rejected.score,
        chosen.score - rejected.score,
        chosen.lbt_score,
        rejected.lbt_score,
        chosen.verdict,
        rejected.verdict,
    )
