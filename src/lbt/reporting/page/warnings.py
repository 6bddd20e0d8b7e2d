"""What a reader must know before believing the figures."""

from collections.abc import Iterator

import pandas as pd

from lbt.reporting.page.numbers import Figures

FEW_PAIRS, FEW_PROBLEMS, FEW_FAMILIES = 200, 100, 10
MANY_UNREAD, MANY_FAILED, MANY_UNSOLVED, MANY_WITHOUT_PAIRS = 0.05, 0.01, 0.1, 0.3


def warnings_of(figures: Figures, titles: dict[str, str], training_log: pd.DataFrame) -> list[str]:
    """Sentences with their numbers' names in braces, which `numbers.filled` puts in.

    Args:
        figures: All figures of the page.
        titles: What was graded, by the name in its figures `verdicts.<name>.…`.
        training_log: Empty if the teacher was not trained.
    """
    return [
        *_of_evaluation(figures),
        *_of_pairs(figures),
        *_of_training(training_log),
        *_of_exams(figures),
        *_of_answers(figures, titles),
    ]


def warnings_of_search(figures: Figures, titles: dict[str, str]) -> list[str]:
    """The same for a search."""
    found = []
    low, high = (figures.get(f"search.sum_minus_sc_ci_{end}", 1.0) for end in ("low", "high"))
    if low <= 0 <= high:
        found.append("The interval of SUM over SC includes 0: this run alone shows no effect of the exams.")
    if figures["search.problems"] < FEW_PROBLEMS:
        found.append("There are only {search.problems|count} problems, so all intervals are wide.")
    if figures.get("search.failed"):
        found.append("{search.failed|count} problems are left out: generation failed for a method.")
    return [*found, *_of_exams(figures), *_of_answers(figures, titles)]


def _of_evaluation(figures: Figures) -> Iterator[str]:
    if "eval.delta" in figures:
        if figures["eval.delta_ci_low"] <= 0 <= figures["eval.delta_ci_high"]:
            yield "The interval of the difference includes 0: this run alone shows no effect of training."
        elif figures.get("eval.delta_family_ci_low", 1) <= 0 <= figures.get("eval.delta_family_ci_high", 1):
            yield "The interval for new families includes 0: other families may show no difference."
    if figures.get("eval.problems", FEW_PROBLEMS) < FEW_PROBLEMS:
        yield "There are only {eval.problems|count} evaluation problems, so all intervals are wide."
    if figures.get("eval.families", FEW_FAMILIES) < FEW_FAMILIES:
        yield "There are only {eval.families|count} families, so intervals for new families are rough."
    if figures.get("eval.failed"):
        yield "{eval.failed|count} evaluation problems are left out: generation failed for a model."


def _of_pairs(figures: Figures) -> Iterator[str]:
    if figures["preferences.pairs"] < FEW_PAIRS:
        yield "There are only {preferences.pairs|count} pairs. With few pairs chance decides much."
    without, problems = (
        figures["preferences.problems_without_pairs"],
        figures["preferences.teaching_problems"],
    )
    if problems and without / problems > MANY_WITHOUT_PAIRS:
        yield (
            "{preferences.problems_without_pairs|count} of {preferences.teaching_problems|count} teaching "
            "problems gave no pair."
        )
    if figures.get("training.pairs_too_long"):
        yield "{training.pairs_too_long|count} pairs are longer than training.maximum_length and left out."


def _of_training(training_log: pd.DataFrame) -> Iterator[str]:
    tenth = len(training_log) // 10
    if not tenth:
        return
    chosen = training_log["logps_chosen"]
    if chosen.tail(tenth).mean() < chosen.head(tenth).mean():
        yield (
            "Training made the chosen rationales less likely (their log-probability fell), though more "
            "likely than the rejected ones. Raise training.sft_weight or lower training.learning_rate."
        )


def _of_exams(figures: Figures) -> Iterator[str]:
    if figures["exams.unsolved"] > MANY_UNSOLVED * figures["exams.problems"]:
        yield (
            "No student ever answered {exams.unsolved|count} of {exams.problems|count} exam problems "
            "rightly. Such problems cannot tell good explanations from bad ones."
        )


def _of_answers(figures: Figures, titles: dict[str, str]) -> Iterator[str]:
    for name, title in titles.items():
        for verdict, limit, told in (
            ("no_answer", MANY_UNREAD, "hold no answer that can be read"),
            ("truncated", MANY_UNREAD, "were cut at max_tokens before their end"),
            ("error", MANY_FAILED, "failed to be generated or graded"),
        ):
            if figures[f"verdicts.{name}.{verdict}"] > limit:
                yield f"{{verdicts.{name}.{verdict}|share}} of {title} {told}."
