"""No problem of a run occurs in any pretraining corpus."""

from itertools import islice, permutations
from random import Random
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.errors import DataError
from lbt.pocket.corpus import CorpusSettings, documents
from lbt.pocket.problems import draw_problems, load_pocket_problems
from lbt.pocket.split import draw_numbers, in_corpora, is_held_out
from lbt.pocket.world import FAMILIES, Family, Numbers
from lbt.problems import ProblemSettings

CORPORA = {
    "teacher": CorpusSettings(one_shot_share=0.35, teacher=True),
    "student": CorpusSettings(one_shot_share=0.85, ignored_demo_share=0.1, families_without_one_shot=8),
}
LISTS = {"mean", "median", "spread"}
"""Their right answer is that of any order, of which none is left that no corpus holds."""
TOO_FEW = {"common_multiple", "weighted_mean"}
"""Their twins are in corpora, since else too few problems would be left."""


def _numbers(problem_id: str) -> tuple[str, tuple[int, ...]]:
    family, *numbers = problem_id.split("-")
    return family, tuple(map(int, numbers))


def _content(family: Family, numbers: Numbers) -> tuple[str, int, Numbers]:
    """What a problem and its twins have in common."""
    return family.name, family.answer(numbers), tuple(sorted(numbers))


def _reorderings(family: Family, numbers: Numbers) -> list[Numbers]:
    """All that are sound and have the same answer, this one included."""
    answer = family.answer(numbers)
    return [
        other for other in permutations(numbers) if family.is_sound(other) and family.answer(other) == answer
    ]


@pytest.mark.parametrize("name", FAMILIES)
def test_no_twin_of_a_held_out_problem_is_in_a_corpus(name: str) -> None:
    family, rng = FAMILIES[name], Random(name)
    for _ in range(100):
        numbers = draw_numbers(family, rng, held_out=True)
        assert numbers is not None
        leaked = [other for other in _reorderings(family, numbers) if in_corpora(family, other)]
        if name in LISTS:
            misled = family.misconception.solve(*numbers).answer
            leaked = [other for other in leaked if family.misconception.solve(*other).answer == misled]
        assert not leaked or name in TOO_FEW


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_held_out_was_held_out_when_the_embedded_models_were_made(name: str) -> None:
    family, rng = FAMILIES[name], Random(name)
    for _ in range(2000):
        numbers = family.draw(rng)
        held_out_then = crc32(repr((name, numbers)).encode()) % 5 == 0
        assert in_corpora(family, numbers) is not held_out_then
        assert held_out_then or not is_held_out(family, numbers)


def test_only_problems_of_a_family_count_as_its_twins() -> None:
    times = FAMILIES["order_of_operations"]  # 5+7*1 has no twin, since nobody is asked for 5+1*7
    assert [numbers for numbers in permutations((5, 7, 1)) if times.is_sound(numbers)] == [
        (5, 7, 1),
        (7, 5, 1),
    ]
    pens = FAMILIES["change"]
    assert set(_reorderings(pens, (50, 3, 5))) == {(50, 3, 5), (50, 5, 3)}


@pytest.mark.slow
@given(seed=st.integers(0, 10_000), lucky_share=st.sampled_from([0.0, 0.7, 1.0]))
@settings(max_examples=5, deadline=None)
def test_every_problem_of_a_run_is_held_out_and_occurs_once(seed: int, lucky_share: float) -> None:
    problems = draw_problems(
        teaching=84, exam_per_family=12, evaluation=560, lucky_share=lucky_share, seed=seed
    )
    assert problems["problem_id"].is_unique
    assert problems["question"].is_unique
    assert problems.groupby("role").size().to_dict() == {"teaching": 84, "exam": 336, "evaluation": 560}
    contents = set()
    for name, numbers in map(_numbers, problems["problem_id"]):
        assert is_held_out(FAMILIES[name], numbers)
        contents.add(_content(FAMILIES[name], numbers))
    assert len(contents) == len(problems)  # no twins either
    assert problems.groupby(["role", "family"]).size().unstack().min().min() >= 3
    assert problems[problems["role"] == "evaluation"].groupby("family").size().min() >= 15


@pytest.mark.parametrize("name", CORPORA)
def test_no_problem_of_a_run_occurs_in_a_corpus(name: str) -> None:
    problems = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=0.7, seed=0)
    questions = set(problems["question"])
    contents = {_content(FAMILIES[name], numbers) for name, numbers in map(_numbers, problems["problem_id"])}
    for document in islice(documents(CORPORA[name], "test"), 20_000):
        for turn in document:
            assert not is_held_out(FAMILIES[turn.family], turn.numbers)
            assert turn.question not in questions
            if turn.family not in LISTS | TOO_FEW:
                assert _content(FAMILIES[turn.family], turn.numbers) not in contents


@pytest.mark.slow
def test_lucky_share_is_the_share_of_lucky_teaching_problems_and_no_other_problem_is_lucky() -> None:
    none = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=0.0, seed=0)
    every = draw_problems(teaching=84, exam_per_family=12, evaluation=560, lucky_share=1.0, seed=0)
    assert not none["lucky"].any()
    assert not every[every["role"] != "teaching"]["lucky"].any()
    lucky_by_family = every[every["role"] == "teaching"].groupby("family")["lucky"].mean()
    assert lucky_by_family.pop("mean") == pytest.approx(2 / 3)  # two lucky means are all there are
    assert set(lucky_by_family) == {0.0, 1.0}


def test_the_same_seed_draws_the_same_problems_and_another_draws_others() -> None:
    def draw(seed: int) -> list[str]:
        problems = draw_problems(teaching=28, exam_per_family=3, evaluation=56, lucky_share=0.7, seed=seed)
        return list(problems["problem_id"])

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_more_built_in_problems_than_there_are_is_refused_at_once_with_their_number() -> None:
    with pytest.raises(DataError, match=r"problems\.teaching is 100,000, but no more than about 2,000"):
        load_pocket_problems(ProblemSettings(teaching=100_000), 0)
