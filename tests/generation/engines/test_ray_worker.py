"""What an actor does, called as Ray calls it; no cluster is needed."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.generation.engines.ray_crews import prompts
from tests.generation.engines.ray_scripts import scripted

from lbt.generation import ModelSettings, Prompt, RaySettings, identify_model, open_engine
from lbt.generation.engines.ray.worker import Order, Reply, Worker, order_for

ROOT = Path(__file__).parents[3]
STUDENT = ROOT / "src/lbt/pocket/models/student_weak"


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine of which one process may have all; an actor sets its own."""
    monkeypatch.setenv("OMP_NUM_THREADS", "64")


def order(model: ModelSettings) -> Order:
    return order_for(model, identify_model(model, "exams"), open_engine)


def asked(name: str, count: int) -> tuple[Worker, list[Prompt]]:
    worker = Worker(order(scripted(name)))
    assert worker.open().refusal == ""
    questions = [replace(prompt, messages=(("user", prompt.text),)) for prompt in prompts(count)]
    return worker, questions


def replies(worker: Worker, first: list[Prompt]) -> Iterator[Reply]:
    reply = worker.exchange(first, 0.01)
    yield reply
    while not reply.idle and not reply.failure:
        reply = worker.exchange([], 0.01)
        yield reply


def test_results_come_while_the_engine_works_on_and_each_comes_once() -> None:
    worker, questions = asked("slow", 60)
    seen = [reply.results for reply in replies(worker, questions)]
    assert len(seen) > 3
    assert [result.key for results in seen for result in results] == [prompt.key for prompt in questions]


def test_new_prompts_join_those_that_wait() -> None:
    worker, questions = asked("slow", 60)
    first = worker.exchange(questions[:30], 0.0)
    assert not first.idle
    rest = [result for reply in replies(worker, questions[30:]) for result in reply.results]
    assert len(first.results) + len(rest) == 60
    time.sleep(0.05)
    again = [result for reply in replies(worker, questions[:3]) for result in reply.results]
    assert len(again) == 3


def test_an_engine_that_fails_says_why_and_gives_what_it_has() -> None:
    worker, questions = asked("failing", 3)
    *_, last = replies(worker, questions)
    assert last.failure == "RuntimeError: CUDA error"


@pytest.mark.parametrize(("cpus", "threads"), [(1, "1"), (0.5, "1"), (8, "8")])
def test_an_engine_computes_with_as_many_threads_as_its_actor_has_cpus(cpus: float, threads: str) -> None:
    model = scripted("threads").model_copy(
        update={"engine": "ray", "ray": RaySettings(engine="scripted", cpus=cpus)}
    )
    worker = Worker(order_for(model, identify_model(model, "exams"), open_engine))
    assert worker.open().refusal == ""
    [answer] = [one.results[0] for one in replies(worker, prompts(1)) if one.results]
    assert answer.completion is not None
    assert answer.completion.text == threads


def test_a_model_that_this_machine_does_not_see_is_refused_with_what_to_do(tmp_path: Path) -> None:
    copy = tmp_path / "student"
    shutil.copytree(STUDENT, copy)
    seen = order(ModelSettings(path=str(copy)))
    shutil.rmtree(copy)
    assert f"there is no {copy}. Put it on a file system" in Worker(seen).open().refusal


def test_an_embedded_model_comes_with_the_code() -> None:
    seen = order(ModelSettings(path=str(STUDENT)))
    elsewhere = replace(seen, identity=replace(seen.identity, folder="/another/machine/src/lbt/student_weak"))
    assert Worker(elsewhere).open().refusal == ""


def test_another_model_under_the_same_path_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "student"
    shutil.copytree(STUDENT, copy)
    seen = order(ModelSettings(path=str(copy)))
    config = copy / "config.json"
    config.write_text(config.read_text() + " ")
    assert "its files differ" in Worker(seen).open().refusal


def test_a_script_that_this_machine_does_not_see_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "answers.jsonl"
    script.write_text('{"answers": ["1"]}')
    seen = order(ModelSettings(engine="scripted", path=str(script)))
    script.unlink()
    assert f"there is no {script}" in Worker(seen).open().refusal


def test_paths_mean_the_same_in_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    seen = order(ModelSettings(path="src/lbt/pocket/models/student_weak"))
    monkeypatch.chdir(tmp_path)
    assert Worker(seen).open().refusal == ""
