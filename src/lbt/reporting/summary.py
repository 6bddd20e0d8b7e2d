"""The short account that a run ends with."""

from collections.abc import Mapping, Sequence

from lbt.reporting.texts import (
    NEW_FAMILIES,
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


def summarise(metrics: Figures, outcome: Mapping[str, str], usages: Sequence[Figures]) -> str:
    """A table of the run's figures, and a plain sentence where the teacher was not trained.

    Args:
        metrics: Figures by their MLflow names; a row whose figures are missing is left out.
        outcome: `outcome` and, where the teacher was not trained, `outcome_reason`.
        usages: What the sampler did in each stage: `new`, `reused`, `failed` generations.
    """
    rows = [
        *_evaluation(metrics),
        *_scores(metrics),
        *same_answers(metrics),
        *_pairs(metrics),
        ("Generations", generations(usages)),
    ]
    text = table(rows) + intervals_note(metrics)
    if outcome["outcome"] == "trained":
        return text + "\n"
    return f"{text}\n\nThe teacher was not trained: {outcome['outcome_reason']}.\n"


def _evaluation(metrics: Figures) -> list[Row]:
    rows = []
    for model, name in (("base", "Teacher's accuracy before"), ("tuned", "Teacher's accuracy after")):
        if f"eval.{model}.accuracy" in metrics:
            accuracy = share(metrics, f"eval.{model}.accuracy")
            rows.append((name, f"{accuracy} of {metrics['eval.problems']:,.0f} problems"))
    rows += difference(metrics, "Difference", "eval.delta", "eval.")
    for kind in ("visible", "hidden"):
        found = (
            (when, f"eval.{model}.{kind}_share") for model, when in (("base", "before"), ("tuned", "after"))
        )
        shown = [f"{share(metrics, key)} {when}" for when, key in found if key in metrics]
        rows += [(f"  {kind} tests passed", ", ".join(shown))] if shown else []
    return rows


def _scores(metrics: Figures) -> list[Row]:
    rows = []
    if "exam.consensus_share" in metrics:
        right = f", right in {100 * metrics.get('exam.consensus_right', 0):.1f} %"
        rows.append(("Exam problems with consensus", f"{100 * metrics['exam.consensus_share']:.1f} %{right}"))
    if "teaching.accuracy" in metrics:
        rows.append(("Right rationales", f"{100 * metrics['teaching.accuracy']:.1f} %"))
    if "exam.lbt_score_mean" in metrics:
        rows.append(("LbT score", f"{metrics['exam.lbt_score_mean']:.2f} mean"))
    rows += _gain(metrics, "exam.gain_mean")
    rows += areas(metrics)
    return rows


def _gain(metrics: Figures, name: str) -> list[Row]:
    """What a rationale adds to the exam, and the interval for new families."""
    if name not in metrics:
        return []
    rows = [("  over no rationale", f"{metrics[name]:+z.2f}{_interval(metrics, f'{name}_ci')}")]
    if f"{name}_family_ci_low" in metrics:
        rows.append((f"    {NEW_FAMILIES}", _interval(metrics, f"{name}_family_ci").strip()))
    return rows


def _interval(metrics: Figures, name: str) -> str:
    if f"{name}_low" not in metrics:
        return ""
    return f" [{metrics[f'{name}_low']:+z.2f}, {metrics[f'{name}_high']:+z.2f}]"


def _pairs(metrics: Figures) -> list[Row]:
    used = metrics["preferences.teaching_problems"] - metrics["preferences.problems_without_pairs"]
    rows = [("Pairs", f"{metrics['preferences.pairs']:,.0f} from {used:,.0f} teaching problems")]
    for side in ("chosen", "rejected"):
        if f"reexam.{side}.score" in metrics:
            score, fresh = metrics[f"reexam.{side}.score"], metrics[f"reexam.{side}.fresh_score"]
            rows.append((f"  LbT score of the {side}", f"{score:.2f}, on other EPs {fresh:.2f}"))
    return rows
