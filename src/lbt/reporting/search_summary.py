"""The short account that a search ends with."""

from collections.abc import Mapping, Sequence

from lbt.reporting.texts import (
    Figures,
    Row,
    areas,
    difference,
    generations,
    intervals_note,
    same_answers,
    share,
    table,
)

_METHODS = {
    "greedy": "Greedy answer",
    "sc": "SC (majority)",
    "max": "MAX (best exam)",
    "sum": "SUM (votes by exam)",
}
_OF_PROGRAMS = {
    "random": "Any rationale",
    "visible_tests": "Any that passes visible tests",
    "visible_tests.sc": "  of these the majority",
    "visible_tests.max": "  of these MAX",
    "visible_tests.sum": "  of these SUM",
}
_BASELINES = {
    "teacher_exams.sum": "SUM, teacher's own exams",
    "worked_examples": "Exam problems as examples",
    "equal_generations": "SC of as many generations",
}
_WAYS = {
    "sc": "SC",
    "lbt": "MAX and SUM",
    "teacher_exams": "own exams",
    "worked_examples": "examples",
    "equal_generations": "SC of as many",
}


def summarise_search(metrics: Figures, usages: Sequence[Figures]) -> str:
    """A table of the search's figures; a row whose figures are missing is left out.

    Args:
        metrics: Figures by their MLflow names.
        usages: What the sampler did in each stage: `new`, `reused`, `failed` generations.
    """
    rows = [
        ("Teaching problems", f"{metrics['search.problems']:,.0f}"),
        *_score(metrics),
        *_accuracies(metrics, _METHODS),
        *_students(metrics),
        *_difference(metrics, "sum", "sc", "SUM over SC"),
        *_difference(metrics, "max", "sc", "MAX over SC"),
        *_accuracies(metrics, _OF_PROGRAMS),
        *_difference(metrics, "visible_tests.sum", "visible_tests", "  of these SUM over any"),
        *_difference(metrics, "sum", "visible_tests", "SUM over visible tests"),
        *_difference(metrics, "max", "visible_tests", "MAX over visible tests"),
        *_hidden(metrics),
        *_accuracies(metrics, _BASELINES),
        *_difference(metrics, "sum", "teacher_exams.sum", "SUM over own exams"),
        *_difference(metrics, "sum", "worked_examples", "SUM over examples"),
        *_difference(metrics, "sum", "equal_generations", "SUM over SC of as many"),
        *same_answers(metrics),
        ("Generations a problem", _cost(metrics)),
        ("Generations", generations(usages)),
    ]
    return table(rows) + intervals_note(metrics) + "\n"


def _score(metrics: Figures) -> list[Row]:
    if "exam.lbt_score_mean" not in metrics:
        return []
    return [("LbT score", f"{metrics['exam.lbt_score_mean']:.2f} mean"), *areas(metrics)]


def _accuracies(metrics: Figures, titles: Mapping[str, str]) -> list[Row]:
    found = [(title, f"search.{method}.accuracy") for method, title in titles.items()]
    return [(title, share(metrics, key)) for title, key in found if key in metrics]


def _students(metrics: Figures) -> list[Row]:
    """SUM by each student alone, where there are several."""
    names = [key.removeprefix("search.sum.").removesuffix(".accuracy") for key in metrics if _of_student(key)]
    return [(f"  by {name} alone", share(metrics, f"search.sum.{name}.accuracy")) for name in names]


def _of_student(key: str) -> bool:
    return key.startswith("search.sum.") and key.endswith(".accuracy") and key != "search.sum.accuracy"


def _hidden(metrics: Figures) -> list[Row]:
    """The share of hidden tests that the selected program passes (the paper's S-score)."""
    told = {"sc": "SC", "max": "MAX", "sum": "SUM", "visible_tests": "visible tests"}
    found = [(told[name], metrics.get(f"search.{name}.hidden_share")) for name in told]
    shown = ", ".join(f"{100 * share:.1f} % {name}" for name, share in found if share is not None)
    return [("Hidden tests passed", shown)] if shown else []


def _difference(metrics: Figures, ours: str, other: str, title: str) -> list[Row]:
    key = f"search.{ours}_minus_{other}"
    return difference(metrics, title, key, f"{key}_")


def _cost(metrics: Figures) -> str:
    """Generations that each way to an answer takes, whether made in this run or before."""
    problems = metrics["search.problems"] + metrics["search.failed"]
    costs = ((name, metrics.get(f"search.cost.{way}.generations")) for way, name in _WAYS.items())
    return ", ".join(f"{cost / problems:,.0f} {name}" for name, cost in costs if cost is not None)
