"""The measures of B-STaR on hand-made rationales."""

import pandas as pd
import pytest

from lbt.studies.exploring import explore, luck


def rationales(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """(problem, text, answer, verdict)"""
    table = pd.DataFrame(rows, columns=["problem_id", "text", "answer", "verdict"])
    return table.assign(
        demo_id=table["problem_id"] + table["text"],
        rationale_id=[f"r{i}" for i in range(len(table))],
        sample_index=table.groupby("problem_id").cumcount(),
        tokens=10,
    )


VARIED = [("a", f"way {i}", "1", "correct") for i in range(4)] + [("a", "no", "2", "wrong")]
ALIKE = [("b", "one way", "1", "correct")] * 4 + [("b", "no", "3", "wrong")]


def test_exploration_counts_different_right_texts() -> None:
    figures = explore(rationales(VARIED + ALIKE), pd.Series(dtype=float))
    assert figures["pass_at_k"] == 1
    assert figures["pass_at_k_s"] == 0.5  # only a has four different ones
    assert figures["distinct_right"] == pytest.approx((1 + 0.25) / 2)
    assert figures["distinct_answers"] == 2
    assert figures["accuracy"] == pytest.approx(0.8)


def test_exploitation_asks_whether_the_best_scored_are_right() -> None:
    table = rationales(VARIED)
    good = pd.Series({row.demo_id: float(row.verdict == "correct") for row in table.itertuples()})
    assert explore(table, good)["reward_at_k_s"] == explore(table, good)["best_of_k"] == 1
    bad = 1 - good
    assert explore(table, bad)["reward_at_k_s"] == explore(table, bad)["best_of_k"] == 0


def test_failed_generations_count_for_nothing() -> None:
    failed = rationales([*VARIED, ("a", "", "", "error"), ("c", "", "", "error")])
    scores = pd.Series(dtype=float)
    assert explore(failed, scores) == explore(rationales(VARIED), scores)


def test_luck_is_the_share_of_right_answers_among_wrong_procedures() -> None:
    table = rationales([("a", str(i), "1", "correct" if i < 3 else "wrong") for i in range(6)])
    procedures = pd.DataFrame({"rationale_id": table["rationale_id"], "right": [True, False] * 3})
    assert luck(table, procedures) == {"luck": pytest.approx(1 / 3)}
    assert luck(table, procedures.assign(right=True)) == {}
