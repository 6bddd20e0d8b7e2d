"""Parameters of the evaluation stage."""

from typing import Literal, Self

from pydantic import Field, model_validator

from lbt.configuration import Settings
from lbt.generation import ModelSettings, SamplingSettings


class EvaluationSettings(Settings):
    """How the held-out problems are answered and compared.

    Every problem is answered once greedily and `samples` times (0 = never) as `sampling` says; greedy answers
    share its max_tokens and stop. The tuned teacher is on this machine only: where a server ran the base one,
    `engine` or else transformers runs both, so that only their weights differ.
    """

    engine: Literal["transformers", "vllm"] | None = Field(
        default=None, description="What runs both teachers; the teacher's own engine if not given."
    )
    samples: int = Field(default=4, ge=0)
    sampling: SamplingSettings
    bootstrap_samples: int = Field(default=10_000, ge=100)
    confidence: float = Field(default=0.95, gt=0, lt=1)

    @model_validator(mode="after")
    def _samples_differ(self) -> Self:
        if self.samples and self.sampling.temperature == 0:
            raise ValueError(
                f"evaluation.samples is {self.samples}, but at evaluation.sampling.temperature 0 all samples "
                "are equal; raise the temperature, or set evaluation.samples: 0"
            )
        return self

    def run_here(self, teacher: ModelSettings) -> ModelSettings:
        """The teacher as it is evaluated: in this process."""
        engine = self.engine or ("transformers" if teacher.engine == "openai" else teacher.engine)
        return teacher.model_copy(update={"engine": engine, "server": None})

    @property
    def greedy(self) -> SamplingSettings:
        """The sampling of the greedy answers."""
        return self.sampling.model_copy(update={"temperature": 0.0, "top_p": 1.0, "top_k": 0})
