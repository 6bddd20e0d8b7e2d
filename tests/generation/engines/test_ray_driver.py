"""The loop that keeps actors at work, with crews that die as they are told; no cluster is needed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from tests.generation.engines.ray_crews import ScriptedCrew, prompts

from lbt.errors import ModelError
from lbt.generation import Generated, Prompt
from lbt.generation.engines.ray.driver import Driver
from lbt.generation.engines.ray.work import Work
from lbt.generation.engines.ray.worker import Opened, Reply

SIZE, AHEAD = 8, 3


def driver(crew: Any, tries: int = 3) -> Driver:
    return Driver(crew, "exams", SIZE, AHEAD, tries)


def answers(crew: Any, asked: list[Prompt], tries: int = 3) -> list[Generated]:
    return list(driver(crew, tries).generate(asked))


def places(results: list[Generated]) -> list[tuple[str, int]]:
    return sorted((result.key, result.sample_index) for result in results)


def wanted(asked: list[Prompt]) -> list[tuple[str, int]]:
    return sorted((prompt.key, index) for prompt in asked for index in prompt.samples)


@pytest.mark.parametrize("seed", range(20))
def test_every_sample_comes_once_however_actors_die(seed: int) -> None:
    asked = prompts(300, samples=2)
    crew = ScriptedCrew(4, seed, deaths=0.1, lost=0.5)
    results = answers(crew, asked, tries=50)
    assert crew.died > 1
    assert places(results) == wanted(asked)
    assert all(result.completion for result in results)


@pytest.mark.parametrize("seed", range(20))
def test_what_kills_its_actors_fails_alone(seed: int) -> None:
    asked = prompts(400)
    poison = {asked[90].key, asked[91].key, asked[300].key}
    crew = ScriptedCrew(4, seed, poison=lambda prompt: prompt.key in poison)
    results = answers(crew, asked)
    assert places(results) == wanted(asked)
    failed = {result.key: result.failure for result in results if result.completion is None}
    assert set(failed) == poison
    assert all("3 times or more" in why and "segmentation fault" in why for why in failed.values())
    assert crew.died < 40, "a group is split into eighths, not searched one by one"


def test_a_lost_machine_is_nobodys_fault() -> None:
    asked = prompts(50)
    results = answers(ScriptedCrew(2, deaths=0.5, lost=1.0), asked, tries=1)
    assert places(results) == wanted(asked)
    assert all(result.completion for result in results)


def test_actors_that_only_die_end_the_run_with_what_they_died_of() -> None:
    with pytest.raises(ModelError, match=r"actors died one after the other.*segmentation fault.*is stored"):
        answers(ScriptedCrew(4, poison=lambda prompt: True), prompts(10_000), tries=30)


def test_an_actor_holds_so_much_and_no_more_is_read_than_is_needed() -> None:
    taken = 0

    def feed() -> Iterator[Prompt]:
        nonlocal taken
        for prompt in prompts(30_000):
            taken += 1
            yield prompt

    crew = ScriptedCrew(3)
    for count, _ in enumerate(driver(crew).generate(feed()), start=1):
        assert taken - count <= 1024 + 3 * SIZE * AHEAD
    assert count == 30_000
    assert crew.most_held <= SIZE * AHEAD


def test_neighbours_go_to_one_actor() -> None:
    crew = ScriptedCrew(3)
    answers(crew, prompts(5000))
    numbers = [[int(key) for key in group] for group in crew.groups if group]
    runs = [sum(b != a + 1 for a, b in pairwise(group)) for group in numbers]
    assert sum(runs) <= len(numbers) * (AHEAD - 1)


def test_few_prompts_are_shared_by_all_actors() -> None:
    crew = ScriptedCrew(4)
    answers(crew, prompts(20))
    assert {number for number, _ in crew.calls} == {0, 1, 2, 3}
    assert max(map(len, crew.groups)) <= 15


def test_the_last_prompts_go_out_a_few_together_but_none_is_kept_from_an_idle_actor() -> None:
    crew = ScriptedCrew(2)
    list(Driver(crew, "a model", size=64, ahead=2, tries=3).generate(prompts(1000)))
    sizes = [len(group) for group in crew.groups if group]
    assert sum(size < 8 for size in sizes) <= 2
    crew = ScriptedCrew(8)
    list(Driver(crew, "a model", size=64, ahead=2, tries=3).generate(prompts(16)))
    assert max(map(len, crew.groups)) <= 2


def test_a_driver_can_be_asked_again_and_what_an_abandoned_call_left_is_not_taken_for_an_answer() -> None:
    pool = driver(ScriptedCrew(2))
    abandoned = pool.generate(prompts(100))
    next(abandoned)
    abandoned.close()
    asked = prompts(100, samples=3)[50:]
    assert places(list(pool.generate(asked))) == wanted(asked)


class Silent(ScriptedCrew):
    """An engine that gives nothing for one of its prompts."""

    def _answer(self, actor: Any) -> Reply:
        actor.waiting = [(prompt, index) for prompt, index in actor.waiting if prompt.key != "000007"]
        return super()._answer(actor)


def test_what_an_engine_leaves_out_does_not_hold_up_the_rest() -> None:
    results = answers(Silent(2), prompts(40))
    assert "000007" not in {result.key for result in results}
    assert len(results) == 39


class Refusing(ScriptedCrew):
    """Some of its machines do not have the model."""

    def __init__(self, size: int, without: set[int]) -> None:
        super().__init__(size)
        self.without = without

    def start(self, number: int) -> int:
        super().start(number)
        refusal = "there is no /models/llama" if number in self.without else ""
        return self._later(lambda: Opened(f"machine {number}", "1", refusal))


def test_machines_without_the_model_are_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    asked = prompts(100)
    assert places(answers(Refusing(3, {1}), asked)) == wanted(asked)
    assert "machine 1: there is no /models/llama" in caplog.text


def test_without_any_machine_that_has_the_model_nothing_is_asked() -> None:
    with pytest.raises(ModelError, match=r"exams: no actor can open the model .*there is no /models/llama"):
        driver(Refusing(2, {0, 1})).wait_until_ready()


class Failing(ScriptedCrew):
    """An engine that ends with an error now and then, its process still there."""

    def _answer(self, actor: Any) -> Reply:
        reply = super()._answer(actor)
        broken = self._random.random() < 0.1
        return Reply(reply.results, False, "RuntimeError: CUDA error") if broken else reply


def test_an_actor_whose_engine_failed_is_replaced() -> None:
    asked, crew = prompts(300), Failing(3)
    assert places(answers(crew, asked, tries=50)) == wanted(asked)
    assert crew.dismissed
    assert max(incarnation for _, incarnation in crew.calls) > 0


def test_work_counts_the_deaths_of_a_prompt_and_yields_it_once() -> None:
    work = Work(prompts(9), size=9, tries=3)
    group = work.take(9, alone=True)
    given_up: list[str] = []
    deaths = 0
    while group is not None:
        poisoned = any(prompt.key == "000004" for prompt in group.prompts)
        if poisoned:
            deaths += 1
            given_up += [prompt.key for prompt in work.died(group)]
        group = work.take(9, alone=True)
    assert given_up == ["000004"]
    assert deaths == 4
    assert not work
