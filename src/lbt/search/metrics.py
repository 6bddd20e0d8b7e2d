"""Figures of the search: accuracies, paired comparisons, costs."""

from collections.abc import Iterator

import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.search.settings import SearchSettings
from lbt.seeds import random_stream
from lbt.statistics import compare_paired, wilson_interval

_BASELINES = ("teacher_exams.sum", "teacher_exams.max", "worked_examples")


def search_metrics(selections: pd.DataFrame, settings: SearchSettings, seed: int) -> dict[str, float]:
    """Accuracy of every method and the differences that matter, over the problems that all methods answered.

    search.problems counts these and search.families their families, search.failed those left out for failed
    generations. Per method search.<method>.accuracy with _ci_low and _ci_high (Wilson). Differences are
    search.<a>_minus_<b>: each exam rule against sc, for all students and each alone, the baselines against
    sc, and max and sum against the baselines. For new problems of these families they have _ci_low, _ci_high
    (paired bootstrap) and _p_value (exact McNemar test), for new families _family_ci_low, _family_ci_high (t
    interval over families) and _family_p_value (exact sign-flip test). Raises DataError if no problem is
    left.
    """
    right = _right_by_method(selections)
    complete = right.dropna().astype(bool)
    if complete.empty:
        raise DataError(
            "No teaching problem was answered by every method: all generations of one of them failed. Look "
            "for their errors above and run again; nothing needs to be repeated."
        )
    families = selections.drop_duplicates("problem_id").set_index("problem_id")["family"][complete.index]
    metrics = {
        "search.problems": float(len(complete)),
        "search.families": float(families.nunique()),
        "search.failed": float(len(right) - len(complete)),
    }
    for method in complete.columns:
        name = f"search.{method}.accuracy"
        low, high = wilson_interval(int(complete[method].sum()), len(complete), settings.confidence)
        metrics |= {name: float(complete[method].mean()), f"{name}_ci_low": low, f"{name}_ci_high": high}
    for ours, other in _comparisons(set(complete.columns)):
        name = f"search.{ours}_minus_{other}"
        found = compare_paired(
            complete[other].to_numpy(bool),
            complete[ours].to_numpy(bool),
            families.tolist(),
            settings.bootstrap_samples,
            settings.confidence,
            random_stream(seed, name),
        )
        metrics |= found.figures(name, f"{name}_")
    return metrics


def accuracy_by_group(
    problems: pd.DataFrame, selections: pd.DataFrame, settings: SearchSettings
) -> pd.DataFrame:
    """Accuracy of every method by level and by subject; by family where the problems have neither.

    Each problem whose generations did not all fail is counted, whatever the other methods did with it.
    """
    groupings = [name for name in ("level", "subject") if name in problems and problems[name].notna().any()]
    known = problems.set_index("problem_id")
    records = []
    for grouping in groupings or ["family"]:
        groups = selections["problem_id"].map(known[grouping])
        answered = selections["right"].notna() & groups.notna()
        grouped = selections[answered].groupby(["method", groups[answered]], sort=True)["right"]
        for (method, group), marks in grouped:
            hits, n = int(marks.sum()), len(marks)
            interval = wilson_interval(hits, n, settings.confidence)
            records.append((method, grouping, str(group), n, hits / n, *interval))
    return tables.make_table(tables.search_by_group, records)


def generation_costs(
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    baseline_answers: pd.DataFrame,
    teacher_exam_answers: pd.DataFrame,
) -> dict[str, float]:
    """What each way to an answer costs, whether generated in this run or before.

    search.cost.<way>.generations and .tokens (generated ones) for greedy, sc (the rationales), lbt (the
    rationales and the students' exams with them), teacher_exams (the rationales and the teacher's exams) and
    worked_examples (the solutions of the exam problems and the votes). Ways not taken are left out.
    """
    examined = exam_answers[exam_answers["demo_id"].notna()]
    asked = dict(iter(baseline_answers.groupby("method")))
    ways = {
        "greedy": [asked["greedy"]] if "greedy" in asked else [],
        "sc": [rationales],
        "lbt": [rationales, examined],
        "teacher_exams": [rationales, teacher_exam_answers] if len(teacher_exam_answers) else [],
        "worked_examples": [asked[name] for name in ("solution", "worked_examples") if name in asked],
    }
    costs: dict[str, float] = {}
    for way, asked_of in ways.items():
        if asked_of:
            costs[f"search.cost.{way}.generations"] = float(sum(map(len, asked_of)))
            costs[f"search.cost.{way}.tokens"] = float(sum(int(table["tokens"].sum()) for table in asked_of))
    return costs


def _right_by_method(selections: pd.DataFrame) -> pd.DataFrame:
    """Problems by methods: True, False, or NA where all generations failed."""
    order = list(dict.fromkeys(selections["method"]))
    return selections.pivot(index="problem_id", columns="method", values="right")[order].sort_index()


def _comparisons(methods: set[str]) -> Iterator[tuple[str, str]]:
    for method in sorted(methods - {"sc", "greedy"}):
        yield method, "sc"
    for ours in sorted({"max", "sum"} & methods):
        for baseline in sorted(methods.intersection(_BASELINES)):
            yield ours, baseline
