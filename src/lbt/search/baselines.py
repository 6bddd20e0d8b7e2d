"""What the teacher answers without a student: greedily, after worked examples, and in its own exams."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lbt.exams.papers import ExamPapers
from lbt.exams.sitting import COLUMNS as EXAM_COLUMNS
from lbt.generation import GenerationStore, ModelSettings, Request, Sampler, Samples, SamplingSettings
from lbt.grading import Domain
from lbt.prompts import PromptSettings, exam_messages, teaching_messages
from lbt.search.selections import TEACHER
from lbt.search.settings import SearchSettings
from lbt.teaching import TeachingSettings
from lbt.teaching.asking import Answer, Requests, graded_table, make_request, usage_of

COLUMNS = {
    "method": "str",
    "problem_id": "str",
    "family": "str",
    "sample_index": "int64",
    "text": "str",
    "answer": "str",
    "verdict": "str",
    "finish_reason": "str",
    "tokens": "int64",
}

Task = Mapping[Any, Any]
"""A row of the problems table."""


@dataclass(frozen=True)
class BaselineAnswers:
    """The teacher's answers without a student, and the generations' usage."""

    answers: pd.DataFrame
    """Methods greedy (temperature 0), solution (of the exam problems) and worked_examples."""
    exams: pd.DataFrame
    """The teacher's own exams, in the columns of the students'; empty where they are off."""
    usage: dict[str, float]


def ask_teacher(
    problems: pd.DataFrame,
    exam_plan: pd.DataFrame,
    papers: ExamPapers,
    teacher: ModelSettings,
    prompts: PromptSettings,
    teaching: TeachingSettings,
    settings: SearchSettings,
    store: GenerationStore,
    seed: int,
    domain: Domain,
) -> BaselineAnswers:
    """A greedy answer to every teaching problem, and what `settings.baselines` says; one load of the model.

    Worked examples are the exam problems of a teaching problem's plan, each with the teacher's first right of
    `settings.solutions` answers to it, or where it has none with the bare gold answer as "#### <answer>". The
    teacher then answers the teaching problem `teaching.samples` times: each time after all of them, or after
    `settings.examples` of them, which take turns.
    """
    asker = _Asker(problems, prompts, teaching, store.path, seed, domain)
    sat = graded_table(domain, [], EXAM_COLUMNS)
    with Sampler(teacher, store, "baselines") as sampler:
        tables = [asker.greedy(sampler)]
        if "worked_examples" in settings.baselines:
            examples = _examples_of(exam_plan)
            used = sorted({name for names in examples.values() for name in names})
            tables.append(asker.solutions(sampler, used, settings.solutions))
            tables.append(asker.with_examples(sampler, examples, _first_right(tables[-1]), settings.examples))
        if "teacher_exams" in settings.baselines:
            samples, given = _own_exams(sampler, exam_plan, papers)
            asker.usage.update(usage_of(samples))
            sat = graded_table(domain, given, EXAM_COLUMNS, store.path)
    usage = {name: float(count) for name, count in asker.usage.items()}
    return BaselineAnswers(pd.concat(tables, ignore_index=True), sat, usage)


class _Asker:
    """Puts problems to the teacher and files its answers."""

    def __init__(
        self,
        problems: pd.DataFrame,
        prompts: PromptSettings,
        teaching: TeachingSettings,
        verdicts: Path,
        seed: int,
        domain: Domain,
    ) -> None:
        self._problems: dict[str, Task] = {row["problem_id"]: row for row in problems.to_dict("records")}
        self._taught = sorted(name for name, row in self._problems.items() if row["role"] == "teaching")
        self._prompts = prompts
        self._teaching = teaching
        self._verdicts = verdicts
        self._seed = seed
        self._domain: Domain = domain
        self.usage: Counter[str] = Counter()

    def greedy(self, sampler: Sampler) -> pd.DataFrame:
        """One answer to each teaching problem at temperature 0."""
        greedy = self._teaching.sampling.model_copy(update={"temperature": 0.0, "top_p": 1.0, "top_k": 0})
        return self._file("greedy", self._taught, self._plainly(sampler, self._taught, 1, greedy))

    def solutions(self, sampler: Sampler, names: Sequence[str], count: int) -> pd.DataFrame:
        """`count` answers to each of these exam problems, sampled as rationales are."""
        if not count:
            return graded_table(self._domain, [], COLUMNS)
        samples = self._plainly(sampler, names, count, self._teaching.sampling)
        return self._file("solution", names, samples)

    def with_examples(
        self,
        sampler: Sampler,
        examples: Mapping[str, Sequence[str]],
        solved: Mapping[str, str],
        most: int | None,
    ) -> pd.DataFrame:
        """As many answers to each teaching problem as it has rationales, after its exam problems solved."""
        asked = [
            (name, shown, count)
            for name in self._taught
            for shown, count in _share_out(examples.get(name, ()), most, self._teaching.samples)
        ]

        def request(one: tuple[str, Sequence[str], int]) -> Request:
            name, shown, count = one
            demos = [
                (task["question"], solved.get(task["problem_id"], f"#### {task['answer']}"))
                for task in map(self._problems.__getitem__, shown)
            ]
            messages = exam_messages(self._problems[name]["question"], demos, self._prompts)
            return make_request(messages, self._prompts, count, self._teaching.sampling, self._seed)

        samples = sampler.generate(Requests(asked, request))
        return self._file("worked_examples", [name for name, _, _ in asked], samples)

    def _plainly(
        self, sampler: Sampler, names: Sequence[str], count: int, sampling: SamplingSettings
    ) -> Samples:
        """Answers to problems as they are taught: without an example."""

        def request(name: str) -> Request:
            messages = teaching_messages(self._problems[name]["question"], self._prompts)
            return make_request(messages, self._prompts, count, sampling, self._seed)

        return sampler.generate(Requests(names, request))

    def _file(self, method: str, names: Sequence[str], samples: Samples) -> pd.DataFrame:
        """The answers, those to one problem numbered on from request to request."""
        self.usage.update(usage_of(samples))
        return graded_table(self._domain, self._answers(method, names, samples), COLUMNS, self._verdicts)

    def _answers(self, method: str, names: Sequence[str], samples: Samples) -> Iterator[Answer]:
        filed: Counter[str] = Counter()
        for name, completions in zip(names, samples.completions, strict=True):
            task = self._problems[name]
            for completion in completions:
                own = {"method": method, "problem_id": name, "family": task["family"]}
                yield Answer({**own, "sample_index": filed[name]}, task["answer"], completion)
                filed[name] += 1


def _own_exams(
    sampler: Sampler, exam_plan: pd.DataFrame, papers: ExamPapers
) -> tuple[Samples, Iterator[Answer]]:
    rows = exam_plan[exam_plan["demo_id"].notna()].to_dict("records")
    samples = sampler.generate(Requests(rows, papers.request))
    return samples, (
        answer
        for row, completions in zip(rows, samples.completions, strict=True)
        for answer in papers.answers(TEACHER, row, completions)
    )


def _examples_of(exam_plan: pd.DataFrame) -> dict[str, list[str]]:
    planned = exam_plan[exam_plan["demo_id"].notna()]
    return {
        str(problem): sorted(rows.unique())
        for problem, rows in planned.groupby("teaching_problem_id")["exam_problem_id"]
    }


def _share_out(
    examples: Sequence[str], most: int | None, samples: int
) -> Iterator[tuple[Sequence[str], int]]:
    """What stands in a prompt, and how many samples are drawn of it."""
    if most is None or most >= len(examples):
        yield examples, samples
        return
    turns = len(examples)
    for turn in range(min(turns, samples)):
        shown = [examples[(turn + place) % turns] for place in range(most)]
        yield shown, samples // turns + (turn < samples % turns)


def _first_right(solutions: pd.DataFrame) -> dict[str, str]:
    """The text of the first right answer to each problem."""
    right = solutions[solutions["verdict"] == "correct"].drop_duplicates("problem_id")
    return dict(zip(right["problem_id"], right["text"], strict=True))
