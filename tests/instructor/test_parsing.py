"""Promises of reading what an instructor wrote: the form asked for is read whole, and nothing ever fails."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbt.instructor.parsing import format_items, read_items

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(str.strip)
TEXTS = (
    st.lists(LINES.filter(lambda line: line and not line.startswith("###")), min_size=1, max_size=4)
    .map("\n".join)
    .filter(lambda text: text.strip() == text)
)
ITEMS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5)


@given(ITEMS)
@settings(deadline=None)
def test_what_is_written_in_the_form_is_read_back_strictly(items: list[tuple[str, str]]) -> None:
    reading = read_items(format_items(items))
    assert (reading.form, reading.items) == ("strict", items)


@given(ITEMS)
@settings(deadline=None)
def test_a_reply_that_was_cut_off_loses_its_last_problem_alone(items: list[tuple[str, str]]) -> None:
    reading = read_items(format_items(items), cut=True)
    assert reading.items == items[:-1]
    assert reading.form == ("strict" if len(items) > 1 else "none")


@given(
    st.text(max_size=300)
    | ITEMS.map(format_items).flatmap(lambda text: st.permutations(text.split("\n")).map("\n".join))
)
@settings(deadline=None)
def test_no_text_is_an_error(text: str) -> None:
    for cut in (False, True):
        reading = read_items(text, cut)
        assert (reading.form == "none") == (reading.items == [])
        assert all(question.strip() and solution.strip() for question, solution in reading.items)


TOLERATED = [
    "Here are two exercises.\n\n**Problem 1:** What is 2+3?\n\n**Solution:** 2+3=5.\n#### 5\n\n"
    "**Problem 2:** What is 4+4?\n**Solution 2:** 4+4=8.\n#### 8\n\nGood luck!",
    "1. Question: What is 2+3?\n   Answer: 2+3=5.\n#### 5\n2. Question: What is 4+4?\n   Answer: 4+4=8.\n"
    "#### 8",
    "## Exercise 1\nWhat is 2+3?\n## Worked solution\n2+3=5.\n#### 5\n---\n## Exercise 2\nWhat is 4+4?\n"
    "## Worked solution\n4+4=8.\n#### 8",
    "Q: What is 2+3?\nA: 2+3=5.\n#### 5\nQ: What is 4+4?\nA: 4+4=8.\n#### 8",
    '```json\n[{"question": "What is 2+3?", "solution": "2+3=5.\\n#### 5"},\n'
    ' {"Problem": "What is 4+4?", "Answer": "4+4=8.\\n#### 8"}]\n```',
    "### Problem 3\nWhat is 2+3?\n### Solution 3\n2+3=5.\n#### 5\n### Problem 4\nWhat is 4+4?\n"
    "### Solution 4\n4+4=8.\n#### 8",
]


@pytest.mark.parametrize("text", TOLERATED)
def test_common_other_forms_are_read_too(text: str) -> None:
    reading = read_items(text)
    assert reading.form == "tolerant"
    assert [question for question, _ in reading.items] == ["What is 2+3?", "What is 4+4?"]
    assert [solution.split("\n")[0] for _, solution in reading.items] == ["2+3=5.", "4+4=8."]
    assert "#### 5" in reading.items[0][1]
    assert "#### 8" in reading.items[1][1]


@pytest.mark.parametrize(
    "text",
    ["", "I cannot help with that.", "### Problem 1\nWhat is 2+3?", "Solution: 5", "[1, 2]", "[" * 100_000],
)
def test_what_holds_no_problem_with_a_solution_holds_nothing(text: str) -> None:
    assert read_items(text).form == "none"


def test_a_line_that_only_begins_like_a_heading_is_text() -> None:
    text = "### Problem 1\nProblem solving is hard. Why?\n### Solution 1\nAnswers vary.\nAnswer: 3"
    [item] = read_items(text).items
    assert item == ("Problem solving is hard. Why?", "Answers vary.\nAnswer: 3")


def test_an_answer_line_after_a_solution_is_part_of_it() -> None:
    [item] = read_items("Problem: 2+3?\nSolution: Add.\nAnswer: 5").items
    assert item == ("2+3?", "Add.\nAnswer: 5")
