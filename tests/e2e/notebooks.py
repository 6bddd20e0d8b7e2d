"""Run a notebook as a user would."""

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.e2e.conftest import PROJECT, Workplace


def outputs_of(name: str, workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run the notebook where this user's runs are, and collect what it shows."""
    for variable, value in workplace.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("KEDRO_ENV", "test")
    path = PROJECT / "notebooks" / name
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
