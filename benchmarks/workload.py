"""The exams of the benchmarks: default problems, the embedded teacher's rationales, one student."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from lbt.asking import Asker
from lbt.asking.asker import Requests
from lbt.exams import ExamPapers, ExamSettings, plan_exams
from lbt.exams.papers import Paper
from lbt.generation import (
    Engine,
    GenerationStore,
    ModelIdentity,
    ModelSettings,
    Prompt,
    Request,
    ServerSettings,
    identify_model,
    load_tokenizer,
    open_engine,
    render_prompt,
    request_key,
)
from lbt.grading import domain_named
from lbt.pocket.problems import load_pocket_problems
from lbt.problems import ProblemSettings
from lbt.prompts import PromptSettings
from lbt.teaching import TeachingSettings, sample_rationales

ROOT = Path(__file__).parents[1]
STUDENT = "strong"
SERVER_ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
}
# On a CPU vLLM 0.32 fails on seeds with chunked prefill, and by default shares prefixes of 128 tokens only.
SERVER_OPTIONS = [
    "--dtype=bfloat16",
    "--generation-config=vllm",
    "--block-size=32",
    "--no-enable-chunked-prefill",
    "--max-num-batched-tokens=4096",
]


def parameters(stage: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "conf" / "base" / f"parameters_{stage}.yml").read_text())[stage])


def model(role: str, engine: str = "transformers") -> ModelSettings:
    """The teacher or a student of conf/base, on an engine."""
    models = parameters("models")
    settings = models["teacher"] if role == "teacher" else models["students"][role]
    return ModelSettings(**settings | {"path": str(ROOT / settings["path"]), "engine": engine})


@dataclass(frozen=True)
class Workload:
    """All exams of one student after `rationales` rationales of each default teaching problem."""

    folder: Path
    rationales: int

    @cached_property
    def problems(self) -> pd.DataFrame:
        return load_pocket_problems(ProblemSettings(**parameters("problems")), 0)[0]

    def asker(self, store: GenerationStore) -> Asker:
        """What asks as a run of conf/base does."""
        return Asker(PromptSettings(**parameters("prompts")), store, 0, domain_named("number"))

    @cached_property
    def table(self) -> pd.DataFrame:
        teaching = TeachingSettings(**parameters("teaching") | {"samples": self.rationales})
        with GenerationStore(self.folder / "rationales.sqlite") as store:
            return sample_rationales(self.asker(store), self.problems, model("teacher"), teaching).table

    @cached_property
    def papers(self) -> ExamPapers:
        exams = ExamSettings(**parameters("exams"))
        prompts = PromptSettings(**parameters("prompts"))
        plan = plan_exams(self.problems, self.table, exams, 0, domain_named("number"))
        return ExamPapers(plan, self.problems, self.table, prompts, exams, domain_named("number"))

    @cached_property
    def rows(self) -> list[Paper]:
        """The papers with a demo, those of a demo together."""
        return sorted(
            self.papers.of_demos(), key=lambda paper: (paper["teaching_problem_id"], paper["demo_id"])
        )

    def requests(self, papers: Sequence[Paper] | None = None) -> Requests:
        """What a student is asked in these papers, or in all of them."""
        return Requests(self.papers.tasks(STUDENT, papers), self.asker(GenerationStore("")))

    def first_requests(self, answers: int) -> list[Request]:
        """The first exams with at least so many answers together."""
        return list(self.requests(self.rows[: -(-answers // self.papers.repeats)]))


def prompts_of(settings: ModelSettings, identity: ModelIdentity, requests: Sequence[Request]) -> list[Prompt]:
    """The requests as an engine takes them, in the sampler's order."""
    tokenizer = load_tokenizer(identity)
    texts = [render_prompt(tokenizer, request.messages, request.prefill) for request in requests]
    tokens = tokenizer(texts, add_special_tokens=False)["input_ids"]
    prompts = [
        Prompt(
            request_key(settings, identity.identity, text, request.sampling, request.seed),
            text,
            tuple(range(request.samples)),
            request.sampling,
            tuple(ids),
        )
        for text, ids, request in zip(texts, tokens, requests, strict=True)
    ]
    return sorted(prompts, key=lambda prompt: prompt.text)


@contextmanager
def served(settings: ModelSettings) -> Iterator[ModelSettings]:
    """The model behind a vLLM server on loopback, as engine openai asks it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", settings.path]
    command += ["--host", "127.0.0.1", "--port", str(port), *SERVER_OPTIONS]
    with subprocess.Popen(
        command, env=os.environ | SERVER_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", process)
            server = ServerSettings(endpoints=(f"http://127.0.0.1:{port}/v1",))
            yield settings.model_copy(update={"engine": "openai", "server": server})
        finally:
            process.terminate()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the vLLM server did not start")


@contextmanager
def opened(settings: ModelSettings) -> Iterator[tuple[Engine, ModelIdentity]]:
    identity = identify_model(settings, "benchmark")
    with closing(open_engine(settings, identity)) as engine:
        yield engine, identity
