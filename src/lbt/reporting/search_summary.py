"""The short account that a search ends with."""

from collections.abc import Mapping, Sequence

Figures = Mapping[str, float]
Row = tuple[str, str]

_METHODS = {
    "greedy": "Greedy answer",
    "sc": "SC (majority)",
    "max": "MAX (best exam)",
    "sum": "SUM (votes by exam)",
}
_BASELINES = {
    "teacher_exams.sum": "SUM, teacher's own exams",
    "worked_examples": "Exam problems as examples",
}
_WAYS = {
    "sc": "SC",
    "lbt": "MAX and SUM",
    "teacher_exams": "own exams",
    "worked_examples": "examples",
}


def summarise_search(metrics: Figures, usages: Sequence[Figures]) -> str:
    """A table of the search's figures; a row whose figures are missing is left out.

    Args:
        metrics: Figures by their MLflow names.
        usages: What the sampler did in each stage: `new`, `reused`, `failed` generations.
    """
    rows = [
        ("Teaching problems", f"{metrics['search.problems']:,.0f}"),
        *_accuracies(metrics, _METHODS),
        *_students(metrics),
        *_difference(metrics, "sum", "sc", "SUM over SC"),
        *_difference(metrics, "max", "sc", "MAX over SC"),
        *_accuracies(metrics, _BASELINES),
        *_difference(metrics, "sum", "teacher_exams.sum", "SUM over own exams"),
        *_difference(metrics, "sum", "worked_examples", "SUM over examples"),
        ("Generations a problem", _cost(metrics)),
        ("Generations", _generations(usages)),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows) + "\n"


def _accuracies(metrics: Figures, titles: Mapping[str, str]) -> list[Row]:
    found = [(title, f"search.{method}.accuracy") for method, title in titles.items()]
    return [(title, _share(metrics, key)) for title, key in found if key in metrics]


def _students(metrics: Figures) -> list[Row]:
    """SUM by each student alone, where there are several."""
    names = [key.removeprefix("search.sum.").removesuffix(".accuracy") for key in metrics if _of_student(key)]
    return [(f"  by {name} alone", _share(metrics, f"search.sum.{name}.accuracy")) for name in names]


def _of_student(key: str) -> bool:
    return key.startswith("search.sum.") and key.endswith(".accuracy") and key != "search.sum.accuracy"


def _difference(metrics: Figures, ours: str, other: str, title: str) -> list[Row]:
    key = f"search.{ours}_minus_{other}"
    if key not in metrics:
        return []
    interval = f"[{100 * metrics[f'{key}_ci_low']:+.1f}, {100 * metrics[f'{key}_ci_high']:+.1f}]"
    return [(title, f"{100 * metrics[key]:+.1f} points {interval}, p = {metrics[f'{key}_p_value']:.2g}")]


def _cost(metrics: Figures) -> str:
    """Generations that each way to an answer takes, whether made in this run or before."""
    problems = metrics["search.problems"] + metrics["search.failed"]
    costs = ((name, metrics.get(f"search.cost.{way}.generations")) for way, name in _WAYS.items())
    return ", ".join(f"{cost / problems:,.0f} {name}" for name, cost in costs if cost is not None)


def _generations(usages: Sequence[Figures]) -> str:
    new, reused, failed = (int(sum(usage[key] for usage in usages)) for key in ("new", "reused", "failed"))
    text = f"{new:,} new, {reused:,} from the store"
    return f"{text}, {failed:,} failed" if failed else text


def _share(metrics: Figures, key: str) -> str:
    interval = f"[{100 * metrics[f'{key}_ci_low']:.1f}, {100 * metrics[f'{key}_ci_high']:.1f}]"
    return f"{100 * metrics[key]:.1f} % {interval}"
