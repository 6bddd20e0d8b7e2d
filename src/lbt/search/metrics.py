"""Figures of the search: accuracies, paired comparisons, costs."""

from collections.abc import Iterator

import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.search.settings import SearchSettings
from lbt.seeds import random_stream
from lbt.statistics import (
    Interval,
    compare_paired,
    compare_shares,
    mean_share_interval,
    wilson_interval,
)

_OURS = ("max", "sum", "visible_tests.max", "visible_tests.sum")
_BASELINES = (
    "teacher_exams.sum",
    "teacher_exams.max",
    "worked_examples",
    "equal_generations",
    "visible_tests",
    "visible_tests.sc",
)


def search_metrics(selections: pd.DataFrame, settings: SearchSettings, seed: int) -> dict[str, float]:
    """Accuracy of every method and the differences that matter, over the problems that all methods answered.

    search.problems counts these and search.families their families, search.failed those left out for failed
    generations. Per method search.<method>.accuracy with _ci_low and _ci_high (Wilson). Differences are
    search.<a>_minus_<b>: each exam rule against sc, for all students and each alone, the baselines against
    sc, and max and sum against the baselines. For new problems of these families they have _ci_low, _ci_high
    (paired bootstrap) and _p_value (exact McNemar test), for new families _family_ci_low, _family_ci_high (t
    interval over families) and _family_p_value (exact sign-flip test). Raises DataError if no problem is
    left.

    Of programs, a method that draws one has the accuracy that is to be expected, its intervals and tests are
    t intervals and t tests; and every method has search.<method>.hidden_share, the mean share of hidden tests
    that its program passes, over the problems that have any.
    """
    chances = _by_method(selections, "chance" if "chance" in selections else "right")
    complete = chances.dropna()
    if complete.empty:
        raise DataError(
            "No teaching problem was answered by every method: all generations of one of them failed. Look "
            "for their errors above and run again; nothing needs to be repeated."
        )
    families = selections.drop_duplicates("problem_id").set_index("problem_id")["family"][complete.index]
    metrics = {
        "search.problems": float(len(complete)),
        "search.families": float(families.nunique()),
        "search.failed": float(len(chances) - len(complete)),
    }
    drawn = set(selections.loc[selections["rule"] == "any", "method"])
    for method in complete.columns:
        interval = _interval(complete[method], method in drawn, settings.confidence)
        metrics |= _share(f"search.{method}.accuracy", float(complete[method].mean()), interval)
    for ours, other in _comparisons(set(complete.columns)):
        name = f"search.{ours}_minus_{other}"
        before, after = complete[other].to_numpy(float), complete[ours].to_numpy(float)
        found = (
            compare_shares(before, after, families.tolist(), settings.confidence)
            if drawn & {ours, other}
            else compare_paired(
                before == 1,
                after == 1,
                families.tolist(),
                settings.bootstrap_samples,
                settings.confidence,
                random_stream(seed, name),
            )
        )
        metrics |= found.figures(name, f"{name}_")
    return metrics | _hidden_shares(selections, complete, settings)


def _share(name: str, share: float, interval: Interval) -> dict[str, float]:
    return {name: share, f"{name}_ci_low": interval[0], f"{name}_ci_high": interval[1]}


def _interval(chances: pd.Series, drawn: bool, confidence: float) -> Interval:
    if drawn:
        return mean_share_interval(chances.to_numpy(float), confidence)
    return wilson_interval(int(chances.sum()), len(chances), confidence)


def _hidden_shares(
    selections: pd.DataFrame, complete: pd.DataFrame, settings: SearchSettings
) -> dict[str, float]:
    """The share of hidden tests of every method; nothing where no problem has such tests."""
    if "hidden_share" not in selections:
        return {}
    shares = _by_method(selections, "hidden_share").loc[complete.index].dropna(how="all")
    metrics: dict[str, float] = {}
    for method in shares.columns if len(shares) else ():
        # A method without a program for a problem that has hidden tests passes none of them.
        passed = shares[method].fillna(0.0).to_numpy(float)
        interval = mean_share_interval(passed, settings.confidence)
        metrics |= _share(f"search.{method}.hidden_share", float(passed.mean()), interval)
    return metrics


def accuracy_by_group(
    problems: pd.DataFrame, selections: pd.DataFrame, settings: SearchSettings
) -> pd.DataFrame:
    """Accuracy of every method by level and by subject; by family where the problems have neither.

    Each problem whose generations did not all fail is counted, whatever the other methods did with it.
    """
    groupings = [name for name in ("level", "subject") if name in problems and problems[name].notna().any()]
    known = problems.set_index("problem_id")
    chance = selections["chance" if "chance" in selections else "right"].astype("Float64")
    drawn = set(selections.loc[selections["rule"] == "any", "method"])
    records = []
    for grouping in groupings or ["family"]:
        groups = selections["problem_id"].map(known[grouping])
        answered = chance.notna() & groups.notna()
        grouped = chance[answered].groupby([selections["method"][answered], groups[answered]], sort=True)
        for (method, group), chances in grouped:
            interval = _interval(chances, method in drawn, settings.confidence)
            records.append((method, grouping, str(group), len(chances), float(chances.mean()), *interval))
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
    worked_examples (the solutions of the exam problems and the votes) and equal_generations. Ways not taken
    are left out. Answers that were debugged are given twice, as they were first and as they became: both
    were generated.
    """
    examined = exam_answers[exam_answers["demo_id"].notna()]
    asked = dict(iter(baseline_answers.groupby("method")))
    ways = {
        "greedy": [asked["greedy"]] if "greedy" in asked else [],
        "sc": [rationales],
        "lbt": [rationales, examined],
        "teacher_exams": [rationales, teacher_exam_answers] if len(teacher_exam_answers) else [],
        "worked_examples": [asked[name] for name in ("solution", "worked_examples") if name in asked],
        "equal_generations": [asked["equal_generations"]] if "equal_generations" in asked else [],
    }
    costs: dict[str, float] = {}
    for way, asked_of in ways.items():
        if asked_of:
            costs[f"search.cost.{way}.generations"] = float(sum(map(len, asked_of)))
            costs[f"search.cost.{way}.tokens"] = float(sum(int(table["tokens"].sum()) for table in asked_of))
    return costs


def _by_method(selections: pd.DataFrame, column: str) -> pd.DataFrame:
    """Problems by methods; NaN where all generations failed."""
    order = list(dict.fromkeys(selections["method"]))
    values = selections.assign(value=selections[column].astype("Float64").astype(float))
    return values.pivot(index="problem_id", columns="method", values="value")[order].sort_index()


def _comparisons(methods: set[str]) -> Iterator[tuple[str, str]]:
    for method in sorted(methods - {"sc", "greedy"}):
        yield method, "sc"
    for ours in sorted(methods.intersection(_OURS)):
        for baseline in sorted(methods.intersection(_BASELINES)):
            # The filter before a rule is compared with the filter alone, and before a vote.
            if baseline.startswith("visible_tests") or not ours.startswith("visible_tests"):
                yield ours, baseline
