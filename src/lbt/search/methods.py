"""The ways to an answer that are compared: greedy, SC, MAX, SUM, AVG, visible tests, and the baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

import pandas as pd

from lbt.errors import DataError
from lbt.grading import Voting
from lbt.search.ballots import Ballot, Marks, exam_marks, make_ballots, score_demos
from lbt.search.selection import Rule
from lbt.search.settings import SearchSettings

ALL, TEACHER = "all", "teacher"
EXAM_RULES: tuple[Rule, ...] = ("max", "sum", "avg")
FILTERED_RULES: tuple[Rule, ...] = ("sc", "max", "sum")


@dataclass(frozen=True)
class Method:
    """A way to an answer: whose samples, by which rule, on whose exams."""

    name: str
    rule: Rule | Literal["any"]
    """`any` is one of the samples at random: all of it is given as what to expect of that draw."""
    ballots: Mapping[str, Ballot]
    students: str | None = None
    scores: Mapping[str, Fraction] = field(default_factory=dict)
    """The exam score of each demo."""
    filtered: bool = False
    """Whether only samples that pass all visible tests take part, where a problem has any."""

    def scores_of(self, ballot: Ballot) -> list[Fraction | None]:
        """The exam score of each sample."""
        return [self.scores.get(demo) for demo in ballot.demo_ids]


def make_methods(
    rationales: pd.DataFrame,
    exam_answers: pd.DataFrame,
    baseline_answers: pd.DataFrame,
    teacher_exam_answers: pd.DataFrame,
    voting: Voting,
    settings: SearchSettings,
) -> list[Method]:
    """Every method that the answers allow.

    greedy, sc; max, sum and avg over all students, and with several also `<rule>.<student>`; with the
    teacher's own exams `teacher_exams.<rule>`, and the baselines `equal_generations` and `worked_examples`
    where they are wanted. Of programs also random (any rationale), visible_tests (any that passes the
    visible tests) and `visible_tests.<rule>` (sc, max and sum among those). Exams that ended
    early (`search.examiner`) score nothing and give no method here. Raises DataError if a student's name is
    one that tables use.
    """
    ballots = make_ballots(rationales, voting, settings)
    methods = [
        _of_baseline("greedy", baseline_answers, voting, settings),
        Method("sc", "sc", ballots),
    ]
    if settings.examiner == "full":
        methods += _of_students(ballots, exam_marks(exam_answers), settings)
    if "visible_share" in rationales:
        methods += _of_visible_tests(methods)
    if len(teacher_exam_answers):
        scores = score_demos(exam_marks(teacher_exam_answers), [TEACHER], settings)
        methods += [Method(f"teacher_exams.{rule}", rule, ballots, TEACHER, scores) for rule in EXAM_RULES]
    methods += [
        _of_baseline(name, baseline_answers, voting, settings)
        for name in ("equal_generations", "worked_examples")
        if name in settings.baselines
    ]
    return methods


def _of_visible_tests(methods: Sequence[Method]) -> Iterator[Method]:
    """What the visible tests of the problem itself give, alone and before a rule."""
    ballots = next(method.ballots for method in methods if method.name == "sc")
    yield Method("random", "any", ballots)
    yield Method("visible_tests", "any", ballots, filtered=True)
    for method in methods:
        if method.name in FILTERED_RULES:
            yield replace(method, name=f"visible_tests.{method.rule}", filtered=True)


def _of_students(ballots: Mapping[str, Ballot], marks: Marks, settings: SearchSettings) -> Iterator[Method]:
    for reserved in (ALL, TEACHER):
        if reserved in marks:
            raise DataError(
                f"A student is named {reserved!r}, which in the selections means "
                f"{'all students together' if reserved == ALL else 'the teacher itself'}. Rename it."
            )
    together = score_demos(marks, marks, settings)
    for rule in EXAM_RULES:
        yield Method(rule, rule, ballots, ALL, together)
    if len(marks) > 1:
        for student in marks:
            alone = score_demos(marks, [student], settings)
            for rule in EXAM_RULES:
                yield Method(f"{rule}.{student}", rule, ballots, student, alone)


def _of_baseline(name: str, answers: pd.DataFrame, voting: Voting, settings: SearchSettings) -> Method:
    return Method(name, "sc", make_ballots(answers[answers["method"] == name], voting, settings))
