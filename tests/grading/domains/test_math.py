"""Tables of (gold, text, verdict) for mathematics, grouped by where such answers come from."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading import Attempt, domain_named, grade, grade_many
from lbt.grading.domains.math.statements import math_statements

MATH = domain_named("math")
PAPER_FORM = [
    ("42", "[[Solution]]:\nWe add.\n\n[[Final Answer]]:\n$42$", "correct"),
    ("42", "[[Final Answer]]: $42$", "correct"),
    ("42", "[[Final Answer]]:\n\n$42$. I hope it is correct.", "correct"),
    ("42", "[[Final Answer]]:\n$41$\nWait.\n[[Final Answer]]:\n$42$", "correct"),
    ("42", "[[Final Answer]]:\n$42$\n\n\n[[Question]]:\nAnother?\n[[Final Answer]]:\n$7$", "correct"),
    ("42", "[[Final Answer]]:\n", "no_answer"),
    ("42", "\\boxed{41}\n[[Final Answer]]:\n$42$", "correct"),
]
BOXES = [
    (r"\frac{1}{2}", r"So $\boxed{\dfrac12}$.", "correct"),
    (r"\frac{1}{2}", r"So $\boxed{\frac{1}{\frac{4}{2}}}$.", "correct"),
    ("4", r"At first \boxed{3}, but in the end it is clear that \boxed{4}", "correct"),
    ("5", r"\boxed{5", "no_answer"),
    ("5", r"\boxed{}", "no_answer"),
    ("3,4", r"\boxed{3} and \boxed{4}", "correct"),
    ("4", r"\boxed{3} or \boxed{4}", "wrong"),
    ("5", "#### Step 2: add\n\\boxed{5}", "correct"),
]
OTHER_MARKS = [
    ("18", "#### 18", "correct"),
    ("18", "#### 18 dollars", "correct"),
    ("18", "#### Step 3: simplify", "no_answer"),
    (r"256\pi", r"The answer is: $256\pi$ square inches.", "correct"),
    (r"256\pi", "The answer is: 256 * pi inches^2", "correct"),
    ("6227020", "The answer is: 13! / (13 - 13)! = 13! / 0! = 13! = 6,227,020", "correct"),
    ("-56", "The answer is: The discriminant is -56.", "correct"),
    ("5", "**Answer:** 5", "correct"),
    ("5", "Hence the final answer is:\n\\[\n  x = 5.\n\\]", "correct"),
    ("14", "The answer is: 14 (4-door and red cars)", "correct"),
    ("11", "The answer is: NO_SOLUTION", "wrong"),
    ("5", "The answer is not known.", "no_answer"),
]
LAST_LINE = [
    ("8", "We add.\n5 + 3 = 8", "correct"),
    ("8", "We add.\nTherefore the sum is 8.", "correct"),
    ("8", "We add the eight apples to the others", "no_answer"),
    ("8", "Is it 8?", "no_answer"),
    ("8", "3x - 8 =", "no_answer"),
    ("14", "14\n<human>: Another question\n<model>: 15", "correct"),
]
HEDGES = [
    ("3", r"\boxed{3 \text{ or } 4}", "wrong"),
    ("3", "The answer is 3 or 4.", "wrong"),
    ("3", "The answer is $3$ or $4$.", "wrong"),
    ("3", r"\boxed{3, 4}", "wrong"),
    ("3", r"\boxed{\{3, 4\}}", "wrong"),
    ("3", r"\boxed{x \in \{3,4\}}", "wrong"),
    ("3", r"\boxed{\pm 3}", "wrong"),
    ("(1,2)", "The answer is 1 or 2.", "wrong"),
    ("3,4", "The answer is 3 or 4.", "correct"),
    ("3, 4", r"\boxed{4, 3}", "correct"),
    (r"\pm 3", r"\boxed{3, -3}", "correct"),
    ("3, 4", r"\boxed{4}", "wrong"),
]
EQUAL = [
    ("0.5", r"\dfrac12"), (r"\frac{1}{2}", "1/2"), (r"2\frac{3}{4}", "2 3/4"), ("10,000", r"10{,}000"),
    (r"11,\! 111,\! 100", "11111100"), (r"\$18", "18 dollars"), (r"97200\text{ students}", "97200"),
    ("97200", r"97200 \text{ students}"), (r"100\text{ square units}", "100 square units"), ("50\\%", "50"),
    ("50\\%", "0.5"), ("12.5\\%", "12.5"), ("45^\\circ", "45°"), ("6.", "6"), (".5", "0.5"), ("x=5", "5"),
    ("5", "x = 5"), ("y=-2x", "y + 2x = 0"), ("3x(x-1)", "3x^2 - 3x"), (r"2\sqrt{5}", "2√5"),
    (r"2\sqrt{5}", r"\sqrt{20}"), (r"4\pi", "4 pi"), (r"4\pi", "12.566370614359172"), ("1024", "2^10"),
    (r"\text{Evelyn}", "evelyn"), (r"\text{(C)}", "C"), ("(2,1)", r"\left( 2, 1 \right)"),
    ("x<3", "(-\\infty,3)"),
    (r"x \in [-2,7]", "[-2, 7]"),
    (r"\begin{pmatrix} 1 \\ -2 \end{pmatrix}", r"\begin{bmatrix}1\\-2\end{bmatrix}"),
    ("4210_{7}", "4210_7"), ("20.785714285714285", r"\frac{291}{14}"),
    ("-2.8282828282828282e-05", "-2.8282828282828282e-05"), (r"\frac{1}{6^{24}}", r"6^{-24}"),
]  # fmt: skip
UNEQUAL = [
    ("1/3", "0.33"), ("0", "0.0000001"), ("2d", "2"), ("-7t", "-7"), ("(3,4)", "(4,3)"), ("[3,4]", "(3,4)"),
    ("x^2+1", "y^2+1"), ("(1,2)", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"), (r"\text{even}", "odd"),
    ("x=5", "y=5"),
    ("12\\%", "1.2"), ("1,2,3", "1,2"), ("6,125", "(6,125)"), (r"\frac{1}{6^{24}}", r"\frac{1}{6^{88}}"),
    (r"\frac{48}{\sqrt{5785}}", r"-\frac{48}{\sqrt{5785}}"), ("7x(x-1)(x-2)", "0.7x^2(7x-21)+14x"),
]  # fmt: skip
NOTHING = [
    ("_7", r"\boxed{5}", "error"),
    ("", r"\boxed{5}", "error"),
    ("  ", "", "error"),
    ("", r"\boxed{}", "error"),
    ("5", "", "no_answer"),
    ("5", r"\boxed{_7}", "no_answer"),
    (r"\text{None}", "", "no_answer"),
]


@pytest.mark.parametrize(
    ("gold", "text", "verdict"), PAPER_FORM + BOXES + OTHER_MARKS + LAST_LINE + HEDGES + NOTHING
)
def test_answers_are_found_and_judged(gold: str, text: str, verdict: str) -> None:
    assert grade(MATH, gold, text).verdict == verdict


@pytest.mark.parametrize(
    ("gold", "answer", "verdict"),
    [(*pair, "correct") for pair in EQUAL] + [(*pair, "wrong") for pair in UNEQUAL],
)
def test_notation_does_not_matter_but_value_does(gold: str, answer: str, verdict: str) -> None:
    assert grade(MATH, gold, f"\\boxed{{{answer}}}").verdict == verdict


def test_the_rule_that_found_the_answer_is_named() -> None:
    texts = ["[[Final Answer]]: 5", "\\boxed{5}", "#### 5", "The answer is 5.", "5", "nothing"]
    rules = [graded.rule for graded in grade_many(MATH, [Attempt("5", text) for text in texts])]
    assert rules == ["[[Final Answer]]", "\\boxed", "####", "the answer is", "last line", None]


def test_a_text_that_ran_out_of_tokens_has_no_answer_in_its_last_line() -> None:
    texts = ["\\boxed{5}", "We add\n3 + 2 = 5", "We add"]
    graded = grade_many(MATH, [Attempt("5", text, cut=True) for text in texts])
    assert [each.verdict for each in graded] == ["correct", "truncated", "truncated"]


def test_verdicts_come_in_the_order_of_the_pairs() -> None:
    golds = ["1", "x", r"\sqrt{2}", "1", "y"]
    graded = grade_many(MATH, [Attempt(gold, r"\boxed{\frac{2}{\sqrt{2}}}") for gold in golds])
    assert [each.verdict == "correct" for each in graded] == [False, False, True, False, False]


@hypothesis_settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.sampled_from("\\{}$()[]_^,.=+-/ 12xabfrc\n#%~&|<>√π°")))
def test_any_text_is_read_and_tidied_without_an_exception(text: str) -> None:
    tidied = MATH.canonical(text)
    assert tidied is None or any(character.isalnum() for character in tidied)
    for mark in ("\\boxed{", "[[Final Answer]]:", "The answer is", ""):
        assert list(math_statements(mark + text, "flexible"))
        assert grade(MATH, "", mark + text).verdict == "error"
