"""What pairs chose is examined again, on exam problems that had no part in choosing it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lbt import tables
from lbt.exams import ExamSettings, demos_of_pairs, plan_exams, plan_reexam
from lbt.generation import SamplingSettings
from lbt.grading import domain_named
from lbt.scoring import reexam_metrics
from lbt.teaching.rationales import demo_id

SAMPLING = SamplingSettings(temperature=0.7, max_tokens=9)
NUMBERS = domain_named("number")
PROBLEMS = pd.DataFrame(
    [(f"t{i}", "f", f"{i} + {i}?", str(2 * i), "teaching") for i in range(3)]
    + [(f"e{i}", "f", f"{i} + 100?", str(100 + i), "exam") for i in range(7)],
    columns=["problem_id", "family", "question", "answer", "role"],
).assign(source="pocket")
TEXTS = {"good": "chosen", "bad": "rejected", "unused": None}
RATIONALES = pd.DataFrame(
    [(problem, text, demo_id(problem, text), "correct") for problem in ("t0", "t1", "t2") for text in TEXTS],
    columns=["problem_id", "text", "demo_id", "verdict"],
)
PAIRS = pd.DataFrame({"problem_id": ["t0", "t1"], "chosen": "good", "rejected": "bad"})


@given(st.integers(0, 50), st.integers(1, 8), st.integers(1, 4))
@hypothesis_settings(deadline=None, max_examples=25)
def test_no_exam_problem_examines_what_it_helped_to_choose(seed: int, again: int, first: int) -> None:
    settings = ExamSettings(problems_per_demo=first, reexam=again, sampling=SAMPLING)
    plan = plan_exams(PROBLEMS, RATIONALES, settings, seed, NUMBERS)
    fresh = tables.reexam_plan.validate(
        plan_reexam(demos_of_pairs(PAIRS), plan, PROBLEMS, settings, seed, NUMBERS)
    )
    keys = ["teaching_problem_id", "exam_problem_id"]
    both = plan.dropna(subset=["demo_id"])[keys].drop_duplicates().merge(fresh[keys], on=keys)
    assert both.empty
    assert set(fresh["demo_id"]) == {demo_id(p, t) for p in ("t0", "t1") for t in ("good", "bad")}
    sizes = fresh.groupby("demo_id")["exam_problem_id"].nunique()
    assert (sizes == min(again, 7 - first)).all()


def test_nothing_is_examined_again_unless_it_is_asked_for() -> None:
    settings = ExamSettings(sampling=SAMPLING)
    plan = plan_exams(PROBLEMS, RATIONALES, settings, 0, NUMBERS)
    assert plan_reexam(demos_of_pairs(PAIRS), plan, PROBLEMS, settings, 0, NUMBERS).empty
    with pytest.raises(ValidationError, match="problems_per_demo is null"):
        ExamSettings(problems_per_demo=None, reexam=1, sampling=SAMPLING)


def test_the_drop_is_the_score_when_chosen_less_the_fresh_score() -> None:
    pairs = PAIRS.assign(chosen_lbt_score=[1.0, 0.8], rejected_lbt_score=[0.1, 0.1])
    names = {(p, t): demo_id(p, t) for p in ("t0", "t1") for t in ("good", "bad")}
    scores = pd.DataFrame(
        {
            "demo_id": list(names.values()),
            "student": "mean",
            "lbt_score": [0.7, 0.2, 0.5, 0.2],
        }
    )
    figures = reexam_metrics(pairs, scores, 0.95)
    assert figures["reexam.chosen.drop"] == pytest.approx(0.3)
    assert figures["reexam.rejected.drop"] == pytest.approx(-0.1)
    assert figures["reexam.gap"] - figures["reexam.fresh_gap"] == pytest.approx(0.4)
    assert reexam_metrics(pairs, scores.head(0), 0.95) == {}
