"""Tables of (gold, text, finish reason, verdict) for answers that choose."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading import GradingSettings, domain_named, grade

CHOICE = domain_named("choice")
STRICT = domain_named("choice", GradingSettings(extraction="strict"))
LETTERS = [
    ("B", text, "stop", "correct")
    for text in (
        "(B)", "B.", "B", "b)", "**B**", "Answer: B", "ANSWER: (B)", "A: B", "The answer is B.", "#### B",
        "the correct option is B", "The correct answer is option B", r"\boxed{B}", r"\boxed{\text{(B)}}",
        "[[Final Answer]]:\nB", "<answer>B</answer>", "B) 12 apples", "B. It is the only one that is even",
        "We compare them all.\nSo the answer must be (B).", "Therefore, I choose option B.",
        "It is not A because it is odd, so it is B.", "The answer is B, because A and C are odd.",
        "The best choice is: **B**", "B\n\nBecause the others are odd.", "Final answer: `B`",
    )
]  # fmt: skip
WORDS = [
    (gold, text, "stop", "correct")
    for gold, text in (
        ("yes", "Yes, because it is even."), ("yes", "Yes"), ("no", "No."), ("no", "no, it is not"),
        ("true", "**True**"), ("false", "The statement is false."), ("yes", "Answer: Yes"),
        ("no", "The answer is no."),
        ("yes", "It is even.\nSo the answer is yes."), ("true", r"\boxed{\text{True}}"), ("Yes", "yes"),
        ("false", "[[Final Answer]]: False"), ("no", "No - it is odd."),
    )
]  # fmt: skip
WRONG = [
    ("B", "(C)", "stop", "wrong"),
    ("B", "The answer is C.", "stop", "wrong"),
    ("yes", "No, because it is odd.", "stop", "wrong"),
    ("yes", "True", "stop", "wrong"),
    ("yes", "Yes, at first sight. But the answer is no.", "stop", "wrong"),
    ("true", "The statement is false.", "stop", "wrong"),
]
NOTHING = [
    (gold, text, "stop", "no_answer")
    for gold, text in (
        ("B", "A or B"), ("B", "The answer is A or B."), ("B", "Either A or B."), ("B", r"\boxed{A, B}"),
        ("B", "Both A and B."), ("B", "It could be B."), ("B", "The answer is not B."), ("B", "Is it B?"),
        ("A", "A dog ate it."), ("A", "The answer is a dog."), ("no", "No one knows."), ("no", "No idea"),
        ("yes", "Yes, at first sight. But in the end it is no."), ("I", "I think so."), ("B", ""),
        ("yes", "The answer is yes or no."),
    )
]  # fmt: skip
CUT = [
    ("B", "The answer is B", "length", "truncated"),
    ("B", "The answer is B. Because", "length", "correct"),
    ("B", "So it must be B.", "length", "truncated"),
    ("B", r"\boxed{B}", "length", "correct"),
    ("yes", "Yes, because", "length", "correct"),
    ("yes", "Yes", "length", "truncated"),
]


@pytest.mark.parametrize(
    ("gold", "text", "finish_reason", "verdict"), LETTERS + WORDS + WRONG + NOTHING + CUT
)
def test_choices_are_graded(gold: str, text: str, finish_reason: str, verdict: str) -> None:
    assert grade(CHOICE, gold, text, finish_reason).verdict == verdict


def test_strict_extraction_takes_marked_choices_only() -> None:
    assert grade(STRICT, "B", "Answer: B").verdict == "correct"
    assert grade(STRICT, "B", "B.").verdict == "no_answer"


def test_equal_choices_have_one_spelling() -> None:
    assert CHOICE.votes(["(b)", "B.", r"\text{B}", "option B", None, "YES", "A or B"], "A") == [
        *["B"] * 4,
        None,
        "yes",
        None,
    ]


def test_a_gold_answer_that_is_no_choice_is_named() -> None:
    assert CHOICE.gold_fault("B") is None
    assert CHOICE.gold_fault("12 apples") == "is '12 apples', which is not a choice that can be compared"


@hypothesis_settings(deadline=None, max_examples=100)
@given(
    st.sampled_from("ABCD"),
    st.sampled_from("ABCD"),
    st.sampled_from([" or ", ", ", " and ", "/", " or maybe "]),
)
def test_two_choices_are_none(one: str, other: str, between: str) -> None:
    if one != other:
        for form in ("{}", "The answer is {}.", r"\boxed{{{}}}", "So it is {}.", "Answer: {}"):
            for gold in (one, other):
                assert grade(CHOICE, gold, form.format(one + between + other)).verdict == "no_answer"
