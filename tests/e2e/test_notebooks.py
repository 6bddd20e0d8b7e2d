"""The notebooks run on a finished run's data."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.e2e.conftest import PROJECT, FinishedRun

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", sorted((PROJECT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebook_runs_to_its_end(
    path: Path, finished: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in finished.workplace.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KEDRO_ENV", "test")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert len(outputs) > 5
