"""A cell as an ordinary `kedro run` in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lbt.commands.study.project import StudyProject
from lbt.studies import Cell
from lbt.studies.settings import Value

if TYPE_CHECKING:
    from lbt.commands.study.record import StudyRecord
    from lbt.commands.study.results import Results

_LAST_LINES = 25


@dataclass(frozen=True)
class RunOfCell:
    """Runs one cell, with what it prints in a file."""

    project: StudyProject
    cell: Cell

    @property
    def log(self) -> Path:
        """What the run printed."""
        return self.project.folder / "logs" / f"{self.cell.title.replace(' ', '_')}.log"

    def run(self, record: "StudyRecord", results: "Results") -> None:
        """Run it to its end.

        Raises:
            click.ClickException: It failed; the message has the last lines that it printed.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        parameters = self.cell.parameters | self._teacher(results) | record.tracking(self.cell)
        study = self.project.study
        command = [sys.executable, "-m", "kedro", "run", f"--pipeline={study.pipeline}"]
        command += [f"--env={self.project.env}"] if self.project.env else []
        command += ["--params=" + ",".join(f"{key}={_typed(value)}" for key, value in parameters.items())]
        with self.log.open("w", encoding="utf-8") as log:
            child = subprocess.Popen(
                command,
                cwd=self.project.root,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # or Ctrl-C would reach it too, and stop it while it is stopping
            )
            try:
                code = child.wait()
            except BaseException:
                child.terminate()
                child.wait()
                raise
        if code:
            lines = self.log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").splitlines()
            shown = "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
            raise click.ClickException(
                f"The run {self.cell.title!r} failed. It printed ({self.log}):\n{shown}\n\n"
                f"What is finished is kept; to continue: make study NAME={self.project.name}"
            )

    def _teacher(self, results: "Results") -> dict[str, Value]:
        """After the first round: the teacher that the round before has tuned."""
        if self.cell.round == 1:
            return {}
        return {"models.teacher.path": str(results.tuned_teacher_before(self.cell))}


def _typed(value: Value) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
