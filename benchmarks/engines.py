"""Each engine on the embedded strong student's exams, beside its bare self and the way of the paper's code.

    python benchmarks/engines.py transformers      minutes on 2 cores
    python benchmarks/engines.py vllm
    python benchmarks/engines.py openai            against a vLLM server that it starts
    python benchmarks/engines.py continuous        transformers' own continuous batching

The paper's way is that of its code: one Hugging Face pipeline call with the 9 prompts of a rationale's exam
(3 exam problems, each 3 times), every rationale for itself. Loading a model is left out on both sides. All of
a ratio is measured in one run, taking turns; rows hold the median of the turns, the lowest and the highest.

exam_vs_paper         seconds an answer, the paper's way on 40 exams over the sampler's on 5,000 answers
exam_stage_vs_paper   the paper's way for every rationale (its seconds an answer times 9 answers each) over
                      the whole exam stage, where equal rationales are examined once, baseline included
m1_waves_vs_full      M1 (SUM) with 32 rationales: the full exams at the sampler's speed over exams in waves
continuous_batching   answers a second of transformers' generate_batch over those of our batches, 90 answers
m1_stage_vs_paper     both ways of saving: the paper's way for these 32 rationales over the waves
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from results import Row, hand_over, options, result
from workload import ROOT, STUDENT, Workload, model, opened, prompts_of, served

from lbt.generation import Engine, GenerationStore, ModelSettings, Request, identify_model, sampler
from lbt.generation.rendering import load_tokenizer
from lbt.search import SearchSettings, examine_adaptively

ANSWERS = 5000
TURNS = 3
PAPER_RATIONALES = 40
"""Rationales that a turn of the paper's way examines, 9 answers each."""


class Shared:
    """Lets the sampler use an engine that is open already, so that loading is not timed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name, self.version, self.generate = engine.name, engine.version, engine.generate

    def close(self) -> None: ...


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def sampled(settings: ModelSettings, requests: Any) -> Any:
    """The sampler over the shared engine, into a new store; all answers are read back."""
    with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "s.sqlite") as store:
        samples = sampler.generate(settings, requests, store, "exams")
        for _ in samples.completions:
            pass
        return samples


def bare(engine: Engine, settings: ModelSettings, identity: Any, requests: list[Request]) -> int:
    """The engine called with all prompts, rendered and tokenised; returns the generated tokens."""
    prompts = prompts_of(settings, identity, requests)
    return sum(one.completion.tokens for one in engine.generate(prompts) if one.completion)


def paper_pipeline(settings: ModelSettings) -> Any:
    """The pipeline as the paper's code makes it, in the precision of our engines."""
    import torch
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

    from lbt.generation.engines.transformers.hardware import choose_device, choose_dtype

    transformers.logging.set_verbosity_error()
    device = choose_device("auto", "benchmark")
    loaded = AutoModelForCausalLM.from_pretrained(settings.path, dtype=choose_dtype("auto", device))
    tokenizer = AutoTokenizer.from_pretrained(settings.path, padding_side="left")
    torch.manual_seed(0)
    return pipeline("text-generation", model=loaded, tokenizer=tokenizer, device=device)


def papers_way(pipe: Any, requests: list[Request], identity: Any) -> None:
    """One call for every three papers: the exam of one rationale, each of its papers three times."""
    from lbt.generation import render_prompt

    tokenizer = load_tokenizer(identity)
    for start in range(0, len(requests), 3):
        exam = [request for request in requests[start : start + 3] for _ in range(request.samples)]
        texts = [render_prompt(tokenizer, request.messages) for request in exam]
        sampling = exam[0].sampling
        pipe(
            texts,
            batch_size=len(texts),
            do_sample=True,
            temperature=sampling.temperature,
            top_k=0,
            max_new_tokens=sampling.max_tokens,
            return_full_text=False,
            add_special_tokens=False,
        )


def measure(engine_name: str, folder: Path) -> list[Row]:
    """All figures of one engine."""
    if engine_name == "continuous":
        return measure_continuous(folder)
    if engine_name == "openai":
        with served(model(STUDENT)) as settings:
            return measure_engine(engine_name, settings, folder)
    return measure_engine(engine_name, model(STUDENT, engine_name), folder)


def measure_engine(engine_name: str, settings: ModelSettings, folder: Path) -> list[Row]:
    command = f"python benchmarks/engines.py {engine_name}"
    workload, many = Workload(folder, 16), Workload(folder, 32)
    requests = workload.first_requests(ANSWERS)
    few = list(workload.requests(workload.rows[: 3 * PAPER_RATIONALES]))
    answers = sum(request.samples for request in requests)
    few_answers = sum(request.samples for request in few)
    stage = workload.requests()
    pipe = paper_pipeline(settings)
    seen: dict[str, list[float]] = {}
    with opened(settings) as (engine, identity):
        sampler.open_engine = lambda *_: Shared(engine)  # type: ignore[assignment]
        bare(engine, settings, identity, few)  # warm
        papers_way(pipe, few[:30], identity)
        for _ in range(TURNS):
            alone_s, tokens = timed(lambda: bare(engine, settings, identity, requests))
            sampler_s, _ = timed(lambda: sampled(settings, requests))
            paper_s, _ = timed(lambda: papers_way(pipe, few, identity))
            same_s, _ = timed(lambda: sampled(settings, few))
            stage_s, _ = timed(lambda: sampled(settings, stage))
            waves_s = in_waves(many, settings)
            paper_rate = paper_s / few_answers  # seconds for an answer
            full_s = len(many.rows) * many.papers.repeats * sampler_s / answers
            for name, value in {
                f"tokens_per_s.{engine_name}": tokens / alone_s,
                f"answers_per_s.{engine_name}": answers / alone_s,
                f"sampler_overhead.{engine_name}": sampler_s / alone_s,
                f"paper_answers_per_s.{engine_name}": 1 / paper_rate,
                f"exam_vs_paper.{engine_name}": paper_rate / (sampler_s / answers),
                f"exam_vs_paper_same_requests.{engine_name}": paper_s / same_s,
                f"exam_stage_vs_paper.{engine_name}": paper_rate * 9 * len(workload.table) / stage_s,
                f"m1_waves_vs_full.{engine_name}": full_s / waves_s,
                f"m1_stage_vs_paper.{engine_name}": paper_rate * 9 * len(many.table) / waves_s,
            }.items():
                seen.setdefault(name, []).append(value)
    units = {"tokens_per_s": "token/s", "answers_per_s": "answer/s", "paper_answers_per_s": "answer/s"}
    return [
        result(name, values, units.get(name.split(".")[0], "ratio"), answers, command)
        for name, values in seen.items()
    ]


def measure_continuous(folder: Path) -> list[Row]:
    """Transformers' own continuous batching beside our batches; its cache takes most of the free memory."""
    settings = model(STUDENT)
    workload = Workload(folder, 16)
    requests = list(workload.requests(workload.rows[:30]))
    with opened(settings) as (engine, identity):
        bare(engine, settings, identity, requests)  # warm
        ours_s, _ = timed(lambda: bare(engine, settings, identity, requests))
    theirs_s = continuous_batching(paper_pipeline(settings).model, settings, requests)
    answers = sum(request.samples for request in requests)
    command = "python benchmarks/engines.py continuous"
    return [result("continuous_batching.transformers", [ours_s / theirs_s], "ratio", answers, command)]


def continuous_batching(loaded: Any, settings: ModelSettings, requests: list[Request]) -> float:
    """Seconds of transformers' own continuous batching, `generate_batch`, on the requests."""
    from transformers import GenerationConfig

    prompts = prompts_of(settings, identify_model(settings, "benchmark"), requests)
    sampling = requests[0].sampling
    generation = GenerationConfig(
        max_new_tokens=sampling.max_tokens,
        do_sample=True,
        temperature=sampling.temperature,
        top_k=0,
        eos_token_id=loaded.generation_config.eos_token_id,
        pad_token_id=loaded.generation_config.pad_token_id or 0,
    )
    inputs = [list(prompt.tokens) for prompt in prompts for _ in prompt.samples]
    seconds, answers = timed(
        lambda: loaded.generate_batch(inputs=inputs, generation_config=generation, progress_bar=False)
    )
    assert len(answers) == len(inputs)
    return float(seconds)


def in_waves(workload: Workload, student: ModelSettings) -> float:
    """Seconds of M1's exams (SUM) in waves."""
    settings = SearchSettings(examiner="exact", rule="sum", baselines=())
    with tempfile.TemporaryDirectory() as folder, GenerationStore(Path(folder) / "w.sqlite") as store:
        asker, students = workload.asker(store), {STUDENT: student}
        seconds, _ = timed(
            lambda: examine_adaptively(asker, workload.papers, workload.table, students, settings)
        )
    return seconds


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("engine", choices=["transformers", "vllm", "openai", "continuous"])
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "data" / "benchmarks", help="for the rationales"
    )
    arguments = parser.parse_args()
    hand_over(measure(arguments.engine, arguments.folder), arguments.json)


if __name__ == "__main__":
    main()
