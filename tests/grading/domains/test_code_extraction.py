"""Where a program stands in what a model wrote."""

import textwrap

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.grading.domains.code import CodeGold
from lbt.grading.domains.code.extraction import find_program

UNHURRIED = hypothesis_settings(deadline=None, max_examples=60)

PROMPT = 'import math\n\n\ndef square(x):\n    """The square.\n    >>> square(2)\n    4\n    """\n'
FUNCTION = CodeGold(entry_point="square", visible=("assert square(2) == 4",))
CONTINUED = CodeGold(entry_point="square", prompt=PROMPT, visible=("assert square(2) == 4",))
SOLUTION = CodeGold(
    kind="solution",
    entry_point="square",
    prompt="class Solution:\n    def square(self, x: int) -> int:\n        ",
    visible=("assert Solution().square(2) == 4",),
)
WHOLE = CodeGold(kind="stdio", visible=())

RIGHT = "def square(x):\n    return x * x"
OTHER = "def square(x):\n    return x + x"
CLASS = "class Solution:\n    def square(self, x: int) -> int:\n        return x * x"
READS = "n = int(input())\nprint(n * n)"


def fenced(program: str, language: str = "python", fence: str = "```") -> str:
    return f"{fence}{language}\n{program}\n{fence}"


def found(text: str, gold: CodeGold = FUNCTION) -> tuple[str, str, bool] | None:
    program = find_program(text, gold)
    return None if program is None else (program.rule, program.program, program.closed)


@pytest.mark.parametrize(
    ("text", "rule", "program"),
    [
        (f"Here:\n{fenced(RIGHT)}\nDone.", "Python block", RIGHT),
        (f"{fenced(OTHER)}\nBetter:\n{fenced(RIGHT)}", "Python block", RIGHT),
        (f"{fenced(RIGHT)}\nUse it:\n{fenced('print(square(2))')}", "Python block", RIGHT),
        (f"{fenced(RIGHT, 'Python3')}\nOutput:\n{fenced('4', 'text')}", "Python block", RIGHT),
        (f"{fenced(RIGHT, 'py')}\n{fenced('4', '')}", "Python block", RIGHT),
        (fenced(RIGHT, "{.python .numberLines}"), "Python block", RIGHT),
        (fenced(RIGHT, "python", "~~~~"), "Python block", RIGHT),
        (fenced(RIGHT, ""), "block", RIGHT),
        (f"{fenced(RIGHT, '')}\nIt prints\n{fenced('4', '')}", "block", RIGHT),
        (f"1. So:\n{textwrap.indent(fenced(RIGHT), '   ')}", "Python block", RIGHT),
        (f"Sure:\n```python\n{RIGHT}", "open Python block", RIGHT),
        (f"Sure:\n```python\n{RIGHT}\nI hope that this helps you.", "open Python block", RIGHT),
        (fenced("def square(x) return x"), "Python block", "def square(x) return x"),
        (fenced("def square(x) return x", ""), "block", "def square(x) return x"),
        (RIGHT, "whole text", RIGHT),
        (f"The function:\n\n{RIGHT}\n\nIt multiplies.", "definition", RIGHT),
        (
            f"The function:\n\nimport math\n\n{RIGHT}\nDone\nNote: fast",
            "definition",
            f"import math\n\n{RIGHT}",
        ),
        (f"[[Final Code]]:\n{fenced(RIGHT)}", "[[Final Code]]", RIGHT),
        (f"{fenced(OTHER)}\n[[Final Code]]:\n{RIGHT}\n", "[[Final Code]]", RIGHT),
        (f"{fenced(OTHER)}\n[[DEBUG Code]]:\n{fenced(RIGHT)}", "[[DEBUG Code]]", RIGHT),
    ],
)
def test_each_rule_finds_its_program(text: str, rule: str, program: str) -> None:
    assert find_program(text, FUNCTION) is not None
    assert found(text)[:2] == (rule, program)  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No.",
        "x",
        "I cannot do that",
        "def other(x):\n    return x",
        fenced("square = (x) => x * x", "js"),
    ],
)
def test_where_there_is_no_program_none_is_found(text: str) -> None:
    assert found(text) is None
    assert found(text, CONTINUED) is None


def test_a_block_of_another_language_is_never_the_program() -> None:
    for language in ("js", "javascript", "text", "bash", "c++", "json"):
        assert found(fenced(RIGHT, language)) is None
        assert found(f"{fenced(RIGHT)}\n{fenced(OTHER, language)}") == ("Python block", RIGHT, True)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("    return x * x\n", "    return x * x"),
        ("\n    return x * x", "    return x * x"),
        ("return x * x", "    return x * x"),
        ("y = x\n    return x * y", "    y = x\n    return x * y"),
        ("    return x * x\n\n\nprint(square(2))\n", "    return x * x"),
        ("    return x * x\n\nThis works because\nof reasons.", "    return x * x"),
        ("    return x * x\n\n\ndef square(x):\n    return 0", None),
        (
            "    return _two(x)\n\n\ndef _two(x):\n    return x * x",
            "    return _two(x)\n\n\ndef _two(x):\n    return x * x",
        ),
        (fenced("    return x * x"), "    return x * x"),
    ],
)
def test_a_bare_continuation_goes_on_from_the_prompt(text: str, body: str | None) -> None:
    program = find_program(text, CONTINUED)
    if body is None:
        assert program is None or program.rule != "continuation"
    else:
        assert program is not None
        assert program.program == PROMPT + body


def test_a_whole_function_gets_the_prompts_imports_where_it_lacks_them() -> None:
    assert found(fenced(RIGHT), CONTINUED) == ("Python block", f"import math\n\n{RIGHT}", True)
    own = f"import math\n\n\n{RIGHT}"
    assert found(fenced(own), CONTINUED) == ("Python block", own, True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (fenced(CLASS), "Python block"),
        (f"[[Strategy]]: multiply\n[[Final Code]]:\n${CLASS}$", "[[Final Code]]"),
        (f"So ${CLASS}$.", "between $"),
        (f"So\n'''\n{CLASS}\n'''", "between '''"),
        (f"The class:\n{CLASS}\nThat is all there is.", "class Solution"),
        ("return x * x", "continuation"),
    ],
)
def test_a_class_solution_is_found_in_every_form_of_the_paper(text: str, rule: str) -> None:
    program = find_program(text, SOLUTION)
    assert program is not None
    assert program.rule == rule
    assert "".join(program.program.split()) == "".join(CLASS.split())


def test_the_word_python_stays_in_a_program() -> None:
    program = CLASS.replace("return x * x", 'return {"python": x * x}["python"]')
    assert found(fenced(program), SOLUTION) == ("Python block", program, True)


def test_a_whole_program_reads_and_writes() -> None:
    assert found(fenced(READS), WHOLE) == ("Python block", READS, True)
    assert found(READS, WHOLE) == ("whole text", READS, False)
    assert found("9", WHOLE) is None
    assert found(f"{fenced(READS, '')}\nFor 3 it writes\n{fenced('9', '')}", WHOLE) == ("block", READS, True)


@pytest.mark.parametrize(
    "turn", ["Question: and cubes?", "[[Question]] next", "<|im_end|>\n<|im_start|>user", "User: no"]
)
def test_own_words_come_before_an_invented_next_turn(turn: str) -> None:
    assert found(f"{fenced(RIGHT)}\n{turn}\n{fenced(OTHER)}") == ("Python block", RIGHT, True)
    assert found(f"{turn}\n{fenced(RIGHT)}") == ("Python block", RIGHT, True)
    bare = found(f"    return x * x\n\n{turn}\n    return 0", CONTINUED)
    assert bare == ("continuation", f"{PROMPT}    return x * x", True)


def test_what_looks_like_a_turn_inside_a_program_is_none() -> None:
    program = 'def square(x):\n    """\nQuestion: what is it?\n    """\n    return x * x'
    assert found(f"So:\n{fenced(program)}") == ("Python block", program, True)
    assert found(program) == ("whole text", program, False)


def test_a_docstring_with_a_fence_does_not_end_its_block() -> None:
    program = 'def square(x):\n    """\n    ```\n    square(2)\n    ```\n    """\n    return x * x'
    assert found(f"So:\n{fenced(program)}\nDone.") == ("Python block", program, True)
    assert found(program) == ("whole text", program, False)


def test_line_ends_of_another_system_are_taken_as_line_ends() -> None:
    assert found(fenced(RIGHT).replace("\n", "\r\n")) == ("Python block", RIGHT, True)


def test_a_text_of_a_megabyte_is_looked_at_in_an_instant() -> None:
    assert found("x" * 1_000_000) is None
    assert found("def square(x):\n    return x\n" * 15_000) is None
    assert found("```python\n" * 15_000) is not None
    assert found("((((" * 50_000) is None


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("    return x * x", False),
        ("    return x * x\n\n\n", False),
        ("    return x * x\n\n\nprint(squ", True),
        ("    return x * x\n\n\ndef cube(x):\n    return", True),
        ("    return x * x\n\nThis function", True),
        (RIGHT, False),
        (f"{RIGHT}\n\n\ndef cube(x):\n    return x", True),
        (f"So:\n\n{RIGHT}", False),
        (f"So:\n\n{RIGHT}\n\nIt mul", True),
    ],
)
def test_a_bare_program_is_whole_if_something_stands_after_it(text: str, closed: bool) -> None:
    program = find_program(text, CONTINUED)
    assert program is not None
    assert program.closed is closed


words = st.text(alphabet=st.characters(codec="ascii", exclude_characters="`~\r\x0b\x0c"), max_size=200)
lines = st.lists(
    st.sampled_from(
        ["x = x * 1", "# a comment", "y = 'python'", "", "if x: x = x", 's = """two\nlines"""', "pass"]
    ),
    max_size=6,
)


@UNHURRIED
@given(
    words, lines, words, st.sampled_from(["```", "````", "~~~"]), st.sampled_from(["python", "py", "Python"])
)
def test_a_program_in_any_prose_comes_back_unchanged(
    before: str, body: list[str], after: str, fence: str, language: str
) -> None:
    assume("[[" not in before + after)
    inner = "\n".join(textwrap.indent(line, "    ") if '"""' not in line else f"    {line}" for line in body)
    program = f"def square(x):\n{inner}\n    return x * x"
    text = f"{before}\n{fenced(program, language, fence)}\n{after}"
    assert found(text) == ("Python block", program, True)
