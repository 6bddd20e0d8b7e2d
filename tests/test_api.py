"""The Python API does in ten lines what the pipelines do."""

from pathlib import Path

import mlflow
import pandas as pd
import pytest

from lbt import tables
from lbt.api import Classroom, build_pairs, grade_answers, read_run
from lbt.errors import DataError
from lbt.exams import ExamSettings
from lbt.generation import SamplingSettings
from lbt.pocket.problems import draw_problems

STUDENT = Path(__file__).parents[1] / "src/lbt/pocket/models/student_strong"
EXAMS = ExamSettings(
    problems_per_demo=2, repeats=2, sampling=SamplingSettings(temperature=0.7, max_tokens=96)
)


@pytest.fixture(scope="module")
def problems() -> pd.DataFrame:
    return draw_problems(teaching=28, exam_per_family=3, evaluation=0, lucky_share=0, seed=0)


def explained(problems: pd.DataFrame) -> pd.DataFrame:
    """A bare right answer and a bare wrong one for four problems."""
    taught = problems[problems["role"] == "teaching"].head(4)
    right = taught.assign(text="It is so.\n#### " + taught["answer"])
    wrong = taught.assign(text="It is so.\n#### 999999")
    return pd.concat([right, wrong])[["problem_id", "text"]]


def test_rationales_of_ones_own_are_scored_by_real_students_and_paired(
    problems: pd.DataFrame, tmp_path: Path
) -> None:
    room = Classroom({"strong": str(STUDENT)}, exams=EXAMS, store=tmp_path / "store.sqlite")
    scored = room.score(problems[["problem_id", "question", "answer", "family"]], explained(problems))
    tables.exam_answers.validate(scored.exam_answers)
    tables.lbt_scores.validate(scored.scores)
    assert scored.rationales.groupby("verdict").size().to_dict() == {"correct": 4, "wrong": 4}
    assert set(scored.scores["student"]) == {"strong", "mean"}
    assert len(scored.scores) == 8 * 2
    pairs = tables.pairs.validate(build_pairs(scored, signal="correctness"))
    assert len(pairs) == 4
    assert pairs["rejected"].str.contains("999999").all()


def test_answers_are_graded_with_how_they_were_found() -> None:
    graded = grade_answers(["18", "18", "x^2"], ["#### 18", "so, 17 eggs.", "It is hard."])
    assert graded["verdict"].tolist() == ["correct", "wrong", "no_answer"]
    assert graded["answer"].tolist()[:2] == ["18", "17"]
    strict = grade_answers(["18"], ["so, 18 eggs."], extraction="strict")
    assert strict["verdict"].tolist() == ["no_answer"]
    assert grade_answers(["\\frac12"], ["\\boxed{0.5}"], domain="math")["verdict"].tolist() == ["correct"]


def test_programs_are_graded_with_what_their_tests_say() -> None:
    gold = '{"entry_point": "f", "visible": ["assert f(1) == 1"], "hidden": ["assert f(2) == 2"]}'
    graded = grade_answers(
        [gold, gold], ["def f(n):\n    return n", "def f(n):\n    return 1"], domain="code"
    )
    assert graded["verdict"].tolist() == ["correct", "wrong"]
    assert graded["hidden_share"].tolist() == [1, 0]
    assert graded["failed_test"].iloc[1] == "assert f(2) == 2"


def test_a_missing_column_or_problem_is_named(problems: pd.DataFrame) -> None:
    room = Classroom({"strong": str(STUDENT)})
    with pytest.raises(DataError, match="rationales has no column 'text'"):
        room.score(problems, explained(problems)[["problem_id"]])
    with pytest.raises(DataError, match="No problem has the id 'zz'"):
        room.score(problems, pd.DataFrame({"problem_id": ["zz"], "text": ["#### 1"]}))
    with pytest.raises(DataError, match=f"Two problems have the id '{problems['problem_id'].iloc[0]}'"):
        room.score(pd.concat([problems, problems.head(1)]), explained(problems))


def test_ids_may_be_numbers_in_one_table_and_text_in_the_other(
    problems: pd.DataFrame, tmp_path: Path
) -> None:
    numbered = problems.reset_index(drop=True).assign(problem_id=range(len(problems)))
    rationales = explained(numbered)
    room = Classroom({"strong": str(STUDENT)}, exams=EXAMS, store=tmp_path / "store.sqlite")
    scored = room.score(numbered, rationales.assign(problem_id=rationales["problem_id"].astype("str")))
    taught = scored.problems[scored.problems["role"] == "teaching"]
    assert set(taught["problem_id"]) == set(rationales["problem_id"].astype("str"))


def test_the_tables_of_a_run_are_read_back(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    client = mlflow.MlflowClient(uri)
    with pytest.raises(DataError, match="no run"):
        read_run(tracking_uri=uri)
    experiment = client.create_experiment("lbt", artifact_location=str(tmp_path / "artifacts"))
    run = client.create_run(experiment)
    table = pd.DataFrame({"problem_id": ["p"], "text": ["#### 1"]})
    table.to_parquet(tmp_path / "rationales.parquet")
    with pytest.raises(DataError, match=f"{run.info.run_id} has kept no table"):
        read_run(run.info.run_id, tracking_uri=uri)
    client.log_artifact(run.info.run_id, str(tmp_path / "rationales.parquet"), "tables")
    client.create_run(experiment)  # it has only begun
    read = read_run(tracking_uri=uri)
    pd.testing.assert_frame_equal(read["rationales"], table)


def test_the_page_on_python_runs_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).parents[1]
    blocks = (root / "docs/python.md").read_text().split("```python\n")[1:]
    code = "\n".join(block.split("```")[0] for block in blocks if "read_run()" not in block)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").symlink_to(root / "src")
    exec(compile(code, "docs/python.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "lbt_score" in printed
    assert "no_answer" not in printed
