"""What the teacher answers without a student: greedily, often, after worked examples, in its own exams."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lbt import tables
from lbt.asking import Asker, Task, Tasks, Usage, add_usage
from lbt.exams.papers import ExamPapers
from lbt.generation import ModelsSettings, SamplingSettings
from lbt.grading import runs_programs
from lbt.prompts import exam_messages
from lbt.search.methods import TEACHER
from lbt.search.settings import SearchSettings
from lbt.teaching import TeachingSettings

Problem = Mapping[Any, Any]
"""A row of the problems table."""


@dataclass(frozen=True)
class BaselineAnswers:
    """The teacher's answers without a student, and the generations' usage."""

    answers: pd.DataFrame
    """Methods greedy (temperature 0), equal_generations, solution (of the exam problems), worked_examples."""
    exams: pd.DataFrame
    """The teacher's own exams, in the columns of the students'; empty where they are off."""
    usage: Usage
    first: pd.DataFrame
    """Of the answers that were debugged, the rows as they were before."""
    first_exams: pd.DataFrame
    """Of the own exams the same."""


def ask_teacher(
    asker: Asker,
    problems: pd.DataFrame,
    papers: ExamPapers,
    models: ModelsSettings,
    teaching: TeachingSettings,
    settings: SearchSettings,
) -> BaselineAnswers:
    """A greedy answer to every teaching problem, and what `settings.baselines` says; one load of the model.

    Worked examples are the exam problems of a teaching problem's plan, each with the teacher's first right of
    `settings.solutions` answers to it, or where it has none with the bare gold answer as "#### <answer>"; a
    program without a right answer is no example. Right is what passes as in an exam: of programs the visible
    tests, so that no further label is used. The teacher then answers the teaching problem `teaching.samples`
    times: each time after all of them, or after `settings.examples` of them, which take turns.

    For equal_generations the teacher answers each teaching problem as often as it has rationales and planned
    exam answers of all students; the first of them are the rationales, and come from the store.
    """
    baseline = _Baseline(problems, asker, teaching)
    debug = asker.debug.teacher
    examples = _examples_of(papers.plan)
    with asker.open(models.teacher, "baselines") as model:
        asked = [model.ask(baseline.greedy(), tables.baseline_answers, "greedy", debug)]
        if "equal_generations" in settings.baselines:
            exams = _exam_answers(papers, len(models.students))
            asked.append(model.ask(baseline.more(exams), tables.baseline_answers, "equal generations", debug))
        if "worked_examples" in settings.baselines:
            used = sorted({name for names in examples.values() for name in names})
            solving = baseline.solutions(used, settings.solutions)
            asked.append(model.ask(solving, tables.baseline_answers, "solutions", debug))
            solved = _first_right(asked[-1].table)
            if runs_programs(asker.domain):  # a gold answer is tests, which show nothing
                examples = {name: [one for one in shown if one in solved] for name, shown in examples.items()}
            answering = baseline.with_examples(examples, solved, settings.examples)
            asked.append(model.ask(answering, tables.baseline_answers, "worked examples", debug))
        sits = "teacher_exams" in settings.baselines
        own = papers.tasks(TEACHER, papers.of_demos() if sits else [])
        sat = model.ask(own, tables.exam_answers, "own exams", asker.debug.students)
    answers, first = (
        pd.concat(parts, ignore_index=True)
        for parts in ([one.table for one in asked], [one.first for one in asked])
    )
    usage = add_usage(one.usage for one in (*asked, sat))
    return BaselineAnswers(answers, sat.table, usage, first, sat.first)


class _Baseline:
    """Makes the tasks of the teacher's own answers."""

    def __init__(self, problems: pd.DataFrame, asker: Asker, teaching: TeachingSettings) -> None:
        self._problems: dict[str, Problem] = {row["problem_id"]: row for row in problems.to_dict("records")}
        self._taught = sorted(name for name, row in self._problems.items() if row["role"] == "teaching")
        self._prompts = asker.prompts
        self._domain = asker.domain
        self._teaching = teaching

    def greedy(self) -> Tasks:
        """One answer to each teaching problem at temperature 0."""
        greedy = self._teaching.sampling.model_copy(update={"temperature": 0.0, "top_p": 1.0, "top_k": 0})
        return Tasks(self._taught, lambda name: self._task("greedy", name, 1, greedy))

    def more(self, exams: Mapping[str, int]) -> Tasks:
        """As many answers to each teaching problem as it has rationales and exam answers."""
        teaching = self._teaching
        return Tasks(
            self._taught,
            lambda name: self._task(
                "equal_generations", name, teaching.samples + exams.get(name, 0), teaching.sampling
            ),
        )

    def solutions(self, names: Sequence[str], count: int) -> Tasks:
        """`count` answers to each of these exam problems, sampled as rationales are."""
        sampling = self._teaching.sampling
        return Tasks(names if count else [], lambda name: self._task("solution", name, count, sampling))

    def with_examples(
        self, examples: Mapping[str, Sequence[str]], solved: Mapping[str, str], most: int | None
    ) -> Tasks:
        """As many answers to each teaching problem as it has rationales, after its exam problems solved."""
        asked = [
            (name, shown, count, filed)
            for name in self._taught
            for shown, count, filed in _share_out(examples.get(name, ()), most, self._teaching.samples)
        ]

        def task(one: tuple[str, Sequence[str], int, int]) -> Task:
            name, shown, count, filed = one
            demos = [
                (problem["question"], solved.get(problem["problem_id"], f"#### {problem['answer']}"))
                for problem in map(self._problems.__getitem__, shown)
            ]
            return self._task("worked_examples", name, count, self._teaching.sampling, demos, filed)

        return Tasks(asked, task)

    def _task(
        self,
        method: str,
        name: str,
        samples: int,
        sampling: SamplingSettings,
        demos: Sequence[tuple[str, str]] = (),
        first_index: int = 0,
    ) -> Task:
        problem = self._problems[name]
        messages = exam_messages(problem["question"], demos, self._prompts)
        own = {"method": method, "problem_id": name, "family": problem["family"]}
        gold = self._domain.exam_gold(problem["answer"]) if method == "solution" else problem["answer"]
        return Task(messages, gold, own, samples, sampling, first_index)


def _exam_answers(papers: ExamPapers, students: int) -> dict[str, int]:
    """By teaching problem, the answers of so many students to all its papers with a demo."""
    planned = papers.plan[papers.plan["demo_id"].notna()].groupby("teaching_problem_id").size()
    return {str(name): int(count) * papers.repeats * students for name, count in planned.items()}


def _examples_of(plan: pd.DataFrame) -> dict[str, list[str]]:
    planned = plan[plan["demo_id"].notna()]
    return {
        str(problem): sorted(rows.unique())
        for problem, rows in planned.groupby("teaching_problem_id")["exam_problem_id"]
    }


def _share_out(
    examples: Sequence[str], most: int | None, samples: int
) -> Iterator[tuple[Sequence[str], int, int]]:
    """What stands in a prompt, how many samples are drawn of it, and how many were drawn before."""
    if most is None or most >= len(examples):
        yield examples, samples, 0
        return
    turns, filed = len(examples), 0
    for turn in range(min(turns, samples)):
        count = samples // turns + (turn < samples % turns)
        yield [examples[(turn + place) % turns] for place in range(most)], count, filed
        filed += count


def _first_right(solutions: pd.DataFrame) -> dict[str, str]:
    """The text of the first right answer to each problem."""
    right = solutions[solutions["verdict"] == "correct"].drop_duplicates("problem_id")
    return dict(zip(right["problem_id"], right["text"], strict=True))
