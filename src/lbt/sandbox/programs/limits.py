"""How much a program may use."""

from pydantic import Field

from lbt.configuration import Settings


class ProgramLimits(Settings):
    """Limits of one program. Those in seconds hold for each of its tests, and for loading it."""

    cpu_s: float = Field(
        10.0, gt=0, description="seconds of computing, and of doing nothing, such as sleeping"
    )
    wall_s: float = Field(
        120.0, gt=0, description="seconds by the clock, after which a busy machine's test is tried again"
    )
    memory_mb: int = Field(512, ge=128, description="MB of address space of each process")
    output_kb: int = Field(256, ge=1, description="KB of standard output, and of standard error")
    value_kb: int = Field(256, ge=1, description="KB of one answer to a test")
    late_items: int = Field(
        3, ge=1, description="after this many tests that are late or end the program, others are left out"
    )
