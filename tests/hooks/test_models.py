"""A tuned model in MLflow: it loads by itself, and a large one is not copied."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow.entities import Run

import lbt
from lbt.hooks.models import log_model
from lbt.training import Checkpoint

POCKET = Path(lbt.__file__).parent / "pocket" / "models" / "student_weak"
QUESTION = [{"role": "user", "content": "Find 30 percent of 100."}]


@pytest.fixture
def run(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    file = tmp_path / "mlflow.db"
    file.write_bytes(database.read_bytes())
    mlflow.set_tracking_uri(f"sqlite:///{file}")
    experiment = mlflow.create_experiment("models", artifact_location=str(tmp_path / "artifacts"))
    with mlflow.start_run(experiment_id=experiment) as run:
        yield run
    mlflow.set_tracking_uri(None)


def models_of(run: Run) -> list[str]:
    found = mlflow.search_logged_models([run.info.experiment_id], output_format="list")
    return [model.model_uri for model in found if model.source_run_id == run.info.run_id]


@pytest.mark.filterwarnings("ignore")  # of libraries about each other, as the model is loaded
def test_a_logged_model_loads_and_answers_as_the_folder_does(run: Run) -> None:
    from transformers import GenerationConfig, pipeline

    log_model("tuned_teacher", Checkpoint(POCKET, True, None, "0"), POCKET, limit_mb=50)
    [uri] = models_of(run)
    greedy = GenerationConfig(do_sample=False, max_new_tokens=20)
    ours = mlflow.transformers.load_model(uri)
    theirs = pipeline("text-generation", model=str(POCKET))
    said = [ask(QUESTION, generation_config=greedy)[0]["generated_text"] for ask in (ours, theirs)]
    assert said[0] == said[1]
    assert said[0][-1]["content"]


@pytest.mark.parametrize("limit", [0, 1])
def test_a_large_model_is_not_copied_and_a_tag_says_where_it_is(run: Run, limit: float) -> None:
    log_model("tuned_teacher", Checkpoint(POCKET, True, None, "0"), POCKET, limit_mb=limit)
    assert models_of(run) == []
    assert mlflow.get_run(run.info.run_id).data.tags["tuned_teacher"] == str(POCKET)


def test_where_nothing_was_trained_no_model_is_logged(run: Run, tmp_path: Path) -> None:
    (tmp_path / "untrained").mkdir()
    (tmp_path / "untrained" / "checkpoint.json").write_text("{}")
    checkpoint = Checkpoint(tmp_path / "untrained", False, "few pairs", "0")
    log_model("tuned_teacher", checkpoint, checkpoint.path, limit_mb=50)
    assert models_of(run) == []
    [file] = mlflow.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="tuned_teacher")
    assert file.path == "tuned_teacher/checkpoint.json"
