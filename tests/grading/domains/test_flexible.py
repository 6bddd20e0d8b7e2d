"""Answers in ordinary prose: found by the rule "last sentence", and never where a text hedges or denies."""

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading import GradingSettings, domain_named, grade

DOMAINS = [domain_named("number"), domain_named("math")]
STRICT = [domain_named(name, GradingSettings(extraction="strict")) for name in ("number", "math")]
UNHURRIED = hypothesis_settings(deadline=None, max_examples=60)

STATED = [
    ("18", "She makes 9 * 2 = $<<9*2=18>>18 a day"), ("-5", "so the result is -5."),
    ("60", "28 + 32 = 60. That is it."),
    ("12", "Therefore, it took her 12 minutes. I hope this helps!"), ("1234", "In all, they paid $1,234."),
    ("9", "In total he scored 4+5=9 points in the 40 minutes"), ("22", "It rang 4 + 12 + 6 = 22 times."),
    ("2.5", "So each gets 2 1/2 cakes."), ("3000000", "The town has 3 million people."),
    ("60", "60 = 28 + 32"),
    ("7", "1. We add 3 and 4.\n2. So there are 7 apples.\n\nThis solves the problem."),
]  # fmt: skip
NOT_STATED = [
    ("4", "It is 3 or 4."), ("4", "It is either 3 or 4."), ("4", "Perhaps 4."), ("4", "It could be 4."),
    ("4", "Is it 4?"), ("4", "It is 3. Or it is 4."), ("4", "It is not 4."),
    ("4", "She has more than 4 apples."),
    ("4", "He has 4 times as many."), ("4", "The area is 4π."), ("4", r"The area is 4 \pi."),
    ("2", "It is 3^2."),
    ("4", "Step 4: we add."), ("4", "1. We add.\n4. We stop."), ("2", "We get 5 - 2"),
    ("4", "between 3 and 4"),
    ("4", "from 3 to 4"), ("4", "It takes 3-4 days."), ("30", "It is 12:30."), ("10", "7 out of 10"),
    ("2", "The answer is 2 and a half."), ("4", "3 + 1 = 4. So the answer is not known."), ("4", "4 ="),
    ("4", "3 + 4 ="), ("32", "60 = 28 + 32"), ("4", "It is the 4th."),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "text"), STATED)
def test_the_last_number_of_the_last_sentence_with_one_is_the_answer(gold: str, text: str) -> None:
    for domain in DOMAINS:
        assert grade(domain, gold, text).verdict == "correct"
    graded = grade(DOMAINS[0], gold, text)
    assert graded.rule == "last sentence"


@pytest.mark.parametrize(("gold", "text"), NOT_STATED)
def test_what_a_text_does_not_state_is_not_right(gold: str, text: str) -> None:
    for domain in DOMAINS:
        assert grade(domain, gold, text).verdict != "correct"


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("x<3", "We find that $x < 3$."),
        ("9", r"Answer \( 9 \)"),
        ("2/3", "Hence Alice wins with the probability $2/3$."),
        (r"\sqrt{2}", r"So the side of the square has the length $\sqrt{2}$ cm. This is the end."),
        ("(7,6)", "So, the pair $(x, y)$ that solves the system is $(7, 6)$."),
    ],
)
def test_the_last_formula_is_the_answer(gold: str, text: str) -> None:
    assert grade(DOMAINS[1], gold, text).verdict == "correct"


def test_strict_extraction_takes_marked_answers_only() -> None:
    for domain in STRICT:
        assert grade(domain, "5", "So the sum is 5.").verdict == "no_answer"
        assert grade(domain, "5", "So the sum is\n5").verdict == "no_answer"
        for marked in (
            "#### 5",
            r"\boxed{5}",
            "Answer: 5",
            "<answer>5</answer>",
            "[[Final Answer]]:\n5",
            "A: 5",
        ):
            assert grade(domain, "5", marked).verdict == "correct"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("#### 10", "truncated"),  # of 105
        ("#### 10 ", "truncated"),  # of 10 000
        ("#### 10\nThe next", "correct"),
        ("The answer is 10", "truncated"),
        ("The answer is 10.", "truncated"),  # of 10.5
        ("The answer is 10. So", "correct"),
        ("Answer: 10\n", "correct"),
        ("[[Final Answer]]:\n10", "truncated"),
        ("[[Final Answer]]:\n10\n", "correct"),
        ("<answer>10", "truncated"),
        ("<answer>10</answer>", "correct"),
        (r"so \boxed{10}", "correct"),
        (r"so \boxed{10", "truncated"),
        ("So it is 10. We", "truncated"),
        ("#### 10\n#### 1", "truncated"),
        ("10\n[[Question]]:\nWhat", "truncated"),
    ],
)
def test_in_a_text_that_was_cut_an_answer_counts_if_something_stands_after_it(
    text: str, verdict: str
) -> None:
    assert grade(DOMAINS[0], "10", text, "length").verdict == verdict
    if "Question" not in text:
        assert grade(DOMAINS[1], "10", text, "length").verdict == verdict


NUMBERS = st.integers(-999, 999)
BETWEEN = st.sampled_from(
    [" or ", ", or ", " and ", ", ", " or maybe ", " or perhaps ", "/", " to ", " - ", "; "]
)
FORMS = st.sampled_from(
    [
        "It is {}.",
        "So the result is {} apples.",
        "Answer: {}",
        "#### {}",
        "The answer is {}.",
        r"\boxed{{{}}}",
        "{}",
    ]
)


@UNHURRIED
@given(NUMBERS, NUMBERS, BETWEEN, FORMS)
def test_a_hedge_of_two_numbers_passes_for_neither(one: int, other: int, between: str, form: str) -> None:
    assume(one != other and not (between in ("/", " - ") and other in (0, 1, -1)))
    text = form.format(f"{one}{between}{other}")
    for domain in DOMAINS:
        for gold in {one, other} - {one - other, one + other}:
            assert grade(domain, str(gold), text).verdict != "correct", (domain.name, text, gold)


@UNHURRIED
@given(NUMBERS, st.integers(1, 50), FORMS)
def test_another_number_is_never_right(number: int, more: int, form: str) -> None:
    for domain in DOMAINS:
        for other in (number + more, number - more, 10 * number + 1):
            assert grade(domain, str(other), form.format(number)).verdict != "correct"


@UNHURRIED
@given(st.integers(0, 10**9), st.integers(1, 9), FORMS)
def test_a_number_cut_in_the_middle_is_never_right(number: int, digit: int, form: str) -> None:
    whole = form.format(f"{number}{digit}")
    cut = whole[: whole.index(f"{number}{digit}") + len(str(number))]
    for domain in DOMAINS:
        assert grade(domain, str(number), cut, "length").verdict == "truncated"
