"""Real vLLM on an embedded model."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from lbt.errors import ModelError
from lbt.generation import (
    Completion,
    Engine,
    Generated,
    GenerationStore,
    ModelSettings,
    Prompt,
    Request,
    Sampler,
    SamplingSettings,
    generate,
    identify_model,
    load_tokenizer,
    open_engine,
    render_prompt,
    request_key,
)
from lbt.pocket.problems import draw_problems

pytestmark = [pytest.mark.slow, pytest.mark.vllm]

STUDENT = Path(__file__).parents[3] / "src/lbt/pocket/models/student_weak"
GREEDY = SamplingSettings(temperature=0, max_tokens=64)
SAMPLED = SamplingSettings(temperature=1.0, max_tokens=64)


def settings_of(engine: str = "vllm", **more: object) -> ModelSettings:
    return ModelSettings.model_validate({"path": str(STUDENT), "engine": engine, "dtype": "float32"} | more)


def questions(count: int) -> list[str]:
    table = draw_problems(teaching=count, exam_per_family=0, evaluation=0, lucky_share=0, seed=1)
    return list(table["question"])


def requests_of(count: int, samples: int, sampling: SamplingSettings = SAMPLED) -> list[Request]:
    return [Request((("user", question),), samples, sampling, 1) for question in questions(count)]


def prompts_of(requests: list[Request]) -> list[Prompt]:
    model = settings_of()
    identity = identify_model(model, "models.teacher")
    tokenizer = load_tokenizer(identity)
    prompts = []
    for request in requests:
        text = render_prompt(tokenizer, request.messages)
        key = request_key(model, identity.identity, text, request.sampling, request.seed)
        tokens = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
        prompts.append(Prompt(key, text, tuple(range(request.samples)), request.sampling, tokens))
    return prompts


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    model = settings_of()
    with closing(open_engine(model, identify_model(model, "models.teacher"))) as engine:
        yield engine


def by_sample(results: Iterator[Generated]) -> dict[tuple[str, int], Completion]:
    answers = {}
    for result in results:
        assert result.completion is not None, result.failure
        assert (result.key, result.sample_index) not in answers, "a sample came twice"
        answers[result.key, result.sample_index] = result.completion
    return answers


def test_greedy_answers_equal_those_of_transformers(engine: Engine, tmp_path: Path) -> None:
    requests = requests_of(60, 1, GREEDY)
    vllm = [answer.text for answer in by_sample(engine.generate(prompts_of(requests))).values()]
    with GenerationStore(tmp_path / "store.sqlite") as store:
        samples = generate(settings_of("transformers"), requests, store, "exams")
        transformers = [answer.text for (answer,) in samples.completions if answer]
    assert len(vllm) == 60
    same = len(set(vllm) & set(transformers))
    assert same >= 57, "other kernels may round another way and take another word now and then"


def test_every_wanted_sample_comes_once_whatever_its_index(engine: Engine) -> None:
    prompts = prompts_of(requests_of(10, 1))
    wanted = [(0, 1, 2, 3), (5,), (0, 2, 3, 9), tuple(range(16))]
    asked = [replace(prompt, samples=wanted[place % 4]) for place, prompt in enumerate(prompts)]
    answers = by_sample(engine.generate(asked))
    assert set(answers) == {(prompt.key, index) for prompt in asked for index in prompt.samples}


def test_samples_of_a_prompt_differ_and_do_not_depend_on_how_many_are_asked(engine: Engine) -> None:
    prompts = [replace(prompt, samples=tuple(range(8))) for prompt in prompts_of(requests_of(20, 1))]
    together = by_sample(engine.generate(prompts))
    assert len({answer.text for answer in together.values()}) > 60
    later = by_sample(engine.generate([replace(prompt, samples=(4, 5)) for prompt in prompts]))
    same = sum(together[key].text == answer.text for key, answer in later.items())
    assert same >= 36, "of 40; a sample has its own seed, but rounding differs with the batch"


def test_answers_end_at_the_end_of_turn_the_limit_or_a_stop_text(engine: Engine) -> None:
    short = SAMPLED.model_copy(update={"max_tokens": 6})
    stopped = SAMPLED.model_copy(update={"stop": ("=",)})
    answers = by_sample(
        engine.generate(prompts_of([*requests_of(20, 1, short), *requests_of(20, 1, stopped)]))
    )
    reasons = {(answer.finish_reason, answer.tokens == 6) for answer in answers.values()}
    assert ("length", True) in reasons
    assert ("stop", False) in reasons
    assert not any("=" in answer.text for answer in list(answers.values())[20:])
    assert not any("<|" in answer.text for answer in answers.values())


def test_a_prompt_that_vllm_refuses_fails_alone(engine: Engine) -> None:
    (good, bad) = prompts_of(requests_of(2, 1))
    bad = replace(bad, tokens=bad.tokens * 50, samples=(0, 1))
    results = list(engine.generate([bad, good]))
    assert [result.sample_index for result in results if result.completion is None] == [0, 1]
    assert all("512" in result.failure for result in results if result.completion is None)
    assert [result.key for result in results if result.completion] == [good.key]


def test_a_killed_vllm_is_told_and_what_it_wrote_is_kept(tmp_path: Path) -> None:
    requests = requests_of(300, 8)
    with (
        GenerationStore(tmp_path / "store.sqlite") as store,
        Sampler(settings_of(), store, "exams") as sampler,
    ):
        assert sampler.generate(requests[:20]).new == 160
        process = sampler._engine._process  # type: ignore[union-attr]
        with (
            pytest.raises(ModelError, match=r"process of vLLM ended .*run the same command again") as death,
            _killing(process.pid, store, 400),
        ):
            sampler.generate(requests)
        assert "exit code -9" in str(death.value)
        assert 400 <= store.count() < 2400


@contextmanager
def _killing(pid: int, store: GenerationStore, rows: int) -> Iterator[None]:
    """Kill a process as soon as the store holds so many rows."""

    def watch() -> None:
        with GenerationStore(store.path) as seen:
            while seen.count() < rows:
                time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)

    thread = Thread(target=watch)
    thread.start()
    yield
    thread.join()


RUN = """
import sys
from contextlib import closing
from lbt.generation import ModelSettings, identify_model, open_engine
model = ModelSettings(path=sys.argv[1], engine="vllm")
with closing(open_engine(model, identify_model(model, "models.teacher"))) as engine:
    print(engine._process.pid, flush=True)
    sys.stdin.read()
"""


def test_its_process_ends_with_ours_whatever_ends_that() -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", RUN, str(STUDENT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with ours:
        assert ours.stdout is not None
        pid = int(ours.stdout.readline())
        assert _runs(pid)
        ours.send_signal(signal.SIGKILL)
        ours.wait(30)
    deadline = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]


def test_a_model_that_vllm_cannot_load_is_named(tokenizer_folder: Path) -> None:
    model = settings_of(path=str(tokenizer_folder))
    with pytest.raises(ModelError, match=r"models.teacher: vLLM cannot run the model"):
        open_engine(model, identify_model(model, "models.teacher"))
