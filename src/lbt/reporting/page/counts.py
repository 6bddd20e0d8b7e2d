"""Figures that a page shows beside the metrics of the stages, counted from their tables."""

from collections.abc import Iterator, Mapping

import pandas as pd

from lbt.grading import COUNTED
from lbt.reporting.page.numbers import Figures
from lbt.reporting.plots import LUCKY, RIGHT, RIGHT_PROCEDURE, WRONG, groups_of
from lbt.scoring.scores import MEAN

KINDS = {"right": RIGHT, "right_procedure": RIGHT_PROCEDURE, "lucky": LUCKY, "wrong": WRONG}
"""Kinds of rationales, by the names that their figures have."""


def verdict_figures(where: str, answers: pd.DataFrame) -> dict[str, float]:
    """verdicts.<where>.answers, and the shares of verdicts among them."""
    figures = {f"verdicts.{where}.answers": float(len(answers))}
    for verdict in (*COUNTED, "error"):
        share = float(answers["verdict"].eq(verdict).mean()) if len(answers) else 0.0
        figures[f"verdicts.{where}.{verdict}"] = share
    return figures


def all_verdicts(
    rationales: pd.DataFrame, exam_answers: pd.DataFrame, evaluation_answers: pd.DataFrame
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Name, title and answers of everything that was graded."""
    yield "rationales", "the teacher's rationales", rationales
    for student, answers in exam_answers.groupby("student"):
        yield f"exams_{student}", f"exams of student {student}", answers
    greedy = evaluation_answers[evaluation_answers["decoding"] == "greedy"]
    for model, answers in greedy.groupby("model"):
        name = "the teacher before training" if model == "base" else "the teacher after training"
        yield f"evaluation_{model}", f"evaluation of {name}", answers


def exam_figures(exam_answers: pd.DataFrame) -> dict[str, float]:
    """How many exam problems there are, and how many no student ever answered rightly."""
    solved = exam_answers["verdict"].eq("correct").groupby(exam_answers["exam_problem_id"]).any()
    return {"exams.problems": float(len(solved)), "exams.unsolved": float((~solved).sum())}


def lesson_figures(
    rationales: pd.DataFrame, lbt_scores: pd.DataFrame, procedures: pd.DataFrame
) -> dict[str, float]:
    """lessons.<kind>.count and .score: how many rationales of a kind were examined, and their mean score."""
    scores = lbt_scores[lbt_scores["student"] == MEAN].set_index("demo_id")["lbt_score"]
    table = pd.DataFrame(
        {"group": groups_of(rationales, procedures), "score": rationales["demo_id"].map(scores)}
    ).dropna()
    figures: dict[str, float] = {}
    for name, group in KINDS.items():
        found = table.loc[table["group"] == group, "score"]
        if len(found):
            figures |= {f"lessons.{name}.count": float(len(found)), f"lessons.{name}.score": found.mean()}
    return figures


def pair_figures(pairs: pd.DataFrame) -> dict[str, float]:
    """Kinds of pairs, their margins, and the words of chosen and rejected rationales."""
    if pairs.empty:
        return {}
    chosen, rejected = (pairs[f"{side}_verdict"].eq("correct") for side in ("chosen", "rejected"))
    return {
        "pairs.right_wrong": float((chosen & ~rejected).sum()),
        "pairs.right_right": float((chosen & rejected).sum()),
        "pairs.wrong_wrong": float((~chosen & ~rejected).sum()),
        "pairs.wrong_right": float((~chosen & rejected).sum()),
        "pairs.margin_mean": float(pairs["margin"].mean()),
        "pairs.margin_smallest": float(pairs["margin"].min()),
        "pairs.chosen_words": _words(pairs["chosen"]),
        "pairs.rejected_words": _words(pairs["rejected"]),
    }


def _words(texts: pd.Series) -> float:
    return sum(len(str(text).split()) for text in texts) / len(texts)


def family_figures(accuracy_by_family: pd.DataFrame) -> dict[str, float]:
    """family.<family>.problems, and .base and .tuned accuracies."""
    figures: dict[str, float] = {}
    for row in accuracy_by_family.to_dict("records"):
        figures[f"family.{row['family']}.problems"] = float(row["n"])
        figures[f"family.{row['family']}.{row['model']}"] = float(row["accuracy"])
    return figures


def level_figures(problems: pd.DataFrame, evaluation_answers: pd.DataFrame) -> dict[str, float]:
    """level.<level>.problems, .base and .tuned: greedy accuracy; nothing where problems have no levels."""
    if "level" not in problems or problems["level"].isna().all():
        return {}
    levels = problems.set_index("problem_id")["level"]
    counted = evaluation_answers["decoding"].eq("greedy") & evaluation_answers["verdict"].isin(COUNTED)
    greedy = evaluation_answers[counted].assign(level=lambda table: table["problem_id"].map(levels))
    figures: dict[str, float] = {}
    for (level, model), answers in greedy.dropna(subset=["level"]).groupby(["level", "model"]):
        figures[f"level.{level}.problems"] = float(len(answers))
        figures[f"level.{level}.{model}"] = float(answers["verdict"].eq("correct").mean())
    return figures


def cost_figures(usages: Mapping[str, Figures], metrics: Figures) -> dict[str, float]:
    """cost.<stage>.new, .reused, .failed, .tokens and .seconds, and their sums over the stages."""
    counted = ("new", "reused", "failed", "tokens", "seconds")
    figures = {
        f"cost.{stage}.{name}": float(usage.get(name, 0.0))
        for stage, usage in usages.items()
        for name in counted
    }
    for name in counted:
        figures[f"cost.all.{name}"] = sum(figures[f"cost.{stage}.{name}"] for stage in usages)
    if "training.seconds" in metrics:
        figures["cost.training.seconds"] = metrics["training.seconds"]
        figures["cost.all.seconds"] += metrics["training.seconds"]
    return figures
