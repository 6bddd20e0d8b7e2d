"""The answer of a completion as the paper's own code reads it: a text, by which its votes are counted."""

import re

_MARKED = re.compile(r"\[\[Final Answer\]\]:\n([^\n]+)\n")
_PATTERNS_BEFORE = (
    (re.compile(r"\\le(?!ft)"), "<"),  # as in the paper's code, so `\leq` becomes "<q"
    (re.compile(r"(?<!le)ft"), ""),
)
_SUBSTITUTIONS = (
    ("an ", ""),
    ("a ", ""),
    (".$", "$"),
    ("\\$", ""),
    ("\\ ", ""),
    (" ", ""),
    ("mbox", "text"),
    (",\\text{and}", ","),
    ("\\text{and}", ","),
    ("\\text{m}", "\\text{}"),
)
_REMOVED = (
    "square", "ways", "integers", "dollars", "mph", "inches", "hours", "km", "units", "\\ldots", "sue",
    "points", "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals",
    "edges", "students", "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}",
    "\\text{}^2", "\\text{}^3", "\\text{\n}", "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;",
    ",\\!", "{,}", '"', "\\dots", "\n", "\r", "\f",
)  # fmt: skip
_PATTERNS_AFTER = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\text\{(.*?)\}", r"\1"),
        (r"\\textbf\{(.*?)\}", r"\1"),
        (r"\\overline\{(.*?)\}", r"\1"),
        (r"\\boxed\{(.*)\}", r"\1"),
        (r"frac([^{])(.)", r"frac{\1}{\2}"),
        (r"(?<!\\)sqrt", r"\\sqrt"),
        (r"sqrt\(([^)]+)\)", r"sqrt{\1}"),
        (r"sqrt([^{])", r"sqrt{\1}"),
    )
)


def paper_answer_key(text: str) -> str:
    """The key by which the paper's code counts the vote of a completion, given whole.

    Its answer is the line below the first "[[Final Answer]]:" that has one and a line's end after it, else
    the last line, whatever that says: so every completion votes, and an empty one for the empty text.
    """
    marked = _MARKED.search(text)
    return paper_key(marked[1] if marked else text.strip().split("\n")[-1])


def paper_key(answer: str) -> str:
    """The paper's normal form of an answer as it was written.

    This is `_normalize_final_answer` of the paper's code, which is OpenCompass', which is Minerva's
    (Lewkowycz et al. 2022, arXiv 2206.14858, appendix D) but for keeping what stands before "=". It is finer
    than equality: `\\dfrac{1}{2}`, `\\frac{1}{2}`, `0.5` and `1/2` are four keys, `x=5` and `5` are two.
    """
    for pattern, replacement in _PATTERNS_BEFORE:
        answer = pattern.sub(replacement, answer)
    for before, after in _SUBSTITUTIONS:
        answer = answer.replace(before, after)
    for expression in _REMOVED:
        answer = answer.replace(expression, "")
    for pattern, replacement in _PATTERNS_AFTER:
        answer = pattern.sub(replacement, answer)
    answer = answer.replace("$", "")
    return answer.replace(",", "") if answer.replace(",", "").isdigit() else answer
