"""Parameters of the preferences stage."""

from typing import Literal, Self

from pydantic import Field, model_validator

from lbt.configuration import Settings

Signal = Literal["lbt+correctness", "correctness", "lbt", "random"]


class PreferenceSettings(Settings):
    """What a rationale's score is made of, and which pairs it makes.

    The weights count for the signal "lbt+correctness" only. A pair needs a gap that exceeds `margin`; of a
    problem's pairs those with the largest gaps are kept, at most `maximum_pairs_per_problem`. `maximum_pairs`
    is for arms that are to be trained on equally many pairs: of all pairs it keeps so many, evenly over the
    problems. The signal "random" scores rationales by chance, as a control. With `labels: majority` a right
    answer is one that most rationales of its problem give; the gold answers are not used, and problems whose
    majority is smaller than `minimum_confidence` make no pair.
    """

    signal: Signal = "lbt+correctness"
    labels: Literal["gold", "majority"] = "gold"
    minimum_confidence: float = Field(default=0.6, ge=0, le=1)
    correctness_weight: float = Field(default=0.3, ge=0, le=1)
    lbt_weight: float = Field(default=0.7, ge=0, le=1)
    margin: float = Field(default=0.3, ge=0, lt=1)
    maximum_pairs_per_problem: int = Field(default=8, ge=1)
    maximum_pairs: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Self:
        total = self.correctness_weight + self.lbt_weight
        if abs(total - 1) > 1e-9:
            raise ValueError(
                "preferences.correctness_weight and preferences.lbt_weight must sum to 1, "
                f"but {self.correctness_weight} + {self.lbt_weight} = {total:g}"
            )
        return self

    @property
    def weights(self) -> tuple[float, float]:
        """(correctness, LbT) weights of the signal."""
        fixed = {"correctness": (1.0, 0.0), "lbt": (0.0, 1.0), "random": (0.0, 0.0)}
        return fixed.get(self.signal, (self.correctness_weight, self.lbt_weight))
