"""What a stage's generations cost."""

from collections import Counter
from collections.abc import Iterable

from lbt.generation import Samples

Usage = dict[str, float]
"""new, reused and failed samples, and the tokens and seconds of the new ones."""


def usage_of(samples: Samples) -> Usage:
    """The counts of one call of the sampler."""
    return {
        "new": float(samples.new),
        "reused": float(samples.reused),
        "failed": float(samples.failed),
        "tokens": float(samples.tokens),
        "seconds": samples.seconds,
    }


def add_usage(usages: Iterable[Usage]) -> Usage:
    """The sum of several calls' usage."""
    total: Counter[str] = Counter()
    for usage in usages:
        total.update(usage)
    return {name: float(value) for name, value in total.items()}
