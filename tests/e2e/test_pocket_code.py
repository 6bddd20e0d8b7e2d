"""Search and fine-tuning run from nothing on the built-in programming problems, in the sandbox."""

import pandas as pd
import pytest

from tests.e2e.conftest import Workplace

SMALL = (
    "problems.teaching=6",
    "problems.exam_per_family=2",
    "problems.evaluation=14",
    "teaching.samples=4",
    "search.samples=4",
    "search.subsets=2",
    "search.baselines=none",
    "exams.problems_per_demo=1",
    "evaluation.samples=0",
    "training.epochs=1",
    "training.minimum_pairs=1",
    "scoring.bootstrap_samples=100",
)


def _newest(workplace: Workplace, name: str) -> pd.DataFrame:
    [folder] = workplace.data.glob(f"*/{name}.parquet")
    return pd.read_parquet(max(folder.iterdir()) / folder.name)


@pytest.mark.slow
def test_the_search_runs_on_programs(workplace: Workplace) -> None:
    command = [
        word.replace("lbt_finetune", "lbt_search") for word in workplace.command(*SMALL, env="pocket_code")
    ]
    done = workplace.call(command)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "Traceback" not in output
    rationales = _newest(workplace, "rationales")
    assert set(rationales["verdict"]) >= {"correct", "wrong"}
    assert rationales["containment"].notna().any()
    assert {"sc", "max", "sum"} <= set(_newest(workplace, "selections")["method"])
    [run] = workplace.mlflow_runs()
    assert run.info.status == "FINISHED"


@pytest.mark.slow
def test_a_teacher_of_programs_is_trained(workplace: Workplace) -> None:
    done = workplace.run(*SMALL, "problems.teaching=14", env="pocket_code")
    assert done.returncode == 0, done.stdout + done.stderr
    [run] = workplace.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert {"eval.base.accuracy", "eval.tuned.accuracy"} <= set(run.data.metrics)
