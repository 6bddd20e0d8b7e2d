"""What belongs to a run and to no single stage: the types of its parameters, and the asker made of them."""

from pathlib import Path
from typing import Literal

from pydantic import NonNegativeInt, RootModel

from lbt.asking import Asker
from lbt.generation import GenerationStore
from lbt.prompts import PromptSettings

ASKER = ["params:prompts", "generation_store", "params:seed", "params:domain"]
"""The inputs that `make_asker` takes, in the order in which nodes take them."""


class Seed(RootModel[NonNegativeInt]):
    """The run's one seed; each use derives its own from it."""


class Domain(RootModel[Literal["number", "text", "math"]]):
    """What an answer is, which decides how it is graded."""


class Folder(RootModel[Path]):
    """A folder that a stage keeps its unfinished work in."""


def make_asker(prompts: PromptSettings, store: GenerationStore, seed: Seed, domain: Domain) -> Asker:
    """What all nodes of a run ask with."""
    return Asker(prompts, store, seed.root, domain.root)
