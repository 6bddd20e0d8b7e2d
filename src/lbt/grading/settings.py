"""How answers are graded."""

from typing import Literal

from pydantic import Field

from lbt.cluster import Address
from lbt.configuration import Settings
from lbt.sandbox.programs import ProgramLimits

Extraction = Literal["strict", "flexible"]


class CodeSettings(Settings):
    """How programs are run and compared (`domain: code`)."""

    limits: ProgramLimits = ProgramLimits()
    workers: int | None = Field(
        None, ge=1, description="Programs that run at the same time; one for each CPU if not given."
    )
    launcher: tuple[str, ...] = Field(
        (),
        description="A command that starts the sandbox inside a stronger boundary, such as bubblewrap with "
        "its options.",
    )
    unsafe_execution: bool = Field(
        False,
        description="Whether programs that models write are run where they cannot be confined: with the "
        "rights of this user. Only for machines that hold nothing else.",
    )
    vote_inputs: int = Field(
        12,
        ge=0,
        description="Inputs that are made from those of the visible tests; programs that give the same "
        "output on them and on the visible ones vote together.",
    )


class GradingClusterSettings(Settings):
    """A Ray cluster that grades, for millions of answers that are slow to grade."""

    address: Address | None = Field(
        None,
        description="host:port or ray://host:port of a cluster, auto for the one that this machine is in; if "
        "not given, one on this machine.",
    )
    attempts: int = Field(1000, ge=1, description="Answers that are graded together, in one task.")
    cpus: float = Field(1, gt=0, description="CPUs of a task, and processes that compare in it.")
    ship_code: bool = Field(True, description="Whether the cluster is sent this program's code.")


class GradingSettings(Settings):
    """Where answers are looked for, and what comparing them may take."""

    extraction: Extraction = Field(
        "flexible",
        description="strict takes an answer only where a completion marks it; flexible, where no mark states "
        "one, also takes the last number, formula or choice of the last sentence that has one.",
    )
    workers: int | None = Field(
        None, ge=1, description="Processes that compare mathematical answers; one for each CPU if not given."
    )
    limit_s: float = Field(
        5.0, gt=0, description="Seconds that one comparison may take; a longer one is an error."
    )
    code: CodeSettings = CodeSettings()
    cluster: GradingClusterSettings | None = Field(
        None, description="Where mathematical answers are graded, if not on this machine alone."
    )
