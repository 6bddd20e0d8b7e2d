import sys
from pathlib import Path
from typing import Any

import click
import pytest
from kedro.framework.cli.project import run as kedro_run

from lbt.hooks.command import command_of, to_type

NOTHING: dict[str, Any] = dict.fromkeys(
    [
        "pipeline_names",
        "env",
        "tags",
        "from_nodes",
        "to_nodes",
        "from_inputs",
        "to_outputs",
        "namespaces",
        "node_names",
        "load_versions",
        "runtime_params",
    ]
)


@pytest.mark.parametrize(
    ("run_params", "command"),
    [
        ({}, "kedro run"),
        ({"pipeline_names": ["lbt_finetune"], "env": "test"}, "kedro run --pipeline=lbt_finetune --env=test"),
        ({"pipeline_names": ["a", "b"]}, "kedro run --pipelines=a,b"),
        (
            {"runtime_params": {"seed": 3, "models": {"teacher": {"path": "my model", "revision": None}}}},
            "kedro run '--params=seed=3,models.teacher.path=my model,models.teacher.revision=null'",
        ),
        (
            {
                "tags": ("exams",),
                "from_nodes": ["exams.sit_exams"],
                "node_names": ("x",),
                "namespaces": ["exams"],
            },
            "kedro run --tags=exams --from-nodes=exams.sit_exams --namespaces=exams --nodes=x",
        ),
        ({"load_versions": {"problems": "2026"}}, "kedro run --load-versions=problems:2026"),
    ],
)
def test_a_run_is_written_as_the_command_that_repeats_it(run_params: dict[str, Any], command: str) -> None:
    assert command_of(NOTHING | run_params) == command


def test_every_option_that_it_writes_is_one_of_kedros() -> None:
    everything = NOTHING | {
        "pipeline_names": ["a", "b"],
        "env": "test",
        **{
            key: ["x"]
            for key in ("tags", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "namespaces")
        },
        "node_names": ["x"],
        "load_versions": {"x": "y"},
        "runtime_params": {"x": 1},
    }
    written = {word.split("=")[0] for word in command_of(everything).split() if word.startswith("--")}
    known = {
        name
        for parameter in kedro_run.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }
    assert written <= known


def test_where_the_environment_is_not_active_the_command_is_shown_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "project/.venv/bin/kedro"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(program.parents[1]))
    monkeypatch.setattr(sys, "argv", ["../.venv/bin/kedro", "run"])
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("PATH", "/usr/bin")
    assert to_type("kedro run --env=test") == ".venv/bin/kedro run --env=test"
    monkeypatch.chdir(tmp_path)
    assert to_type("kedro run") == f"{program.relative_to(tmp_path)} run"
    monkeypatch.setenv("PATH", str(program.parent))
    assert to_type("kedro run --env=test") == "kedro run --env=test"
