"""The short account that a refinement ends with."""

from collections.abc import Iterator

import pandas as pd

from lbt.reporting.texts import Figures, Row, difference, generations, intervals_note, share, table

ARM_TITLES = {
    "none": "No exemplars",
    "random": "Random set",
    "first_right": "First right rationales",
    "students": "Students' failures",
    "own": "Teacher's own failures",
    "random_search": "Random search",
    "random_changes": "Random changes",
}
"""What an arm is called, in the order in which arms are listed."""


def summarise_refinement(metrics: Figures, rounds: pd.DataFrame, usage: Figures) -> str:
    """A table of the figures after the last round; what a run did not have is left out.

    Args:
        metrics: Figures by their MLflow names.
        rounds: The table `refine_rounds`.
        usage: What the sampler did: `new`, `reused`, `failed` generations.
    """
    rows = [("Held-out problems", f"{metrics['refine.problems']:,.0f}"), *_repeats(metrics)]
    for arm, title in ARM_TITLES.items():
        rows += _arm(metrics, arm, title)
    rows += _differences(metrics)
    rows += [*_fruitless(rounds), ("Generations", generations([usage]))]
    return table(rows) + _note(metrics) + "\n"


def _repeats(metrics: Figures) -> list[Row]:
    repeats = metrics["refine.repeats"]
    return [("Repeats", f"{repeats:,.0f}; intervals are over them")] if repeats > 1 else []


def _arm(metrics: Figures, arm: str, title: str) -> Iterator[Row]:
    if f"refine.{arm}.accuracy" not in metrics:
        return
    yield title, share(metrics, f"refine.{arm}.accuracy") + _f1(metrics, arm)
    if f"refine.{arm}.score" in metrics:
        yield (
            "  chosen by a score of",
            f"{100 * metrics[f'refine.{arm}.score']:.1f} %, "
            f"after {metrics[f'refine.{arm}.answers']:,.0f} answers",
        )


def _f1(metrics: Figures, arm: str) -> str:
    name = f"refine.{arm}.f1"
    return f", F1 {share(metrics, name)}" if name in metrics else ""


def _differences(metrics: Figures) -> Iterator[Row]:
    for arm, title in ARM_TITLES.items():
        yield from _difference(metrics, f"refine.{arm}_gain", f"{title}: gain over the start")
    # The others' differences are in MLflow.
    for other, against in ARM_TITLES.items():
        name = f"refine.students_minus_{other}"
        yield from _difference(metrics, name, f"Students' failures over {_small(against)}")


def _difference(metrics: Figures, name: str, title: str) -> list[Row]:
    if f"{name}_p_value" in metrics:
        return difference(metrics, title, name, f"{name}_")
    if name not in metrics:
        return []
    ends = [metrics.get(f"{name}_ci_{end}") for end in ("low", "high")]
    shown = ", ".join(f"{100 * end:+z.1f}" for end in ends if end is not None)
    return [(title, f"{100 * metrics[name]:+z.1f} points" + (f" [{shown}]" if shown else ""))]


def _fruitless(rounds: pd.DataFrame) -> Iterator[Row]:
    """What became of the teacher's replies that were no set of exemplars."""
    if rounds["asked_again"].sum():
        yield (
            "Replies without a set",
            f"{rounds['asked_again'].sum():,} asked again, {rounds['dropped'].sum():,} dropped",
        )


def _note(metrics: Figures) -> str:
    """What the scores and the intervals speak of."""
    scores = (
        "\n\nA score is on the questions that chose the set, and so too good; accuracies are on problems\n"
        "that chose nothing."
    )
    return (scores if any(name.endswith(".score") for name in metrics) else "") + intervals_note(metrics)


def _small(title: str) -> str:
    return title[0].lower() + title[1:]
