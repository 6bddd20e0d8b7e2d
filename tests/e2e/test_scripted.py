"""A whole search by models whose answers are written down in files: its figures are known beforehand."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import PROJECT, Workplace

PROBLEMS = [
    {"question": "What is 2 + 2?", "answer": "4", "role": "teaching", "family": "sums"},
    {"question": "What is 3 + 3?", "answer": "6", "role": "exam", "family": "sums"},
    {"question": "What is 4 + 4?", "answer": "8", "role": "exam", "family": "sums"},
]
# Two of three rationales are wrong, so that the majority is.
TEACHER = [{"answers": ["Guess.\n#### 5", "Guess again.\n#### 5", "Add them.\n#### 4"]}]
# Learns from the right one only, and fails in its second repeat.
PUPIL = [
    {"contains": "Add them.\n#### 4\n\n\n\nWhat is 3 + 3?", "answers": ["#### 6", None]},
    {"contains": "Add them.\n#### 4\n\n\n\nWhat is 4 + 4?", "answers": ["#### 8", None]},
    {"answers": ["#### 0", None]},
]


def configure(folder: Path) -> Path:
    """A configuration of its own: the project's, and an environment with scripts in place of models."""
    files = {"problems": PROBLEMS, "teacher": TEACHER, "pupil": PUPIL}
    for name, lines in files.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    scripts = {
        name: {"engine": "scripted", "path": str(folder / f"{name}.jsonl"), "max_failed_fraction": 1}
        for name in ("teacher", "pupil")
    }
    parameters: dict[str, Any] = {
        "problems": {"source": "jsonl", "path": str(folder / "problems.jsonl"), "evaluation": 0},
        "prompts": {"layout": "document"},
        "models": {
            "teacher": scripts["teacher"],
            "students": {"strong": None, "weak": None, "pupil": scripts["pupil"]},
        },
        "teaching": {"samples": 3},
        "exams": {"problems_per_demo": 2, "repeats": 2},
        "search": {"samples": None, "baselines": [], "subsets": 2},
    }
    shutil.copytree(PROJECT / "conf", folder / "conf")
    shutil.copytree(PROJECT / "conf" / "test", folder / "conf" / "scripted")
    (folder / "conf" / "scripted" / "parameters.yml").write_text(yaml.safe_dump(parameters))
    return folder / "conf"


@pytest.mark.slow
def test_scripts_in_a_configuration_give_the_figures_of_a_hand(workplace: Workplace) -> None:
    configuration = configure(workplace.folder)
    command = [word.replace("lbt_finetune", "lbt_search") for word in workplace.command(env="scripted")]
    done = workplace.call([*command, f"--conf-source={configuration}"])
    assert done.returncode == 0, done.stdout + done.stderr
    [run] = workplace.mlflow_runs()
    found = {
        name: value
        for name, value in run.data.metrics.items()
        if name.startswith("search.") and name.endswith(".accuracy")
    }
    assert found == {
        "search.greedy.accuracy": 0,
        "search.sc.accuracy": 0,
        "search.max.accuracy": 1,
        "search.sum.accuracy": 1,
        "search.avg.accuracy": 1,
    }
    assert run.data.metrics["exam.lbt_score_mean"] == pytest.approx(1 / 3)
