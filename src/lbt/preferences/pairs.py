"""Choose preference pairs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from lbt import tables
from lbt.preferences.accounts import account_for, report_pairs
from lbt.preferences.candidates import Candidate, Pair, ProblemCandidates, Scoring, collect_candidates
from lbt.preferences.settings import PreferenceSettings
from lbt.seeds import random_stream

# Scores are sums of shares: a gap of exactly the margin may come out a rounding error above it.
_ROUNDING = 1e-9


def build_pairs(
    problems: pd.DataFrame,
    rationales: pd.DataFrame,
    lbt_scores: pd.DataFrame,
    settings: PreferenceSettings,
    seed: int,
    labels: Mapping[str, bool] | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The pairs table and a JSON-ready report.

    `labels` says by rationale_id which answers count as right; without it their verdicts do. A rationale that
    it does not name makes no pair, unless it has no answer.

    A pair is (chosen, rejected) of distinct texts of one teaching problem whose score gap exceeds the margin;
    the chosen one gave an answer and ended by itself. At most `maximum_pairs_per_problem` a problem are kept,
    largest gaps first; of equal gaps those whose texts are used least, then a seeded order. Of all these at
    most `maximum_pairs` are kept: every problem's first pair, then every problem's second, and so on; in the
    round that no longer fits, the pairs of problems drawn with the seed.
    """
    known = problems.set_index("problem_id")
    choices = [
        _choose(collected, settings, seed)
        for collected in collect_candidates(rationales, lbt_scores, Scoring(settings, seed, labels))
    ]
    _limit(choices, settings.maximum_pairs, seed)
    records: list[tuple[Any, ...]] = []
    accounts: list[dict[str, Any]] = []
    for choice in choices:
        name = choice.collected.problem_id
        problem = known.loc[name]
        accounts.append(account_for(choice.collected, str(problem["family"]), choice.dropped, choice.kept))
        for number, pair in enumerate(choice.kept):
            pair_id = f"{name}/pair-{number}"
            records.append((pair_id, name, problem["family"], problem["question"], *_values(*pair)))
    return tables.make_table(tables.pairs, records), report_pairs(accounts, rationales, settings)


@dataclass
class _Choice:
    """The pairs of one problem that are kept, largest gaps first, and how many are not, by reason."""

    collected: ProblemCandidates
    kept: list[Pair]
    dropped: Counter[str]


def _choose(collected: ProblemCandidates, settings: PreferenceSettings, seed: int) -> _Choice:
    eligible, dropped = _eligible(collected.candidates, settings.margin)
    kept = _select(eligible, settings.maximum_pairs_per_problem, seed, collected.problem_id)
    dropped["over_cap"] = len(eligible) - len(kept)
    return _Choice(collected, kept, dropped)


def _limit(choices: list[_Choice], maximum: int | None, seed: int) -> None:
    """Leave `maximum` pairs, as many of every problem as far as there are, by cutting the ends of `kept`."""
    order = random_stream(seed, "pairs", "limit").permutation(len(choices))
    ranked = sorted(
        (place, order[index], index)
        for index, choice in enumerate(choices)
        for place in range(len(choice.kept))
    )
    left = Counter(index for *_, index in ranked[:maximum])
    for index, choice in enumerate(choices):
        choice.dropped["over_total"] = len(choice.kept) - left[index]
        del choice.kept[left[index] :]


def _eligible(candidates: tuple[Candidate, ...], margin: float) -> tuple[list[Pair], Counter[str]]:
    """Pairs that may be kept, and the number of unordered pairs that may not, by reason."""
    eligible = []
    dropped: Counter[str] = Counter(below_margin=0, chosen_without_answer=0, chosen_cut=0)
    for better, worse in permutations(candidates, 2):
        gap = better.score - worse.score
        if gap < 0 or (gap == 0 and better.demo_id > worse.demo_id):
            continue
        if gap <= margin + _ROUNDING:
            dropped["below_margin"] += 1
        elif not better.answered:
            dropped["chosen_without_answer"] += 1
        elif not better.whole:
            dropped["chosen_cut"] += 1
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
        chosen.finish_reason,
        rejected.finish_reason,
    )
