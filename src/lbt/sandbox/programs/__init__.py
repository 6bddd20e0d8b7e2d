"""Programs that nobody trusts, and tests of them that they cannot touch."""

from lbt.sandbox.programs.examination import (
    UNEXAMINED,
    Examination,
    Examined,
    Expression,
    Item,
    ItemResult,
    Run,
    SandboxError,
    Test,
)
from lbt.sandbox.programs.examining import Sandbox, containment, examine_programs
from lbt.sandbox.programs.limits import ProgramLimits

__all__ = [
    "UNEXAMINED",
    "Examination",
    "Examined",
    "Expression",
    "Item",
    "ItemResult",
    "ProgramLimits",
    "Run",
    "Sandbox",
    "SandboxError",
    "Test",
    "containment",
    "examine_programs",
]
