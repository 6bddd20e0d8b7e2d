"""Forms in the tests of huggingface/Math-Verify."""


def _equal(gold: str, *texts: str) -> list[tuple[str, str, str, bool]]:
    return [("math", gold, text, True) for text in texts]


def _unequal(gold: str, *texts: str) -> list[tuple[str, str, str, bool]]:
    return [("math", gold, text, False) for text in texts]


NUMBERS = [
    *_equal("-7", "-7", "$-7$", "So the result is -7."),
    *_equal("8425000", "8,425,000", "8 425 000", "8425000.0"),
    *_equal("2000.75", "2,000.75", "$2,000.75", "2,000.75$", "2,000.75 €"),
    *_equal("2000.75", "the number is not 20 which is 2,000.75€", "so the area is 20 and then 2,000.75m²"),
    *_equal("0.6", ".6", "0.60"),
    *_equal("11/7", r"\frac{11}{7}", "11/7", r"$\dfrac{11}{7}$"),
    *_equal("-11/7", r"-\frac{11}{7}", r"\frac{-11}{7}"),
    *_unequal("3", "ABC3D"),
    *_unequal("3", "The answer is $1/3.$", r"$3^{10}.$", r"$3\sqrt{2}$"),
    *_equal("40/9", "The answer is 4 4/9.", "4 4/9"),
    *_equal("-40/9", "-4 4/9"),
    *_unequal("4", "The answer is 4 4/9.", "4 4/0", "The answer is 4 0/0."),
    *_equal("4/9", "There are 4 objects, and of the cake 4/9 remains.", "0 4/9"),
    *_equal("103/9", "11 + 4/9"),
    *_equal("95/9", "11 - 4/9"),
    *_unequal("139/90", "11/10 4/9"),
]
SETS_AND_INTERVALS = [
    *_equal("$[0,2)$", "$[0,2)$", r"$\left[0, 2\right)$"),
    *_unequal("$[0,9)$", "$[0,2)$", "$(0,9)$", "$[0,9]$"),
    *_unequal("$2$", "$-[0,2)$"),
    *_unequal("(4,2)", "${2,4}$"),
    *_equal("[-3, 8]", r"$x \in [-3,8]$", r"\boxed{[-3, 8]}", r"$-3 \le x \le 8$"),
    *_equal(r"$x \in [-3,8]$", "$[-3, 8]$", r"$-3 \le x \le 8$"),
    *_equal(r"-3 \le x \le 8", r"$x \in [-3,8]$"),
    *_equal("[-5,0]", r"Thus the values of \( k \) are: \[ \boxed{[-5, 0]} \]"),
    *_equal(r"(2, 13) \cup (13, 113)", r"Thus, the answer is $x \in \boxed{(2,13) \cup (13,113)}$"),
    *_equal(
        r"[-1, -\frac{1}{2}) \cup (-\frac{1}{2}, 0) \cup (0, 1) \cup (1, \infty)",
        r"So $\boxed{[-1, -\tfrac12) \cup (-\tfrac12, 0) \cup (0, 1) \cup (1, \infty)}.$",
    ),
    *_equal(r"\{-2\} \cup [0,7)", r"x \in \boxed{\{-2\} \cup [0,7)}."),
    *_equal(r"\{1\pm\sqrt{5},-2\}", r"The roots are $\boxed{\{1\pm\sqrt{5},-2\}}.$"),
    *_equal(r"2 \pm \sqrt{19}", r"By the formula, $x = \boxed{2 \pm \sqrt{19}}.$"),
    *_unequal("[0,1)", "Final Answer: The final answer is $(0, 1)$. I hope it is correct."),
    *_equal(
        "(-6, 10)", r"The solution is \( x \in (-6, 10) \). Final Answer: The final answer is \((-6, 10)\)."
    ),
    *_equal("(0.6,8/3]", r"$(\frac{3}{5},\frac{8}{3}]$"),
    *_unequal(r"\pm 2025", "$2025$"),
    *_equal(r"\pm 2025", r"$\{-2025, 2025\}$", "-2025, 2025"),
]
WHERE_ANSWERS_STAND = [
    *_equal(
        "9", r"Answer \[ 9 \]", "Answer $ 9 $", "Answer $$ 9 $$", r"Answer \( 9 \)", r"Answer \( (8+1) \)"
    ),
    *_equal("9", "Answer \\[ \n 9 \n \\]", "Answer $$ \n 9 \n $$"),
    *_equal("10/9", r"Answer $ \frac{1}{2} \$ = \frac{10}{9} $"),
    *_equal("2-2p", r"If $2-x=p$, then $x=2-p$. Thus $x-p=\boxed{2-2p}$."),
    *_equal(
        r"\begin{pmatrix} 0 & 3 \\ 0 & -1 \end{pmatrix}",
        "\\boxed{\n\\begin{pmatrix} 0 & 3 \\\\ 0 & -1 \\end{pmatrix}\n}.\n\\end{align*}",
    ),
    *_equal(
        "14,916",
        r"The smallest is $N = 14 {, }916$. Final Answer: The final answer is $14 {, }916$. I hope so.",
    ),
    *_equal(
        "14916",
        r"Final Answer: The smallest possible value of $N$ is $\boxed{14{,}916}$. I hope it is correct.",
    ),
    *_equal(
        r"(3, \frac{\pi}{2})",
        r"Therefore, the polar coordinates are $\\boxed{\\left( 3, \\frac{\\pi}{2} \\right)}.$",
    ),
    *_equal(
        r"\text{Evelyn}", r"Her speed is the greatest. Therefore, $\boxed{\text{Evelyn}}$ is our answer."
    ),
    *_equal(r"90^\circ", r"Hence, the angle is $\boxed{90^\circ}.$"),
    *_equal(r"3\sqrt{13}", r"\begin{align*} d &= \sqrt{117} \\ &= \boxed{3\sqrt{13}}. \end{align*}"),
    *_equal(r"15\mbox{ cm}^2", r"The area is $$\frac{1}{2}\times 3 \times 10 = \boxed{15\mbox{ cm}^2}.$$"),
    *_equal("-2,1", r"The only integer roots are $\boxed{-2,1}.$", r"$\boxed{1}$ and $\boxed{-2}$"),
    *_equal("9", r"Then, $129^{34}+96^{38} \equiv \boxed{9} \pmod{11}.$"),
    *_equal("204_5", r"a quotient of $\boxed{204_5}$. Note that $13_5$ divided by $2_5$ is $4_5$."),
    *_equal("(6,31,-1)", r"we find $(p,q,r) = \boxed{(6,31,-1)}.$"),
    *_equal("f(2) < f(1) < f(4)", r"Hence, $\boxed{f(2) < f(1) < f(4)}.$"),
    *_equal(r"2 \sin b \cos a", r"\[\sin (a + b) - \sin (a - b) = \boxed{2 \sin b \cos a}.\]"),
    *_equal(r"\frac{\pi r}{h+r}", r"The answer is $\boxed{\frac{\pi r}{h+r}}$."),
    *_equal("125", r"The distance is $\boxed{125\textnormal{ miles}}.$"),
    *_equal(r"\sqrt{2}+\sqrt{5}", r"The answer is $\boxed{\sqrt 2+\sqrt 5}$"),
    *_equal(r"\frac{9}{4}\pi", r"Therefore $\boxed{\frac94\pi}$."),
    *_equal(
        "189",
        "9=189.\n\nTherefore, answer is 189.\n\nWait, it is trapezoid.\n\n**Final Answer**\n\\boxed{189}",
    ),
    *_equal("2/3", "P(A) = 2/3 Therefore, the probability that Alice wins the game is 2/3. <|im_start|>user"),
    *_equal("12", "Therefore, there are 12 such sequences that meet the conditions. I hope it is correct."),
    *_equal("(7,6)", "So, the ordered pair $(x, y)$ that solves the system is $(7, 6)$. <|im_start|>user"),
    *_equal("16386.20", r"Her investment is worth $\boxed{\$16,\!386.20}$. The answer is $16,\!386.20$."),
    *_equal("120", "Final Answer: The volume of $ABCDEFGH$ is 120. I hope it is correct."),
    *_equal(
        "12000023", r"the sum is $12,\!000,\!023$. Final Answer: The final answer is 12,000,023. I hope so."
    ),
    *_equal(
        r"\left(\frac{1}{5},\frac{1}{6}\right)",
        r"Final Answer: The final answer is $\left( \frac{1}{5}, \frac{1}{6} \right)$.",
    ),
    *_equal(
        r"\frac{5\sqrt{42}}{27}", r"Final Answer: The final answer is $\frac{10\sqrt{10.5}}{27}$. I hope so."
    ),
    *_equal("20", r"$$\frac{1 }{5 }=\boxed{20 \%}. $$ Final Answer: The final answer is $20 \%$. I hope so."),
    *_equal(
        "19", r"Final Answer: The maximum number of points in the domain of $f(x)$ is 19. <|im_start|>user"
    ),
    *_equal("34", "Final Answer: The largest $n$ is 34."),
    *_equal(r"100\%", "Therefore, the minimum error in the position increases by 100%."),
    *_equal("3", "Final Answer: Jane started growing Sphere 3 hours ago. I hope it is correct."),
    *_equal(
        "7.78", "So, Anna pays approximately $7.78 for her fudge. Final Answer: The final answer is 7.78."
    ),
    *_equal(
        "10455", "So Dr. Zaius has $10,200 + $255 = $10,455. Final Answer: The final answer is $10,455$."
    ),
    *_equal("1,2", r"$\boxed{1}\boxed{2}$"),
    *_equal("1,-2", r"Thus, the integers are: \[ \boxed{-2} \quad \text{and} \quad \boxed{1}. \]"),
    *_unequal("1112112_3", r"expressed in base three it is \(\boxed{1112122_3}\)."),
    *_unequal(
        r"(\frac{27}{8},\frac{15}{8})",
        r"The point is $\boxed{(0, 0)}$. Final Answer: The final answer is $(0, 0)$.",
    ),
    *_equal(
        "x-2y+z-1=0", r"the plane is $$\boxed{x-2y+z-1=0}.$$ Final Answer: The final answer is $x-2y+z-1=0$."
    ),
    *_equal(r"12\text{ and }13", r"The sum is located between $\boxed{12 $ and $13 }. $"),
]
NOTATION = [
    *_equal("1/3", r"$\frac13 $", r"$\cfrac{1}{3} $", r"$\dfrac{1}{3} $", r"$\tfrac{1}{3} $", "$ 1/3 $"),
    *_equal("1", r"$\frac3{3} $"),
    *_equal(r"\sqrt{3}", r"$\sqrt3 $"),
    *_equal("1/3", r"$\left( \frac{1}{3} \right)$", r"$\boxed{\frac{1}{3}}$", r"$k = \frac{1}{3}$"),
    *_equal("1/3", r"$\frac{1}{3} \text{meters}$", r"$\frac{1}{3} \textbf{meters}$"),
    *_equal(r"38\%", "38 percent", "38 pct", "38 %", "$38$ %", "$38$ percent", r"$\boxed{38}$ pct", "38"),
    *_equal(r"38\%", r"$\boxed{38 pct}$", r"$\boxed{38 percent}$", r"$\boxed{38 percentage}$"),
    *_unequal("0.38", "38"),
    *_unequal("38/100", "38"),
    *_unequal("38", "38/100", r"$38*\frac{1}{100}$"),
    *_equal(r"\frac{1}{3}", r"$\frac{1}{3}.$", r"$$\frac{1}{3}.$$", r"\[\frac{1}{3}.\]", r"$\frac{1}{3},$"),
    *_equal(r"\frac{1}{3}", r"$\frac{1}{3} .$", r"The answer is $\frac{1}{3}.$"),
    *_equal(r"\sqrt{2}", r"$\sqrt{2}.$"),
    *_equal("(1,2)", "$(1,2).$"),
    *_equal("5", r"$5 \text{ cm}.$"),
    *_equal("42", "$42.$"),
    *_unequal("1, 2, 3", "$1, 2, 3, ...$"),
    *_equal(r"\text{C}", r"$\boxed{\text{(C)}}.$"),
    *_equal("11111111100", r"is $\boxed{11,\! 111,\! 111,\! 100}$"),
    *_equal("32349", r"is $\boxed{32,\! 349}$", r"is $\boxed{32,\!349}$"),
    *_unequal("32349", r"is $\boxed{32, 349}$"),
    *_equal(r"\text{E}", "$E$"),
    *_equal("19, 46, and 82", r"$19, 46, \text{ and } 82$"),
    *_unequal("19, 46, and 82", "$21, 36, and 82$"),
    *_equal(r"1 - \frac{1}{\mathrm{e}}", r"$1 - \frac{1}{\mathrm{e}}$", r"$1-\frac{1}{e}$"),
    *_unequal(r"1 - \frac{1}{\mathrm{e}}", r"$1 + \frac{1}{\mathrm{e}}$"),
    *_equal("12:00", "$12:00$"),
    *_unequal("12:00", "$1:00$"),
    *_equal("n=1, 2, 3", "$n=1, 2, 3$", "1, 2, 3"),
    *_unequal("n=2, 3, 4", "$n=1, 2, 3$"),
    *_equal("D = (0, 1)", "$D = (0, 1)$"),
    *_unequal("D = (0, 1)", "$D = (0, 1.5)$"),
    *_equal("4.123105625617661", r"$\sqrt{17}$"),
    *_unequal("4", r"$4\sqrt{2}$"),
]
RELATIONS = [
    *_equal("x >= 5", r"Therefore $x \geq 5$ is the solution."),
    *_equal("x < 3", r"We find that $x \lt 3$.", "We find that $x < 3$."),
    *_equal(r"x \leq 2", "Thus $x <= 2$ is our answer."),
    *_equal("x > 5", r"Therefore $x \gt 5$ is the solution."),
    *_equal("x != 3", r"We find that $x \neq 3$."),
    *_equal(r"x \neq 5", "The solution is $x != 5$"),
    *_unequal("x > 5", "Therefore $x < 5$ is the solution."),
    *_unequal(r"x \geq 5", r"The solution is $x \leq 5$"),
    *_equal(r"x \leq 5", r"$5 \geq x$"),
    *_equal(r"x \geq 5", r"$5 \leq x$"),
    *_equal("x = 11", "$x = 5+5+1 = 7 =11$", "$11$"),
    *_unequal("7 = 11a+c", "$11a+c$"),
    *_equal("x = 1/3", r"$x = 5+5+1 = 1/3 \approx 11$"),
    *_equal("11", "$x=11$", r"$x\approx11$"),
    *_equal("1/3", r"$x=1/3\approx1.3$"),
    *_equal("x < 1", "$-x > -1$"),
    *_unequal("x < 1", "$x > -1$"),
    *_equal("x <= 1", "$-x >= -1$"),
    *_unequal("a +3z = 0", "$0$"),
    *_unequal("2x + z = 1", "$1$"),
    *_unequal("a^2 + b = 0", "$0$"),
    *_equal("k=1", "$1$"),
    *_equal("1", "$k=1$"),
    *_equal("z = 1 + 1 = 2", "$z = 3+3 = 2$"),
    *_equal("2x+4y-3=0", r"$y=-\frac{1}{2}x+\frac{3}{4}$"),
    *_equal("x^2/4 + y^2/3 = 1", "$x^2/16 + y^2/12 = 1/4$"),
    *_equal("34x+45y-20z+100=0", "$-34x-45y+20z-100=0$"),
    *_unequal(r"F_n = \sum_{k=0}^{n-1} F_k F_{n-k-1}", r"$F_n = \sum_{k=0}^{n-2} F_k F_{n-k-2}$"),
]
MATRICES_AND_EXPRESSIONS = [
    *_equal(
        r"\begin{pmatrix}1 & 0 \\ 0 & 1\end{pmatrix}",
        r"The identity matrix is $ \begin{pmatrix}1 & 0 \\ 0 & 1\end{pmatrix} $.",
        r"Squared: $\begin{pmatrix}1 & 0 \\ 0 & 1\end{pmatrix} \begin{pmatrix}1 & 0 \\ 0 & 1\end{pmatrix}$",
    ),
    *_equal(
        r"\begin{bmatrix}0 & 0 \\0 & 0\end{bmatrix}",
        r"Here is a zero matrix: $ \begin{pmatrix}0 & 0 \\0 & 0\end{pmatrix} $",
    ),
    *_equal(
        r"\begin{pmatrix}1 & 2 \\3 & 4\end{pmatrix}",
        r"It is $ \left[\begin{array}{cc}1 & 2 \\3 & 4\end{array}\right] $",
    ),
    *_unequal(
        r"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}",
        r"The matrix is $\begin{pmatrix}1 & 2 \\ 3 & 5\end{pmatrix}$",
    ),
    *_equal(
        r"\begin{pmatrix}6 & 8 \\ 10 & 12\end{pmatrix}",
        r"It is $\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix} + \begin{pmatrix}5 & 6 \\ 7 & 8\end{pmatrix}$",
    ),
    *_equal(
        r"\begin{pmatrix}-\frac{7}{4}&-2\\4&\frac{1}{4}\\\end{pmatrix}",
        r"$\begin{pmatrix}-\frac{7}{4}&-2\\4&\frac{1}{4}\end{pmatrix}$",
    ),
    *_equal(r"\frac{1}{12}", "$0.0833333333333333$"),
    *_equal(r"(1,\frac{9}{2})", "$(1,4.5)$"),
    *_equal(r"\frac{x+2}{7}", r"$\frac{x}{7}+\frac{2}{7}$"),
    *_equal(r"\tan^2(y)+1", r"$\sec^2(y)$"),
    *_equal(
        r"\frac{\sqrt{\sqrt{11}+\sqrt{194}}}{15+2\sqrt{33}}",
        r"$\frac{\sqrt{\sqrt{11}+\sqrt{194}}}{2\sqrt{33}+15}$",
    ),
    *_unequal("(a+5)(b+2)", "$(+5)(b+2)$"),
    *_unequal("2", r"$\frac{1+\sqrt{5}}{2}$"),
    *_unequal("4", r"$\frac{34}{16}+\frac{\sqrt{1358}}{16}$"),
    *_unequal(r"1\sqrt{19}", "$1$"),
    *_unequal("x+2n+1", "$x+1$"),
]
CASES = NUMBERS + SETS_AND_INTERVALS + WHERE_ANSWERS_STAND + NOTATION + RELATIONS + MATRICES_AND_EXPRESSIONS
