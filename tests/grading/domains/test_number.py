"""Tables of (gold, text, finish reason, verdict), grouped by where such answers come from."""

import time

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading import domain_named, grade, read_number

NUMBER, TEXT = domain_named("number"), domain_named("text")
UNHURRIED = hypothesis_settings(deadline=None, max_examples=50)

GSM8K = [
    ("18", "She makes 9 * 2 = $<<9*2=18>>18.\n#### 18", "stop", "correct"),
    ("18", "#### 18\n", "stop", "correct"),
    ("18", "####18", "stop", "correct"),
    ("1210", "#### 1,210", "stop", "correct"),
    ("1,210", "#### 1210", "stop", "correct"),
    ("18", "#### $18", "stop", "correct"),
    ("18", "#### $18.00", "stop", "correct"),
    ("18", "#### 18 dollars", "stop", "correct"),
    ("-2", "#### -2", "stop", "correct"),
    ("-2", "#### −2", "stop", "correct"),
    ("-2", "#### 2", "stop", "wrong"),
    ("18", "#### 19", "stop", "wrong"),
    ("18", "#### 12\nNo, wait.\n#### 18", "stop", "correct"),
    ("12", "#### 12\nNo, wait.\n#### 18", "stop", "wrong"),
    ("121", "#### 1,21", "stop", "no_answer"),
    ("18", "#### 18", "length", "truncated"),
    ("18", "She makes 9 * 2 =", "length", "truncated"),
    ("18", "She makes 9 * 2 = 18", "stop", "correct"),
    ("18", "####", "stop", "no_answer"),
    ("18", "#### 18 or 19", "stop", "no_answer"),
    ("2", "#### 2 and a half", "stop", "no_answer"),
    ("2", "#### 2 million", "stop", "wrong"),
]
FRACTIONS_AND_DECIMALS = [
    ("3/4", "#### 0.75", "stop", "correct"),
    ("0.75", "#### 3/4", "stop", "correct"),
    ("0.5", "#### .5", "stop", "correct"),
    ("3", "#### 3.", "stop", "correct"),
    ("3/2", "#### 1 1/2", "stop", "correct"),
    ("1/3", "#### 0.333", "stop", "wrong"),
    ("1/3", "#### 2/6", "stop", "correct"),
    ("0.1", "#### 0.10000000000000001", "stop", "wrong"),
    ("12", "#### 12 %", "stop", "correct"),
    ("12%", "#### 12", "stop", "correct"),
    ("0.12", "#### 12%", "stop", "wrong"),
    ("3", "#### 3/0", "stop", "no_answer"),
    ("10", "#### 10²", "stop", "no_answer"),
    ("2", "#### 2π", "stop", "no_answer"),
]
CHAT_MODELS = [
    ("18", "**Step 1**\n#### Final answer\n\\boxed{18}", "stop", "correct"),
    ("18", "#### 3. Add up\n\\boxed{18}", "stop", "correct"),
    ("18", "So \\boxed{12} at first, then \\boxed{18}.", "stop", "correct"),
    ("3/4", "$\\boxed{\\frac{3}{4}}$", "stop", "correct"),
    ("35", "\\boxed{35 \\text{ ft}}", "stop", "correct"),
    ("50", "\\boxed{50\\%}", "stop", "correct"),
    ("1210", "\\boxed{1{,}210}", "stop", "correct"),
    ("18", "\\boxed{18", "length", "truncated"),
    ("18", "[[Final Answer]]:\n$18$", "stop", "correct"),
    ("18", "[[Final Answer]]: 18", "stop", "correct"),
    ("18", "The answer is 18.", "stop", "correct"),
    ("18", "So the final answer is: **18**. Next question: 3 + 4?", "stop", "correct"),
    ("18.5", "The answer is 18.5 dollars.", "stop", "correct"),
    ("5", "#### x = 5", "stop", "correct"),
    ("18", "The answer is not known.", "stop", "no_answer"),
]
NOTHING = [
    ("", "####", "stop", "no_answer"),
    ("", "#### ", "stop", "no_answer"),
    ("", "", "stop", "no_answer"),
    ("", "", "length", "truncated"),
    ("", "#### 0", "stop", "wrong"),
    ("nothing", "#### 0", "stop", "wrong"),
    ("None", "#### None", "stop", "no_answer"),
    ("nan", "#### nan", "stop", "no_answer"),
]
TEXTS = [
    ("True", "#### true.", "stop", "correct"),
    ("faulty generalization", "The answer is **Faulty  Generalization**.", "stop", "correct"),
    ("yes", "#### no", "stop", "wrong"),
    ("yes", "#### .", "stop", "no_answer"),
    ("", "#### .", "stop", "no_answer"),
    ("", "#### ", "stop", "no_answer"),
    (".", "#### yes", "stop", "wrong"),
]


@pytest.mark.parametrize(
    ("gold", "text", "finish_reason", "verdict"),
    GSM8K + FRACTIONS_AND_DECIMALS + CHAT_MODELS + NOTHING,
)
def test_numbers_are_graded(gold: str, text: str, finish_reason: str, verdict: str) -> None:
    assert grade(NUMBER, gold, text, finish_reason).verdict == verdict


@pytest.mark.parametrize(("gold", "text", "finish_reason", "verdict"), TEXTS)
def test_texts_are_graded(gold: str, text: str, finish_reason: str, verdict: str) -> None:
    assert grade(TEXT, gold, text, finish_reason).verdict == verdict


def test_equal_answers_have_one_spelling() -> None:
    spellings = ["#### 1,210", "#### $1210.00", "\\boxed{1210}", "The answer is 1210 eggs."]
    assert {grade(NUMBER, "1", text).answer for text in spellings} == {"1210"}


def test_the_rule_that_found_the_answer_is_named() -> None:
    assert grade(NUMBER, "3", "\\boxed{4} #### 3").rule == "####"
    assert grade(NUMBER, "3", "nothing here").rule is None


@UNHURRIED
@given(st.integers(-(10**30), 10**30))
def test_an_integer_equals_itself_however_it_is_written(number: int) -> None:
    for written in (f"{number}", f"{number:,}", f"{number}.0", f"{number}/1", f"{number} km"):
        assert grade(NUMBER, str(number), f"#### {written}").verdict == "correct"
        assert grade(NUMBER, written, f"#### {number}").verdict == "correct"


@UNHURRIED
@given(st.integers(-(10**20), 10**20))
def test_a_neighbour_of_a_huge_integer_is_wrong(number: int) -> None:
    assert grade(NUMBER, str(number), f"#### {number + 1}").verdict == "wrong"


@UNHURRIED
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_equals_itself(number: object) -> None:
    assert grade(NUMBER, str(number), f"#### {number}").verdict == "correct"


@UNHURRIED
@given(st.integers(-1000, 1000), st.integers(1, 1000))
def test_a_fraction_equals_itself(numerator: int, denominator: int) -> None:
    written = f"{numerator}/{denominator}"
    assert grade(NUMBER, written, f"#### {written}").verdict == "correct"


@UNHURRIED
@given(st.text(), st.text(), st.sampled_from(["stop", "length"]))
def test_any_text_gets_a_verdict(gold: str, text: str, finish_reason: str) -> None:
    for domain in (NUMBER, TEXT):
        graded = grade(domain, gold, f"{text} #### {text}", finish_reason)
        assert (graded.answer is None) == (graded.verdict in ("no_answer", "truncated"))


@pytest.mark.parametrize(
    "monster",
    [
        "9" * 10_000,
        "1" + "0" * 100_000,
        "1e9999",
        "1" + "," * 50_000,
        "1 " * 50_000,
        "a " * 50_000,
        "-" * 50_000,
    ],
)
def test_monstrous_answers_do_not_hang(monster: str) -> None:
    started = time.process_time()
    assert grade(NUMBER, "9", f"#### {monster}").verdict == "no_answer"
    assert grade(NUMBER, "9", "\\boxed{" * 2000 + monster).verdict == "no_answer"
    assert time.process_time() - started < 2


def test_a_304_digit_answer_is_compared_exactly() -> None:
    gold = "7" * 304
    assert grade(NUMBER, gold, f"\\boxed{{{gold}}}").verdict == "correct"
    assert grade(NUMBER, gold, f"\\boxed{{{gold[:-1]}8}}").verdict == "wrong"
    assert read_number(gold) == int(gold)
