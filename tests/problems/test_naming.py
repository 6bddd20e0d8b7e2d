"""JSONL files whose fields and answers are called otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest

from lbt.errors import DataError
from lbt.grading import domain_named
from lbt.problems import ProblemSettings, load_problems

NAMES: dict[str, Any] = {"columns": {"question": "text", "answer": "label"}, "labels": {1: "Yes", 0: "No"}}


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"text": f"claim number {number}", "label": number % 2, "answer": "?"} for number in range(count)]


def test_named_columns_and_labels_make_problems(tmp_path: Path) -> None:
    chosen = ProblemSettings(source="jsonl", path=write(tmp_path / "claims.jsonl", rows(20)), **NAMES)
    problems, _ = load_problems(chosen, 0, domain_named("choice"))
    told = dict(zip(problems["question"], problems["answer"], strict=True))
    assert told["claim number 3"] == "Yes"
    assert told["claim number 4"] == "No"
    assert set(problems["role"]) == {"teaching", "exam", "evaluation"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "a claim", "label": 2}, "field 'label' is '2', which problems.labels does not have"),
        ({"label": 1}, "field 'text' is missing, but problems.columns names it for question"),
        ({"text": "a claim", "label": None}, "field 'label' is None"),
        ({"text": "", "label": 1}, "field 'question' is empty"),
    ],
)
def test_a_row_of_another_kind_is_named(tmp_path: Path, row: dict[str, Any], reason: str) -> None:
    path = write(tmp_path / "claims.jsonl", [*rows(20), row])
    with pytest.raises(DataError, match=r"claims.jsonl:21: " + reason):
        load_problems(ProblemSettings(source="jsonl", path=path, **NAMES), 0, domain_named("choice"))


def test_problems_left_out_are_known_by_their_named_question(tmp_path: Path) -> None:
    held_out = write(tmp_path / "held_out.jsonl", rows(4))
    chosen = ProblemSettings(
        source="jsonl",
        path=write(tmp_path / "claims.jsonl", rows(20)),
        evaluation_path=held_out,
        leave_out=held_out,
        **NAMES,
    )
    problems, report = load_problems(chosen, 0, domain_named("choice"))
    assert report["left_out"] == 4
    assert problems["question"].is_unique


def test_bare_yes_and_other_sources_are_refused() -> None:
    with pytest.raises(ValueError, match="quote them"):
        ProblemSettings(source="jsonl", path="x", labels={1: True, 0: False})
    with pytest.raises(ValueError, match=r"for problems\.source: jsonl, not gsm8k"):
        ProblemSettings(source="gsm8k", path="x", columns={"question": "text"})
