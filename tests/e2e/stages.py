"""Sampling, exams and training in a process that can be killed at any moment, and what it did until then."""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from lbt.asking import Asker
from lbt.exams import ExamPapers, ExamSettings, plan_exams
from lbt.exams.sitting import sit_one
from lbt.generation import (
    Engine,
    Generated,
    GenerationStore,
    ModelSettings,
    Origin,
    Prompt,
    SamplingSettings,
    StoredSample,
    recording,
    sampler,
)
from lbt.grading import domain_named
from lbt.pocket.problems import draw_problems
from lbt.prompts import PromptSettings
from lbt.teaching import TeachingSettings, sample_rationales
from lbt.training import Training, TrainingSettings, train_model

STAGES = ("teaching", "exams", "training")
SLOW_TO_IMPORT = (
    "transformers.models.llama.modeling_llama",
    "lbt.generation.engines.transformers.engine",
    "lbt.training.dpo",
)
PAIRS = 32
TRAINING = TrainingSettings(epochs=3, batch_size=8, save_steps=1, minimum_pairs=2)

_MODELS = Path(__file__).parents[2] / "src/lbt/pocket/models"
TEACHER = _MODELS / "teacher"
_TEACHING = TeachingSettings(samples=5, sampling=SamplingSettings(temperature=1, max_tokens=96))
_EXAMS = ExamSettings(
    problems_per_demo=1, repeats=2, sampling=SamplingSettings(temperature=0.7, max_tokens=96)
)

Tell = Callable[[str], None]

# Its own is one for several processes, whose semaphore a killed process leaves behind.
tqdm.set_lock(threading.RLock())


def run(folder: Path) -> None:
    """Do all stages in a folder, go on with what is there, write the tables, and `events.txt` on the way.

    An event is a line: "stage <name>"; "asked <key> <sample index>" when the engine is asked for a sample;
    "stored <samples>" after each commit.
    """
    terminal = os.open(folder / "terminal.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(terminal, sys.stdout.fileno())
    os.dup2(terminal, sys.stderr.fileno())
    events = os.open(folder / "events.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def tell(event: str) -> None:
        os.write(events, f"{event}\n".encode())

    recording.COMMIT_EVERY_S = 0.05  # so that many kills come at a commit
    open_engine = sampler.open_engine
    sampler.open_engine = lambda model, identity: _WatchedEngine(open_engine(model, identity), tell)
    with _WatchedStore(folder / "generations.sqlite", tell) as store:
        _run(folder, store, tell)


def _run(folder: Path, store: GenerationStore, tell: Tell) -> None:
    problems = draw_problems(teaching=14, exam_per_family=2, evaluation=0, lucky_share=0.5, seed=0)
    asker = Asker(PromptSettings(), store, 0, domain_named("number"))
    teacher = _model(TEACHER)
    tell("stage teaching")
    rationales = sample_rationales(asker, problems, teacher, _TEACHING).table
    tell("stage exams")
    plan = plan_exams(problems, rationales, _EXAMS, 0, asker.domain)
    papers = ExamPapers(plan, problems, rationales, asker.prompts, _EXAMS, asker.domain)
    students = {name: _model(_MODELS / f"student_{name}") for name in ("strong", "weak")}
    exams = [sit_one(asker, papers, name, student).table for name, student in students.items()]
    tell("stage training")
    pairs = _pairs(problems, rationales)
    training = Training(teacher, "models.teacher", asker.prompts, TRAINING, 0)
    _, log, _ = train_model(pairs, training, folder / "trainings")
    rationales.to_parquet(folder / "rationales.parquet")
    pd.concat(exams).to_parquet(folder / "exam_answers.parquet")
    log.to_parquet(folder / "training_log.parquet")


def _model(folder: Path) -> ModelSettings:
    # Alone in its batch a sample is the same to the last bit, whatever a kill has left to be asked.
    return ModelSettings(path=str(folder), device="cpu", dtype="float32", batch_size=1)


def _pairs(problems: pd.DataFrame, rationales: pd.DataFrame) -> pd.DataFrame:
    """Right and wrong rationales of the same problem."""
    questions = problems[["problem_id", "question"]]
    told = rationales.drop_duplicates("demo_id").merge(questions, on="problem_id")
    chosen = told[told["verdict"] == "correct"].add_prefix("chosen_")
    rejected = told[told["verdict"] == "wrong"].add_prefix("rejected_")
    pairs = chosen.merge(rejected, left_on="chosen_problem_id", right_on="rejected_problem_id").head(PAIRS)
    assert len(pairs) == PAIRS
    return pairs.rename(
        columns={
            "chosen_text": "chosen",
            "rejected_text": "rejected",
            "chosen_question": "question",
            "chosen_problem_id": "problem_id",
            "chosen_family": "family",
        }
    )


class _WatchedEngine:
    """An engine that tells what it is asked for."""

    def __init__(self, engine: Engine, tell: Tell) -> None:
        self._engine = engine
        self._tell = tell
        self.name, self.version = engine.name, engine.version

    def generate(self, prompts: Iterable[Prompt]) -> Iterator[Generated]:
        return self._engine.generate(self._told(prompts))

    def _told(self, prompts: Iterable[Prompt]) -> Iterator[Prompt]:
        for prompt in prompts:
            for index in prompt.samples:
                self._tell(f"asked {prompt.key} {index}")
            yield prompt

    def close(self) -> None:
        self._engine.close()


class _WatchedStore(GenerationStore):
    """A store that tells what it has been given."""

    def __init__(self, path: Path, tell: Tell) -> None:
        super().__init__(path)
        self._tell = tell

    def put(self, rows: Iterable[StoredSample], origin: Origin) -> int:
        new = super().put(rows, origin)
        self._tell(f"stored {new}")
        return new
