"""Forms in the tests of MARIO-Math-Reasoning/MARIO_EVAL, but for those that compare coarsely."""

_EQUAL = [
    ("x, x - 1", "{x - 1, x}"), (r"11,\! 111,\! 111,\! 100", "11111111100"), ("1 1/2", "1.5"),
    ("4210_{7}", "4210_7"), (r"1\frac12", "1.5"), (r"2\frac58", "2.625"), (".1, 4.0", "0.1, 4"),
    (r"10\%", "10"), (r"10\%", "0.1"), ("1, 2, 3", "1, 3, 2"), (r"7, -2, \text{ and } -5", "-5,-2,7"),
    ("[x, x + 1]", "[x, 1 + x]"), ("1+2i", "i(2-i)"),
    (r"\tfrac23 +\frac1{72}", r"\\dfrac{2}{3} +\frac{1}{72}"),
    (r"$\frac{\sqrt{17}}{17}$", r"$\frac{\sqrt{17}}{17}$"), (r"\frac{\sqrt{3}}{2}", "0.8660254037844386"),
    (r"10\text{ units}", "10"), ("10 square units", "10"), (r"10 \text{cm}", "10"), (r"10\text{ cm}^2", "10"),
    (r"10\text{ cm}^{2}", "10"), ("10weeks", "10"), ("10 weeks", "10"), ("10 cm^2", "10"), ("10", r"\$10"),
    (r"\left(x-2\right)\left(x+2\right)", "(x-2)(x+2)"), (r"10\sqrt{3} + \sqrt4", r"10\sqrt3 + \sqrt{4}"),
    (r"$\sqrt{5}$", r"$\\sqrt{5}$"), ("11z^{7}(5+11z^{7})", "11z^7(11z^7+5)"),
    (r"\frac{8-7x}{6}", "4/3-7x/6"),
    ("(2x+3)(2x -1)(2x+1)", "(2x - 1)(2x + 1)(2x + 3)"), ("2^6 * 3^5 * 5^4", "2^6 3^5 5^4"),
    (r"\begin{pmatrix} 1 & 1/2 \\ 1/3 & 4\end{pmatrix}", r"\begin{pmatrix} 1 & 0.5 \\ 1/3 & 4 \end{pmatrix}"),
    (r"\begin{matrix} x \\ \sqrt{3} + 2x  \\ \frac12 \end{matrix}",
     r"\begin{matrix} x \\ \sqrt{3} + 2x \\ 0.5 \end{matrix}"),
    (r"\begin{pmatrix} 6 \\ 3 \\ 0 \end{pmatrix}", r"$\\begin{pmatrix} 6 \\\\ 3 \\\\ 0 \\end{pmatrix}$"),
    (r"\sec x", r"\frac1{\cos x}"), (r"x \in [0.5, \infty)", r"[1/2, \infty)"),
    ("x = 1, y = 2, z = 3", "1, 2, 3"), ("f(x) = 2x + 3", "2x + 3"), ("f(x) = 2x + 3", "y = 2x + 3"),
    (r"p = 3 \text{ and } p = 7", "3, 7"), ("x=3, x=7", r"\{3, 7\}"),
]  # fmt: skip
_UNEQUAL = [
    ("[1, 2, 3]", "(1, 3, 2)"), ("[x, x + 1]", "[x + 1, x]"), ("5x - 7y + 11z + 4 = 0", "x + y - z + 2 = 0"),
    (r"\sin(x)=\frac{42}{59}", r"\cos(x)=\frac{42}{59}"), ("[-3,2]", "(-3,2)"), ("[1, 2)", "[x, y)"),
]  # fmt: skip
CASES = [
    ("math", gold, rf"\boxed{{{answer}}}", right)
    for pairs, right in ((_EQUAL, True), (_UNEQUAL, False))
    for gold, answer in pairs
]
