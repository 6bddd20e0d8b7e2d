"""What sets apart domains whose answers are programs."""

from lbt.grading.domains import Domain


def runs_programs(domain: Domain) -> bool:
    """Whether answers are programs that are tried on visible and hidden tests."""
    return {"visible_share", "hidden_share", "failed_test", "failure"} <= set(domain.details)
