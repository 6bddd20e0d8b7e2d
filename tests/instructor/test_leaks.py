"""Promises of the checks of new questions: none of the held-out ones, and none twice."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbt.instructor.leaks import EvaluationQuestions, Seen
from lbt.pocket.problems import draw_problems
from lbt.pocket.variants import draw_variants
from lbt.pocket.world import FAMILIES

WORDS = st.lists(
    st.sampled_from(["what", "is", "the", "sum", "of", "12", "7", "apples"]), min_size=2, max_size=8
)


@given(WORDS, st.randoms(use_true_random=False))
def test_a_held_out_question_leaks_in_any_case_punctuation_and_order(words: list[str], draw: Random) -> None:
    held_out = EvaluationQuestions([" ".join(words) + "?"])
    mixed = draw.sample(words, len(words))
    assert " ".join(mixed).title() + "." in held_out
    assert f"  {'   '.join(mixed)}  " in held_out
    assert " ".join([*mixed, "more"]) not in held_out


def test_the_same_sum_the_other_way_round_is_a_leak_and_another_number_is_not() -> None:
    held_out = EvaluationQuestions(["What is 23 + 45?"])
    assert "What is 45+23?" in held_out
    assert "What is 45+24?" not in held_out


@given(st.lists(WORDS.map(" ".join), max_size=20))
def test_of_equal_questions_the_first_alone_is_new(questions: list[str]) -> None:
    seen = Seen(["already known"])
    new = [question for question in questions if seen.add(question)]
    assert len(new) == len(set(questions))
    assert not any(seen.add(question.upper() + " .") for question in questions)
    assert not seen.add("Already known?")


def test_no_variant_is_a_problem_of_the_run() -> None:
    problems = draw_problems(teaching=28, exam_per_family=1, evaluation=56, lucky_share=0.5, seed=3)
    everything = Seen(problems["question"])
    for name in FAMILIES:
        draws = draw_variants(name, True, Random(name))
        for _, (question, answer) in zip(range(10), draws, strict=False):
            assert question not in everything
            assert answer == str(int(answer))


@pytest.mark.parametrize("lucky", [False, True])
def test_variants_are_lucky_if_that_is_asked_for(lucky: bool) -> None:
    """23+45 needs no carry: there the misconception, to drop it, gives the right answer."""
    draws = draw_variants("column_plus", lucky, Random(0))
    for _, (question, _) in zip(range(20), draws, strict=False):
        ones = [int(number) % 10 for number in re.findall("[0-9]+", question)]
        assert (sum(ones) < 10) == lucky
