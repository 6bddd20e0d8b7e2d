"""The grader on data that no one here wrote; skipped where it is not at hand."""

import json
from collections import Counter
from itertools import pairwise

import pytest
from tests.real_data import DATA, needs_real_data

from lbt.grading import Attempt, domain_named, grade_many
from lbt.grading.domains.math.equality import equal_quickly
from lbt.grading.domains.math.reading import read_math
from lbt.grading.domains.math.verification import equal_slowly

SOURCES = ["math500_test", "math_fneval_originals", "math_fneval_variants"]
SOLUTIONS = [
    "We add $2 + 2 = 4$ and go on.\n\n[[Final Answer]]:\n${}$",
    "We know that $x = 3$, so in the end we have $\\boxed{{{}}}$.",
    "First, 2 + 2 = 4.\nThe answer is: ${}$",
    "2 + 2 = <<2+2=4>>4\n#### {}",
]
# Neighbours that differ in writing only.
EQUAL_NEIGHBOURS = {("x=5", "5"), ("120", "120^\\circ")}
BROKEN = {"_7"}

MATH = domain_named("math")

pytestmark = [pytest.mark.slow, needs_real_data]


def rows_of(name: str) -> list[dict[str, str]]:
    return [
        json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    ]


def golds_of(name: str) -> list[str]:
    return [row["answer"] for row in rows_of(name)]


@pytest.mark.parametrize("solution", SOLUTIONS)
@pytest.mark.parametrize("name", SOURCES)
def test_every_gold_answer_is_right_for_itself(name: str, solution: str) -> None:
    golds = golds_of(name)
    graded = grade_many(MATH, [Attempt(gold, solution.format(gold)) for gold in golds])
    verdicts = {(gold, each.verdict) for gold, each in zip(golds, graded, strict=True)}
    broken = {(gold, "error") for gold in golds if gold in BROKEN}
    assert {pair for pair in verdicts if pair[1] != "correct"} == broken


@pytest.mark.parametrize("name", SOURCES)
def test_every_gold_answer_is_wrong_for_the_next_problem(name: str) -> None:
    golds = golds_of(name)
    pairs = [
        (gold, SOLUTIONS[1].format(other))
        for other, gold in pairwise(golds)
        if MATH.canonical(gold) != MATH.canonical(other) and not BROKEN & {gold, other}
    ]
    graded = grade_many(MATH, [Attempt(*pair) for pair in pairs])
    passed = {
        (gold, text.split("\\boxed{")[1][:-3])
        for (gold, text), each in zip(pairs, graded, strict=True)
        if each.verdict != "wrong"
    }
    assert {(one, other) for one, other in passed} <= {
        pair[::-1] for pair in EQUAL_NEIGHBOURS
    } | EQUAL_NEIGHBOURS


def test_the_quick_comparison_says_what_math_verify_says() -> None:
    pairs: set[tuple[str, str]] = set()
    for name in SOURCES:
        tidied = [answer for gold in golds_of(name) if (answer := MATH.canonical(gold))]
        pairs |= set(pairwise(tidied[:300])) | {(each, each) for each in tidied[:300]}
    for row in rows_of("model_outputs_sample"):
        gold, answer = MATH.canonical(row["gold_answer"]), read_math(row["completion"]).answer
        if gold is not None and answer is not None:
            pairs.add((gold, answer))
    quick = {pair: equal for pair in pairs if (equal := equal_quickly(*pair)) is not None}
    assert len(quick) > 1000
    assert {pair for pair, equal in quick.items() if equal_slowly(*pair) != equal} == set()


def test_real_outputs_are_graded_as_the_table_in_the_docs_says() -> None:
    rows = rows_of("model_outputs_sample")
    graded = grade_many(MATH, [Attempt(row["gold_answer"], row["completion"]) for row in rows])
    assert Counter(each.verdict for each in graded) == {
        "wrong": 209,
        "correct": 154,
        "no_answer": 116,
        "error": 1,
    }
