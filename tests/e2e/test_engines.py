"""Real vLLM behind the main job, in this machine and as a server."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from lbt.errors import ModelError
from lbt.generation import (
    Completion,
    GenerationStore,
    ModelSettings,
    Prompt,
    Request,
    SamplingSettings,
    generate,
    identify_model,
    load_tokenizer,
    open_engine,
    render_prompt,
    request_key,
)
from lbt.pocket.problems import draw_problems
from tests.e2e.conftest import Workplace
from tests.e2e.test_main_job import FIXED_METRICS
from tests.servers import MODELS, PROJECT, VllmServer, vllm_server

pytestmark = [pytest.mark.slow, pytest.mark.vllm]

TEACHER = f"{MODELS}/teacher"
GREEDY = SamplingSettings(temperature=0, max_tokens=64)
SAMPLED = SamplingSettings(temperature=1.0, max_tokens=64)
# What conf/test says, for the other environments.
SMALL = (
    "problems.teaching=8",
    "problems.exam_per_family=3",
    "problems.evaluation=40",
    "teaching.samples=4",
    "exams.problems_per_demo=1",
    "exams.repeats=1",
    "scoring.bootstrap_samples=100",
    "training.epochs=3",
    "training.minimum_pairs=2",
    "evaluation.samples=2",
)

Texts = dict[tuple[str, int], Completion]


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the models' paths, which are their names at the server, lead to them; without a proxy."""
    monkeypatch.chdir(PROJECT)
    for variable in ("OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)


def served(server: VllmServer, api: str = "completions", **settings: object) -> ModelSettings:
    """The teacher at a server."""
    endpoint = {"endpoints": [server.url], "api": api} | settings
    return ModelSettings.model_validate({"path": TEACHER, "engine": "openai", "server": endpoint})


def requests_of(
    count: int, samples: int = 1, sampling: SamplingSettings = GREEDY, prefill: str = ""
) -> list[Request]:
    table = draw_problems(teaching=count, exam_per_family=0, evaluation=0, lucky_share=0, seed=1)
    chats = [(("user", question),) for question in table["question"]]
    return [Request(chat, samples, sampling, 1, prefill) for chat in chats]


def answers(model: ModelSettings, requests: Sequence[Request], folder: Path) -> list[list[Completion]]:
    """What a model answers to requests, all of which it must."""
    with GenerationStore(folder / f"{model.engine}.sqlite") as store:
        samples = generate(model, requests, store, "exams")
        assert samples.failed == 0
        return [[answer for answer in several if answer] for several in samples.completions]


def texts(model: ModelSettings, requests: Sequence[Request], folder: Path) -> list[str]:
    return [answer.text for several in answers(model, requests, folder) for answer in several]


def prompts_of(model: ModelSettings, requests: Sequence[Request]) -> list[Prompt]:
    identity = identify_model(model, "models.teacher")
    tokenizer = load_tokenizer(identity)
    prompts = []
    for request in requests:
        text = render_prompt(tokenizer, request.messages)
        key = request_key(model, identity.identity, text, request.sampling, request.seed)
        tokens = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
        prompts.append(Prompt(key, text, tuple(range(request.samples)), request.sampling, tokens))
    return prompts


def ask(model: ModelSettings, prompts: Sequence[Prompt]) -> Texts:
    found = {}
    with closing(open_engine(model, identify_model(model, "models.teacher"))) as engine:
        for result in engine.generate(prompts):
            assert result.completion is not None, result.failure
            assert (result.key, result.sample_index) not in found, "a sample came twice"
            found[result.key, result.sample_index] = result.completion
    return found


def equal(some: Sequence[str], others: Sequence[str]) -> int:
    return sum(one == other for one, other in zip(some, others, strict=True))


def test_greedy_answers_of_a_server_equal_those_of_transformers(server: VllmServer, tmp_path: Path) -> None:
    requests = requests_of(60)
    here = ModelSettings(path=TEACHER, device="cpu", dtype="float32")
    same = equal(texts(served(server), requests, tmp_path), texts(here, requests, tmp_path))
    assert same >= 57, "other kernels may round another way and take another word now and then"


@pytest.mark.parametrize("prefill", ["", "I multiply"])
def test_a_chat_server_gives_what_our_own_rendering_gives(
    server: VllmServer, prefill: str, tmp_path: Path
) -> None:
    requests = requests_of(40, prefill=prefill)
    completions, chat = (texts(served(server, api), requests, tmp_path) for api in ("completions", "chat"))
    assert equal(completions, chat) >= 38
    assert not any(text.startswith("I multiply") for text in chat if prefill)
    assert len(set(chat)) > 10


def test_a_prefill_is_continued_and_changes_the_answer(server: VllmServer, tmp_path: Path) -> None:
    plain = texts(served(server), requests_of(20), tmp_path)
    begun = texts(served(server), requests_of(20, prefill="Easy.\n#### "), tmp_path)
    assert all(text.strip().isdigit() for text in begun)
    assert not any(text.strip().isdigit() for text in plain)


def test_every_sample_comes_once_with_its_own_seed(server: VllmServer) -> None:
    prompts = prompts_of(served(server), requests_of(20, 6, SAMPLED))
    together = ask(served(server), prompts)
    assert len({answer.text for answer in together.values()}) > 60
    some = ask(served(server), [replace(prompt, samples=(0, 1, 2, 5)) for prompt in prompts])
    assert set(some) == {(prompt.key, index) for prompt in prompts for index in (0, 1, 2, 5)}
    same = sum(together[place].text == answer.text for place, answer in some.items())
    assert same >= 72, "of 80; rounding differs with what else is computed"


def test_top_k_and_stop_texts_reach_the_server(server: VllmServer, tmp_path: Path) -> None:
    only_one = SAMPLED.model_copy(update={"top_k": 1})
    greedy = texts(served(server), requests_of(30), tmp_path)
    assert equal(texts(served(server), requests_of(30, 1, only_one), tmp_path), greedy) >= 28
    stopping = GREEDY.model_copy(update={"stop": ("####",)})
    for api in ("completions", "chat"):
        stopped = texts(served(server, api), requests_of(30, 1, stopping), tmp_path)
        assert equal(stopped, [text.partition("####")[0] for text in greedy]) >= 28


def test_tokens_and_ends_are_counted_as_the_model_wrote_them(server: VllmServer, tmp_path: Path) -> None:
    short = GREEDY.model_copy(update={"max_tokens": 5})
    requests = [*requests_of(30), *requests_of(30, 1, short)]
    tokenizer = load_tokenizer(identify_model(served(server), "models.teacher"))
    prompts = prompts_of(served(server), requests)
    ends = set()
    for api in ("completions", "chat"):
        for (answer,), prompt in zip(answers(served(server, api), requests, tmp_path), prompts, strict=True):
            written = len(tokenizer(answer.text, add_special_tokens=False)["input_ids"])
            assert answer.prompt_tokens == len(prompt.tokens)
            assert answer.tokens == written + (answer.finish_reason == "stop")
            ends.add(answer.finish_reason)
    assert ends == {"stop", "length"}


def test_a_server_that_dies_for_good_costs_only_what_it_had_not_answered(
    server: VllmServer, tmp_path: Path
) -> None:
    requests = requests_of(84, 16, SAMPLED)
    with (
        GenerationStore(tmp_path / "store.sqlite") as store,
        vllm_server(tmp_path, "teacher") as doomed,
    ):
        doomed.wait_until_ready()
        with _killing(doomed, store, 200), pytest.raises(ModelError) as stop:
            generate(served(doomed, attempts=2, concurrency=8), requests, store, "teaching")
        stored = store.count()
        message = str(stop.value)
        assert f"of {84 * 16} samples failed" in message
        assert f"{stored} were generated and are stored" in message
        assert f"The first error: {doomed.url}: " in message
        assert "run the same command again" in message
        assert 200 <= stored < 84 * 16
        # The same model at another address is the same to the store, as after a restart.
        again = generate(served(server), requests, store, "teaching")
    assert (again.new, again.reused, again.failed) == (84 * 16 - stored, stored, 0)


@contextmanager
def _killing(server: VllmServer, store: GenerationStore, rows: int) -> Iterator[None]:
    """Kill a server as soon as the store holds so many rows."""
    over = Event()

    def watch() -> None:
        with GenerationStore(store.path) as seen:
            while seen.count() < rows and not over.wait(0.01):
                pass
        server.kill()

    thread = Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def check_result(workplace: Workplace, output: str, engines: set[str]) -> None:
    """The same kind of result as the default engine's, from these engines."""
    for expected in ("make ui", "make viz", "accuracy", "LbT score"):
        assert expected in output
    # Three lines name the engine for a reason: what is loaded, where the report is, how to open it.
    named = ("vLLM loads", "--env=vllm", str(workplace.folder))
    others = "\n".join(line for line in output.splitlines() if not any(name in line for name in named))
    for noise in ("Traceback", "Warning", "WARNING", "INFO", "vllm"):
        assert noise not in others
    [run] = workplace.mlflow_runs()
    assert run.info.status == "FINISHED"
    assert set(run.data.metrics) >= FIXED_METRICS
    assert run.data.metrics["generation.reused"] == 0
    with GenerationStore(workplace.data / "02_intermediate" / "generations.sqlite") as store:
        used = store.connection.execute("SELECT DISTINCT engine, label LIKE 'evaluation%' FROM generations")
        assert {f"{engine} {'evaluation' if evaluation else ''}".strip() for engine, evaluation in used} == (
            engines
        )


def test_the_main_job_runs_on_vllm(workplace: Workplace) -> None:
    process = workplace.run(*SMALL, env="vllm")
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    assert "teaching: vLLM loads src/lbt/pocket/models/teacher" in output
    check_result(workplace, output, {"vllm", "vllm evaluation"})
    assert _processes_of(workplace) == []


def test_the_main_job_runs_on_servers(workplace: Workplace, server: VllmServer) -> None:
    for name in ("TEACHER", "STRONG", "WEAK"):
        workplace.variables[f"LBT_{name}_URL"] = server.url
    process = workplace.run(*SMALL, env="openai")
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    check_result(workplace, output, {"openai", "transformers evaluation"})


def _processes_of(workplace: Workplace) -> list[str]:
    """The processes that have the workplace's data folder in their environment."""
    mark = f"LBT_DATA={workplace.data}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_text())
        except (OSError, UnicodeDecodeError):
            continue  # it has ended, or is another user's
    return found
