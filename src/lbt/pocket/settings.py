"""How the embedded models are made."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lbt.configuration import WITHOUT_NULLS, Settings
from lbt.pocket.code import CODE
from lbt.pocket.corpus import CorpusSettings
from lbt.pocket.mathematics import MATHEMATICS
from lbt.pocket.worlds import World


class PretrainingSettings(Settings):
    """Architecture, corpus and optimisation of one embedded model."""

    corpus: CorpusSettings
    hidden_size: int = Field(gt=0)
    feed_forward_size: int = Field(gt=0)
    heads: int = Field(gt=0)
    layers: int = Field(default=4, gt=0)
    steps: int = Field(gt=0)
    tokens_per_batch: int = Field(default=8192, gt=0)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(default=0.05, ge=0)
    warmup_share: float = Field(default=0.03, ge=0, lt=1)
    decay_share: float = Field(default=0.45, ge=0, le=1)
    save_every: int = Field(default=200, gt=0)
    compile: bool = True
    """Compile the model: about twice as fast, needs a C++ compiler and half a minute to start."""


WORLDS: dict[str, World] = {"mathematics": MATHEMATICS, "code": CODE}


class PocketSettings(Settings):
    """The embedded models of a world, by the folder name that they get."""

    world: Literal["mathematics", "code"] = "mathematics"
    models: Annotated[dict[str, PretrainingSettings], WITHOUT_NULLS]
    tokenizer_documents: int = Field(default=20_000, gt=0)
    vocabulary: int = Field(default=768, ge=300)

    @property
    def described_world(self) -> World:
        """The world of this name."""
        return WORLDS[self.world]

    @model_validator(mode="after")
    def _no_more_families_than_there_are(self) -> Self:
        there = len(self.described_world.families)
        for name, model in self.models.items():
            if model.corpus.families_without_one_shot > there:
                raise ValueError(
                    f"models.{name}.corpus.families_without_one_shot is more than {there}: the world of "
                    f"{self.world} has no more families"
                )
        return self
