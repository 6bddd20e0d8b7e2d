"""The schemas are the contract between the stages."""

from pathlib import Path

import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
from pandas.testing import assert_frame_equal

from lbt import tables
from lbt.evaluation import answers, comparison
from lbt.exams import plan, sitting
from lbt.preferences import pairs
from lbt.problems import loading
from lbt.scoring import scores
from lbt.teaching import rationales
from lbt.training import LOG_COLUMNS

PAIR = {
    "pair_id": "p/pair-0",
    "problem_id": "p",
    "family": "f",
    "question": "1+1?",
    "chosen": "2",
    "rejected": "3",
    "chosen_score": 1.0,
    "rejected_score": 0.0,
    "margin": 1.0,
    "chosen_lbt_score": 0.9,
    "rejected_lbt_score": float("nan"),
    "chosen_verdict": "correct",
    "rejected_verdict": "wrong",
    "chosen_finish_reason": "stop",
    "rejected_finish_reason": "length",
}


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        (tables.problems, loading.COLUMNS),
        (tables.rationales, rationales.COLUMNS),
        (tables.exam_plan, plan.COLUMNS),
        (tables.exam_answers, sitting.COLUMNS),
        (tables.lbt_scores, scores.COLUMNS),
        (tables.pairs, pairs.COLUMNS),
        (tables.training_log, LOG_COLUMNS),
        (tables.evaluation_answers, answers.COLUMNS),
        (tables.accuracy_by_family, comparison.FAMILY_COLUMNS),
    ],
)
def test_each_stage_makes_the_columns_that_its_schema_declares(
    schema: pa.DataFrameSchema, columns: list[str]
) -> None:
    assert [name for name, column in schema.columns.items() if column.required] == list(columns)
    assert schema.validate(pd.DataFrame(columns=list(columns))).empty  # a table without a row is one too


def test_a_table_read_back_equals_the_one_saved(tmp_path: Path) -> None:
    saved = tables.pairs.validate(pd.DataFrame([PAIR]))
    saved.to_parquet(tmp_path / "pairs.parquet")
    assert_frame_equal(tables.pairs.validate(pd.read_parquet(tmp_path / "pairs.parquet")), saved)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"extra": 1}, "extra"),
        ({"margin": -0.1}, "margin"),
        ({"chosen_verdict": "right"}, "chosen_verdict"),
        ({"rejected": "2"}, "chosen and rejected differ"),
        ({"chosen": None}, "chosen"),
    ],
)
def test_a_pair_that_breaks_the_contract_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(pandera.errors.SchemaErrors, match=complaint):
        tables.pairs.validate(pd.DataFrame([PAIR | change]), lazy=True)


def test_problem_ids_are_unique() -> None:
    row = {
        "problem_id": "p",
        "family": "f",
        "question": "1+1?",
        "answer": "2",
        "role": "exam",
        "source": "x:1",
        "lucky": pd.NA,
    }
    with pytest.raises(pandera.errors.SchemaErrors, match="problem_id"):
        tables.problems.validate(pd.DataFrame([row, row]), lazy=True)
