"""Grade many completions: from the cache, by what is certain at a glance, and else in worker processes."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from lbt.grading.cache import Key, VerdictCache, text_hash
from lbt.grading.equality import equal_quickly
from lbt.grading.forms import tidy
from lbt.grading.pool import LIMIT_S, Pair, shared_pool
from lbt.grading.reading import Reading, read_math
from lbt.grading.verdicts import Domain, Graded, grade

if TYPE_CHECKING:
    from lbt.generation import Completion

RULES = 2
"""Version of our own rules of extraction and comparison; a change of any verdict raises it."""
_LIBRARIES = ("math-verify", "latex2sympy2_extended", "sympy")
_REMEMBERED = 200_000
_remembered: dict[Pair, bool] = {}


def grade_many(
    domain: Domain,
    pairs: Sequence[tuple[str, str]],
    *,
    finish_reasons: Sequence[str] | None = None,
    cache: str | Path | None = None,
    workers: int | None = None,
    limit_s: float = LIMIT_S,
) -> list[Graded]:
    """The verdicts on (gold answer, completion) pairs, in their order.

    Args:
        domain: What an answer is.
        pairs: Gold answer and completion of each.
        finish_reasons: "length" turns a verdict "no_answer" into "truncated"; all "stop" if None.
        cache: A SQLite file that verdicts are taken from and put into.
        workers: Processes at most; one for each CPU if None. They start when the first answer needs them
            and stay for the next call.
        limit_s: Seconds for one comparison; one that takes longer is an "error".

    Raises:
        LbtError: The cache is unusable, or no process can be started.
    """
    if finish_reasons is not None and len(finish_reasons) != len(pairs):
        raise ValueError(f"{len(finish_reasons)} finish reasons for {len(pairs)} pairs")
    if cache is None:
        found = _grade_all(domain, pairs, workers, limit_s)
    else:
        found = _grade_with_cache(domain, pairs, cache, workers, limit_s)
    if finish_reasons is None:
        return found
    return [_with_finish(graded, why) for graded, why in zip(found, finish_reasons, strict=True)]


def grade_completions(
    domain: Domain,
    golds: Sequence[str],
    completions: "Sequence[Completion | None]",
    *,
    cache: str | Path | None = None,
    workers: int | None = None,
    limit_s: float = LIMIT_S,
) -> list[Graded]:
    """As `grade_many`; a generation that failed (None) is an "error", which counts for no one."""
    there = [(gold, done) for gold, done in zip(golds, completions, strict=True) if done is not None]
    graded = grade_many(
        domain,
        [(gold, done.text) for gold, done in there],
        finish_reasons=[done.finish_reason for _, done in there],
        cache=cache,
        workers=workers,
        limit_s=limit_s,
    )
    verdicts = iter(graded)
    return [Graded("error", None, None) if done is None else next(verdicts) for done in completions]


def grader_version(domain: Domain) -> str:
    """What a verdict depends on besides gold answer and completion."""
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES] if domain == "math" else []
    return ", ".join([f"{domain} {RULES}", *libraries])


def compare_many(pairs: Sequence[Pair], workers: int | None, limit_s: float) -> list[bool | None]:
    """Whether tidy answers equal tidy gold answers; each different pair is compared once."""
    known: dict[Pair, bool | None] = {}
    for pair in pairs:
        if pair not in known:
            known[pair] = _remembered[pair] if pair in _remembered else equal_quickly(*pair)
    hard = [pair for pair, equal in known.items() if equal is None]
    if hard:
        decided = dict(zip(hard, shared_pool(workers, limit_s).compare(hard), strict=True))
        known |= decided
        if len(_remembered) > _REMEMBERED:
            _remembered.clear()
        _remembered.update((pair, equal) for pair, equal in decided.items() if equal is not None)
    return [known[pair] for pair in pairs]


def _grade_with_cache(
    domain: Domain, pairs: Sequence[tuple[str, str]], path: str | Path, workers: int | None, limit_s: float
) -> list[Graded]:
    grader = grader_version(domain)
    keys: list[Key] = [(gold, text_hash(text)) for gold, text in pairs]
    with VerdictCache(path) as cache:
        found = cache.get(grader, keys)
        missing = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in found}
        graded = _grade_all(domain, list(missing.values()), workers, limit_s)
        new = dict(zip(missing, graded, strict=True))
        cache.put(grader, new.items())
    found |= new
    return [found[key] for key in keys]


def _grade_all(
    domain: Domain, pairs: Sequence[tuple[str, str]], workers: int | None, limit_s: float
) -> list[Graded]:
    if domain != "math":
        return [grade(domain, gold, text) for gold, text in pairs]
    readings = {text: read_math(text) for _, text in pairs}
    to_compare = [_pair(gold, readings[text]) for gold, text in pairs]
    equal = iter(compare_many([pair for pair in to_compare if pair is not None], workers, limit_s))
    return list(_math_verdicts(pairs, readings, to_compare, equal))


def _math_verdicts(
    pairs: Sequence[tuple[str, str]],
    readings: dict[str, Reading],
    to_compare: Sequence[Pair | None],
    equal: Iterator[bool | None],
) -> Iterator[Graded]:
    for (gold, text), pair in zip(pairs, to_compare, strict=True):
        reading = readings[text]
        if pair is not None:
            result = next(equal)
            verdict = "error" if result is None else "correct" if result else "wrong"
        else:
            broken = reading.unreadable or _tidy_gold(gold) is None
            verdict = "error" if broken else "no_answer"
        yield Graded(verdict, reading.answer, reading.rule)  # type: ignore[arg-type]


def _pair(gold: str, reading: Reading) -> Pair | None:
    tidy_gold = _tidy_gold(gold)
    return None if tidy_gold is None or reading.answer is None else (tidy_gold, reading.answer)


@lru_cache(maxsize=65536)
def _tidy_gold(gold: str) -> str | None:
    return tidy(gold)


def _with_finish(graded: Graded, finish_reason: str) -> Graded:
    """Out of tokens, a last line is no answer but where the text broke off."""
    cut = graded.verdict == "no_answer" or graded.rule == "last line"
    return Graded("truncated", None, None) if finish_reason == "length" and cut else graded
