"""Two runs that start on one store."""

import pytest

from lbt.generation import GenerationStore
from tests.e2e.conftest import Workplace

pytestmark = pytest.mark.slow


def test_the_second_of_two_runs_is_told_of_the_first_and_loads_no_model(workplace: Workplace) -> None:
    store = GenerationStore(workplace.data / "02_intermediate" / "generations.sqlite")
    with store, store.writing("exams of strong"):
        second = workplace.run()
    assert second.returncode == 1, second.stdout + second.stderr
    output = second.stdout + second.stderr
    assert "(exams of strong, since " in output
    assert f"is writing into the generation store {store.path}" in output
    assert "Wait until that run has ended, then run this again" in output
    assert "LBT_DATA=<folder>" in output
    assert "Traceback" not in output
    assert "sample/s" not in output
    assert workplace.mlflow_runs()[0].info.status == "FAILED"
