"""What belongs to a run and to no single stage: the types of its parameters, and the asker made of them."""

from pathlib import Path
from typing import Any, Self

from pydantic import NonNegativeInt, PositiveInt, RootModel, model_validator

from lbt.asking import Asker
from lbt.generation import GenerationStore
from lbt.grading import DOMAINS, GradingSettings, domain_named
from lbt.grading import Domain as GradingDomain
from lbt.planning import RunSettings
from lbt.prompts import DebugSettings, PromptSettings

ASKER = [
    "params:prompts",
    "generation_store",
    "params:seed",
    "params:domain",
    "params:grading",
    "params:debug",
]
"""The inputs that `make_asker` takes, in the order in which nodes take them."""


class Seed(RootModel[NonNegativeInt]):
    """The run's one seed; each use derives its own from it."""


class Domain(RootModel[str]):
    """What an answer is, which decides how it is graded."""

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.root not in DOMAINS:
            raise ValueError(f"must be one of {', '.join(DOMAINS)}")
        return self

    def graded_by(self, settings: GradingSettings) -> GradingDomain:
        """The domain of this name."""
        return domain_named(self.root, settings)


class MaximumGenerations(RootModel[PositiveInt | None]):
    """The most answers that a run may ask for; no limit if None."""


class Folder(RootModel[Path]):
    """A folder that a stage keeps its unfinished work in."""


def make_asker(
    prompts: PromptSettings,
    store: GenerationStore,
    seed: Seed,
    domain: Domain,
    grading: GradingSettings,
    debug: DebugSettings,
) -> Asker:
    """What all nodes of a run ask with."""
    return Asker(prompts, store, seed.root, domain.graded_by(grading), debug)


def gather_settings(parameters: dict[str, Any]) -> RunSettings:
    """The settings of all stages that a model is asked in, of all parameters, which Kedro has checked."""
    plain = {
        name: value.root if isinstance(value, RootModel) else value for name, value in parameters.items()
    }
    return RunSettings.model_validate(plain)
