"""The short account that a run ends with."""

from collections.abc import Mapping, Sequence

Figures = Mapping[str, float]
Row = tuple[str, str]


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
        *_pairs(metrics),
        ("Generations", _generations(usages)),
    ]
    width = max(len(name) for name, _ in rows)
    text = "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
    if outcome["outcome"] == "trained":
        return text + "\n"
    return f"{text}\n\nThe teacher was not trained: {outcome['outcome_reason']}.\n"


def _evaluation(metrics: Figures) -> list[Row]:
    rows = []
    for model, name in (("base", "Teacher's accuracy before"), ("tuned", "Teacher's accuracy after")):
        if f"eval.{model}.accuracy" in metrics:
            share = _share(metrics, f"eval.{model}.accuracy")
            rows.append((name, f"{share} of {metrics['eval.problems']:,.0f} problems"))
    if "eval.delta" in metrics:
        low, high = metrics["eval.delta_ci_low"], metrics["eval.delta_ci_high"]
        interval = f"[{100 * low:+.1f}, {100 * high:+.1f}]"
        rows.append(
            (
                "Difference",
                f"{100 * metrics['eval.delta']:+.1f} points {interval}, p = {metrics['eval.p_value']:.2g}",
            )
        )
    return rows


def _scores(metrics: Figures) -> list[Row]:
    rows = []
    if "teaching.accuracy" in metrics:
        rows.append(("Right rationales", f"{100 * metrics['teaching.accuracy']:.1f} %"))
    if "exam.lbt_score_mean" in metrics:
        text = f"{metrics['exam.lbt_score_mean']:.2f} mean"
        if "exam.gain_mean" in metrics:
            text += f", {metrics['exam.gain_mean']:+.2f} over the exam without a rationale"
        rows.append(("LbT score", text))
    for key, name in (
        ("scoring.auc_right_wrong", "  tells right from wrong"),
        ("scoring.auc_right_lucky", "  tells right from lucky"),
    ):
        if key in metrics:
            interval = f"[{metrics[f'{key}_ci_low']:.2f}, {metrics[f'{key}_ci_high']:.2f}]"
            rows.append((name, f"AUC {metrics[key]:.2f} {interval}"))
    return rows


def _pairs(metrics: Figures) -> list[Row]:
    used = metrics["preferences.teaching_problems"] - metrics["preferences.problems_without_pairs"]
    return [("Pairs", f"{metrics['preferences.pairs']:,.0f} from {used:,.0f} teaching problems")]


def _generations(usages: Sequence[Figures]) -> str:
    new, reused, failed = (int(sum(usage[key] for usage in usages)) for key in ("new", "reused", "failed"))
    text = f"{new:,} new, {reused:,} from the store"
    return f"{text}, {failed:,} failed" if failed else text


def _share(metrics: Figures, key: str) -> str:
    text = f"{100 * metrics[key]:.1f} %"
    if f"{key}_ci_low" in metrics:
        text += f" [{100 * metrics[f'{key}_ci_low']:.1f}, {100 * metrics[f'{key}_ci_high']:.1f}]"
    return text
