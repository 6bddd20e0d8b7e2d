"""Forms in the graders that follow MATH's and Minerva's: PRM800K, Qwen2.5-Math, math-evaluation-harness and others."""

_EQUAL = [
    (r"\frac{1}{12}", "1/12"), ("16", "$16.0$"), ("3s^2", "3*s**2"), ("2x(15x^2-4x+10)", "2*x*(15*x**2 - 4*x + 10)"),
    ("7(x+3)(x-3)", "7*(x - 3)*(x + 3)"), ("(1.0,4.5)", r"(1,\frac{9}{2})"), ("(x+1)^2", r"x^2 + 2x + 1"),
    ("x = y + 2", "x - (y+2) = 0"), (r"\frac{2}{4}", r"\frac{1}{2}"), ("C", "(C)"), (r"2\sqrt{2}", r"\sqrt{8}"),
    (r"(-\infty,3]", r"(-\infty, 3]"), ("45", r"45^{\circ}"), ("45", r"45^\circ"), ("3.14", r"3.14\text{ inches}"),
    ("12", "$12.00"), ("12.01", r"\$12.01"), (r"\frac{1}{2}", r"\frac12"), (r"\sqrt{4}", r"\sqrt4"), ("0.75", " .75"),
    ("-5", "-5."), ("1,2,3", r"\{1,2,3\}"), ("10", "x = 10"), ("0.1", "10%"), ("a = b", "b = a"),
    (r"\begin{pmatrix} -10 \\ 6 \end{pmatrix}", r"\begin{pmatrix}-10\\6\end{pmatrix}"), (r"(6, -\frac{3}{8})", r"\left( 6, -\frac{3}{8} \right)"),
    ("20", "10 - 10*i**2"), (r"\text{(E)}", "E"), ("1000", "1,000"), ("5.5", "5.50"), ("9", r"9 \pmod{11}"),
    ("2", r"17 \bmod 5"), ("x+5", "5+x"), ("4x^3", "4 x^{3}"), (r"\frac{\pi}{2}", "pi/2"), ("6", "|{-6}|"),
    (r"\sqrt[3]{8}", "2"), ("2^{10}", "1024"), ("-\\frac{3}{4}", r"\frac{-3}{4}"), ("\\frac{3}{4}", r"\frac{-3}{-4}"),
]  # fmt: skip
_UNEQUAL = [
    ("(x+1)^2", r"x^2 + 2x - 1"), ("A", "B"), ("1,2,4", r"\{1,2,3\}"), ("[1,2]", "[1,2)"), (r"\frac{1}{3}", "0.33"),
    ("3", "4"), ("5.51", r"\frac{11}{2}"), ("6+9.2i", "6.0+9.1i"), ("x=z", "x = y"), ("20", "10"), ("0", "1"),
    (r"\frac{1}{2}", r"\frac{1}{3}"), ("9", r"20 \pmod{11}"), ("17", r"17 \bmod 5"), ("3", "3 or 4"), ("3", "3, 4"),
    ("3", r"\pm 3"), ("3", r"x \in \{3, 4\}"), ("3", r"x = 3 \text{ or } x = 4"), (r"\frac{3}{4}", r"\frac{-3}{4}"),
]  # fmt: skip
_TEXTS = [
    ("math", r"5\sqrt{2}", r"Hence, the final answer is $5\sqrt{2}$.", True),
    ("math", r"\text{Evelyn}", r"... therefore the answer is \text{Evelyn}", True),
    ("math", "42", "So the answer is 42.", True),
    ("math", "18", "She makes 9 * 2 = $<<9*2=18>>18 every day.\nA: 18", True),
    ("number", "18", "She makes 9 * 2 = $<<9*2=18>>18 every day.\nA: 18", True),
    ("number", "18", "She makes 9 * 2 = $<<9*2=18>>18 every day.\nA: 19", False),
    ("number", "18", "She makes 9 * 2 = $<<9*2=18>>18 every day at the market", True),
    ("number", "84", "<think>We add.</think>\n<answer>84</answer>", True),
    ("math", "84", "<think>We add.</think>\n<answer>84</answer>", True),
    ("math", "-3", "Hence \\\\boxed{-3}", True),
    ("math", "-3", "Hence \\\\boxed{3}", False),
    ("number", "1234", "The total comes to $1,234.", True),
    ("number", "3", "The result is 3 or 4.", False),
    ("number", "4", "The result is 3 or 4.", False),
    ("number", "4", "It is not 4.", False),
    ("number", "12", "Therefore, it took her **12 minutes**.", True),
    ("number", "12", "Step 12: we are done.", False),
    ("number", "60", "60 = 28 + 32", True),
    ("number", "32", "60 = 28 + 32", False),
]
CASES = [
    *[("math", gold, rf"Thus $\boxed{{{answer}}}$", True) for gold, answer in _EQUAL],
    *[("math", gold, rf"Thus $\boxed{{{answer}}}$", False) for gold, answer in _UNEQUAL],
    *_TEXTS,
]
