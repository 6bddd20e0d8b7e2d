"""The answers that each method selects: greedy, SC, MAX, SUM, AVG, and the baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from lbt import tables
from lbt.errors import DataError
from lbt.grading import Voting
from lbt.search.ballots import Ballot, Marks, exam_marks, make_ballots, score_demos
from lbt.search.selection import Rule, select, standings
from lbt.search.settings import SearchSettings

ALL, TEACHER = "all", "teacher"
EXAM_RULES: tuple[Rule, ...] = ("max", "sum", "avg")


@dataclass(frozen=True)
class Method:
    """A way to an answer: whose samples, by which rule, on whose exams."""

    name: str
    rule: Rule
    ballots: Mapping[str, Ballot]
    students: str | None = None
    scores: Mapping[str, Fraction] = field(default_factory=dict)
    """The exam score of each demo."""

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
    teacher's own exams `teacher_exams.<rule>`, with worked examples `worked_examples`. Exams that ended early
    (`search.examiner`) score nothing and give no method here. Raises DataError if a student's name is one
    that tables use.
    """
    ballots = make_ballots(rationales, voting, settings)
    methods = [
        _of_baseline("greedy", baseline_answers, voting, settings),
        Method("sc", "sc", ballots),
    ]
    if settings.examiner == "full":
        methods += _of_students(ballots, exam_marks(exam_answers), settings)
    if len(teacher_exam_answers):
        scores = score_demos(exam_marks(teacher_exam_answers), [TEACHER], settings)
        methods += [Method(f"teacher_exams.{rule}", rule, ballots, TEACHER, scores) for rule in EXAM_RULES]
    if "worked_examples" in settings.baselines:
        methods.append(_of_baseline("worked_examples", baseline_answers, voting, settings))
    return methods


def select_answers(
    problems: pd.DataFrame,
    methods: Sequence[Method],
    decisions: Mapping[str, str | None],
    settings: SearchSettings,
) -> pd.DataFrame:
    """One row per method and teaching problem: the selected answer, whether it is right, its votes and score.

    `right` is that of the first sample that gives the answer; an answerless problem is wrong, and one whose
    generations all failed neither. `score` is what the method's rule maximises; greedy, sc and
    worked_examples, which go by votes, have none. `decisions` are those of exams that ended early, by
    teaching problem: the method `search.rule`, without a score.
    """
    taught = problems[problems["role"] == "teaching"].sort_values("problem_id")
    families = dict(zip(taught["problem_id"], taught["family"], strict=True))
    return tables.make_table(tables.selections, _records(families, methods, decisions, settings))


def _records(
    families: Mapping[str, str],
    methods: Sequence[Method],
    decisions: Mapping[str, str | None],
    settings: SearchSettings,
) -> Iterator[dict[str, object]]:
    for method in methods:
        for problem, family in families.items():
            about = {"method": method.name, "rule": method.rule, "students": method.students}
            yield about | {"problem_id": problem, "family": family} | _selected(method, problem, settings)
    if decisions:
        ballots = next(method.ballots for method in methods if method.name == "sc")
        for problem, family in families.items():
            about = {"method": settings.rule, "rule": settings.rule, "students": ALL}
            found = _outcome(ballots.get(problem), decisions.get(problem))
            yield about | {"problem_id": problem, "family": family} | found


def _selected(method: Method, problem: str, settings: SearchSettings) -> dict[str, object]:
    ballot = method.ballots.get(problem)
    if ballot is None:
        return _outcome(None, None)
    scores = method.scores_of(ballot)
    key = select(ballot.keys, scores, method.rule, settings.tie_rule)
    found = _outcome(ballot, key)
    if key is not None and method.rule != "sc":
        standing = next(one for one in standings(ballot.keys, scores, method.rule) if one.answer == key)
        found["score"] = float(standing.score)
    return found


def _outcome(ballot: Ballot | None, key: str | None) -> dict[str, object]:
    if ballot is None or key is None:
        right = None if ballot is None else False
        return {"answer": None, "right": right, "count": 0, "score": None}
    first = ballot.keys.index(key)
    votes = ballot.keys.count(key)
    return {"answer": ballot.answers[first], "right": ballot.right[first], "count": votes, "score": None}


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
