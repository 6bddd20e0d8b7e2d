"""The notebooks run on a finished run's data."""

import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.notebooks import outputs_of

pytestmark = pytest.mark.slow


def test_exams_can_be_explored(finished: FinishedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(outputs_of("01_explore_exams.ipynb", finished.workplace, monkeypatch)) > 5
