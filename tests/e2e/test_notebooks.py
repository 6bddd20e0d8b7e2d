"""The notebooks run on a finished run's data."""

import re
import sys
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.e2e.conftest import PROJECT, FinishedRun, Workplace

pytestmark = pytest.mark.slow


def outputs_of(name: str, workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run the notebook where this user's runs are, and collect what it shows."""
    for variable, value in workplace.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("KEDRO_ENV", "test")
    path = PROJECT / "notebooks" / name
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_exams_can_be_explored(finished: FinishedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(outputs_of("01_explore_exams.ipynb", finished.workplace, monkeypatch)) > 5


def test_the_runs_of_a_study_can_be_compared(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "kedro", "study", "run", "small", "--seed", "0"]
    done = workplace.call([*command, "--condition", "half_lucky"])
    assert done.returncode == 0, done.stdout + done.stderr
    outputs = outputs_of("02_compare_runs.ipynb", workplace, monkeypatch)
    by_hand = next(one for one in outputs if "(np.float64" in str(one.get("data", {}).get("text/plain")))
    again, told = (
        float(value) for value in re.findall(r"float64\(([-\d.e]+)\)", by_hand["data"]["text/plain"])
    )
    assert again == pytest.approx(told)
