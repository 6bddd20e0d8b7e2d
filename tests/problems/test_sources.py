"""MATH, MATH500, the variants of MATH(), GSM8K and Hugging Face datasets become one table."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.real_data import DATA, needs_real_data

import datasets
from lbt.errors import DataError
from lbt.grading import domain_named
from lbt.problems import ProblemSettings, check_leakage, count_problems, load_problems, question_key

UNHURRIED = hypothesis_settings(deadline=None, max_examples=25)

LAYOUT = DATA / "raw_layout_sample"
SNAPSHOTS = ["Oct-2023", "Nov-2023", "Dec-2023"]

MATH500 = str(DATA / "math500_test.jsonl")
ORIGINALS = str(DATA / "math_fneval_originals.jsonl")
VARIANTS = str(DATA / "math_fneval_variants.jsonl")
EVERYTHING = {"teaching": 10_000, "exam_per_family": 10_000, "evaluation": 10_000}


def load(domain: str = "math", **options: Any) -> tuple[pd.DataFrame, dict[str, Any]]:
    return load_problems(ProblemSettings(**{**EVERYTHING, **options}), 0, domain_named(domain))


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def math_file(root: Path, name: str, question: str, answer: str, **fields: Any) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"problem": question, "level": "Level 2", "type": "Algebra", "solution": answer} | fields
    path.write_text(json.dumps(content, indent=4), encoding="utf-8")
    return path


def math_folders(root: Path, count: int = 2) -> dict[str, Any]:
    """MATH with so many problems and two snapshots of MATH() beside it."""
    for number in range(count):
        name = f"test/algebra/{number}.json"
        math_file(root / "MATH", name, f"Find ${number} + x$.", rf"Then \boxed{{{number}}}.")
        for snapshot in ("Oct", "Nov"):
            math_file(root / snapshot, name, f"Find ${number} + {snapshot}$.", rf"\boxed{{{number}}}")
    return {
        "source": "math_variants",
        "path": str(root / "MATH"),
        "exam_paths": (str(root / "Oct"), str(root / "Nov")),
        "evaluation": 0,
    }


# the real files


@pytest.mark.slow
@needs_real_data
def test_the_181_problems_of_the_paper_have_their_three_variants_each() -> None:
    problems, report = load(
        source="math_variants", path=MATH500, exam_paths=[VARIANTS], evaluation=0, bad_rows="set_aside"
    )
    assert report["by_role"] == {"teaching": 181, "exam": 543, "evaluation": 0}
    assert report["exam_problems_of_a_teaching_problem"] == {"3": 181}
    assert report["different_exam_problems_of_a_teaching_problem"] == {"2": 12, "3": 169}
    assert report["teaching_without_variants"] == 500 - 181
    assert report["rows_by_file"] == {"math500_test.jsonl": 500, "math_fneval_variants.jsonl": 5235}
    taught = problems[problems["role"] == "teaching"]
    assert taught["level"].value_counts().sort_index().tolist() == [25, 47, 47, 36, 26]
    assert taught["subject"].value_counts()["Algebra"] == 61
    variants = problems[problems["role"] == "exam"]
    assert set(variants["family"]) == set(taught["problem_id"])
    assert count_problems(problems)["teaching"].sum() == 181
    check_leakage(problems)


@pytest.mark.slow
@needs_real_data
def test_the_1564_others_are_taught_without_the_500_that_evaluate() -> None:
    problems, report = load(
        source="math_variants",
        path=ORIGINALS,
        exam_paths=[VARIANTS],
        leave_out=MATH500,
        evaluation_path=MATH500,
        bad_rows="set_aside",
    )
    assert report["by_role"] == {"teaching": 1564, "exam": 3 * 1564 - 1, "evaluation": 500}
    assert report["left_out"] == 181
    assert report["exam_problems_of_a_teaching_problem"] == {"2": 1, "3": 1563}
    by_role = {role: set(rows["problem_id"]) for role, rows in problems.groupby("role")}
    assert not by_role["teaching"] & by_role["evaluation"]
    check_leakage(problems)


@pytest.mark.slow
@needs_real_data
def test_oddities_of_the_variants_are_counted_and_named() -> None:
    options = {"source": "math_variants", "path": ORIGINALS, "exam_paths": [VARIANTS], "evaluation": 0}
    with pytest.raises(DataError, match=r"math_fneval_variants\.jsonl:3236: field 'answer' is '_7'"):
        load(**options)
    problems, report = load(**options, bad_rows="set_aside")
    [bad] = report["set_aside"]
    assert (bad["file"], bad["row"], bad["field"]) == ("math_fneval_variants.jsonl", 3236, "answer")
    assert report["repeated"] == 83
    assert len(problems) == 1745 + 5235 - 1
    answers = problems.set_index("problem_id")["answer"]
    longest = answers["test/counting_and_probability/503.json@Oct-2023"]
    assert len(longest) == 304
    assert longest in Path(VARIANTS).read_text(encoding="utf-8").replace(r"\\", "\\")
    assert answers["test/algebra/206.json@Nov-2023"] == "-2.8282828282828282e-05"
    assert answers.str.contains(r"\\text").sum() >= 45
    assert answers.eq(answers.str.strip()).all()
    shared = problems[problems["question"].map(question_key).duplicated(keep=False)]
    families = shared.groupby(shared["question"].map(question_key))["family"].agg(set)
    assert [names for names in families if len(names) > 1] == [
        {"test/algebra/1185.json", "test/algebra/1255.json"}
    ]


@pytest.mark.slow
@needs_real_data
def test_the_folders_hold_what_the_files_hold() -> None:
    from_folders, report = load(
        source="math_variants",
        path=str(LAYOUT / "MATH"),
        exam_paths=[str(LAYOUT / name) for name in SNAPSHOTS],
        evaluation=0,
        bad_rows="set_aside",
    )
    assert report["set_aside"][0]["file"] == "Nov-2023/test/number_theory/577.json"
    assert report["by_role"] == {"teaching": 27, "exam": 80, "evaluation": 0}
    from_files, _ = load(
        source="math_variants",
        path=ORIGINALS,
        exam_paths=[VARIANTS],
        evaluation=0,
        bad_rows="set_aside",
    )
    columns = ["problem_id", "family", "question", "answer", "role", "level", "subject"]
    same = from_files[columns].set_index("problem_id").loc[from_folders["problem_id"]].reset_index()
    pd.testing.assert_frame_equal(same, from_folders[columns])


@pytest.mark.slow
@needs_real_data
def test_math500_alone_is_split_within_its_subjects() -> None:
    problems, report = load(source="math", path=MATH500)
    assert len(problems) == 500
    assert report["families"] == 7
    assert report["split"] == "hash"
    assert problems["level"].value_counts().sort_index().tolist() == [43, 90, 105, 128, 134]


@pytest.mark.slow
@needs_real_data
def test_gsm8k_is_taught_from_one_file_and_evaluated_on_another() -> None:
    problems, report = load(
        "number",
        source="gsm8k",
        path=str(DATA / "gsm8k_train_1000.jsonl"),
        evaluation_path=str(DATA / "gsm8k_test.jsonl"),
    )
    assert report["by_role"] == {"teaching": 570, "exam": 430, "evaluation": 1319}
    assert report["families"] == 1
    assert "level" not in problems
    check_leakage(problems)


# made by hand


def test_a_folder_is_read_in_the_order_of_its_numbers_and_hidden_files_are_passed_over(
    tmp_path: Path,
) -> None:
    options = math_folders(tmp_path, 11)
    (tmp_path / "MATH/test/algebra/._3.json").write_bytes(b"\x00\x05\x16")
    problems, _ = load(**options)
    taught = problems[problems["role"] == "teaching"]
    assert list(taught["problem_id"]) == [f"test/algebra/{number}.json" for number in range(11)]
    assert taught["source"].iloc[10] == "MATH/test/algebra/10.json"
    assert problems["problem_id"].iloc[-1] == "test/algebra/10.json@Nov"
    assert problems["level"].dtype == "Int64"


def test_one_split_of_a_folder_keeps_the_names_of_the_whole(tmp_path: Path) -> None:
    math_folders(tmp_path, 6)
    for number in range(6):
        math_file(tmp_path / "MATH", f"train/algebra/{number}.json", f"Train ${number}$.", r"\boxed{1}")
    problems, report = load(
        source="math",
        path=str(tmp_path / "MATH" / "test"),
        exam_paths=[str(tmp_path / "MATH" / "train")],
        evaluation=0,
    )
    assert report["by_role"] == {"teaching": 6, "exam": 6, "evaluation": 0}
    assert set(problems["family"]) == {"Algebra"}
    assert problems["problem_id"].iloc[-1] == "train/algebra/5.json"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the whole row is not valid JSON"),
        (b"{\n  'a'", "the whole row is not valid JSON (line 2, column 3"),
        (b'{"problem": "q", "solution": "no box"}', "field 'solution' holds no \\boxed"),
        (b'{"problem": "q", "solution": "\\\\boxed{ }"}', "field 'solution' ends with an empty \\boxed{}"),
        (b'{"problem": "q", "solution": "\\\\boxed{_7}"}', "field 'answer' is '_7'"),
        (b'{"solution": "\\\\boxed{1}"}', "field 'problem' is missing"),
        (
            b'{"problem": "q", "solution": "\\\\boxed{1}", "level": "hard"}',
            "field 'level' is 'hard'; it must be a whole number",
        ),
        (
            b'{"problem": "q", "solution": "\\\\boxed{1}", "role": "exam"}',
            "field 'role' is 'exam', but the parameters make this file's role 'teaching'",
        ),
    ],
)
def test_a_bad_file_of_a_folder_is_named_with_its_field(tmp_path: Path, content: bytes, said: str) -> None:
    options = math_folders(tmp_path)
    (tmp_path / "MATH/test/algebra/0.json").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load(**options)
    assert f"MATH/test/algebra/0.json: {said}" in str(caught.value)
    problems, report = load(**options, bad_rows="set_aside")
    assert report["by_role"] == {"teaching": 1, "exam": 2, "evaluation": 0}
    assert report["variants_without_teaching"] == 2
    assert [(bad["file"], bad["row"]) for bad in report["set_aside"]] == [("MATH/test/algebra/0.json", None)]
    assert len(problems) == 3


def test_the_last_box_with_its_inner_braces_is_the_answer(tmp_path: Path) -> None:
    options = math_folders(tmp_path)
    solution = r"First \boxed{1}, then \fbox{no} and \boxed{\left\{ \frac{1}{2}, 3 \right\}}. \{"
    math_file(tmp_path / "MATH", "test/algebra/0.json", "Find all $x$.", solution, level="Level ?")
    problems, _ = load(**options)
    first = problems.iloc[0]
    assert first["answer"] == r"\left\{ \frac{1}{2}, 3 \right\}"
    assert pd.isna(first["level"])


def test_line_ends_and_separators_of_other_systems_change_nothing(tmp_path: Path) -> None:
    options = math_folders(tmp_path)
    path = tmp_path / "MATH/test/algebra/0.json"
    math_file(tmp_path / "MATH", "test/algebra/0.json", "One\u2028two\r\nthree?", r"\boxed{1}")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    problems, _ = load(**options)
    assert problems["question"].iloc[0] == "One\u2028two\r\nthree?"


def test_a_variant_that_contradicts_another_is_bad_and_one_that_repeats_it_is_counted(
    tmp_path: Path,
) -> None:
    options = math_folders(tmp_path)
    for snapshot in ("Oct", "Nov"):
        math_file(tmp_path / snapshot, "test/algebra/0.json", "The same.", r"\boxed{4}")
    math_file(tmp_path / "Nov", "test/algebra/0.json", " the same", r"\boxed{4.0}")
    _, report = load(**options)
    assert report["repeated"] == 1
    assert report["exam_problems_of_a_teaching_problem"] == {"2": 2}
    assert report["different_exam_problems_of_a_teaching_problem"] == {"1": 1, "2": 1}
    math_file(tmp_path / "Nov", "test/algebra/0.json", "The same.", r"\boxed{5}")
    with pytest.raises(DataError, match=r"is the question of Oct/test/algebra/0\.json, but with another"):
        load(**options)


def test_variants_need_ids_and_snapshots(tmp_path: Path) -> None:
    row = {"question": "q", "answer": "1", "unique_id": "a"}
    taught = write(tmp_path / "taught.jsonl", [row])
    for lacking in ("unique_id", "snapshot"):
        variant = row | {"question": "r", "snapshot": "Oct"}
        del variant[lacking]
        variants = write(tmp_path / "variants.jsonl", [variant])
        with pytest.raises(DataError, match=rf"variants\.jsonl:1: field '{lacking}' is missing"):
            load(source="math_variants", path=taught, exam_paths=[variants], evaluation=0)


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rows = [{"question": f"{i} + 1?", "answer": str(i + 1)} for i in range(6)]
    taught = write(tmp_path / "train" / "data.jsonl", rows[:3])
    examined = write(tmp_path / "test" / "data.jsonl", rows[3:])
    problems, report = load("number", source="jsonl", path=taught, exam_paths=examined, evaluation=0)
    assert report["by_role"] == {"teaching": 3, "exam": 3, "evaluation": 0}
    assert problems["problem_id"].is_unique
    assert list(problems["problem_id"])[::3] == ["train/data-1", "test/data-1"]
    assert problems["source"].iloc[0] == "train/data.jsonl:1"
    assert set(problems["family"]) == {"data"}


def test_a_problem_that_is_left_out_is_known_by_its_text_too(tmp_path: Path) -> None:
    rows = [{"question": f"{i} + 1?", "answer": str(i + 1)} for i in range(9)]
    path = write(tmp_path / "mine.jsonl", rows)
    unwanted = write(tmp_path / "unwanted" / "mine.jsonl", [{"question": " 4 +  1 ?", "answer": "5"}])
    problems, report = load("number", source="jsonl", path=path, leave_out=unwanted)
    assert report["left_out"] == 1
    assert "4 + 1?" not in set(problems["question"])


def test_families_without_exam_problems_are_refused_only_where_exams_are_by_family(tmp_path: Path) -> None:
    rows = [{"question": f"{i}?", "answer": "1", "family": str(i)} for i in range(4)]
    options = ProblemSettings(
        source="jsonl",
        path=write(tmp_path / "mine.jsonl", rows[:2]),
        exam_paths=[write(tmp_path / "exams.jsonl", rows[2:])],
        evaluation=0,
    )
    with pytest.raises(DataError, match="has no exam problem"):
        load_problems(options, 0)
    assert len(load_problems(options, 0, examined_by_family=False)[0]) == 4


def test_levels_and_subjects_of_own_problems_are_kept(tmp_path: Path) -> None:
    rows = [{"question": f"{i}?", "answer": "1", "level": i, "subject": "sums"} for i in range(3)]
    problems, report = load("number", source="jsonl", path=write(tmp_path / "mine.jsonl", rows))
    assert sorted(problems["level"]) == [0, 1, 2]
    assert report["ignored_fields"] == []


@UNHURRIED
@given(st.integers(3, 40), st.integers(0, 5))
def test_without_own_evaluation_problems_teaching_and_exam_share_everything(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    rows = [{"question": f"{i} + 1?", "answer": str(i + 1)} for i in range(count)]
    other = [{"question": f"{i} - 1?", "answer": str(i - 1)} for i in range(2)]
    settings = ProblemSettings(
        source="jsonl",
        path=write(folder / "mine.jsonl", rows),
        evaluation_path=write(folder / "other.jsonl", other),
        **EVERYTHING,
    )
    by_role = load_problems(settings, seed)[1]["by_role"]
    assert by_role["evaluation"] == 2
    assert by_role["teaching"] + by_role["exam"] == count
    assert by_role["exam"] >= 1


def test_parameters_that_do_not_fit_their_source_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"problems\.exam_paths must list the snapshots"):
        ProblemSettings(source="math_variants", path="x")
    with pytest.raises(ValidationError, match=r"which problems\.source 'pocket' does not read"):
        ProblemSettings(leave_out="x")
    with pytest.raises(ValidationError, match=r"problems\.huggingface\.exam_split"):
        ProblemSettings(source="huggingface", path="x", evaluation_path="y")


# Hugging Face


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_a_dataset_is_read_with_its_own_column_names_and_splits(cached: Path) -> None:
    def rows(first: int) -> list[dict[str, Any]]:
        return [
            {"prompt": f"{i}?", "gold": rf"So \boxed{{{i}}}", "difficulty": i % 5, "kind": "a", "note": None}
            for i in range(first, first + 6)
        ]

    for first, split in ((0, "train"), (6, "validation"), (12, "test")):
        write(cached / "set" / f"{split}.jsonl", rows(first))
    problems, report = load(
        source="huggingface",
        path=str(cached / "set"),
        huggingface={
            "columns": {"question": "prompt", "answer": "gold", "level": "difficulty", "subject": "kind"},
            "answer": "boxed",
            "exam_split": "validation",
            "evaluation_split": "test",
        },
    )
    assert report["by_role"] == {"teaching": 6, "exam": 6, "evaluation": 6}
    assert report["ignored_fields"] == ["note"]
    assert problems["answer"].iloc[7] == "7"
    assert problems["problem_id"].iloc[7] == "validation-2"
    assert problems["source"].iloc[7] == f"{cached / 'set'}[validation]:2"


@pytest.mark.parametrize(
    ("answer", "value", "gold"),
    [("plain", 12, "12"), ("plain", 0.5, "0.5"), ("gsm8k", "So\n#### 1,210", "1210")],
)
def test_answers_of_a_dataset_are_read_as_the_parameter_says(
    cached: Path, answer: str, value: Any, gold: str
) -> None:
    files = write(cached / "rows.jsonl", [{"question": f"{i}?", "answer": value} for i in range(4)])
    problems, _ = load(
        "number", source="huggingface", path="json", huggingface={"data_files": files, "answer": answer}
    )
    assert set(problems["answer"]) == {gold}


def test_a_dataset_that_is_not_there_and_a_column_that_it_lacks_are_named(
    cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match=r"The dataset 'none/none' \(problems\.path\) could not be loaded"):
        load(source="huggingface", path="none/none")
    files = write(cached / "rows.jsonl", [{"question": "q", "answer": "1"}])
    with pytest.raises(DataError, match=r"no column 'problem'.*Its columns: question, answer\."):
        load(
            source="huggingface",
            path="json",
            huggingface={"data_files": files, "columns": {"question": "problem"}},
        )
