"""A refinement in a process that can be killed at any moment."""

import os
import sys
import threading
from pathlib import Path

import pandas as pd
import transformers.models.llama.modeling_llama  # noqa: F401 - imported once, for all processes forked later
from tqdm import tqdm

import lbt.generation.engines.transformers.engine  # noqa: F401 - the same
from lbt.asking import Asker
from lbt.generation import GenerationStore, ModelSettings, ModelsSettings, SamplingSettings, recording
from lbt.grading import domain_named
from lbt.pocket.problems import draw_problems
from lbt.prompts import PromptSettings
from lbt.refine import RefineSettings, refine
from lbt.teaching import TeachingSettings

TABLES = ("state", "failures", "held_out", "rounds")
SETTINGS = RefineSettings(
    arms=("students", "own", "random_search", "none", "random"),
    rounds=2,
    beam=2,
    proposals=2,
    batch=8,
    score_batch=8,
    bootstrap_samples=100,
)
_TEACHING = TeachingSettings(samples=4, sampling=SamplingSettings(temperature=1, max_tokens=64))
_MODELS = Path(__file__).parents[2] / "src/lbt/pocket/models"

# Its own is one for several processes, whose semaphore a killed process leaves behind.
tqdm.set_lock(threading.RLock())


def run(folder: Path) -> None:
    """Refine in a folder, go on with what is there, and write the tables."""
    terminal = os.open(folder / "terminal.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(terminal, sys.stdout.fileno())
    os.dup2(terminal, sys.stderr.fileno())
    recording.COMMIT_EVERY_S = 0.05  # so that many kills come at a commit
    problems = draw_problems(teaching=14, exam_per_family=2, evaluation=20, lucky_share=0.5, seed=0)

    def watch(state: pd.DataFrame) -> None:
        (folder / "rounds.txt").write_text(str(len(state.groupby(["arm", "round"]))))

    with GenerationStore(folder / "generations.sqlite") as store:
        asker = Asker(PromptSettings(), store, 0, domain_named("number"))
        students = {name: _model(f"student_{name}") for name in ("strong", "weak")}
        models = ModelsSettings(teacher=_model("teacher"), students=students)
        done = refine(asker, problems, models, _TEACHING, SETTINGS, watch)
    for name, table in zip(TABLES, done.tables, strict=True):
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "new.txt").write_text(f"{done.usage['new']:.0f}")


def _model(name: str) -> ModelSettings:
    # Alone in its batch a sample is the same to the last bit, whatever a kill has left to be asked.
    return ModelSettings(path=str(_MODELS / name), device="cpu", dtype="float32", batch_size=1)
