"""The evidence of a pipeline over seeds: what is missing is run, and a page of tables is written anew.

Each cell is one `kedro run` with all arms, so every figure is an MLflow run too; a finished one is not run
again, and a killed one continues.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cells import ROOT, run_pipeline
from scipy import stats

Cell = dict[str, Any]
"""seed and parameters, and what `Evidence.read` found."""


@dataclass(frozen=True)
class Evidence:
    """What is measured, and how it is shown."""

    pipeline: str
    results: Path
    """The finished cells, as JSON; without it, all are run anew."""
    page: Path
    title: str
    seeds: Sequence[int]
    read: Callable[[Path], Mapping[str, Any]]
    """From the reports of a run."""
    show: Callable[[Sequence[Cell]], Sequence[str]]
    """Parts of the page about cells that differ by seed alone."""

    def measure(self, description: str | None) -> None:
        """Run what the command line asks for and is missing, and write the page."""
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("--seeds", type=int, nargs="+", default=list(self.seeds))
        parser.add_argument("--parameters", default="", help="what differs from conf/base")
        options = parser.parse_args()
        cells: list[Cell] = json.loads(self.results.read_text()) if self.results.exists() else []
        done = {(cell["parameters"], cell["seed"]) for cell in cells}
        for seed in options.seeds:
            if (options.parameters, seed) not in done:
                cells.append(self._run(seed, options.parameters))
                self._write(cells)
        print(self.page.read_text())

    def _run(self, seed: int, parameters: str) -> Cell:
        data = ROOT / "data" / f"{self.pipeline}_evidence"
        run_pipeline(self.pipeline, ",".join(part for part in (f"seed={seed}", parameters) if part), data)
        found = self.read(data / "08_reporting")
        return {"seed": seed, "parameters": parameters, **found}

    def _write(self, cells: list[Cell]) -> None:
        cells.sort(key=lambda cell: (str(cell["parameters"]), int(cell["seed"])))
        self.results.write_text(json.dumps(cells) + "\n")
        about = self.page.name.removesuffix("_tables.md")
        parts = [
            f"# {self.title}",
            f"Written by `make {about}-evidence`; what the figures mean stands in [{about}.md]({about}.md).",
        ]
        for parameters in dict.fromkeys(cell["parameters"] for cell in cells):
            own = [cell for cell in cells if cell["parameters"] == parameters]
            parts += [f"## `{parameters}`" if parameters else "## Default", *self.show(own)]
        self.page.write_text("\n\n".join(parts) + "\n")


def differences_table(differences: Mapping[str, Sequence[float]]) -> str:
    """A row a difference: its mean over the seeds, its 95% t interval over them, and the seeds' range.

    `differences` holds shares, one a seed.
    """
    seeds = len(next(iter(differences.values())))
    lines = [
        f"| points | mean | 95% interval over {seeds} seeds | smallest to largest | seeds above 0 |",
        "|---|---|---|---|---|",
    ]
    for name, shares in differences.items():
        points = 100 * np.array(shares)
        interval = "–"
        if len(points) > 1 and points.std():
            low, high = stats.ttest_1samp(points, 0).confidence_interval(0.95)
            interval = f"{low:+.1f} to {high:+.1f}"
        lines.append(
            f"| {name} | {points.mean():+.1f} | {interval} | "
            f"{points.min():+.1f} to {points.max():+.1f} | {(points > 0).sum()} of {len(points)} |"
        )
    return "\n".join(lines)
