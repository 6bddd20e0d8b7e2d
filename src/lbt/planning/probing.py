"""How long a run takes, predicted from a few answers that its models really give."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from lbt.asking import Task
from lbt.generation import Completion, GenerationStore, ModelSettings, Request, Sampler

_KEPT_TEXTS = 64

Stage = TypeVar("Stage", bound=Hashable)


@dataclass(frozen=True)
class Sample:
    """What a model is asked in one stage, or a part of it."""

    model: ModelSettings
    tasks: Sequence[Task]


@dataclass(frozen=True)
class Speed:
    """What the probe of a stage took."""

    answers: int
    seconds: float
    loading: float
    """Seconds until the model was there."""

    def predict(self, generations: int) -> float:
        """Seconds of a stage that asks for so many answers, with the loading of its model."""
        return self.loading + generations * self.seconds / self.answers if generations else 0.0


def probe(
    samples: Mapping[Stage, Sample], prefill: str, placeholder: str, answers: int
) -> dict[Stage, Speed]:
    """Let the model of each stage give about so many answers, of which nothing is kept.

    A model that is asked in several stages is loaded once, and stages that ask the same are probed once. A
    stage whose answers all fail has no speed.

    Args:
        samples: In the order of a run.
        prefill: How every answer begins.
        placeholder: Stands in the tasks for what a model will have said, and is filled with what one says.
        answers: At each stage.

    Raises:
        ModelError: A model cannot be loaded or asked.
    """
    found: dict[Stage, Speed] = {}
    said = [placeholder]
    for model in dict.fromkeys(sample.model for sample in samples.values()):
        with _probing(model) as sampler:
            loading: float | None = None
            probed: dict[tuple[Request, ...], Speed] = {}
            for stage, sample in samples.items():
                if sample.model != model:
                    continue
                requests = _requests(sample.tasks, prefill, placeholder, said, answers)
                if loading is None:
                    loading = _load(sampler, requests[0])
                if requests not in probed:
                    given = sampler.generate(requests)
                    if not given.new:
                        continue
                    probed[requests] = Speed(given.new, given.seconds, loading)
                    said = _texts(given.completions)
                found[stage] = probed[requests]
    return {stage: found[stage] for stage in samples if stage in found}


@contextmanager
def _probing(model: ModelSettings) -> Iterator[Sampler]:
    """A sampler whose answers are thrown away."""
    with (
        TemporaryDirectory() as folder,
        GenerationStore(Path(folder) / "probe.sqlite") as store,
        Sampler(model, store, "probe") as sampler,
    ):
        yield sampler


def _load(sampler: Sampler, request: Request) -> float:
    """Seconds until the model is there, with one token of one answer."""
    one = request.sampling.model_copy(update={"max_tokens": 1})
    return sampler.generate([replace(request, samples=1, sampling=one)]).seconds


def _requests(
    tasks: Sequence[Task], prefill: str, placeholder: str, said: Sequence[str], answers: int
) -> tuple[Request, ...]:
    """Tasks from the whole length of the stage, which together ask for about so many answers."""
    wanted = max(1, round(answers / tasks[0].samples))
    every = max(1, len(tasks) // wanted)
    return tuple(
        Request(
            tuple((turn["role"], turn["content"].replace(placeholder, text)) for turn in task.messages),
            min(task.samples, answers),
            task.sampling,
            0,
            prefill,
        )
        for task, text in zip(tasks[::every][:wanted], cycle(said), strict=False)
    )


def _texts(completions: Iterable[list[Completion | None]]) -> list[str]:
    given = (one.text for answers in completions for one in answers if one is not None)
    return list(islice(given, _KEPT_TEXTS))
