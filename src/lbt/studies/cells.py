"""The runs of a study."""

import hashlib
import json
from dataclasses import dataclass

from lbt.studies.settings import StudySettings, Value


@dataclass(frozen=True)
class Cell:
    """One run of a study.

    `parameters` are those that differ from the configuration, by dotted names; in a round after the first,
    `models.teacher.path` is added when the round before has tuned its teacher. `fingerprint` is equal for
    cells that ask for the same: of two studies, or of a study that was changed elsewhere.
    """

    condition: str
    arm: str
    seed: int
    round: int
    parameters: dict[str, Value]
    fingerprint: str

    @property
    def title(self) -> str:
        """How the run is called: the arm first, since MLflow's table cuts a name after some 20 characters."""
        later = f" round {self.round}" if self.round > 1 else ""
        return f"{self.arm} {self.condition} seed {self.seed}{later}"


def list_cells(study: StudySettings, env: str | None = None) -> list[Cell]:
    """All cells, in the order in which they are run.

    The first condition comes first, then seed by seed, so that a study that is stopped early has whole seeds;
    a round comes after the one that it goes on from.
    """
    return [
        _cell(study, env, condition, arm, (seed, number))
        for condition in study.conditions
        for seed in study.seeds
        for arm in study.arms
        if condition in study.conditions_of(arm)
        for number in range(1, study.arms[arm].rounds + 1)
    ]


def _cell(study: StudySettings, env: str | None, condition: str, arm: str, which: tuple[int, int]) -> Cell:
    seed, number = which
    parameters = {
        **study.parameters,
        **study.conditions[condition],
        **study.arms[arm].parameters,
        "seed": seed,
    }
    content = {
        "pipeline": study.pipeline,
        "env": env,
        "parameters": dict(sorted(parameters.items())),
        "round": number,
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    return Cell(condition, arm, seed, number, parameters, digest)
