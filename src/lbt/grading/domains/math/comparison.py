"""Compare many answers with gold answers: at a glance where that is certain, else in worker processes."""

from collections.abc import Sequence

from lbt.grading.domains.math.equality import equal_quickly
from lbt.grading.settings import GradingSettings
from lbt.sandbox.pool import Job, WorkerPool, shared_pool

Pair = tuple[str, str]
"""Gold answer and answer, in tidy form."""

_REMEMBERED = 200_000
_remembered: dict[Pair, bool] = {}


def compare_many(pairs: Sequence[Pair], settings: GradingSettings) -> list[bool | None]:
    """Whether the answers equal their gold answers; None where a comparison failed or took too long.

    Each different pair is compared once, and what was compared before is remembered.
    """
    known: dict[Pair, bool | None] = {}
    for pair in pairs:
        if pair not in known:
            known[pair] = _remembered[pair] if pair in _remembered else equal_quickly(*pair)
    hard = [pair for pair, equal in known.items() if equal is None]
    if hard:
        outcomes = comparison_pool(settings).map(hard)
        decided = {pair: outcome.value for pair, outcome in zip(hard, outcomes, strict=True)}
        known |= decided
        if len(_remembered) > _REMEMBERED:
            _remembered.clear()
        _remembered.update((pair, equal) for pair, equal in decided.items() if equal is not None)
    return [known[pair] for pair in pairs]


def comparison_pool(settings: GradingSettings) -> WorkerPool:
    """The processes that compare; they start with the first comparison and stay for the next."""
    job = Job("lbt.grading.domains.math.verification", "equal_pair", "warm_up", settings.limit_s)
    return shared_pool(job, settings.workers)


def forget() -> None:
    """Compare anew what was compared before; for measurements."""
    _remembered.clear()
