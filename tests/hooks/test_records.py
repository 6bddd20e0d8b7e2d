import warnings
from pathlib import Path

import mlflow
import pandas as pd

from lbt.hooks.records import RECORDS


def test_an_input_with_whole_numbers_is_logged_without_a_warning(tmp_path: Path) -> None:
    problems = pd.DataFrame({"problem_id": ["a", "b"], "level": [1, 2]})
    path = tmp_path / "problems.parquet"
    problems.to_parquet(path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    try:
        experiment = mlflow.create_experiment("inputs", artifact_location=f"{tmp_path}/artifacts")
        with (
            mlflow.start_run(experiment_id=experiment) as run,
            warnings.catch_warnings(record=True, action="always") as told,
        ):
            RECORDS["input"]("problems", problems, path)
        assert not [one for one in told if "integer" in str(one.message)]
        [logged] = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
        assert logged.dataset.name == "problems"
        assert logged.dataset.digest
    finally:
        mlflow.set_tracking_uri(before)
