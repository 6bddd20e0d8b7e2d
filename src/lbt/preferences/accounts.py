"""What was kept, what was dropped and why."""

from collections import Counter
from typing import Any

import pandas as pd

from lbt.preferences.candidates import Candidate, Pair, ProblemCandidates
from lbt.preferences.settings import PreferenceSettings


def account_for(
    collected: ProblemCandidates, family: str, dropped: Counter[str], kept: list[Pair]
) -> dict[str, Any]:
    """Counts of one problem, from which `report_pairs` sums."""
    candidates = collected.candidates
    possible = len(candidates) * (len(candidates) - 1) // 2
    return {
        "family": family,
        "rationales": Counter(
            distinct=len(candidates),
            failed=collected.failed,
            equal_text=collected.equal_text,
            no_lbt_score=collected.no_lbt_score,
            no_label=collected.no_label,
        ),
        "possible": possible,
        "dropped": dropped,
        "kinds": Counter(f"{_word(chosen)}>{_word(rejected)}" for chosen, rejected in kept),
        "kept": len(kept),
        "why_none": None if kept else _why_none(collected, dropped),
    }


def _why_none(collected: ProblemCandidates, dropped: Counter[str]) -> str:
    candidates = collected.candidates
    if dropped["over_total"]:
        return "over_total"
    if collected.no_label:
        return "no_majority"
    if not candidates:
        return "no_usable_rationale"
    if len(candidates) == 1:
        return "one_distinct_text"
    if not any(candidate.answered for candidate in candidates):
        return "no_answers"
    if not any(candidate.answered and candidate.whole for candidate in candidates):
        return "answers_cut"
    if all(candidate.right for candidate in candidates):
        return "all_right"
    if not any(candidate.right for candidate in candidates):
        return "all_wrong"
    return "gaps_within_margin"


def _word(candidate: Candidate) -> str:
    return "right" if candidate.right else "wrong"


def report_pairs(
    accounts: list[dict[str, Any]], rationales: pd.DataFrame, settings: PreferenceSettings
) -> dict[str, Any]:
    """The JSON-ready report.

    rationales: how many were sampled, and of these are distinct, failed, of equal text, without an LbT score,
    without a label (majority labels only).
    possible_pairs = kept + the sum of dropped (below_margin, chosen_without_answer, chosen_cut, over_cap: of
    a problem, over_total: of all).
    why_without_pairs counts teaching problems by reason; kinds counts kept pairs by right and wrong answers.
    """

    def total(name: str, start: Counter[str]) -> dict[str, int]:
        summed = Counter(start)
        for account in accounts:
            summed.update(account[name])
        return dict(summed)

    kinds = Counter({"right>wrong": 0, "right>right": 0, "wrong>wrong": 0, "wrong>right": 0})
    families: dict[str, dict[str, int]] = {}
    for account in sorted(accounts, key=lambda account: str(account["family"])):
        family = families.setdefault(account["family"], {"problems": 0, "without_pairs": 0, "pairs": 0})
        family["problems"] += 1
        family["without_pairs"] += account["kept"] == 0
        family["pairs"] += account["kept"]
    empty = Counter(below_margin=0, chosen_without_answer=0, chosen_cut=0, over_cap=0, over_total=0)
    return {
        "signal": settings.signal,
        "labels": settings.labels,
        "margin": settings.margin,
        "maximum_pairs_per_problem": settings.maximum_pairs_per_problem,
        "maximum_pairs": settings.maximum_pairs,
        "teaching_problems": len(accounts),
        "problems_without_pairs": sum(account["kept"] == 0 for account in accounts),
        "why_without_pairs": dict(
            Counter(account["why_none"] for account in accounts if not account["kept"])
        ),
        "rationales": {"sampled": len(rationales)} | total("rationales", Counter()),
        "possible_pairs": sum(account["possible"] for account in accounts),
        "dropped": total("dropped", empty),
        "kept": sum(account["kept"] for account in accounts),
        "kinds": total("kinds", kinds),
        "by_family": families,
    }
