"""conf/smollm2 runs the model that `make smollm2` makes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project, pipelines
from kedro.validation.parameter_validator import ParameterValidator

from lbt import settings
from lbt.pretrained import SMOLLM2

ROOT = Path(__file__).parents[2]


def parameters() -> dict[str, Any]:
    configure_project("lbt")
    loader = OmegaConfigLoader(str(ROOT / "conf"), env="smollm2", **settings.CONFIG_LOADER_ARGS)
    return ParameterValidator(dict(pipelines)).validate_raw_params(loader["parameters"])


@pytest.mark.parametrize("data", [None, "/elsewhere"])
def test_teacher_and_student_are_the_model_where_the_command_puts_it(
    data: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LBT_ENGINE", raising=False)
    monkeypatch.delenv("LBT_DATA", raising=False)
    if data:
        monkeypatch.setenv("LBT_DATA", data)
    models = parameters()["models"]
    assert list(models.students) == ["smollm2"]
    for model in (models.teacher, models.students["smollm2"]):
        assert Path(model.path) == Path(data or "data") / SMOLLM2.place
        assert (model.engine, model.dtype) == ("transformers", "float32")


def test_another_engine_is_chosen_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LBT_ENGINE", "vllm")
    assert parameters()["models"].teacher.engine == "vllm"


@pytest.mark.slow
def test_a_dry_run_writes_the_prompts_with_the_models_template(smollm2_folder: Path, tmp_path: Path) -> None:
    (tmp_path / SMOLLM2.place).parent.mkdir()
    (tmp_path / SMOLLM2.place).symlink_to(smollm2_folder)
    places = {"LBT_TRACKING_URI": f"sqlite:///{tmp_path}/m.db", "LBT_ARTIFACTS": str(tmp_path / "artifacts")}
    done = subprocess.run(
        [sys.executable, "-m", "kedro", "run", "--pipeline=dry_run", "--env=smollm2"],
        cwd=ROOT,
        env={**os.environ, **places, "LBT_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "<|im_start|>assistant\nHalf of a number is" in done.stdout
    assert "kedro run --pipeline=lbt_search would ask at most" in done.stdout
