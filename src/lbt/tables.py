"""All tables: pandera schemas, which the catalog names and Kedro checks at every load and save.

Values are coerced to the column's type, so that a table read back equals the one saved. Columns beyond
these are refused: a stage that needs one declares it here.
"""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd
import pandera.pandas as pa

VERDICTS = ["correct", "wrong", "no_answer", "truncated", "error"]
FINISH_REASONS = ["stop", "length", "error"]


def _text(**options: object) -> pa.Column:
    return pa.Column(str, **options)


def _count(least: int = 0, **options: object) -> pa.Column:
    return pa.Column(int, pa.Check.ge(least), **options)


def _share(**options: object) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(0, 1), **options)


def _verdict() -> pa.Column:
    return pa.Column(str, pa.Check.isin(VERDICTS))


def _finish_reason() -> pa.Column:
    return pa.Column(str, pa.Check.isin(FINISH_REASONS))


def _answer() -> dict[str, pa.Column]:
    """What every graded answer has, and what those of single domains have beside it."""
    return {
        "text": _text(),  # the whole completion
        "answer": _text(nullable=True),
        "verdict": _verdict(),
        "finish_reason": _finish_reason(),
        "tokens": _count(),
        # of programs, if they were run
        "visible_share": _share(nullable=True, required=False),  # of the visible tests, those that pass
        "hidden_share": _share(nullable=True, required=False),
        "failed_test": _text(nullable=True, required=False),  # the first one
        "failure": _text(nullable=True, required=False),  # the last line of its exception
        "containment": _text(nullable=True, required=False),  # what kept the program in
    }


def _table(columns: dict[str, pa.Column], **options: object) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, coerce=True, **options)


def make_table(
    schema: pa.DataFrameSchema, rows: Iterable[Any], optional: Collection[str] = ()
) -> pd.DataFrame:
    """A table with exactly the schema's columns, in their order and types, also without a row.

    Args:
        schema: One of this module.
        rows: A mapping or a tuple for each row.
        optional: Of the columns that are not required, those that the table has; others are left to the
            caller to add.
    """
    kinds = {
        name: column.dtype.type
        for name, column in schema.columns.items()
        if column.required or name in optional
    }
    return pd.DataFrame(list(rows), columns=list(kinds)).astype(kinds)


problems = _table(
    {
        "problem_id": _text(unique=True),
        "family": _text(),
        "question": _text(checks=pa.Check.str_length(min_value=1)),
        "answer": _text(checks=pa.Check.str_length(min_value=1)),
        "role": _text(checks=pa.Check.isin(["teaching", "exam", "evaluation"])),
        "source": _text(),  # "pocket", or file and line
        "lucky": pa.Column("boolean", nullable=True),  # whether a misconception gives the right answer too
        "level": pa.Column(
            "Int64", nullable=True, required=False
        ),  # of sources that have levels and subjects
        "subject": _text(nullable=True, required=False),
    }
)

rationales = _table(
    {
        "rationale_id": _text(unique=True),
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
        "demo_id": _text(),
    }
)

exam_plan = _table(
    {
        "demo_id": _text(nullable=True),  # none: the baseline without a demo
        "teaching_problem_id": _text(nullable=True),
        "exam_problem_id": _text(),
        "family": _text(),
        "companions": _text(required=False),  # ids of the further demos before the examined one, with spaces
    }
)

exam_answers = _table(
    {
        "student": _text(),
        "demo_id": _text(nullable=True),
        "teaching_problem_id": _text(nullable=True),
        "exam_problem_id": _text(),
        "family": _text(),
        "repeat": _count(),
        **_answer(),
    }
)

lbt_scores = _table(
    {
        "demo_id": _text(),
        "teaching_problem_id": _text(),
        "family": _text(),
        "student": _text(),  # a student's name, or "mean" over all of them
        "lbt_score": _share(nullable=True),
        "baseline_score": _share(nullable=True),
        "gain": pa.Column(float, pa.Check.in_range(-1, 1), nullable=True),
        "n": _count(),
        "ci_low": _share(nullable=True),
        "ci_high": _share(nullable=True),
    },
    unique=["demo_id", "student"],
)

procedures = _table({"rationale_id": _text(unique=True), "procedure": _text(), "right": pa.Column(bool)})

pairs = _table(
    {
        "pair_id": _text(unique=True),
        "problem_id": _text(),
        "family": _text(),
        "question": _text(),
        "chosen": _text(),
        "rejected": _text(),
        "chosen_score": pa.Column(float),
        "rejected_score": pa.Column(float),
        "margin": pa.Column(float, pa.Check.ge(0)),
        "chosen_lbt_score": _share(nullable=True),
        "rejected_lbt_score": _share(nullable=True),
        "chosen_verdict": _verdict(),
        "rejected_verdict": _verdict(),
        "chosen_finish_reason": pa.Column(str, pa.Check.eq("stop")),
        "rejected_finish_reason": _finish_reason(),
    },
    checks=pa.Check(lambda table: table["chosen"] != table["rejected"], name="chosen and rejected differ"),
)

training_log = _table(
    {
        "step": pa.Column(float, pa.Check.ge(0)),
        "epoch": pa.Column(float, pa.Check.ge(0)),
        "loss": pa.Column(float),
        "learning_rate": pa.Column(float, pa.Check.ge(0)),
        "reward_margin": pa.Column(float),
        "reward_accuracy": _share(),
        "logps_chosen": pa.Column(float),
        "logps_rejected": pa.Column(float),
    }
)

evaluation_answers = _table(
    {
        "model": _text(checks=pa.Check.isin(["base", "tuned"])),
        "problem_id": _text(),
        "family": _text(),
        "decoding": _text(checks=pa.Check.isin(["greedy", "sampled"])),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["model", "problem_id", "decoding", "sample_index"],
)

accuracy_by_family = _table(
    {
        "model": _text(),
        "family": _text(),
        "n": _count(),
        "accuracy": _share(nullable=True),
        "ci_low": _share(nullable=True),
        "ci_high": _share(nullable=True),
    },
    unique=["model", "family"],
)

baseline_answers = _table(
    {
        "method": _text(checks=pa.Check.isin(["greedy", "solution", "worked_examples"])),
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["method", "problem_id", "sample_index"],
)

pocket_answers = _table(
    {
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["problem_id", "sample_index"],
)

teacher_exam_answers = exam_answers  # of the teacher itself, under the student name "teacher"

# What was debugged, as it was before; failed_test and failure are what the model was shown.
first_rationales = rationales
first_exam_answers = exam_answers
first_baseline_answers = baseline_answers
first_teacher_exam_answers = teacher_exam_answers

selections = _table(
    {
        "method": _text(),
        "rule": _text(checks=pa.Check.isin(["sc", "max", "sum", "avg", "any"])),  # any: one drawn at random
        "students": _text(nullable=True),  # a student's name, "all", or "teacher"; none without exams
        "problem_id": _text(),
        "family": _text(),
        "answer": _text(nullable=True),
        "right": pa.Column("boolean", nullable=True),  # none: all generations failed, or one is drawn
        "count": _count(),  # samples that give the answer, or of which one is drawn
        "score": pa.Column(float, nullable=True),  # what the rule maximises; none without exams
        # of programs
        "chance": _share(nullable=True, required=False),  # of a right answer: 0 or 1 where none is drawn
        "hidden_share": _share(nullable=True, required=False),  # of the hidden tests, those that pass
    },
    unique=["method", "problem_id"],
)

search_curve = _table(
    {
        "method": _text(),
        "rationales": _count(1),
        "accuracy": _share(),  # mean over the subsets
        "sd": pa.Column(float, pa.Check.ge(0)),
        "subsets": _count(1),
        "problems": _count(1),
    },
    unique=["method", "rationales"],
)

search_by_group = _table(
    {
        "method": _text(),
        "grouping": _text(checks=pa.Check.isin(["level", "subject", "family"])),
        "group": _text(),
        "n": _count(),
        "accuracy": _share(),
        "ci_low": _share(),
        "ci_high": _share(),
    },
    unique=["method", "grouping", "group"],
)

ARMS = ["original", "blind", "le", "lec"]
ITEM_FATES = [
    "learned",
    "surplus",  # usable, but beyond the number that every arm has
    "unparsable",  # a whole reply without an item
    "unanswered",  # without an answer that can be read, or cut off
    "too_long",
    "duplicate",
    "leaked",  # asks what an evaluation problem asks
    "unverified",
]

instructor_answers = _table(
    {
        "arm": _text(checks=pa.Check.isin(["base", *ARMS])),
        "iteration": _count(),  # trainings that the target has had; 0: none, in the arm base
        "role": _text(checks=pa.Check.isin(["teaching", "evaluation"])),
        "problem_id": _text(),
        "family": _text(),
        "sample_index": _count(),
        **_answer(),
    },
    unique=["arm", "iteration", "problem_id", "sample_index"],
)

instructor_replies = _table(
    {
        "arm": _text(checks=pa.Check.isin(["base", *ARMS])),
        "iteration": _count(1),
        "purpose": _text(checks=pa.Check.isin(["reference", "writing", "solving", "verifying"])),
        "about": _text(),  # a training problem (reference, writing) or an item
        "sample_index": _count(),
        **_answer(),  # a reply that holds several problems is graded as if it were one answer
    },
    unique=["arm", "iteration", "purpose", "about", "sample_index"],
)

instructor_items = _table(
    {
        "item_id": _text(unique=True),
        "arm": _text(checks=pa.Check.isin(ARMS)),
        "iteration": _count(1),
        "source_id": _text(),  # the training problem that it was made from
        "family": _text(),  # of that problem
        "contrast": _text(
            nullable=True
        ),  # ids of the nearest problems that were answered rightly, with spaces
        "form": _text(checks=pa.Check.isin(["original", "drawn", "strict", "tolerant", "none"])),
        "question": _text(nullable=True),
        "solution": _text(nullable=True),
        "answer": _text(nullable=True),
        "finish_reason": _finish_reason(),
        "agreeing": pa.Column("Int64", pa.Check.ge(0), nullable=True),  # of the votes, if it was verified
        "right": pa.Column("boolean", nullable=True),  # if the true answer is known; never used to choose
        "fate": _text(checks=pa.Check.isin(ITEM_FATES)),
        "mixed": pa.Column(bool),  # original data in the training set of another arm
    }
)

instructor_log = _table(
    {
        "arm": _text(checks=pa.Check.isin(ARMS)),
        "iteration": _count(1),
        "step": pa.Column(float, pa.Check.ge(0)),
        "epoch": pa.Column(float, pa.Check.ge(0)),
        "loss": pa.Column(float),
        "learning_rate": pa.Column(float, pa.Check.ge(0)),
        "grad_norm": pa.Column(float),
    }
)

instructor_trainings = _table(
    {
        "arm": _text(checks=pa.Check.isin(ARMS)),
        "iteration": _count(1),
        "trained": pa.Column(bool),
        "reason": _text(nullable=True),  # why not
        "model": _text(),  # the folder of the target after it
        "errors": pa.Column("Int64", nullable=True),  # wrong training answers that it was made from
        "replies": _count(),  # of the instructor that items were read from
        "items": _count(),
        "mixed": _count(),  # of these original data
        "steps": _count(),
        "last_loss": pa.Column(float, nullable=True),  # mean over the last epoch
    },
    unique=["arm", "iteration"],
)

instructor_rounds = _table(
    {
        "arm": _text(checks=pa.Check.isin(ARMS)),
        "iteration": _count(1),
        "trained": pa.Column(bool),
        "reason": _text(nullable=True),
        "problems": _count(),
        "accuracy": _share(),
        "accuracy_ci_low": _share(),
        "accuracy_ci_high": _share(),
        "delta": pa.Column(float),  # to the target before any training
        "delta_ci_low": pa.Column(float),
        "delta_ci_high": pa.Column(float),
        "repaired": _count(),  # wrong before this iteration, right after it
        "forgotten": _count(),
        "errors": pa.Column("Int64", nullable=True),
        "written": _count(),  # items that were read or drawn
        "items": _count(),
        "mixed": _count(),
        "steps": _count(),
        "last_loss": pa.Column(float, nullable=True),
        "strict": _share(nullable=True),  # of the replies, read by the strict form
        "tolerant": _share(nullable=True),
        "unparsable": _share(nullable=True),
        "duplicate": _share(nullable=True),  # of the items
        "leaked": _share(nullable=True),
        "unanswered": _share(nullable=True),
        "too_long": _share(nullable=True),
        "verified": _share(nullable=True),  # of the items that were verified
        "right": _share(nullable=True),  # of the learned items whose true answer is known
    },
    unique=["arm", "iteration"],
)

instructor_by_family = _table(
    {
        "arm": _text(),
        "iteration": _count(),
        "family": _text(),
        "n": _count(),
        "accuracy": _share(),
        "ci_low": _share(),
        "ci_high": _share(),
        "learned": _count(),  # items from problems of this family
    },
    unique=["arm", "iteration", "family"],
)
