"""Problems that a person wrote, and problems that the embedded models cannot solve."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Workplace
from tests.real_data import DATA, needs_real_data

pytestmark = pytest.mark.slow

GSM8K = DATA / "gsm8k_test.jsonl"


def test_the_readmes_example_file_runs(workplace: Workplace) -> None:
    process = workplace.run("problems.source=jsonl", "problems.path=docs/example_problems.jsonl")
    assert process.returncode == 0, process.stderr
    [run] = workplace.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert run.data.metrics["eval.base.accuracy"] > 0


@needs_real_data
def test_gsm8k_ends_with_a_plain_account_that_it_is_too_hard(workplace: Workplace) -> None:
    process = workplace.run("problems.source=gsm8k", f"problems.path={GSM8K}", "training.minimum_pairs=16")
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert "training.minimum_pairs" in output
    [run] = workplace.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert run.data.tags["outcome"] == "too_few_pairs"
    assert run.data.metrics["eval.base.accuracy"] < 0.1
    assert "eval.base.accuracy_ci_high" in run.data.metrics
    assert "eval.tuned.accuracy" not in run.data.metrics


@pytest.mark.parametrize(
    ("rows", "parameters", "expected"),
    [
        ('{"question": "1+1?", "answer": ""}\n', (), ["problems.jsonl:1", "answer"]),
        ("", (), ["problems.jsonl", "no"]),
        (None, ("teaching.samples=many",), ["teaching", "samples", "integer"]),
        (None, ("preferences.margin=1.5",), ["preferences", "margin", "less than 1"]),
        (None, ("preferences.margn=0.5",), ["preferences", "margn", "no such parameter"]),
        (None, ("models.teacher.path=nowhere",), ["nowhere", "teacher"]),
        (
            '{"question": "What is 1+1?", "answer": "2", "role": "teaching", "family": "f"}\n'
            '{"question": "What is 1 + 1?", "answer": "2", "role": "exam", "family": "f"}\n'
            '{"question": "What is 2+2?", "answer": "4", "role": "evaluation", "family": "f"}\n',
            (),
            ["problems.jsonl", "teaching", "exam"],
        ),
    ],
    ids=["no-answer", "empty", "wrong-type", "wrong-range", "wrong-name", "no-model", "leak"],
)
def test_bad_input_is_named_before_any_model_is_loaded(
    workplace: Workplace, tmp_path: Path, rows: str | None, parameters: tuple[str, ...], expected: list[str]
) -> None:
    if rows is not None:
        file = tmp_path / "problems.jsonl"
        file.write_text(rows)
        parameters = ("problems.source=jsonl", f"problems.path={file}", *parameters)
    process = workplace.run(*parameters)
    assert process.returncode == 1, process.stdout + process.stderr
    for part in expected:
        assert part in process.stderr
    assert "Traceback" not in process.stderr
    assert "sample/s" not in process.stderr
