"""Forms in the tests of NVIDIA/NeMo-Skills' grader; it asks for both directions, and so do we."""

_EQUAL = [
    ("5", "5"), ("5", "5.0"), ("1/2", "0.5"), (r"\frac{1}{2}", "0.5"), (r"817\frac{1}{2}", "817.5"),
    ("x^2+2x+1", "x^2 + 2*x + 1"), ("x^2+2x+1", "x^2 + 2*x - (-1)"), ("y = x^2+2x+1", "2x+ 1+x^2"),
    ("odd", r"\text{odd}"), ("Even", r"\text{even}"), ("E", r"\mathrm{E}"), ("A", r"\textbf{A}"),
    ("f'", "f'"),
    ("185", "185\\"), (".185", "0.185"), (r"\frac {1}{2}", "0.5"), (r"17\text{ any text}", "17"),
    (r"\$10", "10"), ("10%", "10"), (r"10\%", "10"), ("2.5", r"\frac{5}{2}"),
    (r"\frac{1}{3}", r"\dfrac{1}{3}"),
    ("(r+5)(r+5)", "(r+5)^2"), (r"\frac{\sqrt{3}}{3}", r"\frac{\sqrt{3}}{3} \approx 0.577"),
    ("C", "C. x = 42"),
    (
        r"\begin{pmatrix}0&0&0\\0&1&0\\0&0&1\end{pmatrix}",
        r"\begin{bmatrix} 0 & 0 & 0 \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{bmatrix}",
    ),
    ("16", "016"), ("7", "007"), ("0", "0.00"),
]  # fmt: skip
_UNEQUAL = [
    ("5", "5.001"), ("x^2+2x+1", "x^3+2x+1"), ("odd", r"\text{oddd}"), ("E", r"\mathrm{E}*2"),
    (r"\sqrt{67},-\sqrt{85}", r"\sqrt{67}"),
]  # fmt: skip
CASES = [
    (
        "math",
        gold,
        rf"So it is \boxed{{{answer}}}" if not answer.endswith("\\") else f"Answer: {answer}",
        right,
    )
    for pairs, right in ((_EQUAL, True), (_UNEQUAL, False))
    for one, other in pairs
    for gold, answer in ((one, other), (other, one))
]
