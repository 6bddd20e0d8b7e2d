"""The walkthroughs in docs/ work: each is followed to the letter in a copy of the project.

A comment before a code block says what to do with it: `<!-- file: PATH -->` writes it,
`<!-- append: PATH -->` adds it at the end of a file, `<!-- edit: PATH -->` applies its changed lines, and
`<!-- run -->` runs its commands.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STEP = re.compile(r"<!-- (file|append|edit|run)(?:: (\S+))? -->\n```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
PARTS = (
    "src",
    "conf",
    "tests",
    "benchmarks",
    "pyproject.toml",
    ".kedro.yml",
    ".telemetry",
    "README.md",
    "constraints.txt",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that uses this environment."""
    for name in PARTS:
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__", "local")
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(source, tmp_path / name)
    (tmp_path / "conf/local").mkdir()
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["add_a_domain", "add_an_engine", "add_a_pipeline"])
def test_a_walkthrough_works(name: str, project: Path) -> None:
    steps = STEP.findall((ROOT / "docs" / f"{name}.md").read_text())
    assert steps
    for kind, path, block in steps:
        if kind == "run":
            for command in block.strip().splitlines():
                _run(command, project)
        else:
            _write(kind, project / path, block)


def _write(kind: str, file: Path, block: str) -> None:
    if kind == "file":
        assert not file.exists(), f"{file} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block)
    elif kind == "append":
        file.write_text(f"{file.read_text()}\n{block}")
    else:
        lines = block.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
        assert file.read_text().count(before) == 1, (
            f"{file} has changed: this stands there once no more:\n{before}"
        )
        file.write_text(file.read_text().replace(before, after))


def _run(command: str, project: Path) -> None:
    data = {"LBT_DATA": "data", "LBT_TRACKING_URI": "sqlite:///mlflow.db", "LBT_ARTIFACTS": "mlartifacts"}
    environment = os.environ | data | {"PYTHONPATH": str(project / "src")}
    done = subprocess.run(command.split(), cwd=project, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
