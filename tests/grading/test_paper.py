import pytest

from lbt.grading.paper import paper_answer_key, paper_key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("$42$", "42"),
        ("$42$.", "42."),
        ("x=5", "x=5"),
        (r"\dfrac{1}{2}", r"\dfrac{1}{2}"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\sqrt2", r"\sqrt{2}"),
        (r"\sqrt(2)", r"\sqrt{2}"),
        ("2sqrt5", r"2\sqrt{5}"),
        (r"x\le 5", "x<5"),
        ("0.5", "0.5"),
        ("1,210", "1210"),
        (r"10,\!000", "10000"),
        (r"35 \text{ ft}", "35"),
        (r"90^\circ", "90"),
        ("18 dollars", "18"),
        (r"\text{(C)}", "(C)"),
        ("[[Final Answer]]: $42$", "[[FinalAnswer]]:42"),
    ],
)
def test_the_papers_keys_are_texts(answer: str, key: str) -> None:
    assert paper_key(answer) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("We add.\n\n[[Final Answer]]:\n$42$\n", "42"),
        ("We add.\n\n[[Final Answer]]:\n$42$", "42"),  # no line's end: the last line
        ("[[Final Answer]]:\n$42$\n\n[[Question]]:\nAnother?\n[[Final Answer]]:\n$7$\n", "42"),
        ("[[Final Answer]]: $42$", "[[FinalAnswer]]:42"),
        ("[[Final Answer]]:\n\n$42$\nI hope so.", "Ihopeso."),
        ("We add the eight apples.", "Weaddtheeightapples."),
        (r"So $\dfrac12$." "\n[[Final Answer]]:\n" r"$\dfrac{1}{2}$" "\n", r"\dfrac{1}{2}"),
        (r"[[Final Answer]]:" "\n" r"$\frac{1}{2}$" "\n", r"\frac{1}{2}"),
        ("", ""),
    ],
)
def test_every_completion_votes_as_in_the_papers_code(text: str, key: str) -> None:
    assert paper_answer_key(text) == key
