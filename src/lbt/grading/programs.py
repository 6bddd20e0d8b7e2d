"""What sets apart the domain whose answers are programs."""

from typing import TypeGuard

from lbt.grading.domains import Domain
from lbt.grading.domains.code import CodeDomain


def runs_programs(domain: Domain | None) -> TypeGuard[CodeDomain]:
    """Whether answers are programs that are tried on visible and hidden tests."""
    return isinstance(domain, CodeDomain)
