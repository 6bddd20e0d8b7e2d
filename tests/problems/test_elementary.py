"""Elementary word problems: right by construction, told apart from a wrong way, never in two roles."""

import re
from collections import defaultdict
from itertools import islice
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.errors import DataError
from lbt.grading import domain_named, grade
from lbt.problems import ProblemSettings, check_leakage, load_problems, question_key
from lbt.problems.elementary import draw_examples, side_of
from lbt.problems.elementary.drawing import FAMILIES, draw_numbers

UNHURRIED = hypothesis_settings(deadline=None, max_examples=100)
NUMBER = domain_named("number")
SUM = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+)")
DONE = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}


def problems(seed: int = 0, **options: object) -> pd.DataFrame:
    sizes = {"teaching": 64, "exam_per_family": 4, "evaluation": 64}
    return load_problems(ProblemSettings(source="elementary", **sizes | options), seed, NUMBER)[0]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return problems()


@UNHURRIED
@given(st.sampled_from(sorted(FAMILIES)), st.integers(8, 60), st.integers(0, 10**6))
def test_every_sum_of_a_rationale_is_true_and_only_the_right_way_is_right(
    name: str, largest: int, seed: int
) -> None:
    family, rng = FAMILIES[name], Random(seed)
    numbers = next(n for n in iter(lambda: family.draw(rng, largest), None) if family.is_sound(n))
    gold = str(family.right.answer(numbers))
    for way in (family.right, family.wrong):
        text = way.rationale(numbers)
        sums = SUM.findall(text)
        for one, sign, other, result in sums:
            assert DONE[sign](int(one), int(other)) == int(result) >= 0
            assert sign != "/" or int(one) % int(other) == 0
        assert text.endswith(f"\n#### {sums[-1][3]}")
        assert (grade(NUMBER, gold, text).verdict == "correct") == (way is family.right)
    assert len(SUM.findall(family.right.rationale(numbers))) == family.steps
    assert min(numbers) >= 2
    assert gold not in map(str, numbers)


@UNHURRIED
@given(st.sampled_from(sorted(FAMILIES)), st.integers(0, 10**6))
def test_a_question_names_every_number_and_nothing_of_its_form_is_left(name: str, seed: int) -> None:
    family, rng = FAMILIES[name], Random(seed)
    numbers = family.draw(rng, 20)
    question = family.question(numbers, rng)
    assert sorted(re.findall(r"\d+", question)) == sorted(map(str, numbers))
    assert not set("{}") & set(question)
    assert question.endswith("?")


def test_there_are_families_enough_with_wordings_and_numbers_enough() -> None:
    steps = [family.steps for family in FAMILIES.values()]
    assert set(steps) == {1, 2}
    assert len(steps) >= 20
    for family in FAMILIES.values():
        assert 2 <= len(set(family.questions)) <= 3
        for role, fewest in (("teaching", 20), ("exam", 12), ("evaluation", 12)):
            drawn = draw_numbers(family, role, 20, Random(0))
            assert len(list(islice(drawn, fewest))) == fewest


def test_no_problem_has_two_roles_whatever_the_seed() -> None:
    roles: dict[tuple[str, tuple[int, ...]], set[str]] = defaultdict(set)
    for seed in range(3):
        table = problems(seed, evaluation=200)
        check_leakage(table)
        for row in table.itertuples():
            numbers = tuple(sorted(map(int, re.findall(r"\d+", str(row.problem_id)))))
            roles[str(row.family), numbers].add(str(row.role))
            assert side_of(str(row.family), numbers) == row.role
    assert {len(of_one) for of_one in roles.values()} == {1}


def test_the_source_gives_what_is_wanted_evenly_and_each_problem_once(table: pd.DataFrame) -> None:
    counts = table.groupby(["role", "family"]).size()
    assert set(counts["teaching"]) == set(counts["evaluation"]) == {2}
    assert set(counts["exam"]) == {4}
    assert set(table["level"]) == {1, 2}
    assert table["problem_id"].is_unique
    assert table["question"].map(question_key).is_unique
    pd.testing.assert_frame_equal(table, problems())
    assert set(table["problem_id"]) != set(problems(1)["problem_id"])


def test_more_problems_keep_those_of_a_smaller_run(table: pd.DataFrame) -> None:
    fewer = problems(teaching=20, evaluation=0)
    assert set(fewer["problem_id"]) <= set(table["problem_id"])
    assert set(fewer["role"]) == {"teaching", "exam"}


def test_families_that_are_held_out_are_evaluated_and_never_taught(table: pd.DataFrame) -> None:
    held_out = ("gain", "change")
    found = problems(elementary={"families": ["loss", "join"], "held_out": held_out})
    roles = found.groupby("family")["role"].agg(set)
    assert roles["gain"] == roles["change"] == {"evaluation"}
    assert roles["loss"] == roles["join"] == {"teaching", "exam", "evaluation"}
    assert set(found["family"]) == {*held_out, "loss", "join"}


def test_families_of_one_step_can_be_had_alone_with_others_held_out() -> None:
    found = problems(elementary={"steps": 1, "held_out": ["change"]})
    assert set(found.loc[found["family"] != "change", "level"]) == {1}
    assert set(found.loc[found["family"] == "change", "role"]) == {"evaluation"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"families": ["gain", "gains"]}, "families names gains, but there is no such family"),
        ({"held_out": ["gains"]}, "held_out names gains"),
        ({"families": ["gain"], "held_out": ["gain"]}, "has no family to teach"),
        ({"families": ["gain"], "steps": 2}, "has no family to teach"),
    ],
)
def test_families_that_are_not_there_are_named(options: dict[str, list[str]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        problems(elementary=options)


def test_examples_have_numbers_that_no_run_has() -> None:
    for name, family in FAMILIES.items():
        examples = list(islice(draw_examples(name, 0), 5))
        assert len({example.question for example in examples}) == 5
        for example in examples:
            numbers = tuple(map(int, re.findall(r"\d+", example.question)))
            assert side_of(name, numbers) == "examples"
            assert family.right.why in example.right
            assert family.wrong.why in example.wrong


def test_larger_numbers_are_drawn_on_request() -> None:
    def largest(table: pd.DataFrame) -> int:
        return int(table["answer"].astype(int).max())

    assert largest(problems(elementary={"largest": 8})) < largest(problems(elementary={"largest": 60}))


def test_the_document_has_every_family() -> None:
    document = (Path(__file__).parents[2] / "docs/elementary.md").read_text()
    assert re.findall(r"^\| (\w+) \| [12] \|", document, re.MULTILINE) == list(FAMILIES)
    assert f"in {len(FAMILIES)} families" in " ".join(document.split())
