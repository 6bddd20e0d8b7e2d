"""Forms in the tests of huggingface/lighteval's extractive match."""

CHOICES = [
    ("choice", "C", "thinking about it I think the correct answer is C", True),
    ("choice", "B", "Step by step: it's not A because that makes no sense, therefore I think it's B", True),
    ("choice", "D", "The answer is for sure D, it can't be A or B", True),
    ("choice", "D", "The answer: D, it makes no sense for it to be A or B", True),
    ("choice", "D", "D. it can't be A or B", True),
    ("choice", "D", "D", True),
    ("choice", "C", "So we know that the answer is\n(C) Cecile", True),
    ("choice", "C", "Final answer:\nC. Cecile", True),
    ("choice", "A", "C", False),
    ("choice", "A", "(C) Cecile", False),
]
MATHEMATICS = [
    ("number", "105", "réponse est (35 + 70 = 105).", True),
    ("number", "79", "donc 353 g - 79 g = 274 g. Donc, il a déjà 79 g de cire.", True),
    ("number", "70", "La réduction est de 100 * 0.30 = 30 $. Le coût final est donc de 100 - 30 = 70", True),
    ("number", "25", "En conclusion, la probabilité est de **25%**.", True),
    ("number", "13/28", "The planned ratio is 13/28", True),
    ("math", "8/46", r"\frac{4}{23}", True),
    ("math", r"\frac{9.5}{3.14159}", r"$\frac{9.5}{3.14159} \approx 3.01$", True),
    ("number", "0", "So the os then when we 9/3 we get 8 so the answer is 0", True),
    ("math", "1", "so $x+y = 1000$ therefore answer is $1$", True),
    ("math", "1", "how many $? just about 1$", True),
    ("number", "4000", "area = 72000 / 18 = 4000", True),
    ("number", "92", "2. Then we subtract: 158 - 66 = 92 So 79 * 2 - 66 is **92**.", True),
    ("number", "92", "1. We multiply: 79 * 2 = 158\n2. We subtract: 158 - 66 = 91", False),
    (
        "math",
        "2/5",
        r"So each share should be (\frac{2}{5}) tons. Answer: each share should be (\frac{2}{5}) tons.",
        True,
    ),
]
CASES = CHOICES + MATHEMATICS
