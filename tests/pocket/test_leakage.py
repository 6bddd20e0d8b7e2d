"""No problem of a run occurs in any pretraining corpus."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.pocket.corpus import CorpusSettings, documents
from lbt.pocket.problems import draw_problems
from lbt.pocket.split import is_held_out
from lbt.pocket.world import FAMILIES

CORPORA = {
    "teacher": CorpusSettings(one_shot_share=0.35, teacher=True),
    "student": CorpusSettings(one_shot_share=0.85, ignored_demo_share=0.1, families_without_one_shot=8),
}


def _numbers(problem_id: str) -> tuple[str, tuple[int, ...]]:
    family, *numbers = problem_id.split("-")
    return family, tuple(map(int, numbers))


@given(seed=st.integers(0, 10_000), lucky_share=st.sampled_from([0.0, 0.7, 1.0]))
@settings(max_examples=5, deadline=None)
def test_every_problem_of_a_run_is_held_out_and_occurs_once(seed: int, lucky_share: float) -> None:
    problems = draw_problems(
        teaching=84, exam_per_family=12, evaluation=560, lucky_share=lucky_share, seed=seed
    )
    assert problems["problem_id"].is_unique
    assert problems["question"].is_unique
    assert problems.groupby("role").size().to_dict() == {"teaching": 84, "exam": 336, "evaluation": 560}
    for family, numbers in map(_numbers, problems["problem_id"]):
        assert is_held_out(FAMILIES[family], numbers)


@pytest.mark.parametrize("name", CORPORA)
def test_no_problem_of_a_run_occurs_in_a_corpus(name: str) -> None:
    problems = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=0.7, seed=0)
    questions = set(problems["question"])
    for document in islice(documents(CORPORA[name], "test"), 20_000):
        for turn in document:
            assert not is_held_out(FAMILIES[turn.family], turn.numbers)
            assert turn.question not in questions


def test_lucky_share_is_the_share_of_lucky_teaching_problems_and_no_other_problem_is_lucky() -> None:
    none = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=0.0, seed=0)
    every = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=1.0, seed=0)
    assert not none["lucky"].any()
    assert not every[every["role"] != "teaching"]["lucky"].any()
    lucky_by_family = every[every["role"] == "teaching"].groupby("family")["lucky"].mean()
    assert set(lucky_by_family) == {0.0, 1.0}


def test_the_same_seed_draws_the_same_problems_and_another_draws_others() -> None:
    def draw(seed: int) -> list[str]:
        problems = draw_problems(teaching=28, exam_per_family=3, evaluation=56, lucky_share=0.7, seed=seed)
        return list(problems["problem_id"])

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
