"""One way of writing a mathematical answer: LaTeX without ornaments, units and prose."""

import re

from lbt.grading.domains.number import MAXIMUM_LENGTH

MAXIMUM_DEPTH = 50
_DEEP = re.compile(r"[{}]")
_UNICODE = str.maketrans(
    {
        "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": "/", "π": r"\pi ",
        "θ": r"\theta ", "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "≈": r"\approx ",
        "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "±": r"\pm ", "∅": r"\emptyset ", "°": r"^\circ ",
        "²": "^2", "³": "^3", "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}",
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "“": "", "”": "", "…": r"\ldots ",
    }
)  # fmt: skip
_UNITS = (
    "cm|mm|km|dm|nm|ft|yd|mi|kg|mg|lb|lbs|oz|ml|mL|hr|hrs|min|sec|mph|in|am|pm|AM|PM|sq|units?|degrees?|"
    "dollars?|cents?|percent|inches|feet|miles?|meters?|hours?|minutes?|seconds?|days?"
)
# Words that are part of an answer and no unit after it.
_NO_UNIT = (
    "and|or|to|by|plus|minus|times|over|mod|pi|theta|sqrt|sin|cos|tan|cot|sec|csc|log|ln|exp|inf|infinity|"
    "half|million|billion|trillion|thousand|hundred|not|if|in"
)


def _needs_backslash(pattern: str) -> bool:
    """Whether a pattern matches only where there is a backslash, so that most answers can skip it."""
    outside = pattern
    while (shorter := re.sub(r"(?<!\\)\((?:[^()\\]|\\.)*\)|\[(?:[^\]\\]|\\.)*\]", "", outside)) != outside:
        outside = shorter
    return pattern.startswith(r"\\") and "|" not in outside


_STEPS: tuple[tuple[bool, re.Pattern[str], str], ...] = tuple(
    (_needs_backslash(pattern), re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(?:displaystyle|textstyle|limits|left|right|[bB]igg?)(?![a-zA-Z])", ""),
        (r"\\[dtc]frac(?![a-zA-Z])", r"\\frac"),
        (r"\\(?:mathrm|mathbf|mathit|textbf|textit|textrm|textnormal|mbox|hbox)(?![a-zA-Z])", r"\\text"),
        (r"\\[,;:!>](?=\d{3}(?!\d))|\s*\{\s*,\s*\}\s*|,\\!\s*", ","),
        (r"(?<=[{^])\\text\s*\{([A-Za-z])\}", r"\1"),
        (r"(?<![a-zA-Z\\])i\((?=[\d-])", r"i\\cdot ("),
        (r"\s*\\[pb]?mod\s*\{?\s*\d+\s*\}?\s*\Z", ""),
        (r"\s*\(\s*(?:\\b?mod|\\text\s*\{\s*mod\s*\})\s*\d+\s*\)\s*\Z", ""),
        (r"(?<=[\w)])\*\*(?=[\d(-])", "^"),
        (r"\\begin\{(?:matrix|bmatrix|smallmatrix)\}(.*?)\\end\{(?:matrix|bmatrix|smallmatrix)\}",
         r"\\begin{pmatrix}\1\\end{pmatrix}"),
        (r"[\[(]\s*\\begin\{array\}\s*\{[clr|]*\}(.*?)\\end\{array\}\s*[\])]",
         r"\\begin{pmatrix}\1\\end{pmatrix}"),
        (r"\\\\\s*(?=\\end\{)", ""),
        (r"\\text\s*\{\s*(?:percent(?:age)?|pct)\s*\}|\b(?:percent(?:age)?|pct)\b(?=\W*\Z)", r"\\%"),
        (r"(?<!\\)\\[,;:!> ]|~|\\q?quad(?![a-zA-Z])", " "),
        (r"\\\$|\$|\*\*|`|[€£¥]", ""),
        (r"\\le(?:q|qslant)?(?![a-z])", r"\\le"),
        (r"\\ge(?:q|qslant)?(?![a-z])", r"\\ge"),
        (r"\\lt(?![a-z])", "<"),
        (r"\\gt(?![a-z])", ">"),
        (r"!=|\\neq(?![a-z])", r"\\ne "),
        (r"<=", r"\\le "),
        (r">=", r"\\ge "),
        (r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-z]))|\\degrees?(?![a-z])", ""),
        (r"√\s*\(([^()]*)\)", r"\\sqrt{\1}"),
        (r"√\s*(\d+|[a-zA-Z])", r"\\sqrt{\1}"),
        (r"(?<![\\a-zA-Z])sqrt\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"\\sqrt{\1}"),
        (r"(?<![\\a-zA-Z])(pi|theta|infty)(?![a-zA-Z])", r"\\\1 "),
        (r"(?<![\\a-zA-Z])(?:infinity|inf)(?![a-zA-Z])", r"\\infty "),
        (r"(?<![\\a-zA-Z])(sin|cos|tan|cot|csc|log|ln)(?=\s*[\\(a-z0-9])", r"\\\1 "),
        (r"\*", r"\\cdot "),
        (r"(?<=\d)\s*x\s*(?=\d)", r"\\times "),
        (r"\\text\s*\{\s*(?:,?\s*)(and|or)\s*\}", r" \1 "),
        (r"\^\s*\{\s*(\w)\s*\}", r"^\1"),
        (r"_\s*\{\s*(\w+)\s*\}", r"_\1"),
        (r"\^\s*(-?\d{2,}|-\d)(?![\d.])", r"^{\1}"),
        (r"\^\s*\(([^()]*)\)", r"^{\1}"),
        (r"(\^(?:\w|\{[^{}]*\}))\s+(?=\d)", r"\1\\cdot "),
        (r"\\frac\s*(\d)\s*(\d)(?!\d)", r"\\frac{\1}{\2}"),
        (r"\\frac\s*(\d)\s*\{", r"\\frac{\1}{"),
        (r"(\\frac\s*\{[^{}]*\})\s*(\d)", r"\1{\2}"),
        (r"\\sqrt\s*(\d)", r"\\sqrt{\1}"),
        (r"(?<![\w.,}])(-?\d+)\s+(\d+)\s*/\s*(\d+)(?![\w.])", r"\1\\frac{\2}{\3}"),
        (r"(?<![\d.])0?\.\\overline\s*\{?(\d)\}?(?!\d)", r"\\frac{\1}{9}"),
        (r"(?<![\d.])0?\.\\overline\{(\d\d)\}", r"\\frac{\1}{99}"),
    )
)  # fmt: skip
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_WRAPS = (
    re.compile(r"\\(?:boxed|fbox)\s*\{(.*)\}", re.DOTALL),
    re.compile(r"\$+([^$]*)\$+", re.DOTALL),
    re.compile(r"\\\((.*)\\\)", re.DOTALL),
    re.compile(r"\\\[(.*)\\\]", re.DOTALL),
    re.compile(r"\*+([^*]*)\*+"),
    re.compile(r"\\text\s*\{([^{}]*)\}"),
    re.compile(r"\(([A-Z])\)"),
    re.compile(r"\{([^{}]*)\}"),
)
_START = " \t\n,;:"
_END = _START + ".?"
_TEXT_UNIT = re.compile(r"(?<=\S)\s*\\text\s*\{[^{}]*\}\s*(?:\^\s*\{?\d\}?)?\s*\Z")
_WORD_UNIT = re.compile(
    rf"(?<=[\w)}}\]!])\s*(?:(?<=\d)(?:{_UNITS}|(?!(?:{_NO_UNIT})\b)[a-z]{{4,}})"
    rf"|\s(?:square |cubic )?(?!(?:{_NO_UNIT})\b)[A-Za-z]{{2,}})"
    r"(?:\s*(?:\^\s*\{?\d\}?|/\s*[A-Za-z]+))?\s*\Z"
)
_REMARK = re.compile(
    r"\s*\((?![^()]*\b(?:or|and)\s*[^\sA-Za-z])[^()]*(?<![\\A-Za-z])[A-Za-z]{3,}[^()]*\)\s*\Z"
)
_PERCENT = re.compile(r"\s*\\?%\s*\Z")
_PLAIN_WORDS = re.compile(r"(?:\\text\s*\{\s*)?([A-Za-z][a-z]+(?:[ '-][A-Za-z]+)*|[A-Z_]{3,})\s*\}?")
_EQUATION = re.compile(r"(?<![<>!:\\])=")
_ARITHMETIC = re.compile(r"(?:[\d\s.+\-/^!(){}]|\\(?:frac|times|cdot|sqrt|div|binom|pi)(?![a-z]))+")
_APPROXIMATELY = re.compile(r"\\approx(?:eq)?(?![a-z])|\\simeq|\\doteq|~=")
_PLAIN_NUMBER = re.compile(r"[\s$]*(-?\d{1,30}(?:\.\d{1,30})?)[\s$]*\.?\s*")
_VARIABLE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]")
_DOUBLED = re.compile(r"\\\\(?=[a-zA-Z,!;%${}])")
_REMAINDER = re.compile(r"\A\s*(\d{1,9})\s*\\bmod\s*\{?\s*(\d{1,9})\s*\}?\s*\Z")
_NAME_LAST = re.compile(r"\s*([^=<>,]+?)\s*=\s*([a-zA-Z])\s*")
_NAMED = re.compile(r"(?:(?<=[{,])|^)\s*([a-zA-Z])\s*=\s*")
_LETTER = re.compile(r"\s*[A-Za-z]?\s*")
_LIST = re.compile(r"\s*,?\s*\b(?:and|or)\b\s*,?\s*")
_SPACES = re.compile(r"(\\[A-Za-z]+)\s+(?=[A-Za-z])|\s+")


def too_much(text: str) -> bool:
    """Whether an answer is longer or nested deeper than any that is worth comparing."""
    if len(text) > MAXIMUM_LENGTH:
        return True
    depth = 0
    for brace in _DEEP.finditer(text):
        depth += 1 if brace[0] == "{" else -1
        if depth > MAXIMUM_DEPTH:
            return True
    return False


def tidy(text: str) -> str | None:
    """The answer without delimiters, spacing, units, thousands commas and synonyms; None if nothing is left.

    Equal results mean equal answers; unequal ones have to be compared. "A or B" becomes the set "\\{A,B\\}",
    of an approximation the exact side stays, and of a calculation its result. A percent sign stays. None
    also for what cannot be notation: unbalanced braces, an index without a base ("_7"), over-long text.
    """
    if plain := _PLAIN_NUMBER.fullmatch(text):
        return plain[1]
    if too_much(text):
        return None
    text = _unwrap(_strip(_undoubled(text).translate(_UNICODE)))
    text = _REMAINDER.sub(lambda found: str(int(found[1]) % (int(found[2]) or 1)), text)
    for needs_backslash, pattern, replacement in _STEPS:
        if not needs_backslash or "\\" in text:
            text = pattern.sub(replacement, text)
    text = _without_units(text)
    if words := _PLAIN_WORDS.fullmatch(text):
        return f"\\text{{{' '.join(words[1].casefold().split())}}}"
    text = _with_name_first(_as_set(_result(_without_thousands(text))))
    percent = _PERCENT.search(text)
    if percent is not None:
        text = text[: percent.start()] + r"\%"
    text = _SPACES.sub(lambda space: f"{space[1]} " if space[1] else "", _strip(_unwrap(text)))
    return text if _is_notation(text) else None


def _undoubled(text: str) -> str:
    """With single backslashes where all are doubled, as in text that was quoted once too often."""
    if "\\\\begin" in text:
        return text.replace("\\\\", "\\")
    return text if "\\begin" in text else _DOUBLED.sub(r"\\", text)


def _with_name_first(text: str) -> str:
    """ "x=2" for "2=x"; "\\{3,7\\}" for "\\{x=3,x=7\\}" and "x=3,x=7"."""
    if swapped := _NAME_LAST.fullmatch(text):
        return f"{swapped[2]}={swapped[1]}"
    sides = _NAMED.findall(text)
    inner = text.removeprefix("\\{").removesuffix("\\}")
    if len(sides) > 1 and len(set(sides)) == 1 and len(sides) == inner.count(",") + 1:
        return f"\\{{{_NAMED.sub('', inner)}\\}}"
    return text


def _strip(text: str) -> str:
    text = text.lstrip(_START)
    if text.rstrip().endswith(("...", "\\ldots", "\\dots")):
        return text.rstrip()
    text = text.rstrip(_END)
    return text[:-1].rstrip(_END) if text.endswith("\\") and not text.endswith("\\\\") else text


def _unwrap(text: str) -> str:
    """Without what encloses the whole answer."""
    for _ in range(5):
        before = text
        for wrap in _WRAPS:
            found = wrap.fullmatch(text)
            if found is not None and _balanced(found[1]) and "$" not in found[1]:
                text = _strip(found[1])
        if text == before:
            break
    return text


def _without_units(text: str) -> str:
    for _ in range(6):
        before = text
        text = _strip(text)
        for pattern in (_REMARK, _TEXT_UNIT, _WORD_UNIT):
            shorter = pattern.sub("", text)
            if any(character.isalnum() for character in shorter):
                text = shorter
        if text == before:
            break
    return text


def _without_thousands(text: str) -> str:
    """Commas within brackets separate; outside they may group digits ("1,234", but not "1, 234")."""
    return _THOUSANDS.sub(
        lambda number: number[0].replace(",", "") if _outside(text, number.start()) else number[0], text
    )


def _outside(text: str, position: int) -> bool:
    before = text[:position]
    return not any(before.count(opening) > before.count(closing) for opening, closing in ("()", "[]", "{}"))


def _result(text: str) -> str:
    """The exact side of an approximation, and the result of a calculation ("3 + 4 = 7")."""
    sides = _APPROXIMATELY.split(text)
    if len(sides) > 1:
        text = sides[1] if _LETTER.fullmatch(sides[0].replace("=", " ")) else sides[0]
    parts = _EQUATION.split(text)
    calculated = (
        _ARITHMETIC.fullmatch(parts[-2]) and not _VARIABLE.search(parts[-1]) if len(parts) > 1 else False
    )
    if len(parts) > 1 and (calculated or (len(parts) > 2 and "," not in text and not _LIST.search(text))):
        return parts[-1].strip()
    return text


def _as_set(text: str) -> str:
    if "\\text" in text or not _LIST.search(text):
        return text
    parts = [part.strip() for part in _LIST.split(text)]
    return f"\\{{{','.join(parts)}\\}}" if all(parts) else text


def _is_notation(text: str) -> bool:
    if not any(character.isalnum() for character in text) or text[0] in "_^":
        return False
    return _balanced(text)


def _balanced(text: str) -> bool:
    depth = 0
    for brace in _DEEP.finditer(text):
        depth += 1 if brace[0] == "{" else -1
        if depth < 0:
            return False
    return depth == 0
