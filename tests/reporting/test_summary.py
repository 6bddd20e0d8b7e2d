from pathlib import Path

from lbt.reporting import summarise
from lbt.reporting.pocket_summary import summarise_models

USAGE = {"new": 1000.0, "reused": 200.0, "failed": 0.0}
PAIRS = {
    "preferences.pairs": 412.0,
    "preferences.teaching_problems": 84.0,
    "preferences.problems_without_pairs": 4.0,
}
BASE = {
    "eval.problems": 560.0,
    "eval.base.accuracy": 0.513,
    "eval.base.accuracy_ci_low": 0.47,
    "eval.base.accuracy_ci_high": 0.55,
}


def test_a_finished_run_is_summarised_with_intervals() -> None:
    metrics = {
        **BASE,
        "eval.tuned.accuracy": 0.848,
        "eval.tuned.accuracy_ci_low": 0.81,
        "eval.tuned.accuracy_ci_high": 0.88,
        "eval.delta": 0.335,
        "eval.delta_ci_low": 0.29,
        "eval.delta_ci_high": 0.38,
        "eval.p_value": 3.2e-31,
        "eval.delta_family_ci_low": 0.18,
        "eval.delta_family_ci_high": 0.49,
        "eval.family_p_value": 0.00098,
        "teaching.accuracy": 0.481,
        "exam.lbt_score_mean": 0.44,
        "exam.gain_mean": -0.02,
        "exam.gain_mean_ci_low": -0.05,
        "exam.gain_mean_ci_high": 0.01,
        "exam.gain_mean_family_ci_low": -0.09,
        "exam.gain_mean_family_ci_high": 0.05,
        "scoring.auc_right_wrong": 0.931,
        "scoring.auc_right_wrong_ci_low": 0.9,
        "scoring.auc_right_wrong_ci_high": 0.95,
        **PAIRS,
    }
    assert summarise(metrics, {"outcome": "trained"}, [USAGE, USAGE]).splitlines() == [
        "Teacher's accuracy before  51.3 % [47.0, 55.0] of 560 problems",
        "Teacher's accuracy after   84.8 % [81.0, 88.0] of 560 problems",
        "Difference                 +33.5 points [+29.0, +38.0], p = 3.2e-31",
        "  in new families          [+18.0, +49.0], p = 0.00098",
        "Right rationales           48.1 %",
        "LbT score                  0.44 mean",
        "  over no rationale        -0.02 [-0.05, +0.01]",
        "    in new families        [-0.09, +0.05]",
        "  tells right from wrong   AUC 0.93 [0.90, 0.95]",
        "Pairs                      412 from 80 teaching problems",
        "Generations                2,000 new, 400 from the store",
        "",
        "Intervals and p-values say what to expect of new problems in the same families; on the lines",
        '"in new families" they say what to expect of families that this run did not have.',
    ]


def test_too_few_pairs_are_said_in_a_sentence_and_nothing_is_invented() -> None:
    outcome = {
        "outcome": "too_few_pairs",
        "outcome_reason": "3 pairs were built and training needs at least 16",
    }
    text = summarise({**BASE, **PAIRS}, outcome, [USAGE | {"failed": 2.0}])
    assert "accuracy after" not in text
    assert "Difference" not in text
    assert "2 failed" in text
    assert text.endswith(
        "\n\nThe teacher was not trained: 3 pairs were built and training needs at least 16.\n"
    )


def test_a_run_without_evaluation_problems_is_summarised_too() -> None:
    text = summarise(PAIRS, {"outcome": "trained"}, [USAGE])
    assert text.splitlines()[0].startswith("Pairs")


def test_new_embedded_models_are_summarised_with_their_figures_and_their_place() -> None:
    figures = {
        "teacher.greedy": {"share": 0.504, "low": 0.445, "high": 0.562, "n": 280.0},
        "student_weak.exam_no_demo": {"share": 0.5, "low": 0.1, "high": 0.9, "n": 1344.0},
    }
    assert summarise_models(figures, Path("data/06_models/pocket")).splitlines() == [
        "teacher, greedy             50.4 % [44.5, 56.2] of 280",
        "student weak, exam no demo  50.0 % [10.0, 90.0] of 1,344",
        "Models and their cards      data/06_models/pocket",
    ]
