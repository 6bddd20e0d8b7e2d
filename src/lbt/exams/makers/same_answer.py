"""Exam problems with the taught problem's own answer, which a student gets right by copying the demo's."""

from collections.abc import Iterable, Iterator

import pandas as pd

from lbt.grading import Domain


class SharedAnswers:
    """Which problems have the same gold answer, as the domain sees it.

    Args:
        problems: `problem_id` and `answer`.
        domain: What an answer is.
    """

    def __init__(self, problems: pd.DataFrame, domain: Domain) -> None:
        golds = problems["answer"].unique()
        classes = {gold: domain.answer_class(gold) for gold in golds}
        self._class_of: dict[str, str | None] = dict(
            zip(problems["problem_id"], problems["answer"].map(classes.get), strict=True)
        )

    def shared(self, one: str, other: str) -> bool:
        """Whether two problems have the same answer; never where the domain tells no answers apart."""
        own = self._class_of[one]
        return isinstance(own, str) and own == self._class_of[other]

    def others_first(self, taught: str, ranked: Iterable[str]) -> Iterator[str]:
        """The ranked exam problems in their order, those that share the taught problem's answer last."""
        last: list[str] = []
        for problem_id in ranked:
            if self.shared(taught, problem_id):
                last.append(problem_id)
            else:
                yield problem_id
        yield from last


def same_answer_figures(
    exam_answers: pd.DataFrame, problems: pd.DataFrame, domain: Domain
) -> dict[str, float]:
    """How many of the exams that were sat are about a problem with the taught problem's answer.

    An exam is a pair of a taught problem and an exam problem, however many demos and students there are:
    exam.pairs counts them, exam.same_answer those with one answer. Nothing without an exam.
    """
    names = ["teaching_problem_id", "exam_problem_id"]
    pairs = exam_answers.loc[exam_answers["demo_id"].notna(), names].drop_duplicates()
    if pairs.empty:
        return {}
    named = problems[problems["problem_id"].isin(set(pairs.to_numpy().ravel()))]
    answers = SharedAnswers(named, domain)
    same = sum(answers.shared(taught, asked) for taught, asked in pairs.itertuples(index=False))
    return {"exam.pairs": float(len(pairs)), "exam.same_answer": float(same)}
