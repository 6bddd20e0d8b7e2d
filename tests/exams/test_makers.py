"""Every exam maker: never the teaching problem's own text, the same whatever the row order, at most k."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.real_data import DATA, needs_real_data

import lbt.pocket
from lbt.errors import DataError, ModelError
from lbt.exams import ExamSettings, plan_exams
from lbt.exams.makers import make_exams, report_exams
from lbt.exams.makers.nearest import tfidf_similarities
from lbt.generation import SamplingSettings
from lbt.grading import domain_named
from lbt.problems import ProblemSettings, load_problems, question_key

UNHURRIED = hypothesis_settings(deadline=None, max_examples=40)

SAMPLING = SamplingSettings(temperature=0.7, max_tokens=20)
NUMBER = domain_named("number")
POCKET_MODEL = Path(lbt.pocket.__file__).parent / "models" / "student_weak"

WORDS = ["Add 2 and 3", "add 2  and 3.", "How many eggs are 4 eggs", "Find $x$", "Solve 7 - 3", "solve 7 + 3"]


def settings(maker: str = "family", wanted: int = 2, **options: Any) -> ExamSettings:
    return ExamSettings(maker=maker, problems_per_demo=wanted, sampling=SAMPLING, **options)


def problems(rows: list[tuple[str, str, str, int | None, str | None]]) -> pd.DataFrame:
    """Rows of role, family, question, level and subject."""
    table = pd.DataFrame(rows, columns=["role", "family", "question", "level", "subject"])
    ids = [f"p{number:03}" for number in range(len(rows))]
    return table.assign(problem_id=ids, answer="1", source="mine.jsonl:1").astype({"level": "Int64"})


def exams_of(table: pd.DataFrame, chosen: ExamSettings, seed: int = 0) -> dict[str, list[str]]:
    return make_exams(table[table["role"] == "teaching"], table, chosen, seed, NUMBER)


def demos(table: pd.DataFrame, count: int = 2) -> pd.DataFrame:
    rows = [
        (problem, index, f"{problem}:{index}", "correct")
        for problem in table.loc[table["role"] == "teaching", "problem_id"]
        for index in range(count)
    ]
    return pd.DataFrame(rows, columns=["problem_id", "sample_index", "demo_id", "verdict"])


problem_rows = st.tuples(
    st.sampled_from(["teaching", "exam", "exam", "evaluation"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from([*WORDS, *[f"{word} again" for word in WORDS]]),
    st.sampled_from([1, 2, 3, None]),
    st.sampled_from(["Algebra", "Geometry", None]),
)
makers = st.sampled_from(
    [
        {"maker": "family"},
        {"maker": "nearest"},
        *[
            {"maker": "subject_level", "subject_level": {"subject": subject, "level": level}}
            for subject in ("same", "other", "any")
            for level in ("=", "<", ">", "any", (1, 3))
        ],
    ]
)


@UNHURRIED
@given(
    st.lists(problem_rows, min_size=2, max_size=25),
    makers,
    st.integers(1, 4),
    st.integers(0, 9),
    st.randoms(),
)
def test_every_maker_keeps_the_promises_of_all(
    rows: list[Any], maker: dict[str, Any], wanted: int, seed: int, random: Any
) -> None:
    table = problems(rows)
    chosen = settings(wanted=wanted, **maker)
    order = list(range(len(table)))
    random.shuffle(order)
    try:
        exams = exams_of(table, chosen, seed)
    except DataError:
        with pytest.raises(DataError):
            exams_of(table.iloc[order], chosen, seed)
        return
    assert exams_of(table.iloc[order], chosen, seed) == exams
    known = table.set_index("problem_id")
    for teaching_problem, exam in exams.items():
        assert 0 < len(exam) <= wanted
        keys = [question_key(known.loc[name, "question"]) for name in exam]
        assert len(set(keys)) == len(keys)
        assert question_key(known.loc[teaching_problem, "question"]) not in keys
        assert set(known.loc[exam, "role"]) == {"exam"}
        alone = known.loc[[teaching_problem]].reset_index()
        assert make_exams(alone, table, chosen, seed, NUMBER) == {teaching_problem: exam}
    more = exams_of(table, settings(wanted=wanted + 2, **maker), seed)
    assert all(set(exam) <= set(more[name]) for name, exam in exams.items())


@UNHURRIED
@given(st.lists(problem_rows, min_size=2, max_size=25), st.integers(1, 4))
def test_an_exam_is_short_only_if_nothing_else_suits(rows: list[Any], wanted: int) -> None:
    table = problems(rows)
    pool = table[table["role"] == "exam"]
    try:
        exams = exams_of(table, settings("nearest", wanted))
    except DataError:
        return
    keys = set(pool["question"].map(question_key))
    known = table.set_index("problem_id")["question"]
    for name, exam in exams.items():
        assert len(exam) == min(wanted, len(keys - {question_key(known[name])}))


# nearest


def test_the_nearest_questions_are_taken_from_any_family() -> None:
    table = problems(
        [
            ("teaching", "a", "How many eggs do 3 hens lay in a week?", None, None),
            ("exam", "b", "Find the slope of the line $y = 3x$.", None, None),
            ("exam", "b", "How many eggs do 9 hens lay in a month?", None, None),
            ("exam", "a", r"Compute $\frac{3}{4}$ of 12.", None, None),
            ("exam", "c", "How many eggs are left in a week?", None, None),
        ]
    )
    assert exams_of(table, settings("nearest")) == {"p000": ["p002", "p004"]}


def test_tfidf_is_the_cosine_of_its_formula() -> None:
    [row] = tfidf_similarities(["egg egg hen"], ["egg hen", "egg fox", "fox"])
    idf = {"egg": 1 + np.log(4 / 3), "hen": 1 + np.log(4 / 2), "fox": 1 + np.log(4 / 3)}
    asked = np.array([(1 + np.log(2)) * idf["egg"], idf["hen"]])
    first = np.array([idf["egg"], idf["hen"]])
    second = np.array([idf["egg"], idf["fox"]])
    expected = [
        asked @ first / np.linalg.norm(asked) / np.linalg.norm(first),
        asked[0] * second[0] / np.linalg.norm(asked) / np.linalg.norm(second),
        0,
    ]
    np.testing.assert_allclose(row, expected)
    assert not next(tfidf_similarities(["none of these"], ["egg"])).any()


@pytest.mark.slow
def test_a_model_can_say_what_is_near() -> None:
    table = problems(
        [
            ("teaching", "a", "Tom has 3 eggs and gets 4 more. How many?", None, None),
            ("exam", "b", "Tom has 5 eggs and gets 6 more. How many?", None, None),
            ("exam", "c", "7", None, None),
        ]
    )
    chosen = settings("nearest", 1, nearest={"embedding": str(POCKET_MODEL), "batch_size": 2})
    assert exams_of(table, chosen) == {"p000": ["p001"]}


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    table = problems([("teaching", "a", "1?", None, None), ("exam", "a", "2?", None, None)])
    with pytest.raises(ModelError, match=r"exams\.nearest\.embedding"):
        exams_of(table, settings("nearest", nearest={"embedding": str(tmp_path)}))


@pytest.mark.slow
@needs_real_data
def test_the_nearest_of_real_problems_are_mostly_their_variants() -> None:
    table, _ = load_problems(
        ProblemSettings(
            source="math_variants",
            path=str(DATA / "math500_test.jsonl"),
            exam_paths=(str(DATA / "math_fneval_variants.jsonl"),),
            teaching=181,
            evaluation=0,
            bad_rows="set_aside",
        ),
        0,
    )
    near = report_exams(table, settings("nearest", 3), 0, NUMBER)
    assert near["exams_by_size"] == {"3": 181}
    assert near["of_own_family"] > 0.9 * 3 * 181
    own = report_exams(table, settings("family", 3), 0, NUMBER)
    assert own["exams_by_size"] == {"2": 12, "3": 169}
    assert own["of_other_families"] == 0
    levels = report_exams(table, settings("subject_level", 3, subject_level={"level": "<"}), 0, NUMBER)
    taught = table[table["role"] == "teaching"]
    lowest = table[table["role"] == "exam"].groupby("subject")["level"].min()
    assert levels["without_exam"] == (taught["level"] <= taught["subject"].map(lowest)).sum()
    assert levels["teaching_problems"] == 181


# subject and level


@pytest.mark.parametrize(
    ("level", "expected"), [("=", {2}), ("<", {1}), (">", {3, 4}), ("any", {1, 2, 3, 4}), ((1, 4), {1, 4})]
)
def test_levels_are_compared_as_the_parameter_says(level: Any, expected: set[int]) -> None:
    table = problems(
        [
            ("teaching", "a", "0?", 2, "Algebra"),
            *[("exam", "a", f"{n}?", n, "Algebra") for n in range(1, 5)],
            ("exam", "a", "other?", 2, "Geometry"),
            ("exam", "a", "no level?", None, "Algebra"),
        ]
    )
    chosen = settings("subject_level", 9, subject_level={"level": level})
    found = table.set_index("problem_id").loc[exams_of(table, chosen)["p000"]]
    assert set(found["level"].dropna()) == expected
    assert set(found["subject"]) == {"Algebra"}
    assert found["level"].isna().any() == (level == "any")


def test_problems_that_nothing_suits_are_counted_and_the_rest_is_examined(
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = problems(
        [
            ("teaching", "a", "1?", 1, "Algebra"),
            ("teaching", "a", "2?", 2, "Algebra"),
            ("exam", "a", "3?", 1, "Algebra"),
        ]
    )
    chosen = settings("subject_level", 1, subject_level={"level": "<"})
    with caplog.at_level(logging.WARNING):
        assert exams_of(table, chosen) == {"p001": ["p002"]}
    assert "1 of 2 teaching problems have no exam" in caplog.text
    assert "p000" in caplog.text
    report = report_exams(table, chosen, 0, NUMBER)
    assert (report["without_exam"], report["some_without_exam"]) == (1, ["p000"])
    plan = plan_exams(table, demos(table), chosen, 0, NUMBER)
    assert set(plan["teaching_problem_id"].dropna()) == {"p001"}
    with pytest.raises(DataError, match="finds no exam problem for any of the 2 teaching problems"):
        exams_of(table, settings("subject_level", 1, subject_level={"level": (9,)}))


def test_without_levels_there_is_nothing_to_compare() -> None:
    table = problems([("teaching", "a", "1?", None, None), ("exam", "a", "2?", None, None)])
    with pytest.raises(DataError, match="compares the level of problems, but no problem has one"):
        exams_of(table.drop(columns="level"), settings("subject_level"))


# a fixed list


def test_a_list_is_taken_in_its_order_without_the_own_text(tmp_path: Path) -> None:
    table = problems(
        [
            ("teaching", "a", "1?", None, None),
            ("teaching", "a", "2?", None, None),
            *[("exam", "b", f"{number}?", None, None) for number in (1, 3, 4, 5)],
        ]
    )
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xef\xbb\xbfp004\r\n\r\np002\r\np003\r\n")
    chosen = settings("fixed", fixed={"path": str(path)})
    assert exams_of(table, chosen) == {"p000": ["p003", "p004"], "p001": ["p002", "p004"]}


def test_a_list_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    table = problems([("teaching", "a", "1?", None, None), ("exam", "a", "2?", None, None)])
    path = tmp_path / "ids.txt"
    for content, said in (
        (None, r"ids\.txt \(exams\.fixed\.path\) cannot be read"),
        ("\n", r"lists no exam problem"),
        ("p001\np000\n", r"ids\.txt:2: no problem with role exam .* has the id 'p000'"),
    ):
        if content is not None:
            path.write_text(content)
        with pytest.raises(DataError, match=said):
            exams_of(table, settings("fixed", fixed={"path": str(path)}))
    with pytest.raises(ValidationError, match=r"exams\.fixed\.path must name the file"):
        settings("fixed")


# several demos


def test_further_demos_are_the_same_for_all_that_are_compared(caplog: pytest.LogCaptureFixture) -> None:
    table = problems(
        [("teaching", family, f"{family}{i}?", None, None) for family in "abc" for i in range(2)]
        + [("exam", family, f"{family}{i} exam?", None, None) for family in "abc" for i in range(2)]
    )
    plan = plan_exams(table, demos(table), settings(demos_per_exam=3), 0, NUMBER)
    order = plan_exams(table.iloc[::-1], demos(table).iloc[::-1], settings(demos_per_exam=3), 0, NUMBER)
    pd.testing.assert_frame_equal(plan, order)
    known = table.set_index("problem_id")
    for exam_problem, rows in plan.groupby("exam_problem_id"):
        assert rows["companions"].nunique() == 1
        companions = rows["companions"].iloc[0].split()
        assert len(set(companions)) == 2
        assert all(demo.endswith(":0") for demo in companions)
        families = {known.loc[demo.partition(":")[0], "family"] for demo in companions}
        assert known.loc[exam_problem, "family"] not in families
    with caplog.at_level(logging.WARNING):
        short = plan_exams(table, demos(table), settings(demos_per_exam=9), 0, NUMBER)
    assert "exams.demos_per_exam" in caplog.text
    for row in short[short["demo_id"].notna()].itertuples():
        assert str(row.teaching_problem_id) not in str(row.companions)
        assert len(str(row.companions).split()) == 5


def test_one_demo_an_exam_needs_no_further_column() -> None:
    table = problems([("teaching", "a", "1?", None, None), ("exam", "a", "2?", None, None)])
    assert "companions" not in plan_exams(table, demos(table), settings(), 0, NUMBER)


TOPIC = problems([("teaching", "a", word, None, None) for word in ("Find x", "Find y", "Find z")])


def test_teaching_problems_examine_each_other_where_they_are_to_and_no_one_examines_itself() -> None:
    assert exams_of(TOPIC, settings(teaching_problems=True, wanted=9)) == {
        "p000": ["p001", "p002"],
        "p001": ["p000", "p002"],
        "p002": ["p000", "p001"],
    }
    with pytest.raises(DataError, match="has no other problem with role exam"):
        exams_of(TOPIC, settings())


def test_an_exam_may_have_all_problems_that_suit_and_is_then_never_short(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = [("exam", "a", f"Find {letter}", None, None) for letter in "bcdefg"]
    table = problems([("teaching", "a", "Find a", None, None), *rows])
    every = ExamSettings(problems_per_demo=None, sampling=SAMPLING)
    assert len(exams_of(table, every)["p000"]) == 6
    assert caplog.messages == []


@pytest.mark.parametrize("role", [{"role": "teaching"}, {}])
def test_a_file_of_teaching_problems_alone_is_enough_where_they_examine_each_other(
    role: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.jsonl"
    rows = [{"question": f"{n} + {n}?", "answer": str(2 * n), "family": "f", **role} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, rows)))
    chosen = ProblemSettings(source="jsonl", path=str(file), evaluation=0)
    table, _ = load_problems(chosen, 0, needs_exam_problems=False)
    assert table["role"].tolist() == ["teaching"] * 3
    if role:
        with pytest.raises(DataError, match="has no exam problem"):
            load_problems(chosen, 0)
