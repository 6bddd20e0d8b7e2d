"""What is asked of a model: answers, prompts and tokens, by what it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from lbt.exams import ExamSettings
from lbt.exams.making import make_exams
from lbt.generation import SamplingSettings
from lbt.planning.prompting import Prompting
from lbt.prompts import PromptSettings


@dataclass(frozen=True)
class Load:
    """What one model is asked for one purpose. Everything but `fewest` is the most that it can be."""

    stage: str
    model: str
    generations: int
    fewest: int
    """Generations if every teaching problem had one distinct rationale."""
    prompts: int
    """Each is sent once, for all its answers."""
    prompt_tokens: int
    max_tokens: int
    """Of an answer."""
    longest: int
    """Tokens of the longest prompt and answer together."""

    @property
    def tokens(self) -> int:
        """Generated tokens."""
        return self.generations * self.max_tokens


@dataclass
class Tasks:
    """The problems of a run, and the exams of the teaching problems."""

    problems: pd.DataFrame
    exams: Mapping[str, Sequence[str]]
    """Ids of exam problems by teaching problem."""
    prompts: PromptSettings
    questions: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.questions = dict(zip(self.problems["problem_id"], self.problems["question"], strict=True))

    @property
    def used(self) -> list[str]:
        """The exam problems of any exam."""
        return sorted({name for exam in self.exams.values() for name in exam})

    def of_role(self, role: str) -> list[str]:
        """The ids of a role's problems, sorted."""
        return sorted(self.problems.loc[self.problems["role"] == role, "problem_id"])


def tasks_of(problems: pd.DataFrame, exams: ExamSettings, prompts: PromptSettings, seed: int) -> Tasks:
    """The problems with the exams that a run makes of them; raises DataError as `make_exams` does."""
    taught = problems[problems["role"] == "teaching"]
    return Tasks(problems, make_exams(taught, problems, exams, seed), prompts)


class Estimator:
    """The loads of one model.

    A prompt's tokens are those of its frame and of its questions, each counted apart, and the token limit for
    each rationale in it.
    """

    def __init__(self, tasks: Tasks, prompting: Prompting) -> None:
        self._tasks = tasks
        self._prompting = prompting
        names = list(tasks.questions)
        counts = prompting.count([tasks.questions[name] for name in names])
        self._tokens = dict(zip(names, counts, strict=True))

    def plain(
        self,
        stage: str,
        names: Sequence[str],
        samples: int,
        sampling: SamplingSettings,
        fewest: int | None = None,
        sendings: int = 1,
    ) -> Load:
        """Answers to questions without a demo; each question's prompt is sent `sendings` times."""
        frame = self._prompting.frame(0, self._tasks.prompts)
        sizes = [frame + self._tokens[name] for name in names]
        generations = len(names) * samples
        return Load(
            stage,
            self._prompting.name,
            generations,
            generations if fewest is None else fewest,
            len(names) * sendings,
            sum(sizes) * sendings,
            sampling.max_tokens,
            max(sizes, default=0) + sampling.max_tokens,
        )

    def exams(
        self,
        stage: str,
        demos: int,
        rationale: int,
        settings: ExamSettings,
        baseline: bool,
        decided_early: bool = False,
    ) -> Load:
        """All exams of `demos` rationales a teaching problem, of at most `rationale` tokens each."""
        repeats = settings.repeats if settings.sampling.temperature > 0 else 1
        frame = self._prompting.frame(settings.demos_per_exam, self._tasks.prompts)
        frame += settings.demos_per_exam * rationale + (settings.demos_per_exam - 1) * self._mean()
        sizes = [
            frame + self._tokens[taught] + self._tokens[asked]
            for taught, exam in self._tasks.exams.items()
            for asked in exam
        ]
        alone = self.plain("", self._tasks.used if baseline else [], repeats, settings.sampling)
        return Load(
            stage,
            self._prompting.name,
            len(sizes) * demos * repeats + alone.generations,
            (0 if decided_early else len(sizes) * repeats) + alone.generations,
            len(sizes) * demos + alone.prompts,
            sum(sizes) * demos + alone.prompt_tokens,
            settings.sampling.max_tokens,
            max(sizes, default=0) + settings.sampling.max_tokens,
        )

    def worked_examples(self, samples: int, most: int | None, sampling: SamplingSettings) -> Load:
        """Answers to teaching problems after `most` of their exam problems, solved, in turns."""
        frame = lru_cache(lambda demos: self._prompting.frame(demos, self._tasks.prompts))
        sizes: list[int] = []
        for taught in self._tasks.of_role("teaching"):
            exam = self._tasks.exams.get(taught, ())
            shown = len(exam) if most is None else min(most, len(exam))
            solved = sum(self._tokens[name] + sampling.max_tokens for name in exam)
            size = frame(shown) + self._tokens[taught] + round(solved * shown / max(1, len(exam)))
            sizes += [size] * (1 if shown == len(exam) else min(len(exam), samples))
        generations = len(self._tasks.of_role("teaching")) * samples
        return Load(
            "baseline: worked examples",
            self._prompting.name,
            generations,
            generations,
            len(sizes),
            sum(sizes),
            sampling.max_tokens,
            max(sizes, default=0) + sampling.max_tokens,
        )

    def _mean(self) -> int:
        """Tokens of a teaching problem, as the further demos of an exam have them."""
        names = self._tasks.of_role("teaching")
        return round(sum(self._tokens[name] for name in names) / max(1, len(names)))
