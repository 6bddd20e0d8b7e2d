"""A study's file: `study_<name>.yml` in conf/base or in the folder of another environment."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from lbt.configuration import Settings

Value = bool | int | float | str | None

_NAME = re.compile(r"[a-z0-9][a-z0-9_.]*")


def _is_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} must be small letters, digits, underscores and dots")
    return name


def _can_be_typed(parameters: dict[str, Value]) -> dict[str, Value]:
    for key, value in parameters.items():
        if isinstance(value, str) and "," in value:
            raise ValueError(
                f"{key}: {value!r} has a comma, which `kedro run --params` takes as the end of a value. "
                "Put it into an environment (conf/<env>), and name that environment in the study."
            )
    return parameters


Name = Annotated[str, AfterValidator(_is_name)]
Parameters = Annotated[dict[str, Value], AfterValidator(_can_be_typed)]
"""Parameters by their dotted names, as `kedro run --params` takes them."""


class ArmSettings(Settings):
    """One way to run the pipeline.

    `rounds` runs follow each other, each with the teacher that the one before has tuned. `conditions` are
    those that the arm is run under; the first one of the study if not given.
    """

    title: str = ""
    parameters: Parameters = Field(default={})
    rounds: int = Field(default=1, ge=1, le=20)
    conditions: tuple[Name, ...] | None = None


class ComparisonSettings(Settings):
    """A difference to test: `arm` less `less`, over the same problems.

    `outcome` and `less_outcome` say which of a run's answers are compared: base or tuned of `lbt_finetune`, a
    method of `lbt_search`; the study's own if not given. `rounds` are those of the two arms; 1 if not given.
    """

    arm: Name
    less: Name
    outcome: str | None = None
    less_outcome: str | None = None
    round: int = Field(default=1, ge=1)
    less_round: int = Field(default=1, ge=1)


class StudySettings(Settings):
    """Which runs make a study, and what is compared.

    Every combination of condition, arm and seed is one cell: an ordinary run of `pipeline` in the environment
    whose folder the file is in, with the parameters of the study, the condition and the arm, of which the
    later ones win. Without `comparisons`, each arm
    is compared with the baseline under every condition that both are run under.
    """

    title: str
    question: str = ""
    pipeline: Literal["lbt_finetune", "lbt_search"] = "lbt_finetune"
    parameters: Parameters = Field(default={})
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    conditions: dict[Name, Parameters] = Field(default={"default": {}})
    arms: dict[Name, ArmSettings] = Field(min_length=1)
    baseline: Name
    outcome: str = "tuned"
    comparisons: tuple[ComparisonSettings, ...] = ()
    confidence: float = Field(default=0.95, gt=0, lt=1)
    power: float = Field(default=0.8, gt=0, lt=1, description="of the smallest effect that could be seen")

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: a seed is listed twice")
        _check("baseline", [self.baseline], self.arms)
        for name, arm in self.arms.items():
            _check(f"arms.{name}.conditions", arm.conditions or (), self.conditions)
        for number, one in enumerate(self.comparisons):
            _check(f"comparisons, number {number + 1}", [one.arm, one.less], self.arms)
            for side, which in ((one.arm, one.round), (one.less, one.less_round)):
                if which > self.arms[side].rounds:
                    raise ValueError(f"comparisons, number {number + 1}: {side} has no round {which}")
        return self

    def conditions_of(self, arm: str) -> tuple[str, ...]:
        """The conditions that an arm is run under."""
        return self.arms[arm].conditions or (next(iter(self.conditions)),)

    def compared(self) -> tuple[ComparisonSettings, ...]:
        """The comparisons, or each arm less the baseline."""
        if self.comparisons:
            return self.comparisons
        return tuple(
            ComparisonSettings(arm=arm, less=self.baseline) for arm in self.arms if arm != self.baseline
        )


def _check(where: str, names: Iterable[str], known: Iterable[str]) -> None:
    there = list(known)
    for name in names:
        if name not in there:
            raise ValueError(f"{where}: there is no {name!r}; there are {', '.join(there)}")
