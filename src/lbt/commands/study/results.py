"""What the finished cells of a study found, and its tables, text and page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.entities import Run

from lbt.columns import make_table
from lbt.commands.study.project import StudyProject
from lbt.commands.study.record import StudyRecord
from lbt.errors import DataError
from lbt.reporting.page.study import StudyMaterial, report_study
from lbt.reporting.page.study_text import describe_study
from lbt.studies import Cell, compare_arms, list_cells, read_outcomes
from lbt.studies.exploring import explore, luck
from lbt.studies.outcomes import TABLES
from lbt.study_tables import study_cells, study_outcomes

_REPORTS = (
    "evaluation_metrics",
    "consensus_metrics",
    "score_metrics",
    "preference_metrics",
    "reexam_metrics",
    "training_metrics",
    "search_metrics",
)
_VERSION = "kedro_version_id"


class Results:
    """Reads the tables of finished runs from MLflow, once each."""

    def __init__(self, project: StudyProject, record: StudyRecord) -> None:
        self._project, self._record = project, record
        self._cells = list_cells(project.study, project.env)
        self._runs: dict[str, Run] = {}
        self._outcomes: dict[str, pd.DataFrame] = {}
        self._figures: dict[str, dict[str, float]] = {}
        self.text = ""

    @property
    def known(self) -> frozenset[str]:
        """The fingerprints of the cells that were read."""
        return frozenset(self._outcomes)

    @property
    def complete(self) -> bool:
        """Whether every cell of the study is finished."""
        return all(cell.fingerprint in self._outcomes for cell in self._cells)

    @property
    def page(self) -> Path:
        """The study's page."""
        return self._project.folder / "study.html"

    def read_finished(self) -> int:
        """Read what is finished; how many cells that are."""
        self._runs = self._record.finished()
        for cell in self._cells:
            if cell.fingerprint in self._runs:
                self._read(cell)
        return len(self._outcomes)

    def add(self, cell: Cell) -> None:
        """Read a cell that has just finished.

        Raises:
            DataError: Its run is not in MLflow.
        """
        self._runs = self._record.finished()
        if cell.fingerprint not in self._runs:
            raise DataError(
                f"The run {cell.title!r} finished, but MLflow has no finished run for it. Was it recorded "
                "elsewhere (LBT_TRACKING_URI), or is its pipeline left out in conf/base/mlflow.yml?"
            )
        self._read(cell)

    def tuned_teacher_before(self, cell: Cell) -> Path:
        """The folder of the teacher that the round before has tuned.

        Raises:
            DataError: That round is not finished, or has tuned none.
        """
        before = next(
            one
            for one in self._cells
            if (one.condition, one.arm, one.seed, one.round)
            == (cell.condition, cell.arm, cell.seed, cell.round - 1)
        )
        run = self._runs.get(before.fingerprint)
        if run is None:
            raise DataError(f"{cell.title} continues {before.title}, which is not finished. Run that first.")
        entry = Path(self._project.catalog["tuned_teacher"]["filepath"])
        folder = entry / run.data.tags[_VERSION] / entry.name
        if not (folder / "config.json").is_file():
            raise DataError(
                f"{cell.title} continues from the teacher of {before.title}, but there is none in {folder}. "
                "There were too few pairs, or the folder was deleted: see that run in MLflow."
            )
        return folder

    def write(self) -> dict[str, Any]:
        """Write tables, text and page, and return what goes to MLflow: metrics, note and files."""
        study = self._project.study
        outcomes, cells = self._outcome_table(), self._cell_table()
        seeds, comparisons = compare_arms(outcomes, study)
        settings = study.model_dump(mode="json")
        self.text = describe_study(settings, comparisons, seeds, cells)
        folder = self._project.folder
        folder.mkdir(parents=True, exist_ok=True)
        tables = {
            "study_outcomes": outcomes,
            "study_cells": cells,
            "study_seeds": seeds,
            "study_comparisons": comparisons,
        }
        files = [folder / f"{name}.parquet" for name in tables]
        for file, table in zip(files, tables.values(), strict=True):
            table.to_parquet(file, index=False)
        text, page = folder / "study.md", self.page
        text.write_text(self.text + "\n", encoding="utf-8")
        missing = len(self._cells) - len(self._outcomes)
        material = StudyMaterial(self._project.name, settings, comparisons, seeds, cells, missing)
        page.write_text(report_study(material), encoding="utf-8")
        return {
            "metrics": list(_metrics(comparisons, cells)),
            "note": self.text,
            "files": [*files, text, page],
        }

    def _read(self, cell: Cell) -> None:
        if cell.fingerprint in self._outcomes:
            return
        run = self._runs[cell.fingerprint]
        table = self._table(run, TABLES[self._project.study.pipeline])
        if table is None:
            raise DataError(
                f"The run {cell.title!r} ({run.info.run_id}) has no table "
                f"{TABLES[self._project.study.pipeline]} in MLflow. Delete that run there; the study then "
                "runs it again."
            )
        self._outcomes[cell.fingerprint] = read_outcomes(self._project.study.pipeline, table)
        self._figures[cell.fingerprint] = self._figures_of(run)

    def _figures_of(self, run: Run) -> dict[str, float]:
        figures: dict[str, float] = {}
        for name in _REPORTS:
            file = self._record.file(run, f"reports/{name}.json")
            if file is not None:
                figures |= {
                    key: value
                    for key, value in json.loads(file.read_text(encoding="utf-8")).items()
                    if isinstance(value, int | float)
                }
        rationales, scores = self._table(run, "rationales"), self._table(run, "lbt_scores")
        if rationales is not None and scores is not None:
            means = scores[scores["student"] == "mean"].set_index("demo_id")["lbt_score"]
            figures |= {f"explore.{key}": value for key, value in explore(rationales, means).items()}
        procedures = self._table(run, "procedures")
        if rationales is not None and procedures is not None:
            figures |= {f"explore.{key}": value for key, value in luck(rationales, procedures).items()}
        if run.info.end_time:
            figures["seconds"] = (run.info.end_time - run.info.start_time) / 1000
        return figures

    def _table(self, run: Run, name: str) -> pd.DataFrame | None:
        file = self._record.file(run, f"tables/{name}.parquet")
        return None if file is None else pd.read_parquet(file)

    def _outcome_table(self) -> pd.DataFrame:
        rows = [
            (cell.condition, cell.arm, cell.seed, cell.round, *row)
            for cell in self._cells
            if cell.fingerprint in self._outcomes
            for row in self._outcomes[cell.fingerprint].itertuples(index=False, name=None)
        ]
        return make_table(study_outcomes, rows)

    def _cell_table(self) -> pd.DataFrame:
        rows = []
        for cell in self._cells:
            run = self._runs.get(cell.fingerprint)
            if run is None or cell.fingerprint not in self._figures:
                continue
            figures = self._figures[cell.fingerprint]
            named = (cell.condition, cell.arm, cell.seed, cell.round)
            about = (run.info.run_id, run.data.tags.get("git.commit"), figures.get("seconds"))
            rows += [(*named, *about, name, float(value)) for name, value in sorted(figures.items())]
        return make_table(study_cells, rows)


def _metrics(comparisons: pd.DataFrame, cells: pd.DataFrame) -> Any:
    """The study's headline: its comparisons, and the rounds of each arm as steps."""
    several = comparisons["condition"].nunique() > 1
    for row in comparisons.to_dict("records"):
        name = _plain(f"{row['condition']}.{row['comparison']}" if several else row["comparison"])
        for key in ("difference", "ci_low", "ci_high", "p_holm"):
            if pd.notna(row[key]):
                yield (name if key == "difference" else f"{name}_{key}", 0, float(row[key]))
    rounds = cells[
        cells["figure"].isin(["eval.tuned.accuracy", "preferences.pairs"])
        | cells["figure"].str.startswith("explore.")
    ]
    arms = set(cells.loc[cells["round"] > 1, "arm"])
    rounds = rounds[rounds["arm"].isin(arms)]
    means = rounds.groupby(["condition", "arm", "figure", "round"], sort=False)["value"].mean()
    for row in means.reset_index().to_dict("records"):
        if np.isfinite(row["value"]):
            name = _plain(f"rounds.{row['condition']}.{row['arm']}.{row['figure']}")
            yield (name, int(row["round"]), float(row["value"]))


def _plain(name: str) -> str:
    """A name that MLflow takes."""
    return "".join(sign if sign.isalnum() or sign in "_-./ " else "_" for sign in name)
