"""The main job on a real pretrained model: rationales, exams, scores, pairs, LoRA, evaluation."""

from pathlib import Path

import pytest

from lbt.pretrained import SMOLLM2
from tests.e2e.conftest import Workplace

pytestmark = pytest.mark.slow

SMALL = (
    "problems.teaching=3",
    "problems.exam_per_family=3",
    "problems.evaluation=4",
    "teaching.samples=4",
    "exams.problems_per_demo=1",
    "preferences.margin=0.1",
    "preferences.maximum_pairs=3",
    "training.method=lora",
    "training.minimum_pairs=1",
    "training.epochs=5",  # of one step each
)


def test_a_real_model_explains_is_examined_and_learns_from_it(
    workplace: Workplace, smollm2_folder: Path
) -> None:
    (workplace.data / SMOLLM2.place).parent.mkdir(parents=True)
    (workplace.data / SMOLLM2.place).symlink_to(smollm2_folder)
    process = workplace.run(*SMALL, env="smollm2")
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert "Warning" not in output
    [run] = workplace.mlflow_runs()
    metrics = run.data.metrics
    assert metrics["teaching.accuracy"] > 0
    assert metrics["training.steps"] == 5
    assert 1 <= metrics["preferences.pairs"] <= 3
    assert {"eval.base.accuracy", "eval.tuned.accuracy", "exam.lbt_score_mean"} <= metrics.keys()
    assert metrics["generation.failed"] == 0
