"""The tables of smollm2.py: what exams tell apart, then accuracies and differences, with intervals."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lbt.statistics import cluster_t_interval

Cell = dict[str, Any]
"""A format and a seed, metrics, right answers by problem and method, and areas by problem."""

METHODS = {
    "greedy": "greedy",
    "sc": "majority, equal rationales",
    "equal_generations": "majority, equal generations",
    "sum": "SUM",
    "max": "MAX",
    "worked_examples": "solved exam problems as examples",
}
DIFFERENCES = (
    ("sum", "sc"),
    ("sum", "equal_generations"),
    ("sum", "greedy"),
    ("sum", "worked_examples"),
    ("max", "sc"),
    ("max", "equal_generations"),
    ("worked_examples", "sc"),
)
CONFIDENCE = 0.95


def tables(cells: Sequence[Cell]) -> str:
    """All tables, in the order in which they should be read; a size of the experiment after the other."""
    parts = ["# SmolLM2: the seeds", ""]
    for size in sorted({(cell["problems"], cell["rationales"]) for cell in cells}):
        chosen = [cell for cell in cells if (cell["problems"], cell["rationales"]) == size]
        parts += [f"## {size[0]} problems a seed, {size[1]} rationales", "", *_of_size(chosen)]
    return "\n".join(parts)


def _of_size(cells: Sequence[Cell]) -> Iterator[str]:
    forms = list(dict.fromkeys(cell["format"] for cell in cells))
    seeds = sorted({cell["seed"] for cell in cells})
    yield "How well scores tell a problem's right rationales from its wrong ones; t intervals over problems."
    yield ""
    yield f"| prompts | AUC within a problem | problems | {' | '.join(f'seed {seed}' for seed in seeds)} |"
    yield "|---" * (len(seeds) + 3) + "|"
    for form in forms:
        yield _area_row(form, [cell for cell in cells if cell["format"] == form], seeds)
    for form in forms:
        own = [cell for cell in cells if cell["format"] == form]
        yield from ("", f"### Prompts: {form}", "", *_accuracies(own, seeds), "", *_differences(own), "")
    yield from _costs(cells, forms)
    yield ""


def _area_row(form: str, cells: Sequence[Cell], seeds: Sequence[int]) -> str:
    areas = [(problem, area) for cell in cells for problem, area in cell["areas"].items()]
    by_seed = {cell["seed"]: np.mean(list(cell["areas"].values()) or [np.nan]) for cell in cells}
    shown = " | ".join(f"{by_seed[seed]:.2f}" if seed in by_seed else "" for seed in seeds)
    if not areas:
        return f"| {form} | | 0 | {shown} |"
    value, interval = _share([area for _, area in areas], [problem for problem, _ in areas])
    return f"| {form} | {value:.2f} {_span(interval, 1, '.2f')} | {len(areas)} | {shown} |"


def _accuracies(cells: Sequence[Cell], seeds: Sequence[int]) -> Iterator[str]:
    """A row a method: right answers over all seeds with a problem-clustered interval, and by seed."""
    frame = _outcomes(cells)
    yield f"| way to an answer | accuracy | {' | '.join(f'seed {seed}' for seed in seeds)} |"
    yield "|---" * (len(seeds) + 2) + "|"
    for method, title in METHODS.items():
        value, interval = _share(frame[method], frame["problem"])
        by_seed = frame.groupby("seed")[method].mean()
        shown = " | ".join(f"{by_seed[seed]:.1%}" if seed in by_seed else "" for seed in seeds)
        yield f"| {title} | {value:.1%} {_span(interval, 100, '.1f')} | {shown} |"


def _differences(cells: Sequence[Cell]) -> Iterator[str]:
    """A row a difference in points: over problems, and over seeds, of which there are few."""
    frame = _outcomes(cells)
    yield "| difference in points | mean | 95% interval over problems | 95% interval over seeds |"
    yield "|---|---|---|---|"
    for ours, other in DIFFERENCES:
        gap = frame[ours] - frame[other]
        value, interval = _mean(gap, frame["problem"])
        _, over_seeds = _mean(gap, frame["seed"])
        spans = f"{_span(interval, 100, '+.1f')} | {_span(over_seeds, 100, '+.1f')}"
        yield f"| {METHODS[ours]} less {METHODS[other]} | {100 * value:+.1f} | {spans} |"


def _outcomes(cells: Sequence[Cell]) -> pd.DataFrame:
    """A row a problem of a seed, with 0 or 1 by method; problems that a method failed on are left out."""
    rows = [
        {"seed": cell["seed"], "problem": problem} | outcome
        for cell in cells
        for problem, outcome in cell["right"].items()
    ]
    frame = pd.DataFrame(rows).dropna(subset=list(METHODS))
    return frame.astype(dict.fromkeys(METHODS, float))


def _mean(values: Sequence[float], clusters: Sequence[Any]) -> tuple[float, tuple[float, float] | None]:
    numbers = np.asarray(values, float)
    return float(numbers.mean()), cluster_t_interval(
        numbers, pd.factorize(np.asarray(clusters))[0], CONFIDENCE
    )


def _share(values: Sequence[float], clusters: Sequence[Any]) -> tuple[float, tuple[float, float] | None]:
    """As `_mean`, of values that are never below 0."""
    value, interval = _mean(values, clusters)
    return value, None if interval is None else (max(interval[0], 0.0), interval[1])


def _span(interval: tuple[float, float] | None, factor: int, form: str) -> str:
    return "" if interval is None else f"[{factor * interval[0]:{form}}, {factor * interval[1]:{form}}]"


def _costs(cells: Sequence[Cell], forms: Sequence[str]) -> Iterator[str]:
    yield "Generations of a problem, made or from the store; lbt: SUM and MAX, rationales and exam answers."
    yield ""
    ways = ("greedy", "sc", "lbt", "equal_generations", "worked_examples")
    yield f"| prompts | {' | '.join(ways)} | exams on the taught answer |"
    yield "|---" * (len(ways) + 2) + "|"
    for form in forms:
        own = [cell["metrics"] for cell in cells if cell["format"] == form]
        problems = sum(one["search.problems"] for one in own)
        costs = [sum(one[f"search.cost.{way}.generations"] for one in own) / problems for way in ways]
        same, pairs = (int(sum(one[f"exam.{name}"] for one in own)) for name in ("same_answer", "pairs"))
        yield f"| {form} | {' | '.join(f'{cost:.1f}' for cost in costs)} | {same} of {pairs} |"
