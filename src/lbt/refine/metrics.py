"""Figures of a refinement: what each arm reached, and what it gained over the others."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lbt.grading import Domain
from lbt.refine.measures import Figures, Measure
from lbt.refine.settings import REFINED, RefineSettings
from lbt.statistics import cluster_t_interval

_SHARES = ("accuracy", "f1")


def refine_metrics(
    rounds: pd.DataFrame,
    held_out: pd.DataFrame,
    problems: pd.DataFrame,
    settings: RefineSettings,
    domain: Domain,
    seed: int,
) -> Figures:
    """The figures of all arms after the last round, by their MLflow names.

    refine.problems counts the held-out problems, refine.repeats the refinements. Per arm
    refine.<arm>.accuracy and .f1; of arms that are refined also .score, by which the last set was chosen and
    which is better than what the set is worth, and .answers, all that were asked for. Differences are
    refine.<a>_minus_<b> and, with _f1, of F1: each refined arm against each other and against those that stay
    as they are, and refine.<arm>_gain, the last round against round 0.

    With one repeat, intervals (_ci_low, _ci_high) are over questions; differences have p-values, and
    intervals for new families. With several, figures are means over the repeats, and intervals t intervals
    over them.
    """
    measure = Measure(settings, problems, domain, seed)
    last = rounds[rounds["round"] == rounds.groupby("arm")["round"].transform("max")]
    each = [dict(_of_repeat(number, last, held_out, measure)) for number in sorted(rounds["repeat"].unique())]
    found = {
        "refine.problems": float(held_out.groupby("repeat")["problem_id"].nunique().mean()),
        "refine.repeats": float(len(each)),
    }
    return found | (each[0] if len(each) == 1 else _over_repeats(each, settings.confidence))


def _of_repeat(
    repeat: int, last: pd.DataFrame, held_out: pd.DataFrame, measure: Measure
) -> Iterator[tuple[str, float]]:
    rows = last[last["repeat"] == repeat].set_index("arm")
    answers = {
        (arm, number): own
        for (arm, number), own in held_out[held_out["repeat"] == repeat].groupby(["arm", "round"])
    }
    for arm, row in rows.iterrows():
        yield from _of_arm(str(arm), row)
        if arm in REFINED:
            gained = measure.difference(answers[arm, 0], answers[arm, row["round"]], f"refine.{arm}_gain")
            yield from gained.items()
    for ours, other in _comparisons(list(rows.index)):
        before, after = (answers[arm, rows.loc[arm, "round"]] for arm in (other, ours))
        yield from measure.difference(before, after, f"refine.{ours}_minus_{other}").items()


def _of_arm(arm: str, row: pd.Series) -> Iterator[tuple[str, float]]:
    named = {
        "accuracy": "accuracy",
        "accuracy_ci_low": "ci_low",
        "accuracy_ci_high": "ci_high",
        "f1": "f1",
        "f1_ci_low": "f1_ci_low",
        "f1_ci_high": "f1_ci_high",
    }
    if arm in REFINED:
        named |= {"score": "score", "answers": "answers"}
    for name, column in named.items():
        if pd.notna(row[column]):
            yield f"refine.{arm}.{name}", float(row[column])


def _comparisons(arms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each refined arm with those after it in the list, and with those that stay as they are."""
    refined = [arm for arm in REFINED if arm in arms]
    for place, ours in enumerate(refined):
        for other in [*refined[place + 1 :], *(arm for arm in arms if arm not in REFINED)]:
            yield ours, other


def _over_repeats(each: Sequence[Figures], confidence: float) -> Figures:
    """Means over the repeats, with t intervals; figures of single questions have no place here."""
    found: Figures = {}
    for name in each[0]:
        if name.endswith(("_ci_low", "_ci_high", "_p_value")):
            continue
        values = np.array([figures[name] for figures in each if name in figures])
        found[name] = float(values.mean())
        if not name.endswith((".answers", ".score")):
            interval = cluster_t_interval(values, np.arange(len(values)), confidence)
            if interval is not None:
                found[f"{name}_ci_low"], found[f"{name}_ci_high"] = interval
    return found
