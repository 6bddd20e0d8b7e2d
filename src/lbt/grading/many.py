"""Grade many completions, and keep the verdicts that are slow to find."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lbt.grading.cache import VerdictCache, attempt_key
from lbt.grading.cluster import grade_on_cluster
from lbt.grading.domains import Domain
from lbt.grading.verdicts import Attempt, Graded

if TYPE_CHECKING:
    from lbt.generation import Completion


def grade(domain: Domain, gold: str, text: str, finish_reason: str = "stop") -> Graded:
    """The verdict on one completion; `grade_many` is the way to grade more than a few."""
    return grade_many(domain, [Attempt(gold, text, finish_reason == "length")])[0]


def grade_many(
    domain: Domain, attempts: Sequence[Attempt], *, cache: str | Path | None = None
) -> list[Graded]:
    """The verdicts, in the order of the attempts.

    Args:
        domain: What an answer is.
        attempts: Gold answers and completions.
        cache: A SQLite file that verdicts are taken from and put into, if the domain is slow to find them.

    Raises:
        LbtError: The cache is unusable, or a process that compares cannot be started.
    """
    if cache is None or not domain.slow:
        return _grade(domain, attempts)
    grader = domain.version()
    reduced = [domain.reduced(attempt) for attempt in attempts]
    keys = [attempt_key(attempt) for attempt in reduced]
    with VerdictCache(cache) as verdicts:
        found = verdicts.get(grader, keys)
        missing = {key: attempt for key, attempt in zip(keys, reduced, strict=True) if key not in found}
        new = dict(zip(missing, _grade(domain, list(missing.values())), strict=True))
        verdicts.put(grader, new.items())
    found |= new
    return [_by_rule(found[key], attempt) for key, attempt in zip(keys, reduced, strict=True)]


def grade_completions(
    domain: Domain,
    golds: Sequence[str],
    completions: "Sequence[Completion | None]",
    *,
    cache: str | Path | None = None,
) -> list[Graded]:
    """As `grade_many`; a generation that failed (None) is an "error", which no score counts."""
    attempts = [
        Attempt(gold, done.text, done.finish_reason == "length")
        for gold, done in zip(golds, completions, strict=True)
        if done is not None
    ]
    graded = iter(grade_many(domain, attempts, cache=cache))
    return [Graded("error", None, None) if done is None else next(graded) for done in completions]


def _grade(domain: Domain, attempts: Sequence[Attempt]) -> list[Graded]:
    settings = domain.spread
    if settings is None or settings.cluster is None or len(attempts) <= settings.cluster.attempts:
        return domain.grade(attempts)
    return grade_on_cluster(domain.name, settings, attempts)


def _by_rule(graded: Graded, attempt: Attempt) -> Graded:
    """The verdict with the attempt's own rule: another may have led to the same answer."""
    return graded if attempt.rule is None else replace(graded, rule=attempt.rule)
