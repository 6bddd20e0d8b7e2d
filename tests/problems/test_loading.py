"""What a problem file may hold, and what is said about one that cannot be used."""

import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.real_data import DATA, needs_real_data

from lbt.errors import DataError
from lbt.grading import domain_named, grade
from lbt.problems import ProblemSettings, check_leakage, load_problems

NUMBER = domain_named("number")

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

GSM8K = DATA / "gsm8k_test.jsonl"


def write(folder: Path, rows: list[Any], name: str = "mine.jsonl") -> str:
    path = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def settings(path: str, **options: Any) -> ProblemSettings:
    return ProblemSettings(source="jsonl", path=path, **options)


def sums(count: int, family: str = "sum") -> list[dict[str, Any]]:
    return [{"question": f"{family}: {i} + 1?", "answer": str(i + 1), "family": family} for i in range(count)]


def refusal(folder: Path, rows: list[Any], **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        load_problems(settings(write(folder, rows), **options), 0)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"answer": "1"}, "field 'question' is missing"),
        ({"question": "q"}, "field 'answer' is missing"),
        ({"question": "q", "answer": None}, "field 'answer' is null"),
        ({"question": "q", "answer": ""}, "field 'answer' is empty"),
        ({"question": "q", "answer": "  "}, "field 'answer' is empty"),
        ({"question": "q", "answer": ["1"]}, "field 'answer' must be text or a number, not a list"),
        ({"question": "q", "answer": True}, "field 'answer' must be text or a number, not true/false"),
        ({"question": 7, "answer": "1"}, "field 'question' must be text, not a number"),
        ({"question": "q", "answer": "1", "family": " "}, "field 'family' is empty"),
        (
            {"question": "q", "answer": "1", "role": "test"},
            "field 'role' is 'test'; it may be teaching, exam",
        ),
        ('{"question": "q", "answer": "1"', "the whole row is not valid JSON (column 32"),
        ('{"question": "\\ud800", "answer": "1"}', "field 'question' contains half a character"),
        ("[1]", "the whole row must be a JSON object, not a list"),
        ('{"question": "q", "answer": NaN}', "field 'answer' is null"),
        ("[" * 100_000, "the whole row is"),
        (
            '{"question": "q", "answer": "1", "answer": "2"}',
            "field 'answer' occurs more than once in the row",
        ),
        ({"question": "a\0b", "answer": "1"}, "field 'question' contains a NUL character"),
        ({"question": "q" * 1_000_000, "answer": "1"}, "the whole row has 1,000,031 bytes, but a problem"),
    ],
)
def test_a_bad_row_is_named_by_file_row_and_field(tmp_path: Path, row: Any, said: str) -> None:
    message = refusal(tmp_path, [*sums(3), row])
    assert f"mine.jsonl:4: {said}" in message
    assert "problems.bad_rows: set_aside" in message


def test_all_bad_rows_are_named_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, [*sums(3), {"question": "q"}, {"answer": "1"}, *["x"] * 12])
    assert "14 of 17 rows" in message
    assert "mine.jsonl:4:" in message
    assert "mine.jsonl:5:" in message
    assert "and 4 more" in message


def test_rows_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b'{"question": "caf\xe9", "answer": "1"}\n')
    with pytest.raises(DataError, match=r"mine\.jsonl:1: the whole row is not UTF-8 \(byte 18\)"):
        load_problems(settings(str(path)), 0)


def test_bad_rows_are_set_aside_on_request_and_reported(tmp_path: Path) -> None:
    path = write(tmp_path, [*sums(5), {"question": "q"}])
    problems, report = load_problems(settings(path, bad_rows="set_aside"), 0)
    assert len(problems) == 5
    assert report["set_aside"] == [
        {"file": "mine.jsonl", "row": 6, "field": "answer", "reason": "is missing"}
    ]
    assert report["rows_read"] == 6


def test_an_answer_that_the_domain_cannot_read_makes_a_row_unusable(tmp_path: Path) -> None:
    path = write(tmp_path, [*sums(3), {"question": "q", "answer": "three"}])
    with pytest.raises(DataError, match=r"mine\.jsonl:4: field 'answer' is 'three'.*set domain: text"):
        load_problems(settings(path), 0, NUMBER)
    assert load_problems(settings(path, bad_rows="set_aside"), 0, NUMBER)[1]["by_role"]["teaching"] == 1
    assert len(load_problems(settings(path), 0, domain_named("text"))[0]) == 4


def test_a_taken_id_and_a_contradiction_name_both_rows(tmp_path: Path) -> None:
    first = {"question": "What is 2 + 2?", "answer": "4", "id": "a"}
    assert "field 'id' is 'a', which line 1 has already" in refusal(
        tmp_path, [first, {"question": "other", "answer": "1", "id": "a"}]
    )
    assert "mine.jsonl:2: field 'question' is the question of line 1, but with another answer" in refusal(
        tmp_path, [first, {"question": "what is  2+2 ?", "answer": "5"}]
    )


def test_a_repeated_row_counts_once(tmp_path: Path) -> None:
    rows = sums(4)
    problems, report = load_problems(settings(write(tmp_path, [*rows, {**rows[0], "answer": "1.0"}])), 0)
    assert len(problems) == 4
    assert report["repeated"] == 1


def test_a_missing_and_an_empty_file_name_the_parameter(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl cannot be read.*problems\.path"):
        load_problems(settings(str(tmp_path / "none.jsonl")), 0)
    for content in ([], ["", "  "]):
        assert "holds no rows" in refusal(tmp_path, content)
    assert "holds no usable row" in refusal(tmp_path, [{"question": "q"}], bad_rows="set_aside")
    with pytest.raises(ValidationError, match=r"problems\.path must name a file"):
        ProblemSettings(source="jsonl")


def test_roles_on_some_rows_only_are_refused_with_both_lines(tmp_path: Path) -> None:
    rows = sums(3)
    rows[1]["role"] = "exam"
    message = refusal(tmp_path, rows)
    assert "line 2 has a role (exam) and line 1 has none" in message


def test_given_roles_are_kept(tmp_path: Path) -> None:
    rows = [
        row | {"role": role} for row, role in zip(sums(3), ["teaching", "exam", "evaluation"], strict=True)
    ]
    problems, report = load_problems(settings(write(tmp_path, rows)), 0)
    assert list(problems["role"]) == ["teaching", "exam", "evaluation"]
    assert report["split"] == "file"


def test_a_missing_role_and_an_unexaminable_family_are_refused(tmp_path: Path) -> None:
    rows = [row | {"role": "teaching"} for row in sums(3)]
    assert "mine.jsonl has no exam problem" in refusal(tmp_path, rows)
    rows += [row | {"role": role} for row, role in zip(sums(2, "other"), ["exam", "evaluation"], strict=True)]
    assert "mine.jsonl:1: the family 'sum' of this teaching problem has no exam problem" in refusal(
        tmp_path, rows
    )
    only = [row | {"role": role} for row, role in zip(sums(2), ["teaching", "exam"], strict=True)]
    assert "has no evaluation problem" in refusal(tmp_path, only)
    assert len(load_problems(settings(write(tmp_path, only), evaluation=0), 0)[0]) == 2


def test_without_a_family_the_file_is_the_family_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"question": f"{i} + {i}?", "answer": 2 * i} for i in range(4)]
    with caplog.at_level(logging.INFO):
        problems, _ = load_problems(settings(write(tmp_path, rows)), 0)
    assert set(problems["family"]) == {"mine"}
    assert set(problems["problem_id"]) == {"mine-1", "mine-2", "mine-3", "mine-4"}
    assert [record for record in caplog.messages if "name no family" in record]


def test_numbers_as_answers_keep_their_digits(tmp_path: Path) -> None:
    big = "123456789012345678901234567890"
    rows = [*sums(3, "mine"), f'{{"question": "q", "answer": {big}, "family": "mine"}}']
    problems, _ = load_problems(settings(write(tmp_path, rows)), 0)
    assert big in set(problems["answer"])


def test_only_a_line_feed_ends_a_row(tmp_path: Path) -> None:
    rows = [{"question": f"one\u2028two\x85 {i}", "answer": "1"} for i in range(3)]
    path = Path(write(tmp_path, rows))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load_problems(settings(str(path)), 0)[0]) == 3


def test_fields_that_are_not_used_are_reported(tmp_path: Path) -> None:
    _, report = load_problems(settings(write(tmp_path, [row | {"rol": "exam"} for row in sums(3)])), 0)
    assert report["ignored_fields"] == ["rol"]


@UNHURRIED
@given(st.integers(3, 60), st.integers(0, 5), st.randoms())
def test_the_split_is_whole_and_ignores_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, random: Any
) -> None:
    rows = [row | {"id": row["question"]} for row in sums(count) + sums(3, "small")]
    folder = tmp_path_factory.mktemp("split")
    wanted = settings(write(folder, rows), teaching=10, exam_per_family=4, evaluation=12)
    first, _ = load_problems(wanted, seed)
    random.shuffle(rows)
    write(folder, rows)
    second, _ = load_problems(wanted, seed)
    roles = [dict(zip(table["problem_id"], table["role"], strict=True)) for table in (first, second)]
    assert roles[0] == roles[1]
    assert (first.groupby("family")["role"].nunique() == 3).all()
    sizes = first["role"].value_counts()
    assert sizes["teaching"] <= 10
    assert sizes["evaluation"] <= 12
    assert first[first["role"] == "exam"]["family"].value_counts().max() <= 4


def test_roles_are_shared_out_as_promised(tmp_path: Path) -> None:
    path = write(tmp_path, sums(100))
    everything = settings(path, teaching=1000, exam_per_family=1000, evaluation=1000)
    problems, report = load_problems(everything, 0)
    assert 30 <= report["by_role"]["teaching"] <= 50
    assert 20 <= report["by_role"]["exam"] <= 40
    assert sum(report["by_role"].values()) == 100
    other, _ = load_problems(everything, 1)
    assert list(problems["role"]) != list(other["role"])


def test_teaching_problems_are_drawn_evenly_over_the_families(tmp_path: Path) -> None:
    path = write(tmp_path, [row for name in "abcd" for row in sums(10 if name == "a" else 30, name)])
    problems, report = load_problems(settings(path, teaching=20, exam_per_family=3, evaluation=6), 0)
    taught = problems[problems["role"] == "teaching"]["family"].value_counts()
    assert sorted(taught) == [4, 5, 5, 6]  # a has no more than 4 to give
    assert report["not_drawn"] == 100 - len(problems)


@pytest.mark.slow
@needs_real_data
def test_the_gsm8k_file_loads_whole() -> None:
    every = ProblemSettings(
        source="gsm8k", path=str(GSM8K), teaching=2000, exam_per_family=2000, evaluation=2000
    )
    problems, report = load_problems(every, 0, NUMBER)
    assert len(problems) == report["rows_read"] == 1319
    assert report["set_aside"] == []
    assert report["families"] == 1
    check_leakage(problems)


@pytest.mark.slow
@needs_real_data
def test_gsm8k_solutions_are_right_against_their_own_answers() -> None:
    every = ProblemSettings(
        source="gsm8k", path=str(GSM8K), teaching=2000, exam_per_family=2000, evaluation=2000
    )
    golds = load_problems(every, 0)[0].set_index("source")["answer"]
    solutions = [json.loads(line)["answer"] for line in GSM8K.read_bytes().split(b"\n") if line.strip()]
    with_commas = 0
    for line, solution in enumerate(solutions, start=1):
        gold = golds[f"gsm8k_test.jsonl:{line}"]
        with_commas += "," in solution.rpartition("####")[2]
        assert "," not in gold
        assert grade(NUMBER, gold, solution).verdict == "correct"
    assert with_commas == 14


def test_a_gsm8k_answer_without_its_mark_is_a_bad_row(tmp_path: Path) -> None:
    path = write(tmp_path, [{"question": "q", "answer": "12"}])
    with pytest.raises(DataError, match='does not end with "#### <number>"'):
        load_problems(ProblemSettings(source="gsm8k", path=path), 0)


def test_the_table_has_the_declared_columns(tmp_path: Path) -> None:
    problems, _ = load_problems(settings(write(tmp_path, sums(3))), 0)
    assert problems["lucky"].dtype == "boolean"
    assert problems["lucky"].isna().all()
    assert list(problems["source"]) == ["mine.jsonl:1", "mine.jsonl:2", "mine.jsonl:3"]
    assert isinstance(problems, pd.DataFrame)
