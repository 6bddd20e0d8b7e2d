"""A taught question may not be examined or evaluated."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.errors import DataError
from lbt.problems import check_leakage, question_key

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

ROLES = ["teaching", "exam", "evaluation"]


def table(rows: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(rows))],
            "question": [question for question, _ in rows],
            "role": [role for _, role in rows],
            "source": [f"mine.jsonl:{i + 1}" for i in range(len(rows))],
        }
    )


CLEAN = [(f"What is {i} + {j}?", role) for i, role in enumerate(ROLES) for j in range(4)]


def test_a_clean_table_is_reported_as_such() -> None:
    report = check_leakage(table(CLEAN))
    assert set(report["equal_between_roles"].values()) == {0}
    assert report["problems"] == 12


@UNHURRIED
@given(
    st.integers(0, len(CLEAN) - 1),
    st.sampled_from(ROLES),
    st.sampled_from([str.upper, str.title, lambda text: text.replace(" ", "  "), lambda text: text[:-1]]),
)
def test_a_planted_question_is_found_in_any_layout(at: int, role: str, layout: object) -> None:
    question, own = CLEAN[at]
    rows = [*CLEAN, (layout(question), role)]  # type: ignore[operator]
    if role == own:
        assert check_leakage(table(rows))["equal_within_role"][role] == 1
        return
    with pytest.raises(DataError) as caught:
        check_leakage(table(rows))
    assert f"mine.jsonl:{at + 1} " in str(caught.value)
    assert "mine.jsonl:13 " in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 7 - 3?", "What is 7 + 3?"),
        ("7 - (3 - 2)", "7 - 3 - 2"),
        ("What is 1.5 times 2?", "What is 15 times 2?"),
        ("What is 5!?", "What is 5?"),
        ("The median of 1 2 3", "The median of 12 3"),
        ("x^2 + 1", "x^3 + 1"),
        ("1,000 + 2", "1000 2"),
    ],
)
def test_different_problems_stay_different(one: str, other: str) -> None:
    assert question_key(one) != question_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 7+3?", "what is 7 + 3"),
        ("Tom's eggs: 3.", "Tom’s eggs 3"),
        ("A,  b\nand c.", "a b and C"),
        ('He said "go".', "he said go"),
    ],
)
def test_layout_makes_no_difference(one: str, other: str) -> None:
    assert question_key(one) == question_key(other)
